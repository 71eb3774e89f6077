#include "server/facts_response.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "log/line.h"

namespace cairn {
namespace {

using testing::SizeIs;

// Lines as they stand where they were kept, with a comma and a newline between them.
class FactsResponseTest : public testing::Test {
 protected:
  FactsResponseTest() {
    for (std::uint64_t i = 1; i <= 20; ++i) {
      std::string line;
      AppendRecordLine(line, Seq{i}, "2026-01-10T05:00:01.123456789Z", fmt::format(R"({{"a":{}}})", i));
      line.pop_back();
      begins_.push_back(lines_->size());
      bytes_.push_back(line.size());
      *lines_ += line + ",\n";
    }
  }

  [[nodiscard]] std::string_view Line(std::size_t i) const {
    return std::string_view(*lines_).substr(begins_[i], bytes_[i]);
  }
  void Add(std::size_t i, bool is_own_json = true, std::uint32_t facet = Fact::kWholeRecord) {
    facts_.emplace_back(Seq{i + 1}, Timestamp{}, Line(i), facet, lines_, is_own_json);
  }

  std::shared_ptr<std::string> lines_ = std::make_shared<std::string>();
  std::vector<std::size_t> begins_;
  std::vector<std::size_t> bytes_;
  std::vector<Fact> facts_;
};

constexpr std::string_view kEnd = R"(],"damaged":0,"withheld":0})";

std::string Whole(ServerResponse response) {
  std::string joined;
  for (const std::string_view piece : response.BodyPieces()) joined += piece;
  EXPECT_EQ(response.BodyBytes(), joined.size());
  response.Flatten();
  EXPECT_EQ(response.body, joined);
  EXPECT_THAT(response.insets, testing::IsEmpty());
  return joined;
}

TEST_F(FactsResponseTest, WhatStandsSideBySideIsSentFromThere) {
  for (std::size_t i = 3; i < 10; ++i) Add(i);
  const ServerResponse response = FactsResponse(facts_, {});
  ASSERT_THAT(response.insets, SizeIs(1));
  EXPECT_EQ(response.insets[0].bytes.data(), Line(3).data());
  EXPECT_EQ(response.insets[0].pin, lines_);
  EXPECT_EQ(Whole(response),
            "{\"facts\":[" + lines_->substr(begins_[3], begins_[10] - 2 - begins_[3]) + std::string(kEnd));
}

TEST_F(FactsResponseTest, IsTheSameWhereverTheFactsStand) {
  for (const std::size_t i : {0, 1, 2, 3, 4, 9, 7, 11, 12, 13, 14, 15, 2, 1, 17, 18, 19}) Add(i);
  std::string expected = "{\"facts\":[";
  for (const Fact& fact : facts_) expected += std::string(expected.back() == '[' ? "" : ",") + std::string(fact.line());
  const ServerResponse response = FactsResponse(facts_, {});
  EXPECT_THAT(response.insets, SizeIs(2)) << "two are long enough";
  std::string whole = Whole(response);
  for (std::size_t at = 0; (at = whole.find(",\n{", at)) != std::string::npos;) whole.erase(at + 1, 1);
  EXPECT_EQ(whole, expected + std::string(kEnd));
}

TEST_F(FactsResponseTest, BeginsAndEndsWithEither) {
  for (std::size_t i = 0; i < 4; ++i) Add(i);
  Add(10, false);
  for (std::size_t i = 12; i < 16; ++i) Add(i);
  std::string whole = Whole(FactsResponse(facts_, {}, R"(,"cursor":"x")"));
  EXPECT_THAT(whole, testing::StartsWith("{\"facts\":[" + std::string(Line(0)) + ",\n"));
  EXPECT_THAT(whole,
              testing::HasSubstr(std::string(Line(3)) + "," + std::string(Line(10)) + "," + std::string(Line(12))));
  EXPECT_THAT(whole, testing::EndsWith(std::string(Line(15)) + R"(],"damaged":0,"withheld":0,"cursor":"x"})"));
  EXPECT_EQ(Whole(FactsResponse({}, {})), "{\"facts\":[" + std::string(kEnd));
}

TEST_F(FactsResponseTest, WhatNobodyVouchesForIsLookedAt) {
  for (std::size_t i = 0; i < 8; ++i) Add(i, false);
  EXPECT_THAT(FactsResponse(facts_, {}).insets, testing::IsEmpty());
}

TEST_F(FactsResponseTest, DamagedOnesAreCountedAndLeftOut) {
  facts_.emplace_back(Seq{1}, Timestamp{}, "{}", Fact::kWholeRecord, nullptr);
  for (std::size_t i = 0; i < 5; ++i) Add(i);
  facts_.emplace_back(Seq{7}, Timestamp{}, "", Fact::kWholeRecord, nullptr);
  const std::string whole = Whole(FactsResponse(facts_, {.damaged = 1, .withheld = 2}));
  EXPECT_THAT(whole, testing::StartsWith("{\"facts\":[" + std::string(Line(0))));
  EXPECT_THAT(whole, testing::EndsWith(std::string(Line(4)) + R"(],"damaged":3,"withheld":2})"));
}

}  // namespace
}  // namespace cairn
