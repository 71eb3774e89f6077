#include <gtest/gtest.h>
#include <sys/wait.h>

#include <cstdlib>
#include <set>

#include "extract/documents_for_test.h"
#include "log/log_for_test.h"
#include "temp_dir.h"

namespace cairn {
namespace {

using documents::PdfOf;
using documents::ZipOf;
using media::ExtractFrom;
using media::Find;
using Texts = std::vector<std::string>;

TEST(Pdf, ReadsInformationCatalogXmpAndOutline) {
  const auto out = ExtractFrom(documents::Pdf());
  ASSERT_TRUE(out) << out.error();
  EXPECT_TRUE(out->warnings.empty()) << out->warnings[0];
  EXPECT_EQ(Find(*out, "PDFVersion"), FieldValue("1.4"));
  EXPECT_EQ(Find(*out, "Title"), FieldValue("A Paper"));
  EXPECT_EQ(Find(*out, "Author"), FieldValue("\u00c4"));
  EXPECT_EQ(Find(*out, "Keywords"), FieldValue(Texts{"one", "two"}));
  EXPECT_EQ(Find(*out, "CreateDate"), FieldValue("2008:10:22 16:28:39+02:00"));
  EXPECT_EQ(Find(*out, "My_Key"), FieldValue("x"));
  EXPECT_EQ(Find(*out, "PageCount"), FieldValue(std::int64_t{1}));
  EXPECT_EQ(Find(*out, "Producer"), FieldValue("kit"));
  EXPECT_EQ(Find(*out, "TableOfContents"), FieldValue(Texts{"First", "- Within"}));
  EXPECT_EQ(out->core.title, "A Paper");
  EXPECT_EQ(out->core.language, "de");
  EXPECT_EQ(out->core.created, "2008-10-22T16:28:39+02:00");
  EXPECT_EQ(out->core.pages, 1);
}

TEST(Pdf, TextsAreWithoutNuls) {
  const auto out = ExtractFrom(
      PdfOf({"<</Type/Catalog/Pages 3 0 R/Outlines 4 0 R>>", "<</Title<FEFF00410000004200430000>/Author(A\\000B)>>",
             "<</Kids[]/Count 0>>", "<</First 5 0 R>>", "<</Title<FEFF004F006E00650000>>>"},
            "/Info 2 0 R"));
  ASSERT_TRUE(out) << out.error();
  EXPECT_EQ(Find(*out, "Title"), FieldValue("ABC"));
  EXPECT_EQ(Find(*out, "Author"), FieldValue("AB"));
  EXPECT_EQ(Find(*out, "TableOfContents"), FieldValue(Texts{"One"}));
}

TEST(Pdf, SaysThatItNeedsAPassword) {
  const std::string zeros(64, '0');
  const auto out =
      ExtractFrom(PdfOf({"<</Type/Catalog/Pages 3 0 R>>", "<</Title(x)>>", "<</Type/Pages/Kids[]/Count 0>>"},
                        "/ID[<00><00>]/Encrypt<</Filter/Standard/V 1/R 2/P -44/O<" + zeros + ">/U<" + zeros + ">>>"));
  ASSERT_TRUE(out) << out.error();
  EXPECT_EQ(Find(*out, "Encryption"), FieldValue("Standard V1.2 (40-bit)"));
  EXPECT_EQ(Find(*out, "UserAccess"), FieldValue("Print, Copy, Fill forms, Extract, Assemble, Print high-res"));
  ASSERT_FALSE(out->warnings.empty());
  EXPECT_EQ(out->warnings[0], "the document cannot be read without its password");
  EXPECT_EQ(Find(*out, "Title"), FieldValue(""));
}

// With the ciphers that qpdf, which is linked to GnuTLS, uses itself.
TEST(Pdf, ReadsWhatNeedsNoPasswordWhateverItIsEncryptedWith) {
  ASSERT_EQ(std::system("command -v qpdf >/dev/null 2>&1"), 0) << "qpdf is missing: ./dev setup test";
  const TempDir temp;
  WriteFileBytes(temp.path() + "/plain.pdf", documents::Pdf());
  for (const std::string how : {"40", "128 --use-aes=n", "128 --use-aes=y", "256 --force-R5", "256"}) {
    const std::string command = "cd '" + temp.path() + "' && qpdf --allow-weak-crypto plain.pdf --encrypt '' owner " +
                                how + " -- out.pdf 2>/dev/null";
    const int code = std::system(command.c_str());
    ASSERT_TRUE(WIFEXITED(code) && WEXITSTATUS(code) % 3 == 0) << how;  // 3: with warnings
    const auto out = ExtractFrom(ReadFileBytes(temp.path() + "/out.pdf"));
    ASSERT_TRUE(out) << how << ": " << out.error();
    EXPECT_TRUE(out->warnings.empty()) << how << ": " << out->warnings[0];
    EXPECT_NE(Find(*out, "Encryption"), FieldValue("")) << how;
    EXPECT_EQ(Find(*out, "Title"), FieldValue("A Paper")) << how;
    EXPECT_EQ(out->core.pages, 1) << how;
  }
}

TEST(Pdf, AnOutlineInACircleEnds) {
  const auto out = ExtractFrom(PdfOf({"<</Type/Catalog/Pages 3 0 R/Outlines 4 0 R>>", "<<>>", "<</Kids[]/Count 0>>",
                                      "<</First 5 0 R>>", "<</Title(A)/Next 5 0 R/First 5 0 R>>"}));
  ASSERT_TRUE(out) << out.error();
  EXPECT_EQ(Find(*out, "TableOfContents"), FieldValue(Texts{"A"}));
}

TEST(Pdf, OfManyPagesTheCountIsTaken) {
  std::string kids;
  for (int i = 0; i < 20'000; ++i) kids += "4 0 R ";
  const auto out = ExtractFrom(PdfOf(
      {"<</Type/Catalog/Pages 3 0 R>>", "<<>>", "<</Type/Pages/Kids[" + kids + "]/Count 20000>>", "<</Type/Page>>"}));
  ASSERT_TRUE(out) << out.error();
  EXPECT_EQ(out->core.pages, 20'000);
}

TEST(Pdf, AStreamThatUnpacksToMoreThanTheLimitIsLeftOut) {
  std::string packed(1 << 17, '\0');
  uLongf size = packed.size();
  const std::string zeros(std::size_t{40} << 20, ' ');
  ASSERT_EQ(compress2(reinterpret_cast<Bytef*>(packed.data()), &size, reinterpret_cast<const Bytef*>(zeros.data()),
                      zeros.size(), 9),
            Z_OK);
  const auto out = ExtractFrom(
      PdfOf({"<</Type/Catalog/Pages 3 0 R/Metadata 4 0 R>>", "<</Title(x)>>", "<</Kids[]/Count 0>>",
             documents::PdfStream("/Type/Metadata/Subtype/XML/Filter/FlateDecode", packed.substr(0, size))}));
  ASSERT_TRUE(out) << out.error();
  EXPECT_EQ(out->core.title, "x");
  ASSERT_FALSE(out->warnings.empty());
  EXPECT_EQ(out->warnings[0], "the catalog's metadata: a stream unpacks to more than the limit");
}

TEST(Pdf, WithoutItsTableOfObjectsIsReadByLooking) {
  std::string pdf = documents::Pdf();
  const std::size_t at = pdf.find("xref");
  const auto out = ExtractFrom(pdf.replace(at, 4, "xxxx"));
  ASSERT_TRUE(out) << out.error();
  EXPECT_EQ(out->core.title, "A Paper");
  EXPECT_FALSE(out->warnings.empty());
}

TEST(Office, ReadsTheThreePartsOfItsProperties) {
  const auto out = ExtractFrom(documents::Docx());
  ASSERT_TRUE(out) << out.error();
  EXPECT_EQ(out->type, "application/vnd.openxmlformats-officedocument.wordprocessingml.document");
  EXPECT_EQ(Find(*out, "Title"), FieldValue("A Report"));
  EXPECT_EQ(Find(*out, "CreateDate"), FieldValue("2010:05:03 14:00:07Z"));
  EXPECT_EQ(Find(*out, "TotalEditTime"), FieldValue("1.5 hours"));
  EXPECT_EQ(Find(*out, "ScaleCrop"), FieldValue("No"));
  EXPECT_EQ(Find(*out, "TitlesOfParts"), FieldValue(Texts{"A", "B"}));
  EXPECT_EQ(Find(*out, "MyNumber"), FieldValue(std::int64_t{7}));
  EXPECT_EQ(Find(*out, "SetDate"), FieldValue("2020-04-10T18:22:24Z")) << "a text, whatever its name is";
  EXPECT_EQ(Find(*out, "Until"), FieldValue("2020:04:10 18:22:24Z"));
  EXPECT_EQ(Find(*out, "Enabled"), FieldValue("True"));
  EXPECT_EQ(Find(*out, "ZipFileName"), FieldValue("[Content_Types].xml"));
  EXPECT_EQ(out->core.creators, Texts{"Someone"});
  EXPECT_EQ(out->core.keywords, (Texts{"one", "two"}));
  EXPECT_EQ(out->core.created, "2010-05-03T14:00:07Z");
  EXPECT_EQ(out->core.pages, 3);
}

TEST(Office, CountsSheetsWhereNothingElseSays) {
  const auto out = ExtractFrom(ZipOf({{"xl/worksheets/sheet1.xml", "<a/>"},
                                      {"xl/worksheets/sheet2.xml", "<a/>"},
                                      {"xl/worksheets/_rels/sheet1.xml.rels", "<a/>"},
                                      {"xl/vbaProject.bin", "x"}}),
                               "a.xlsm");
  ASSERT_TRUE(out) << out.error();
  EXPECT_EQ(out->core.pages, 2);
  EXPECT_EQ(Find(*out, "HasMacros"), FieldValue(true));
}

TEST(OpenDocument, ReadsMetaXml) {
  const auto out = ExtractFrom(documents::Odt());
  ASSERT_TRUE(out) << out.error();
  EXPECT_EQ(Find(*out, "Document-statisticWord-count"), FieldValue(std::int64_t{40}));
  EXPECT_EQ(Find(*out, "Creation-date"), FieldValue("2011:02:11 15:45:55"));
  EXPECT_EQ(out->core.title, "A Letter");
  EXPECT_EQ(out->core.creators, Texts{"Someone"});
  EXPECT_EQ(out->core.created, "2011-02-11T15:45:55");
  EXPECT_EQ(out->core.keywords, Texts{"one"});
  EXPECT_EQ(out->core.pages, 2);
}

TEST(Epub, ReadsThePackageItsCoverAndItsContents) {
  const auto out = ExtractFrom(documents::Epub());
  ASSERT_TRUE(out) << out.error();
  EXPECT_EQ(out->core.title, "A Book");
  EXPECT_EQ(out->core.creators, (Texts{"One", "Two"}));
  EXPECT_EQ(out->core.language, "en");
  EXPECT_EQ(Find(*out, "Creator"), FieldValue(Texts{"One", "Two"}));
  EXPECT_EQ(Find(*out, "TableOfContents"), FieldValue(Texts{"First", "- Within"}));
  ASSERT_EQ(out->pictures.size(), 1U);
  EXPECT_EQ(out->pictures[0].type, "front cover");
  EXPECT_EQ(out->pictures[0].mime, "image/jpeg");
}

TEST(Epub, NamesWhatStandsInThePackageByItsPath) {
  const auto out = ExtractFrom(ZipOf({{"mimetype", "application/epub+zip"},
                                      {"content.opf",
                                       "<package xmlns=\"o\" xmlns:opf=\"o\"><metadata>"
                                       "<dc:creator id=\"a\" opf:file-as=\"One, A\" xml:lang=\"en\">A One</dc:creator>"
                                       "<dc:date opf:event=\"publication\">1999-05-04</dc:date>"
                                       "<dc:date opf:event=\"ops-publication\">2001-02-03</dc:date>"
                                       "<meta property=\"file-as\" refines=\"#a\">One, A</meta>"
                                       "<meta property=\"role\" refines=\"#b\" scheme=\"marc\">aut</meta></metadata>"
                                       "<manifest><item id=\"i\" href=\"a.xhtml\" media-type=\"text/html\"/>"
                                       "<item id=\"j\" href=\"b.xhtml\"/></manifest>"
                                       "<spine><itemref idref=\"i\"/></spine></package>"}}));
  ASSERT_TRUE(out) << out.error();
  EXPECT_EQ(Find(*out, "CreatorFile-as"), FieldValue("One, A"));
  EXPECT_EQ(Find(*out, "CreatorId"), FieldValue("a"));
  EXPECT_EQ(Find(*out, "PublicationDate"), FieldValue("1999:05:04"));
  EXPECT_EQ(Find(*out, "DateEvent"), FieldValue("ops-publication"));
  EXPECT_EQ(Find(*out, "Meta"), FieldValue("One, A"));
  EXPECT_EQ(Find(*out, "MetaScheme"), FieldValue("marc"));
  // Of several the first.
  EXPECT_EQ(Find(*out, "ManifestItemHref"), FieldValue("a.xhtml"));
  EXPECT_EQ(Find(*out, "ManifestItemMedia-type"), FieldValue("text/html"));
  EXPECT_EQ(Find(*out, "SpineItemrefIdref"), FieldValue("i"));
  const auto count = std::count_if(out->fields.begin(), out->fields.end(),
                                   [](const Field& field) { return field.name == "ManifestItemId"; });
  EXPECT_EQ(count, 1);
}

TEST(Epub, NamesWithoutEndAreLeftOut) {
  const std::string name(2000, 'n');
  const auto out = ExtractFrom(ZipOf({{"mimetype", "application/epub+zip"},
                                      {"content.opf", "<package><" + name + " id=\"a\"><b>x</b></" + name + "><c " +
                                                          name + "=\"y\">z</c></package>"}}));
  ASSERT_TRUE(out) << out.error();
  ASSERT_EQ(out->fields.size(), 1U);
  EXPECT_EQ(out->fields[0], (Field{"C", "z"}));
}

TEST(Epub, AttributesAndSubjectsEndAtTheLimitOfFields) {
  std::string attributes;
  std::string subjects;
  for (int i = 0; i < 20'000; ++i) {
    attributes += " a" + std::to_string(i) + "=\"x\"";
    subjects += "<dc:subject>x</dc:subject>";
  }
  const auto out = ExtractFrom(
      ZipOf({{"mimetype", "application/epub+zip"},
             {"content.opf", "<package><metadata>" + subjects + "</metadata><c" + attributes + "/></package>"}}));
  ASSERT_TRUE(out) << out.error();
  EXPECT_LE(out->fields.size(), ExtractLimits().fields);
  EXPECT_EQ(out->core.keywords.size(), ExtractLimits().fields);
}

TEST(Epub, SaysWhatIsMissing) {
  const auto out = ExtractFrom(ZipOf({{"mimetype", "application/epub+zip"}}));
  ASSERT_TRUE(out) << out.error();
  ASSERT_EQ(out->warnings.size(), 2U);
  EXPECT_EQ(out->warnings[0], "META-INF/container.xml is missing in the archive");
}

TEST(Html, ReadsTheHeadAndCountsHeadings) {
  const auto out = ExtractFrom(documents::Page());
  ASSERT_TRUE(out) << out.error();
  EXPECT_EQ(out->core.title, "A & B");
  EXPECT_EQ(out->core.language, "en");
  EXPECT_EQ(Find(*out, "Author"), FieldValue("Someone"));
  EXPECT_EQ(Find(*out, "OgTitle"), FieldValue("Other"));
  EXPECT_EQ(Find(*out, "ContentType"), FieldValue("text/html"));
  EXPECT_EQ(Find(*out, "HeadingCount"), FieldValue(std::int64_t{2}));
  EXPECT_EQ(Find(*out, "TableOfContents"), FieldValue(Texts{"One", "- Two words"}));
}

TEST(Html, AnEndOfNothingEndsNothing) {
  const auto out = ExtractFrom("<html><title>a</title></><h1>b</></h1>");
  ASSERT_TRUE(out) << out.error();
  EXPECT_EQ(out->core.title, "a");
  EXPECT_EQ(Find(*out, "TableOfContents"), FieldValue(Texts{"b"}));
}

TEST(Html, KnowsNamesInWhicheverCase) {
  const auto out = ExtractFrom(
      "<html><meta name=GENERATOR content=Hand><meta name=KeyWords content='a, b'><meta name=fooBar content=x>");
  ASSERT_TRUE(out) << out.error();
  EXPECT_EQ(Find(*out, "Generator"), FieldValue("Hand"));
  EXPECT_EQ(Find(*out, "Keywords"), FieldValue("a, b"));
  EXPECT_EQ(Find(*out, "FooBar"), FieldValue("x"));
}

TEST(Html, WhatOfficeSaysOfADocument) {
  const auto out = ExtractFrom(
      "<html><head><meta name=author content=Jo><!--[if gte mso 9]><xml>\n <o:DocumentProperties>\n  <o:Author>Al "
      "&amp; "
      "Bo</o:Author><o:Template/><o:Revision>10</o:Revision>\n<o:TotalTime>90</o:TotalTime>"
      "<o:Created>2005-09-19T02:11:00Z</o:Created><o:LastSaved>x</o:LastSaved><o:Pages>7</o:Pages><o:Company></"
      "o:Company>"
      "<o:Version>15.00</o:Version>\n </o:DocumentProperties><o:Words>1</o:Words></xml><![endif]--></head></html>",
      "a.html");
  ASSERT_TRUE(out) << out.error();
  EXPECT_EQ(out->core.creators, std::vector<std::string>{"Jo"});
  EXPECT_EQ(out->core.created, "2005-09-19T02:11:00Z");
  EXPECT_EQ(out->core.pages, 7);
  EXPECT_EQ(out->fields, (std::vector<Field>{{"Author", "Jo"},
                                             {"Author", "Al & Bo"},
                                             {"RevisionNumber", std::int64_t{10}},
                                             {"TotalEditTime", "1.5 hours"},
                                             {"CreateDate", "2005:09:19 02:11:00Z"},
                                             {"ModifyDate", "x"},
                                             {"Pages", std::int64_t{7}},
                                             {"RevisionNumber", 15.0}}));
}

TEST(Html, OfOtherCharsetsIsRead) {
  const auto title = [](const std::string& html) { return Find(*ExtractFrom(html, "a.html"), "Title"); };
  const std::string body = "<title>\xcf\xf0\xe8\xe2\xe5\xf2</title>";
  EXPECT_EQ(title("<html><META HTTP-EQUIV=Content-Type CONTENT=\"text/html; Charset=Windows-1251\">" + body),
            FieldValue("Привет"));
  EXPECT_EQ(title("<html><script charset=gbk></script><meta charset = 'windows-1251'>" + body), FieldValue("Привет"));
  EXPECT_EQ(title("<html><!--" + std::string(5000, ' ') + "--><meta charset=cp1251>" + body), FieldValue("Привет"))
      << "behind the first KiB";
  EXPECT_EQ(title("<?xml version=\"1.0\" encoding=\"Shift_JIS\"?><html><title>\x93\xfa\x96{</title>"),
            FieldValue("日本"));
}

TEST(Html, OfLatin1IsRead) {
  const auto out = ExtractFrom(
      "<html><title>Gr\xf6\xdf"
      "e &#x263a; &unknown;</title>");
  ASSERT_TRUE(out) << out.error();
  EXPECT_EQ(out->core.title, "Gr\u00f6\u00dfe \u263a &unknown;");
}

TEST(Markdown, ReadsFrontMatterAndHeadings) {
  const auto out = ExtractFrom(documents::Notes(), "a.md");
  ASSERT_TRUE(out) << out.error();
  EXPECT_EQ(out->core.title, "Notes: one");
  EXPECT_EQ(out->core.creators, (Texts{"One", "Two"}));
  EXPECT_EQ(out->core.keywords, (Texts{"a", "b, c"}));
  EXPECT_EQ(out->core.created, "2024-05-03");
  EXPECT_EQ(Find(*out, "TableOfContents"), FieldValue(Texts{"First", "- Second", "- - Third"}));
  EXPECT_EQ(Find(*out, "CodeLanguages"), FieldValue(Texts{"cpp"}));
}

TEST(Markdown, FencesOfListsOpenAndClose) {
  const auto out = ExtractFrom(
      "# One\n  * item\n      ```\n      # no\n\n      ```\n\n    text\n\n    ```\n    # no\n    ```\n# Two\n"
      "- a\n\n    ```\n    # no end\n# Three\n```code``` in a line\n# Four\n",
      "a.md");
  ASSERT_TRUE(out) << out.error();
  EXPECT_EQ(Find(*out, "TableOfContents"), FieldValue(Texts{"One", "Two", "Three", "Four"}));
}

TEST(Markdown, HtmlAndListItemsHoldNoHeadings) {
  const auto out = ExtractFrom(
      "# One\n<!--\n# no\n-->\n# Two\n<pre>\n# no\n</PRE>\n<!-- a -->\n# Three\n1. text\n-----\n> text\n====\n"
      "<prefix>\n# Four\n",
      "a.md");
  ASSERT_TRUE(out) << out.error();
  EXPECT_EQ(Find(*out, "TableOfContents"), FieldValue(Texts{"One", "Two", "Three", "Four"}));
}

TEST(Markdown, TheFirstHeadingIsTheTitleWithoutFrontMatter) {
  const auto out = ExtractFrom("---\nno end\n\nTitle\n=====\n", "a.md");
  ASSERT_TRUE(out) << out.error();
  EXPECT_EQ(out->core.title, "Title");
}

TEST(Text, CountsLinesAndWordsAndFindsTheEncoding) {
  const auto out = ExtractFrom("Gr\u00f6\u00dfe\r\n\ttwo words\r\nend", "a.txt");
  ASSERT_TRUE(out) << out.error();
  EXPECT_EQ(Find(*out, "MIMEEncoding"), FieldValue("utf-8"));
  EXPECT_EQ(Find(*out, "Newlines"), FieldValue("Windows CRLF"));
  EXPECT_EQ(Find(*out, "LineCount"), FieldValue(std::int64_t{3}));
  EXPECT_EQ(Find(*out, "WordCount"), FieldValue(std::int64_t{4}));
}

TEST(Text, TellsEncodingsApart) {
  const auto encoding = [](const std::string& bytes) {
    const auto out = ExtractFrom(bytes, "a.txt");
    return out ? std::get<std::string>(Find(*out, "MIMEEncoding")) : out.error().ToString();
  };
  EXPECT_EQ(encoding("plain"), "us-ascii");
  EXPECT_EQ(encoding("\xef\xbb\xbfx"), "utf-8");
  EXPECT_EQ(encoding("Gr\xf6\xdf"
                     "e"),
            "iso-8859-1");
  EXPECT_EQ(encoding("\x93quoted\x94"), "unknown-8bit");
  EXPECT_EQ(encoding("cut \xe2\x82"), "unknown-8bit");
  EXPECT_EQ(encoding(std::string("\xff\xfe"
                                 "a\0b\0",
                                 6)),
            "utf-16le");
}

TEST(Text, GuessesALanguageOnlyWhereItIsSure) {
  const std::string german =
      "Der Mann und die Frau gingen mit dem Kind in den Wald, und das war nicht weit von der Stadt, in der sie mit den "
      "anderen lebten. Es ist nicht leicht.";
  const auto out = ExtractFrom(german, "a.txt");
  ASSERT_TRUE(out) << out.error();
  EXPECT_EQ(out->core.language, "de");
  const auto list = ExtractFrom("a1 b2 c3 d4 e5 f6 g7 h8 i9 j10 k11 l12 m13 n14 o15 p16 q17 r18 s19 t20 u21", "b.txt");
  ASSERT_TRUE(list) << list.error();
  EXPECT_EQ(list->core.language, "");
}

}  // namespace
}  // namespace cairn
