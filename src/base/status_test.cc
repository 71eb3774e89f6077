#include "cairn/status.h"

#include <gtest/gtest.h>

#include <memory>
#include <sstream>

namespace cairn {
namespace {

TEST(Status, CodesAreThoseOfGrpc) {
  const std::pair<int, std::string_view> codes[] = {{0, "OK"},
                                                    {1, "CANCELLED"},
                                                    {2, "UNKNOWN"},
                                                    {3, "INVALID_ARGUMENT"},
                                                    {4, "DEADLINE_EXCEEDED"},
                                                    {5, "NOT_FOUND"},
                                                    {6, "ALREADY_EXISTS"},
                                                    {7, "PERMISSION_DENIED"},
                                                    {8, "RESOURCE_EXHAUSTED"},
                                                    {9, "FAILED_PRECONDITION"},
                                                    {10, "ABORTED"},
                                                    {11, "OUT_OF_RANGE"},
                                                    {12, "UNIMPLEMENTED"},
                                                    {13, "INTERNAL"},
                                                    {14, "UNAVAILABLE"},
                                                    {15, "DATA_LOSS"},
                                                    {16, "UNAUTHENTICATED"}};
  for (const auto& [number, name] : codes) EXPECT_EQ(StatusCodeName(static_cast<StatusCode>(number)), name);
}

TEST(Status, IsOkUnlessToldOtherwise) {
  EXPECT_TRUE(Status().ok());
  EXPECT_EQ(Status(), Status::Ok());
  EXPECT_EQ(Status().ToString(), "OK");
  const Status missing(StatusCode::kNotFound, "no such thing");
  EXPECT_FALSE(missing.ok());
  EXPECT_EQ(missing.code(), StatusCode::kNotFound);
  EXPECT_EQ(missing.message(), "no such thing");
  EXPECT_NE(missing, Status(StatusCode::kNotFound, "another"));
}

TEST(Status, TellsCodeAndMessage) {
  std::ostringstream out;
  out << Status(StatusCode::kDataLoss, "flipped");
  EXPECT_EQ(out.str(), "DATA_LOSS: flipped");
}

TEST(Status, ContextStandsInFrontAndKeepsTheCode) {
  const Status status = Status(StatusCode::kUnavailable, "Permission denied").WithContext("reading a");
  EXPECT_EQ(status.ToString(), "UNAVAILABLE: reading a: Permission denied");
  EXPECT_EQ(Status::Ok().WithContext("reading a"), Status::Ok()) << "there is nothing to explain";
}

TEST(Result, HoldsAValue) {
  Result<int> result = 7;
  ASSERT_TRUE(result);
  EXPECT_TRUE(result.has_value());
  EXPECT_EQ(*result, 7);
  EXPECT_TRUE(result.status().ok());
}

TEST(Result, HoldsTheReasonWhyThereIsNone) {
  const Result<int> result(StatusCode::kNotFound, "nothing");
  EXPECT_FALSE(result);
  EXPECT_EQ(result.error().code(), StatusCode::kNotFound);
  EXPECT_EQ(result.status(), Status(StatusCode::kNotFound, "nothing"));
}

// Missing and empty are two answers.
TEST(Result, AnEmptyOrFalseValueIsAValue) {
  EXPECT_TRUE(Result<std::string>(std::string()).has_value());
  EXPECT_TRUE(Result<bool>(false).has_value());
}

TEST(Result, GivesAwayWhatCannotBeCopied) {
  Result<std::unique_ptr<int>> result(std::make_unique<int>(3));
  const std::unique_ptr<int> taken = *std::move(result);
  ASSERT_NE(taken, nullptr);
  EXPECT_EQ(*taken, 3);
}

}  // namespace
}  // namespace cairn
