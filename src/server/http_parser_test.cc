#include "server/http_parser.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace cairn {
namespace {

using testing::HasSubstr;

constexpr HttpLimits kLimits{16384, 1 << 20};

// As a connection does: what was not used stays, and more comes behind it. What is left is put into `rest`.
void FeedInPieces(HttpParser& parser, std::string_view bytes, std::size_t piece, std::string* rest = nullptr) {
  std::string held;
  while (!parser.is_done() && !parser.has_failed() && !bytes.empty()) {
    held += bytes.substr(0, piece);
    bytes.remove_prefix(std::min(piece, bytes.size()));
    for (;;) {
      const std::size_t used = parser.Feed(held);
      held.erase(0, used);
      if (used == 0 || held.empty()) break;
    }
  }
  if (rest != nullptr) *rest = held + std::string(bytes);
}

TEST(HttpParser, ARequestInPiecesOfAnyLengthIsTheSame) {
  const std::string head = "POST /a?b=c HTTP/1.1\r\nHost: a\r\n";
  struct Case {
    std::string request;
    std::string body;
  };
  for (const Case& one : {
           Case{head + "Content-Length: 5\r\n\r\nhello", "hello"},
           {head + "Content-Length: 0\r\n\r\n", ""},
           {head + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", ""},
           {head + "Transfer-Encoding: chunked\r\n\r\n0\r\nX: y\r\n\r\n", ""},
           {head + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", "hello"},
           {head + "Transfer-Encoding: chunked\r\n\r\n1;a=b\r\nh\r\n04\r\nello\r\n00\r\nX: y\r\n\r\n", "hello"},
       }) {
    for (std::size_t piece = 1; piece <= one.request.size() + 4; ++piece) {
      SCOPED_TRACE(testing::Message() << piece << " bytes at once of " << one.request);
      HttpParser parser(kLimits);
      std::string rest;
      FeedInPieces(parser, one.request + "GET ", piece, &rest);
      ASSERT_TRUE(parser.is_done());
      EXPECT_EQ(parser.method(), "POST");
      EXPECT_EQ(parser.target(), "/a?b=c");
      EXPECT_EQ(parser.body(), one.body);
      EXPECT_EQ(rest, "GET ") << "what comes behind is the next request's";
    }
  }
}

TEST(HttpParser, AnAbsoluteTargetIsThePathOfThatHost) {
  struct Case {
    std::string target, path, host;
  };
  for (const Case& one : {
           Case{"/a?b=http://c/d", "/a?b=http://c/d", "there"},
           {"http://here:81/a?b=c", "/a?b=c", "here:81"},
           {"HTTPS://[::1]", "/", "[::1]"},
           {"http://here?b=c", "/?b=c", "here"},
           {"http:///a", "/a", ""},
           {"ftp://here/a", "ftp://here/a", "there"},
       }) {
    HttpParser parser(kLimits);
    parser.Feed("GET " + one.target + " HTTP/1.1\r\nHost: there\r\n\r\n");
    ASSERT_TRUE(parser.is_done()) << one.target;
    EXPECT_EQ(parser.target(), one.path);
    EXPECT_EQ(parser.Header("Host"), one.host) << one.target;
  }
}

TEST(HttpParser, ABodyWhoseEndIsAnybodysGuessIsRefused) {
  struct Case {
    const char* coding;
    int status;
  };
  for (const Case& one : {Case{"xchunked", 400},
                          {"identity", 400},
                          {"chunked, identity", 400},
                          {"gzip, chunked", 501},
                          {"chunked\r\nTransfer-Encoding: chunked", 400}}) {
    HttpParser parser(kLimits);
    FeedInPieces(parser,
                 std::string("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: ") + one.coding +
                     "\r\n\r\n0\r\n\r\nGET /tags HTTP/1.1\r\nHost: a\r\n\r\n",
                 1000);
    EXPECT_TRUE(parser.has_failed()) << one.coding;
    EXPECT_EQ(parser.failure().status, one.status) << one.coding;
  }
  HttpParser parser(kLimits);
  FeedInPieces(parser, "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked\r\n\r\n0\r\n\r\n", 1000);
  EXPECT_TRUE(parser.is_done());
}

TEST(HttpParser, AChunkThatIsNoneIsToldInPiecesToo) {
  for (const char* body :
       {"0\r\n{\"a\":1}\r\n\r\n", "zz\r\nabc\r\n0\r\n\r\n", "5\r\nhelloXX0\r\n\r\n", "-1\r\n\r\n\r\n"}) {
    const std::string request = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + std::string(body);
    for (std::size_t piece = 1; piece <= request.size(); ++piece) {
      SCOPED_TRACE(testing::Message() << piece << " bytes at once of " << body);
      HttpParser parser(kLimits);
      FeedInPieces(parser, request, piece);
      ASSERT_TRUE(parser.has_failed());
      EXPECT_EQ(parser.failure().status, 400);
      EXPECT_THAT(parser.failure().body, HasSubstr("no HTTP/1.1 request"));
    }
  }
}

}  // namespace
}  // namespace cairn
