// When a request is sent again, and what is said when it is not.

#include "client/caller_retry.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>

namespace cairn {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::HasSubstr;

HttpReply Reply(int status, std::string body = "{}", std::string retry_after = "") {
  return {status, std::make_shared<std::string>(std::move(body)), "application/json", std::move(retry_after)};
}
Status Cut() { return {StatusCode::kUnavailable, "connection reset"}; }

const char* const kFull = R"({"error":{"code":"RESOURCE_EXHAUSTED","message":"the disk is full"}})";
const char* const kBusy = R"({"error":{"code":"UNAVAILABLE","message":"too much waits"}})";

class CallerRetry : public testing::Test, public HttpCaller {
 protected:
  Result<HttpReply> Call(const HttpCall&) override {
    ++calls_;
    if (replies_.empty()) return Cut();
    auto next = std::move(replies_.front());
    replies_.pop_front();
    return next;
  }
  Result<HttpReply> Ask(std::chrono::milliseconds patience) {
    const RetryTime time{[this] { return now_; },
                         [this](std::chrono::nanoseconds wait) {
                           now_ += wait;
                           slept_.push_back(std::chrono::duration_cast<milliseconds>(wait));
                         },
                         [this] { return random_; }};
    return RetryingCaller(*this, "http://there", milliseconds(800), time).Call({}, patience);
  }

  std::deque<Result<HttpReply>> replies_;
  int calls_ = 0;
  std::uint64_t random_ = ~std::uint64_t{0} / 2;
  std::chrono::steady_clock::time_point now_;
  std::vector<milliseconds> slept_;
};

TEST_F(CallerRetry, WhatMayPassIsTriedAgain) {
  replies_ = {Cut(),
              Reply(502, "<html>bad gateway"),
              Reply(504, ""),
              Reply(503, "no upstream"),
              Reply(503, kBusy, "1"),
              Reply(200, "done")};
  const auto reply = Ask(seconds(60));
  ASSERT_TRUE(reply) << reply.status();
  EXPECT_EQ(*reply->body, "done");
  EXPECT_EQ(calls_, 6);
  EXPECT_GE(slept_.back(), seconds(1)) << "what the service asked for comes first";
}

TEST_F(CallerRetry, WhatTheStoreSaysIsAnAnswer) {
  for (const auto& [status, body, code] :
       {std::tuple(404, R"({"error":{"code":"NOT_FOUND","message":"no k of n"}})", StatusCode::kNotFound),
        {503, kFull, StatusCode::kResourceExhausted},
        {503, kBusy, StatusCode::kUnavailable},
        {500, R"({"error":{"code":"DATA_LOSS","message":"damaged"}})", StatusCode::kDataLoss},
        {401, R"({"error":{"code":"UNAUTHENTICATED","message":"no token"}})", StatusCode::kUnauthenticated},
        {400, R"({"error":{"code":"NONSENSE","message":"x"}})", StatusCode::kUnknown}}) {
    replies_ = {Reply(status, body)};
    calls_ = 0;
    const auto reply = Ask(seconds(60));
    ASSERT_FALSE(reply) << body;
    EXPECT_EQ(reply.error().code(), code) << body;
    EXPECT_EQ(calls_, 1) << body;
    EXPECT_THAT(body, HasSubstr("\"message\":\"" + reply.error().message())) << "the message is its own";
  }
}

TEST_F(CallerRetry, WhatIsNoServiceOfOursIsNamed) {
  replies_ = {Reply(404, "<html>nothing here")};
  const auto reply = Ask(seconds(60));
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().code(), StatusCode::kUnimplemented);
  EXPECT_THAT(reply.error().message(), HasSubstr("http://there answers with status 404"));
}

TEST_F(CallerRetry, PatienceEnds) {
  const auto reply = Ask(seconds(10));
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error(), Cut());
  EXPECT_LT(now_.time_since_epoch(), seconds(10));
  EXPECT_GT(calls_, 10);
  EXPECT_LE(*std::max_element(slept_.begin(), slept_.end()), milliseconds(800)) << "the pauses are bounded";
}

TEST_F(CallerRetry, WithoutPatienceItIsTriedOnce) {
  EXPECT_FALSE(Ask(milliseconds(0)));
  EXPECT_EQ(calls_, 1);
}

TEST_F(CallerRetry, PausesDoubleAndAreDrawnAtRandom) {
  random_ = 0;
  replies_ = {Cut(), Cut(), Reply(200)};
  EXPECT_TRUE(Ask(seconds(1)));
  EXPECT_EQ(slept_.back(), milliseconds(0)) << "full jitter begins at nothing";
  slept_.clear();
  replies_ = {Cut(), Cut(), Cut(), Cut(), Cut(), Reply(200)};
  random_ = 799'999'999;
  EXPECT_TRUE(Ask(seconds(60)));
  for (std::size_t i = 0; i < slept_.size(); ++i) EXPECT_LE(slept_[i], milliseconds(50 << i));
}

TEST_F(CallerRetry, AServiceThatAsksForTooLongIsNotWaitedFor) {
  replies_ = {Reply(503, kBusy, "3600")};
  EXPECT_FALSE(Ask(seconds(60)));
  EXPECT_EQ(calls_, 1);
}

TEST_F(CallerRetry, WhatDoesNotPassIsNotTriedAgain) {
  replies_ = {Status(StatusCode::kUnauthenticated, "certificate")};
  EXPECT_EQ(Ask(seconds(60)).error().code(), StatusCode::kUnauthenticated);
  EXPECT_EQ(calls_, 1);
}

}  // namespace
}  // namespace cairn
