#include "service/json_splitter.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <random>

namespace cairn {
namespace {

struct Piece {
  std::string text;
  std::uint64_t line = 0;
  bool broken = false;

  friend bool operator==(const Piece&, const Piece&) = default;
  friend std::ostream& operator<<(std::ostream& out, const Piece& piece) {
    return out << piece.line << (piece.broken ? " broken " : " ") << piece.text;
  }
};

// Feeds the stream in blocks that end at `cuts`, as a reader does: what is left over comes again with more behind it.
std::vector<Piece> CutAt(std::string_view stream, const std::vector<std::size_t>& cuts,
                         const JsonSplitter::Options& options, std::vector<std::string>* errors = nullptr) {
  JsonSplitter splitter(options);
  std::vector<Piece> out;
  std::vector<JsonPiece> pieces;
  std::size_t begin = 0;
  for (std::size_t i = 0; i <= cuts.size(); ++i) {
    const bool end = i == cuts.size();
    const std::size_t stop = end ? stream.size() : cuts[i];
    // A copy with nothing behind it, so that a look past the end shows.
    const std::string block(stream.substr(begin, stop - begin));
    begin += splitter.Cut(block, end, pieces);
    EXPECT_LE(begin, stop);
    EXPECT_LE(stop - begin, options.document_bytes_max + 2);
    for (const JsonPiece& piece : pieces) {
      out.push_back({std::string(piece.text), piece.line, !piece.error.empty()});
      if (errors != nullptr && !piece.error.empty()) errors->push_back(piece.error);
    }
    pieces.clear();
  }
  EXPECT_EQ(begin, stream.size());
  return out;
}

std::vector<Piece> Cut(std::string_view stream, const JsonSplitter::Options& options = {},
                       std::vector<std::string>* errors = nullptr) {
  return CutAt(stream, {}, options, errors);
}

// The same pieces however the bytes arrive.
void ExpectPieces(std::string_view stream, const std::vector<Piece>& expected) {
  const JsonSplitter::Options options;
  EXPECT_EQ(Cut(stream), expected) << stream;
  for (std::size_t cut = 0; cut <= stream.size(); ++cut) {
    ASSERT_EQ(CutAt(stream, {cut}, options), expected) << "cut at byte " << cut << " of:\n" << stream;
  }
  std::vector<std::size_t> every(stream.size());
  for (std::size_t i = 0; i < every.size(); ++i) every[i] = i;
  EXPECT_EQ(CutAt(stream, every, options), expected) << "byte by byte:\n" << stream;
}

TEST(JsonSplitter, LinesAreDocuments) {
  ExpectPieces("{\"a\":1}\n{\"a\":2}\n{\"a\":3}\n", {{"{\"a\":1}", 1}, {"{\"a\":2}", 2}, {"{\"a\":3}", 3}});
}

TEST(JsonSplitter, TheLastLineNeedsNoEnd) {
  ExpectPieces("{\"a\":1}\n{\"a\":2}", {{"{\"a\":1}", 1}, {"{\"a\":2}", 2}});
}

TEST(JsonSplitter, CarriageReturnsAndBlankLines) {
  ExpectPieces("\r\n\n{\"a\":1}\r\n\r\n  \n{\"a\":2}\r\n", {{"{\"a\":1}", 3}, {"{\"a\":2}", 6}});
}

TEST(JsonSplitter, NothingHoldsNothing) {
  ExpectPieces("", {});
  ExpectPieces("\n \n", {});
}

TEST(JsonSplitter, ByteOrderMark) {
  ExpectPieces("\xEF\xBB\xBF{\"a\":1}\n{\"a\":2}\n", {{"{\"a\":1}", 1}, {"{\"a\":2}", 2}});
  ExpectPieces("\xEF\xBB\xBF[{\"a\":1}]", {{"{\"a\":1}", 1}});
}

TEST(JsonSplitter, Utf16IsNamed) {
  std::vector<std::string> errors;
  EXPECT_EQ(Cut(std::string_view("\xFF\xFE{\0\n\0", 6), {}, &errors).size(), 1u);
  EXPECT_NE(errors.at(0).find("UTF-16"), std::string::npos);
}

TEST(JsonSplitter, OneDocumentOverManyLines) {
  const std::string pretty = "{\n  \"a\": [1, {\"b\": \"}\\\"\"}],\n  \"c\": {}\n}";
  ExpectPieces(pretty + "\n", {{pretty, 1}});
}

TEST(JsonSplitter, DocumentsOneAfterTheOther) {
  ExpectPieces("{\n\"a\":1}\n{\n\"a\":2\n}{\"a\":3} {\"a\":4}\n",
               {{"{\n\"a\":1}", 1}, {"{\n\"a\":2\n}", 3}, {"{\"a\":3}", 5}, {"{\"a\":4}", 5}});
  ExpectPieces("{}{}{}", {{"{}", 1}, {"{}", 1}, {"{}", 1}});
}

TEST(JsonSplitter, AnArraysElementsAreDocuments) {
  ExpectPieces("[{\"a\":1},\n {\"a\":[2]} , {\n\"a\":3}]\n",
               {{"{\"a\":1}", 1}, {"{\"a\":[2]}", 2}, {"{\n\"a\":3}", 2}});
  ExpectPieces("[]\n[ ]", {});
  ExpectPieces("[{},{}]\n[{}]\n", {{"{}", 1}, {"{}", 1}, {"{}", 2}});
}

TEST(JsonSplitter, ArraysAmongLines) {
  ExpectPieces("{\"a\":1}\n[{\"a\":2},{\"a\":3}]\n{\"a\":4}\n",
               {{"{\"a\":1}", 1}, {"{\"a\":2}", 2}, {"{\"a\":3}", 2}, {"{\"a\":4}", 3}});
}

TEST(JsonSplitter, PrettyDocumentsAmongLines) {
  ExpectPieces("{\"a\":1}\n{\n \"a\":2\n}\n{\"a\":3}\n", {{"{\"a\":1}", 1}, {"{\n \"a\":2\n}", 2}, {"{\"a\":3}", 5}});
}

TEST(JsonSplitter, OtherValuesAreHandedOverToBeRefused) {
  ExpectPieces("{}\n12\n\"text\"\n", {{"{}", 1}, {"12", 2}, {"\"text\"", 3}});
  ExpectPieces("12", {{"12", 1}});
  ExpectPieces("[1,true]", {{"1", 1}, {"true", 1}});
}

TEST(JsonSplitter, ABrokenLineCostsItselfAlone) {
  ExpectPieces("{\"a\":1}\n{\"a\":\n{\"a\":3}\n", {{"{\"a\":1}", 1}, {"{\"a\":", 2, true}, {"{\"a\":3}", 3}});
  ExpectPieces("{\"a\":1}\n{\"a\":\"x\n{\"a\":3}\n", {{"{\"a\":1}", 1}, {"{\"a\":\"x", 2, true}, {"{\"a\":3}", 3}});
  ExpectPieces("{\"a\":1}\n]\n}\n\t nonsense here\n{\"a\":3}\n",
               {{"{\"a\":1}", 1}, {"]", 2, true}, {"}", 3, true}, {"nonsense here", 4, true}, {"{\"a\":3}", 5}});
  ExpectPieces("{\"a\":1}\n{\"a\":2} and more\n{\"a\":3}\n",
               {{"{\"a\":1}", 1}, {"{\"a\":2} and more", 2, true}, {"{\"a\":3}", 3}});
  ExpectPieces("{}\n[{\"a\":1},{\"b\"]\n{}\n", {{"{}", 1}, {"{\"a\":1}", 2}, {"{\"b\"]", 2, true}, {"{}", 3}});
}

TEST(JsonSplitter, ABrokenFirstLineCostsItselfAlone) {
  ExpectPieces("{\"a\":\n{\"a\":2}\n{\"a\":3}\n", {{"{\"a\":", 1, true}, {"{\"a\":2}", 2}, {"{\"a\":3}", 3}});
  ExpectPieces("{\"a\":[\n{\"a\":2}\n{\"a\":3}\n", {{"{\"a\":[", 1, true}, {"{\"a\":2}", 2}, {"{\"a\":3}", 3}});
  ExpectPieces("# a head\n{\"a\":2}\n", {{"# a head", 1, true}, {"{\"a\":2}", 2}});
}

TEST(JsonSplitter, ABrokenLastLineCostsItselfAlone) {
  ExpectPieces("{\"a\":1}\n{\"a\":2", {{"{\"a\":1}", 1}, {"{\"a\":2", 2, true}});
  ExpectPieces("{\"a\":1}\n{\"a\":2,\n{\"a\":3}\n", {{"{\"a\":1}", 1}, {"{\"a\":2,", 2, true}, {"{\"a\":3}", 3}});
}

TEST(JsonSplitter, NulBytesBreakALine) {
  using std::string_view_literals::operator""sv;
  ExpectPieces("{}\n{\"a\":\0}x\n{}\n"sv, {{"{}", 1}, {std::string("{\"a\":\0}x"sv), 2, true}, {"{}", 3}});
}

TEST(JsonSplitter, ABrokenPrettyDocumentIsToldOnce) {
  ExpectPieces("{\n  \"a\": 1,\n  oops: 2,\n  \"b\": {\n    \"c\": 3\n  }\n}\n{\n  \"a\": 2\n}\n",
               {{"{\n  \"a\": 1,\n", 1, true}, {"{\n  \"a\": 2\n}", 8}});
}

TEST(JsonSplitter, ABrokenElementOnItsOwnLineCostsItselfAlone) {
  ExpectPieces("[\n  {\"a\":1},\n  {\"a\":!},\n  {\"a\":3}\n]\n{}",
               {{"{\"a\":1}", 2}, {"{\"a\":!},", 3, true}, {"{\"a\":3}", 4}, {"{}", 6}});
  ExpectPieces("[\n  {\"a\":1},\n  {\"a\":!}\n]\n{}", {{"{\"a\":1}", 2}, {"{\"a\":!}", 3, true}, {"{}", 5}});
}

TEST(JsonSplitter, AnArrayThatIsCutOffIsTold) {
  ExpectPieces("[{\"a\":1},\n{\"a\":2}\n", {{"{\"a\":1}", 1}, {"{\"a\":2}", 2}, {"", 3, true}});
}

TEST(JsonSplitter, TheErrorSaysWhere) {
  std::vector<std::string> errors;
  Cut("{}\n{\"a\" 1}x\n", {}, &errors);
  Cut("{\n\"a\":\n}\n", {}, &errors);
  EXPECT_EQ(errors, (std::vector<std::string>{"broken JSON at byte 6: a ':' is missing",
                                              "broken JSON on line 3: a value is missing"}));
}

TEST(JsonSplitter, TooLongIsPassedOver) {
  JsonSplitter::Options options;
  options.document_bytes_max = 40;
  const std::string big(100, 'x');
  for (const std::string& stream : {
           "{}\n{\"a\":\"" + big + "\"}\n{\"a\":3}\n",      // a line
           "{}\n" + big + "\n{\"a\":3}\n",                  // no document at all
           "{}\n{\n\"a\":\"" + big + "\"\n}\n\n{\"a\":3}",  // over several lines
           "[{},\n{\"a\":\"" + big + "\"},{\"a\":3}]",      // an element
       }) {
    for (std::size_t step : {1, 7, 50, 1000}) {
      std::vector<std::size_t> cuts;
      for (std::size_t i = step; i < stream.size(); i += step) cuts.push_back(i);
      const auto pieces = CutAt(stream, cuts, options);
      ASSERT_EQ(pieces.size(), 3u) << stream << " in steps of " << step;
      EXPECT_EQ(pieces[0].text, "{}");
      EXPECT_TRUE(pieces[1].broken);
      EXPECT_EQ(pieces[1].line, 2u);
      EXPECT_EQ(pieces[2].text, "{\"a\":3}");
    }
  }
}

TEST(JsonSplitter, AbsurdDepthIsTold) {
  std::vector<std::string> errors;
  const std::string deep = "{\"a\":" + std::string(100'000, '[') + "\n";
  EXPECT_EQ(Cut(deep + "{}\n", {}, &errors).size(), 2u);
  EXPECT_NE(errors.at(0).find("deeper than 256"), std::string::npos);
}

TEST(JsonSplitter, HostileBracketsCostNoMoreThanAFewPasses) {
  // Each line opens what none closes, so that each would be scanned to the end.
  std::string stream = "{}\n";
  for (int i = 0; i < 100'000; ++i) stream += "{\"a\":[1,\n";
  EXPECT_EQ(Cut(stream).size(), 100'001u);
}

// Documents drawn at random, joined in each form, cut at random places.
TEST(JsonSplitter, RandomStreams) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE(fmt::format("seed {}", seed));
  std::mt19937 random(seed);
  const auto pick = [&](int n) { return static_cast<int>(random() % static_cast<unsigned>(n)); };
  const std::vector<std::string> values = {"1",         "-2.5e3", "null",       "\"\"", "\"a{b\"",     "\"]\\\\\"",
                                           "\"\\\"}\"", "[]",     "[1,[2,{}]]", "{}",   "\"\xC3\xA9\""};
  for (int round = 0; round < 300; ++round) {
    std::vector<Piece> expected;
    std::string stream;
    const int form = pick(3);  // 0 lines, 1 pretty documents, 2 an array
    const std::string gap = form == 1 ? "\n  " : "";
    if (form == 2) stream += "[\n";
    const int documents = 1 + pick(6);
    for (int i = 0; i < documents; ++i) {
      std::string text = "{";
      const int members = pick(4);
      for (int m = 0; m < members; ++m)
        text += (m > 0 ? "," : "") + gap +
                "\"k\":" + values[static_cast<std::size_t>(pick(static_cast<int>(values.size())))];
      text += gap.empty() ? "}" : "\n}";
      const auto line = 1 + static_cast<std::uint64_t>(std::count(stream.begin(), stream.end(), '\n'));
      expected.push_back({text, line});
      stream += text + (form == 2 && i + 1 < documents ? ",\n" : "\n");
    }
    if (form == 2) stream += "]\n";
    std::vector<std::size_t> cuts;
    for (std::size_t at = 0; at < stream.size(); at += 1 + static_cast<std::size_t>(pick(12))) cuts.push_back(at);
    ASSERT_EQ(CutAt(stream, cuts, {}), expected) << stream;
  }
}

// Streams with bytes changed at random: whatever comes out, it is the same however the bytes arrive, and no document is
// lost that stands alone on its line behind the last broken one.
TEST(JsonSplitter, RandomDamage) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE(fmt::format("seed {}", seed));
  std::mt19937 random(seed);
  const auto pick = [&](std::size_t n) { return static_cast<std::size_t>(random() % n); };
  const std::string_view bytes = "{}[]\",:\\\n\r ab1-\t\xFF";
  const std::vector<std::string> streams = {
      "{\"a\":1}\n{\"a\":[2,\"x\"]}\n{\"a\":{\"b\":3}}\n", "[\n  {\"a\":1},\n  {\"a\":2}\n]\n",
      "{\n  \"a\": 1,\n  \"b\": [1, 2]\n}\n{\n  \"a\": 2\n}\n", "[{\"a\":1},{\"b\":2}]\n{\"a\":1}\n"};
  for (int round = 0; round < 5000; ++round) {
    std::string stream = streams[pick(streams.size())] + streams[pick(streams.size())];
    for (std::size_t damage = pick(4); damage > 0; --damage) {
      const std::size_t at = pick(stream.size());
      if (pick(3) == 0) {
        stream.erase(at, pick(5));
      } else {
        stream.insert(at, 1, bytes[pick(bytes.size())]);
      }
    }
    std::vector<std::size_t> cuts;
    for (std::size_t at = 0; at < stream.size(); at += 1 + pick(20)) cuts.push_back(at);
    ASSERT_EQ(CutAt(stream, cuts, {}), Cut(stream)) << stream;
    const auto lines = Cut("{}\n" + stream + "\n\n{\"last\":1}\n{\"last\":2}\n");
    ASSERT_GE(lines.size(), 2u);
    ASSERT_EQ(lines.back().text, "{\"last\":2}") << stream;
  }
}

}  // namespace
}  // namespace cairn
