#include "server/cross_site.h"

#include <gtest/gtest.h>

namespace cairn {
namespace {

class Request final : public ServerRequest {
 public:
  Request(std::string host, std::string origin) : host_(std::move(host)), origin_(std::move(origin)) {}
  [[nodiscard]] std::string_view method() const override { return "POST"; }
  [[nodiscard]] std::string_view target() const override { return "/"; }
  [[nodiscard]] std::string_view Header(std::string_view name) const override {
    return name == "Host" ? host_ : name == "Origin" ? origin_ : std::string_view();
  }
  [[nodiscard]] std::string_view body() const override { return ""; }

 private:
  const std::string host_;
  const std::string origin_;
};

int StatusOf(const std::string& host, const std::string& origin = "") {
  const auto refused = RefuseCrossSite(Request(host, origin));
  return refused ? refused->status : 200;
}

TEST(CrossSite, WhoAsksForThisMachineIsAnswered) {
  for (const char* host :
       {"localhost", "localhost:8137", "LocalHost:8137", "cairn.localhost", "127.0.0.1:8137", "[::1]:8137", "[::1]",
        "192.168.1.7:80", "cairn:8137", "localhost.:8137", "[fe80::1%25lo]:8137", ""}) {
    EXPECT_EQ(StatusOf(host), 200) << host;
  }
}

TEST(CrossSite, ANameOfTheOpenNetIsNotAnswered) {
  for (const char* host :
       {"evil.example:8137", "evil.example", "localhost.evil.example", "127.0.0.1.nip.io", "evil.example.",
        "[evil.example]:1", "1.2.3:80", "[::1].evil.example", "[]evil.example", "[", "localhost:80.evil.example",
        "127.0.0.1:80@evil.example", "evil.example/.localhost", "a b"}) {
    EXPECT_EQ(StatusOf(host), 403) << host;
  }
}

TEST(CrossSite, APageOfAnotherSiteIsNotAnswered) {
  const std::string host = "127.0.0.1:8137";
  for (const char* origin :
       {"http://127.0.0.1:8137", "http://localhost:3000", "http://[::1]:3000", "http://web:3000"}) {
    EXPECT_EQ(StatusOf(host, origin), 200) << origin;
  }
  EXPECT_EQ(StatusOf("10.0.0.7:8137", "http://10.0.0.7:8137"), 200) << "its own page";
  for (const char* origin :
       {"https://evil.example", "http://6.6.6.6", "null", "http://localhost.evil.example:80", "http://", "://",
        "file://", "chrome-extension://abcdef", "http://[::1]evil.example", "http://127.0.0.1:80.evil.example"}) {
    EXPECT_EQ(StatusOf(host, origin), 403) << origin;
  }
}

}  // namespace
}  // namespace cairn
