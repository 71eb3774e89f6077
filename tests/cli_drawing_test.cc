// The program as a user runs it: lineage as drawings, of names that no drawing language would like.

#include <gmock/gmock.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <regex>
#include <set>

#include "cli/safe_text.h"
#include "cli_for_test.h"

namespace cairn {
namespace {

// As JSON text has them.
const std::vector<std::string> kNames = {R"(say \"hi\")",
                                         R"(back\\slash\\)",
                                         R"(line\nbreak)",
                                         "a]b[c",
                                         "a)b(c",
                                         "a}b{c",
                                         "a|b|c",
                                         "a-->b",
                                         "a;b",
                                         "a&lt;b&",
                                         "<b>bold</b>",
                                         "#35; #quot;",
                                         "%% comment",
                                         "end",
                                         "subgraph x",
                                         "größe 表 🚀",
                                         R"(tab\tand\u0000)",
                                         R"(\\n\\l\\N)",
                                         "`code`",
                                         "click n0 call"};

/// One job reads all of these and writes one of its own name.
class DrawingTest : public CliTest {
 protected:
  void SetUp() override {
    std::string inputs;
    for (const std::string& name : kNames) {
      inputs += fmt::format(R"({}{{"namespace":"n","name":"{}"}})", inputs.empty() ? "" : ",", name);
    }
    const ProgramEnd end =
        Cairn({"ingest", "-"},
              fmt::format(
                  R"({{"eventType":"COMPLETE","eventTime":"2026-01-01T00:00:00Z","producer":"p","run":{{"runId":"r"}},)"
                  R"("job":{{"namespace":"n","name":"the \"job\""}},"inputs":[{}],"outputs":[{{"namespace":"n",)"
                  R"("name":"out"}}]}})",
                  inputs) +
                  "\n");
    ASSERT_EQ(end.code, 0) << end.err;
    for (const std::string& line : Lines(Cairn({"lineage", "out", "--up", "--json"}).out)) {
      simdjson::dom::parser parser;
      const auto json = simdjson::dom::element(parser.parse(line));
      if (std::string_view node; json["node"].get(node) == simdjson::SUCCESS) nodes_.insert(Visible(node));
      if (std::string_view from; json["from"].get(from) == simdjson::SUCCESS) ++edges_;
    }
    ASSERT_EQ(nodes_.size(), kNames.size() + 2);
    ASSERT_EQ(edges_, kNames.size() + 1);
  }

  std::set<std::string> nodes_;  // Their ids as they are shown.
  std::size_t edges_ = 0;
};

std::string Replaced(std::string text, std::initializer_list<std::pair<std::string_view, std::string_view>> entities) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const auto found = std::find_if(entities.begin(), entities.end(), [&](const auto& entity) {
      return std::string_view(text).substr(at).starts_with(entity.first);
    });
    if (found == entities.end()) {
      out += text[at++];
    } else {
      out += found->second;
      at += found->first.size();
    }
  }
  return out;
}

TEST_F(DrawingTest, GraphvizDrawsEveryNameAsItIs) {
  ASSERT_EQ(std::system("command -v dot >/dev/null 2>&1"), 0) << "Graphviz is missing: ./dev setup test";
  const ProgramEnd dot = Cairn({"lineage", "out", "--up", "--format", "dot"});
  ASSERT_EQ(dot.code, 0) << dot.err;
  const std::string source = dir_.path() + "/lineage.dot";
  const std::string drawn = dir_.path() + "/lineage.svg";
  std::ofstream(source) << dot.out;
  const std::string command = fmt::format("dot -Tsvg -o {} {} 2>{}/dot.err", drawn, source, dir_.path());
  ASSERT_EQ(std::system(command.c_str()), 0) << ReadFile(dir_.path() + "/dot.err") << dot.out;
  EXPECT_EQ(ReadFile(dir_.path() + "/dot.err"), "");
  const std::string svg = ReadFile(drawn);
  std::multiset<std::string> shown;
  const std::regex text("<text[^>]*>([^<]*)</text>");
  for (std::sregex_iterator at(svg.begin(), svg.end(), text), end; at != end; ++at) {
    shown.insert(Replaced((*at)[1], {{"&lt;", "<"},
                                     {"&gt;", ">"},
                                     {"&amp;", "&"},
                                     {"&quot;", "\""},
                                     {"&#39;", "'"},
                                     {"&#45;", "-"},
                                     {"&#160;", " "}}));
  }
  std::multiset<std::string> expected(nodes_.begin(), nodes_.end());
  for (std::size_t i = 0; i < kNames.size(); ++i) expected.insert("reads");
  expected.insert("writes");
  EXPECT_EQ(shown, expected);
}

// The part of the language that is written, as its grammar has it: a text in double quotes ends at the next one
// whatever stands between, an entity is #name; or #number;, and a line is a statement.
TEST_F(DrawingTest, MermaidReadsEveryNameAsItIs) {
  const ProgramEnd mermaid = Cairn({"lineage", "out", "--up", "--format", "mermaid"});
  ASSERT_EQ(mermaid.code, 0) << mermaid.err;
  const std::vector<std::string> lines = Lines(mermaid.out);
  ASSERT_FALSE(lines.empty());
  EXPECT_EQ(lines.front(), "flowchart LR");
  const std::regex node(R"re(  (n\d+)(\["([^"]*)"\]|\(\["([^"]*)"\]\)))re");
  const std::regex edge(R"re(  (n\d+) -->\|"([^"]*)"\| (n\d+))re");
  const std::regex entity(R"(#(\d+|[a-z]+);)");
  std::set<std::string> ids;
  std::set<std::string> shown;
  std::size_t edges = 0;
  for (std::size_t i = 1; i < lines.size(); ++i) {
    std::smatch match;
    if (std::regex_match(lines[i], match, node)) {
      EXPECT_TRUE(ids.insert(match[1]).second) << lines[i];
      const std::string text = match[3].matched ? match[3] : match[4];
      EXPECT_THAT(std::regex_replace(text, entity, ""), testing::Not(testing::ContainsRegex("[#<>&`]"))) << lines[i];
      shown.insert(Replaced(text, {{"#quot;", "\""},
                                   {"#35;", "#"},
                                   {"#lt;", "<"},
                                   {"#gt;", ">"},
                                   {"#amp;", "&"},
                                   {"#96;", "`"},
                                   {"#92;", "\\"}}));
    } else {
      ASSERT_TRUE(std::regex_match(lines[i], match, edge)) << lines[i];
      EXPECT_TRUE(ids.contains(match[1]) && ids.contains(match[3])) << lines[i];
      ++edges;
    }
  }
  EXPECT_EQ(shown, nodes_);
  EXPECT_EQ(edges, edges_);
}

}  // namespace
}  // namespace cairn
