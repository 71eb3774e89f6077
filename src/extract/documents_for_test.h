#pragma once

#include <fmt/format.h>
#include <zlib.h>

#include <string>
#include <utility>
#include <vector>

#include "extract/media_for_test.h"

/// Small files of documents and archives, made byte by byte.
namespace cairn::documents {

using media::Little;

struct TestMember {
  std::string name;
  std::string content;
};

inline std::string Deflated(const std::string& bytes) {
  std::string out(compressBound(bytes.size()), '\0');
  uLongf size = out.size();
  compress2(reinterpret_cast<Bytef*>(out.data()), &size, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size(), 9);
  return out.substr(2, size - 6);  // without zlib's header and checksum
}

/// A zip archive; `packed` by DEFLATE, else stored.
inline std::string ZipOf(const std::vector<TestMember>& members, bool packed = false) {
  std::string out;
  std::string directory;
  for (const auto& member : members) {
    const std::string data = packed ? Deflated(member.content) : member.content;
    const auto crc =
        crc32(0, reinterpret_cast<const Bytef*>(member.content.data()), static_cast<uInt>(member.content.size()));
    const std::string common = Little(20, 2) + Little(0, 2) + Little(packed ? 8 : 0, 2) + Little(0x3d225d2a, 4) +
                               Little(crc, 4) + Little(data.size(), 4) + Little(member.content.size(), 4) +
                               Little(member.name.size(), 2) + Little(0, 2);
    directory += "PK\x01\x02" + Little(20, 2) + common + Little(0, 2) + Little(0, 2) + Little(0, 2) + Little(0, 4) +
                 Little(out.size(), 4) + member.name;
    out += "PK\x03\x04" + common + member.name + data;
  }
  const std::size_t at = out.size();
  return out + directory + "PK\x05\x06" + Little(0, 4) + Little(members.size(), 2) + Little(members.size(), 2) +
         Little(directory.size(), 4) + Little(at, 4) + Little(0, 2);
}

inline std::string Docx() {
  return ZipOf({{"[Content_Types].xml", "<Types><Override PartName=\"/word/document.xml\"/></Types>"},
                {"docProps/core.xml",
                 "<cp:coreProperties xmlns:cp=\"c\" xmlns:dc=\"d\" xmlns:dcterms=\"t\"><dc:title>A Report</dc:title>"
                 "<dc:creator>Someone</dc:creator><cp:keywords>one, two</cp:keywords>"
                 "<dcterms:created>2010-05-03T14:00:07Z</dcterms:created></cp:coreProperties>"},
                {"docProps/app.xml",
                 "<Properties xmlns:vt=\"v\"><Pages>3</Pages><TotalTime>90</TotalTime><ScaleCrop>false</ScaleCrop>"
                 "<TitlesOfParts><vt:vector size=\"2\" baseType=\"lpstr\"><vt:lpstr>A</vt:lpstr><vt:lpstr>B</vt:lpstr>"
                 "</vt:vector></TitlesOfParts></Properties>"},
                {"docProps/custom.xml",
                 "<Properties xmlns:vt=\"v\"><property pid=\"2\" name=\"my number\"><vt:i4>7</vt:i4></property>"
                 "<property name=\"SetDate\"><vt:lpwstr>2020-04-10T18:22:24Z</vt:lpwstr></property>"
                 "<property name=\"Until\"><vt:filetime>2020-04-10T18:22:24Z</vt:filetime></property>"
                 "<property name=\"Enabled\"><vt:bool>true</vt:bool></property>"
                 "</Properties>"},
                {"word/document.xml", "<w/>"}},
               true);
}

inline std::string Odt() {
  return ZipOf({{"mimetype", "application/vnd.oasis.opendocument.text"},
                {"meta.xml",
                 "<office:document-meta xmlns:office=\"o\" xmlns:meta=\"m\" xmlns:dc=\"d\"><office:meta>"
                 "<dc:title>A Letter</dc:title><meta:initial-creator>Someone</meta:initial-creator>"
                 "<meta:creation-date>2011-02-11T15:45:55</meta:creation-date><meta:keyword>one</meta:keyword>"
                 "<meta:document-statistic meta:page-count=\"2\" meta:word-count=\"40\"/>"
                 "</office:meta></office:document-meta>"}});
}

inline std::string Epub() {
  return ZipOf({{"mimetype", "application/epub+zip"},
                {"META-INF/container.xml",
                 "<container><rootfiles><rootfile full-path=\"OPS/book.opf\"/></rootfiles></container>"},
                {"OPS/book.opf",
                 "<package xmlns:dc=\"d\"><metadata><dc:title>A Book</dc:title><dc:creator>One</dc:creator>"
                 "<dc:creator>Two</dc:creator><dc:language>en</dc:language><meta name=\"cover\" content=\"c\"/>"
                 "</metadata><manifest><item id=\"ncx\" href=\"toc.ncx\"/>"
                 "<item id=\"c\" href=\"c.jpg\" media-type=\"image/jpeg\"/></manifest><spine toc=\"ncx\"/></package>"},
                {"OPS/toc.ncx",
                 "<ncx><navMap><navPoint><navLabel><text>First</text></navLabel><navPoint><navLabel><text>Within</text>"
                 "</navLabel></navPoint></navPoint></navMap></ncx>"}});
}

/// The objects of a document, numbered from 1 on; the first is the catalog, the second its information.
inline std::string PdfOf(const std::vector<std::string>& objects, const std::string& trailer = "") {
  std::string out = "%PDF-1.4\n";
  std::string table = fmt::format("xref\n0 {}\n0000000000 65535 f \n", objects.size() + 1);
  for (std::size_t i = 0; i < objects.size(); ++i) {
    table += fmt::format("{:010} 00000 n \n", out.size());
    out += fmt::format("{} 0 obj\n{}\nendobj\n", i + 1, objects[i]);
  }
  return out + table +
         fmt::format("trailer\n<</Size {}/Root 1 0 R/Info 2 0 R{}>>\nstartxref\n{}\n%%EOF\n", objects.size() + 1,
                     trailer, out.size());
}
inline std::string PdfStream(const std::string& dictionary, const std::string& content) {
  return fmt::format("<<{}/Length {}>>\nstream\n{}\nendstream", dictionary, content.size(), content);
}
inline std::string Pdf() {
  const std::string xmp =
      R"(<x:xmpmeta xmlns:x="a"><rdf:RDF xmlns:rdf="r"><rdf:Description xmlns:pdf="p" pdf:Producer="kit"/></rdf:RDF>)"
      R"(</x:xmpmeta>)";
  return PdfOf(
      {"<</Type/Catalog/Pages 3 0 R/Metadata 5 0 R/Lang(de)/Outlines 6 0 R/PageMode/UseOutlines>>",
       "<</Title(A Paper)/Author<FEFF00C4>/Keywords(one, two)/CreationDate(D:20081022162839+02'00')/My.Key(x)>>",
       "<</Type/Pages/Kids[4 0 R]/Count 1>>", "<</Type/Page/Parent 3 0 R>>",
       PdfStream("/Type/Metadata/Subtype/XML", xmp), "<</First 7 0 R>>", "<</Title(First)/First 8 0 R>>",
       "<</Title(Within)>>"});
}

inline std::string Page() {
  return "<!DOCTYPE html><html lang=\"en\"><head><title>A &amp; B</title><meta charset=\"utf-8\">"
         "<meta name='author' content='Someone'><meta property=og:title content=Other>"
         "<meta http-equiv=\"Content-Type\" content=\"text/html\"><!-- <title>no</title> -->"
         "<script>document.write('<h1>no</h1>')</script></head><body><h1>One</h1><p>x</p><h2>Two\n <b>words</b></h2>"
         "<svg><title>no</title></svg></body></html>";
}

inline std::string Notes() {
  return "---\ntitle: \"Notes: one\"\ntags: [a, 'b, c']\nauthors:\n  - One\n  - Two\ndate: 2024-05-03\n---\n\n"
         "# First #\n\n```cpp\n# no heading\n```\n\nSecond\n------\n\n### Third\n";
}

}  // namespace cairn::documents
