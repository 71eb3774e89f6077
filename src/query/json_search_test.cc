#include "query/json_search.h"

#include <gtest/gtest.h>

#include "base/processor.h"
#include "query/json_for_test.h"
#include "query/json_search_avx2.h"
#include "query/json_search_avx512.h"

namespace cairn {
namespace {

using Search = FieldHit (*)(const char*, const char*, const FieldPattern*, std::size_t);

std::vector<std::pair<const char*, Search>> Searches() {
  std::vector<std::pair<const char*, Search>> out = {{"chosen", FindField}, {"SSE2", FindFieldSse2}};
  if (HasAvx2() && HasPclmul() && HasBmi2()) out.emplace_back("AVX2", FindFieldAvx2);
  if (HasAvx512Bytes() && HasPclmul() && HasBmi2())
    out.emplace_back("AVX-512", FindFieldAvx512);
  return out;
}

/// Where the plainest reading finds the field directly in the object, or the closing bracket.
std::size_t Plain(std::string_view json, const std::vector<FieldPattern>& patterns, bool& found) {
  int depth = 1;
  for (std::size_t at = 1; at < json.size(); ++at) {
    if (json[at] == '"') {
      for (const FieldPattern& pattern : patterns) {
        if (depth == 1 && json.substr(at).starts_with(pattern.text)) {
          found = true;
          return at + pattern.text.size();
        }
      }
      for (++at; json[at] != '"'; ++at) at += json[at] == '\\' ? 1 : 0;
    } else if (json[at] == '{' || json[at] == '[') {
      ++depth;
    } else if ((json[at] == '}' || json[at] == ']') && --depth == 0) {
      found = false;
      return at + 1;
    }
  }
  return json.size();
}

TEST(JsonSearch, EveryInstructionSetAgreesWithAPlainReading) {
  const std::uint64_t seed = std::random_device()();
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  std::mt19937_64 random(seed);
  const std::vector<FieldPattern> all = {{"\"payload\":", 0}, {"\"a\":", 0}, {"\"é\":", 0}, {"\"row_count\":", 0}};
  for (int round = 0; round < 20'000; ++round) {
    const JsonTree tree = RandomTree(random, 6);
    if (tree.type != JsonTree::Type::kObject && tree.type != JsonTree::Type::kArray) continue;
    std::string json;
    WriteTree(random, tree, json);
    // A sibling after the end must not be taken for a part.
    const PaddedJson text(json + R"(,"payload":1,"a":{}})");
    const std::vector<FieldPattern> patterns(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(random() % 5));
    bool found = false;
    const std::size_t expected = Plain(text.view(), patterns, found);
    for (const auto& [name, search] : Searches()) {
      const char* const begin = text.view().data();
      const FieldHit hit = search(begin + 1, begin + text.view().size(), patterns.data(), patterns.size());
      ASSERT_EQ(hit.pattern != nullptr, found) << name << " " << json;
      ASSERT_EQ(static_cast<std::size_t>(hit.at - begin), expected) << name << " " << json;
    }
  }
}

TEST(JsonSearch, RunsOfBackslashesAcrossBlocks) {
  for (std::size_t before = 0; before < 140; ++before) {
    for (std::size_t backslashes = 0; backslashes < 140; backslashes += 2) {
      const PaddedJson text("{\"x\":\"" + std::string(before, 'x') + std::string(backslashes, '\\') +
                            "\\\"}\",\"a\":1}");
      const FieldPattern pattern{"\"a\":", 0};
      for (const auto& [name, search] : Searches()) {
        const char* const begin = text.view().data();
        const FieldHit hit = search(begin + 1, begin + text.view().size(), &pattern, 1);
        ASSERT_EQ(hit.pattern, &pattern) << name << " " << text.view();
        ASSERT_EQ(*hit.at, '1');
        EXPECT_TRUE(hit.backslashes);
      }
    }
  }
}

TEST(JsonSearch, EndsWithTheBytesWhereTheContainerDoesNot) {
  const PaddedJson text("\"a\":[[[");
  const char* const begin = text.view().data();
  for (const auto& [name, search] : Searches()) {
    const FieldHit hit = search(begin, begin + text.view().size(), nullptr, 0);
    EXPECT_EQ(hit.pattern, nullptr);
    EXPECT_LE(hit.at, begin + text.view().size()) << name;
  }
}

}  // namespace
}  // namespace cairn
