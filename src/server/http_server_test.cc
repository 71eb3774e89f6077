#include "server/http_server.h"

#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <latch>
#include <thread>

#include "server/http_client_for_test.h"
#include "server/listen_address.h"

namespace cairn {
namespace {

using std::chrono::milliseconds;

/// A server that says back what it was sent.
class HttpServerTest : public ::testing::Test {
 protected:
  void SetUp() override { options.listen = {"127.0.0.1:0"}; }
  void Start() {
    auto started =
        HttpServer::Start(options, [this](const ServerRequest& request, const std::string&, Suspender& wait) {
          if (handler) return handler(request, wait);
          ServerResponse response;
          response.content_type = "text/plain";
          response.body =
              std::string(request.method()) + " " + std::string(request.target()) + " " + std::string(request.body());
          return response;
        });
    ASSERT_TRUE(started) << started.error();
    server = std::move(*started);
  }
  [[nodiscard]] const std::string& address() const { return server->addresses().front(); }

  HttpServerOptions options;
  std::function<ServerResponse(const ServerRequest&, Suspender&)> handler;
  std::unique_ptr<HttpServer> server;
};

TEST_F(HttpServerTest, AnswersAndKeepsTheConnection) {
  Start();
  RawPeer peer(address());
  EXPECT_EQ(peer.Get("/a?b=1").body, "GET /a?b=1 ");
  EXPECT_EQ(peer.Post("/c", "body").body, "POST /c body");
  EXPECT_EQ(server->Stats().connections_all, 1U);
}

TEST_F(HttpServerTest, PipelinedRequestsAreAnsweredInTheirOrder) {
  Start();
  RawPeer peer(address());
  std::string all;
  for (int i = 0; i < 100; ++i) all += "GET /" + std::to_string(i) + " HTTP/1.1\r\nHost: a\r\n\r\n";
  ASSERT_TRUE(peer.Send(all));
  for (int i = 0; i < 100; ++i) ASSERT_EQ(peer.Read().body, "GET /" + std::to_string(i) + " ");
}

// A body with bytes that stand elsewhere; how it reads as a whole.
ServerResponse WithInsets(std::string* whole) {
  ServerResponse response;
  response.content_type = "text/plain";
  response.body = "begin:middle:end";
  // More places than the kernel is told of at once, and more bytes than a socket holds.
  const auto elsewhere = std::make_shared<std::string>(40'000, 'x');
  for (int i = 0; i < 100; ++i)
    response.insets.push_back({i < 50 ? std::size_t{6} : std::size_t{13}, *elsewhere, elsewhere});
  ServerResponse flat = response;
  flat.Flatten();
  *whole = flat.body;
  return response;
}

TEST_F(HttpServerTest, BytesThatStandElsewhereAreSentFromThere) {
  handler = [](const ServerRequest&, Suspender&) {
    std::string whole;
    return WithInsets(&whole);
  };
  Start();
  std::string whole;
  WithInsets(&whole);
  ASSERT_EQ(whole.size(), 16U + 100 * 40'000);
  RawPeer peer(address());
  EXPECT_TRUE(peer.Get("/").body == whole);
  ASSERT_TRUE(peer.Send("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n"));
  EXPECT_EQ(peer.Read(false).headers["Content-Length"], std::to_string(whole.size()));
  const auto packed = peer.Ask("GET / HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip\r\n\r\n");
  EXPECT_EQ(packed.headers.at("Content-Encoding"), "gzip");
  EXPECT_LT(packed.body.size(), whole.size() / 100);
  EXPECT_EQ(packed.headers.at("Content-Length"), std::to_string(packed.body.size()));
  EXPECT_TRUE(peer.Get("/").body == whole) << "the connection goes on";
}

TEST_F(HttpServerTest, AnAnswerInPiecesComesAsChunks) {
  handler = [](const ServerRequest&, Suspender&) {
    ServerResponse response;
    response.content_type = "text/plain";
    response.stream = [](BodyWriter& writer) {
      for (const char* piece : {"one", "", "three three three"}) EXPECT_TRUE(writer.Write(piece));
    };
    return response;
  };
  Start();
  RawPeer peer(address());
  ASSERT_TRUE(peer.Send("GET / HTTP/1.1\r\nHost: a\r\n\r\n"));
  EXPECT_NE(peer.ReadUntil("\r\n\r\n").find("Transfer-Encoding: chunked\r\n"), std::string::npos);
  EXPECT_EQ(peer.ReadUntil("0\r\n\r\n"), "3\r\none\r\n11\r\nthree three three\r\n0\r\n\r\n");
  ASSERT_TRUE(peer.Send("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n"));
  EXPECT_EQ(peer.Read(false).status, 200) << "the connection goes on, and HEAD has no body";
  EXPECT_EQ(RawPeer(address()).Ask("GET / HTTP/1.0\r\n\r\n").status, 505) << "which knows no chunks";
}

TEST_F(HttpServerTest, WhoNeverReadsAnAnswerInPiecesIsCutOff) {
  options.body_timeout = milliseconds(200);
  options.body_bytes_per_second_min = 100'000'000;
  std::latch ended(1);
  handler = [&](const ServerRequest&, Suspender&) {
    ServerResponse response;
    response.stream = [&](BodyWriter& writer) {
      while (writer.Write(std::string(1 << 20, 'a'))) {
      }
      ended.count_down();
    };
    return response;
  };
  Start();
  RawPeer peer(address());
  ASSERT_TRUE(peer.Send("GET / HTTP/1.1\r\nHost: a\r\n\r\n"));
  ended.wait();
}

TEST_F(HttpServerTest, BytesComeOneByOne) {
  Start();
  RawPeer peer(address());
  const std::string request =
      "POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n";
  for (const char c : request) ASSERT_TRUE(peer.Send({&c, 1}));
  EXPECT_EQ(peer.Read().body, "POST /x abcde");
}

TEST_F(HttpServerTest, HeadHasNoBodyAndSaysHowLongItWouldBe) {
  Start();
  RawPeer peer(address());
  ASSERT_TRUE(peer.Send("HEAD /abc HTTP/1.1\r\nHost: a\r\n\r\n"));
  EXPECT_EQ(peer.Read(false).headers["Content-Length"], "10");
  EXPECT_EQ(peer.Get("/next").body, "GET /next ");
}

TEST_F(HttpServerTest, ConnectionCloseAndHttp10EndIt) {
  Start();
  RawPeer closing(address());
  EXPECT_EQ(closing.Ask("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").headers["Connection"], "close");
  EXPECT_TRUE(closing.AwaitEnd());
  RawPeer old(address());
  EXPECT_EQ(old.Ask("GET / HTTP/1.0\r\n\r\n").status, 200);
  EXPECT_TRUE(old.AwaitEnd());
}

TEST_F(HttpServerTest, ExpectContinueIsAnsweredBeforeTheBody) {
  Start();
  RawPeer peer(address());
  ASSERT_TRUE(peer.Send("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n"));
  EXPECT_EQ(peer.Read().status, 100);
  EXPECT_EQ(peer.Ask("ab").body, "POST /x ab");
}

TEST_F(HttpServerTest, WhatIsNoRequestIsToldAndEndsTheConnection) {
  Start();
  const std::vector<std::pair<std::string, int>> wrong{
      {"garbage\r\n\r\n", 400},
      {"GET / HTTP/2.0\r\n\r\n", 505},
      {"GET /\x01 HTTP/1.1\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\nHost: a\r\nhost: b\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\nName with blank: x\r\n\r\n", 400},
      {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n", 400},
      {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", 400},
      {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
      {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 400},
      {"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 400},
  };
  for (const auto& [bytes, status] : wrong) {
    RawPeer peer(address());
    const RawPeer::Answer answer = peer.Ask(bytes);
    EXPECT_EQ(answer.status, status) << bytes;
    EXPECT_NE(answer.body.find("\"message\""), std::string::npos) << bytes;
    EXPECT_TRUE(peer.AwaitEnd()) << bytes;
  }
  RawPeer other(address());
  EXPECT_EQ(other.Get("/").status, 200) << "others are unhurt";
}

TEST_F(HttpServerTest, HeadAndBodyAreBounded) {
  options.limits = {1000, 2000};
  Start();
  RawPeer head(address());
  EXPECT_EQ(head.Ask("GET / HTTP/1.1\r\nX: " + std::string(2000, 'a') + "\r\n\r\n").status, 431);
  RawPeer said(address());
  EXPECT_EQ(said.Ask("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2001\r\n\r\n").status, 413) << "before it comes";
  RawPeer chunked(address());
  EXPECT_EQ(chunked
                .Ask("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n7d1\r\n" +
                     std::string(2001, 'a') + "\r\n0\r\n\r\n")
                .status,
            413);
  RawPeer fits(address());
  EXPECT_EQ(fits.Post("/", std::string(2000, 'a')).status, 200);
}

TEST_F(HttpServerTest, BodiesOfAllTogetherAreBounded) {
  options.bodies_bytes_max = 1500;
  Start();
  RawPeer first(address());
  ASSERT_TRUE(first.Send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n" + std::string(999, 'a')));
  while (server->Stats().bodies_bytes < 999) std::this_thread::yield();
  RawPeer second(address());
  const auto refused = second.Ask("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n");
  EXPECT_EQ(refused.status, 503);
  EXPECT_EQ(refused.headers.count("Retry-After"), 1U);
  RawPeer in_chunks(address());
  EXPECT_EQ(in_chunks
                .Ask("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3e8\r\n" +
                     std::string(1000, 'a') + "\r\n0\r\n\r\n")
                .status,
            503)
      << "whose length nobody said";
  EXPECT_EQ(first.Ask("a").status, 200);
  RawPeer third(address());
  EXPECT_EQ(third.Post("/", std::string(1000, 'a')).status, 200) << "its room is free again";
}

TEST_F(HttpServerTest, WhoIsSlowIsCutOff) {
  options.idle_timeout = options.head_timeout = options.body_timeout = milliseconds(200);
  Start();
  RawPeer idle(address());
  EXPECT_TRUE(idle.AwaitEnd());
  RawPeer head(address());
  ASSERT_TRUE(head.Send("GET / HT"));
  EXPECT_TRUE(head.AwaitEnd());
  RawPeer body(address());
  ASSERT_TRUE(body.Send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\na"));
  EXPECT_TRUE(body.AwaitEnd());
  EXPECT_EQ(RawPeer(address()).Get("/").status, 200);
}

TEST_F(HttpServerTest, WhoSendsAByteNowAndThenIsCutOff) {
  options.body_timeout = milliseconds(200);
  options.body_bytes_per_second_min = 1000;
  Start();
  RawPeer peer(address());
  ASSERT_TRUE(peer.Send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n"));
  int sent = 0;
  for (; sent < 99 && peer.Send("a"); ++sent) std::this_thread::sleep_for(milliseconds(50));
  EXPECT_LT(sent, 90);
}

TEST_F(HttpServerTest, ConnectionsAreBounded) {
  options.connections_max = 2;
  Start();
  RawPeer first(address());
  RawPeer second(address());
  EXPECT_EQ(first.Get("/").status, 200);
  EXPECT_EQ(second.Get("/").status, 200);
  RawPeer third(address());
  EXPECT_TRUE(third.AwaitEnd());
  EXPECT_EQ(server->Stats().connections_refused, 1U);
  EXPECT_EQ(first.Get("/").status, 200);
}

TEST_F(HttpServerTest, WhoWaitsHoldsNoThread) {
  std::atomic<int> waiting = 0;
  std::mutex mutex;
  std::vector<Suspender::Resume> resumes;
  handler = [&](const ServerRequest&, Suspender& wait) {
    wait.Suspend([&](const Suspender::Resume& resume) {
      const std::lock_guard lock(mutex);
      resumes.push_back(resume);
      ++waiting;
    });
    return ServerResponse{};
  };
  Start();
  constexpr int kPeers = 50;
  std::vector<std::unique_ptr<RawPeer>> peers;
  for (int i = 0; i < kPeers; ++i) {
    peers.push_back(std::make_unique<RawPeer>(address()));
    ASSERT_TRUE(peers.back()->Send("GET / HTTP/1.1\r\nHost: a\r\n\r\n"));
  }
  while (waiting < kPeers) std::this_thread::yield();  // One thread serves them all.
  EXPECT_EQ(server->Stats().in_flight, static_cast<std::uint64_t>(kPeers));
  for (const auto& resume : resumes) resume();
  for (const auto& peer : peers) EXPECT_EQ(peer->Read().status, 200);
}

TEST_F(HttpServerTest, StopAnswersWhatIsUnderWay) {
  std::latch has_begun(1);
  Suspender::Resume go_on;
  handler = [&](const ServerRequest&, Suspender& wait) {
    wait.Suspend([&](const Suspender::Resume& resume) {
      go_on = resume;
      has_begun.count_down();
    });
    ServerResponse response;
    response.body = "done";
    return response;
  };
  Start();
  RawPeer idle(address());
  RawPeer peer(address());
  ASSERT_TRUE(peer.Send("GET / HTTP/1.1\r\nHost: a\r\n\r\n"));
  has_begun.wait();
  std::thread stopping([&] { server->Stop(); });
  EXPECT_TRUE(idle.AwaitEnd());
  go_on();
  const RawPeer::Answer answer = peer.Read();
  EXPECT_EQ(answer.body, "done");
  EXPECT_EQ(answer.headers.at("Connection"), "close");
  stopping.join();
}

TEST_F(HttpServerTest, UnixSocketsAreForTheirOwnerAndReplaced) {
  const std::string path = ::testing::TempDir() + "cairn-http-" + std::to_string(::getpid()) + ".sock";
  options.listen = {"unix:" + path};
  Start();
  EXPECT_EQ(RawPeer(address()).Get("/u").body, "GET /u ");
  EXPECT_EQ(std::filesystem::status(path).permissions(),
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  const auto second =
      HttpServer::Start(options, [](const ServerRequest&, const std::string&, Suspender&) { return ServerResponse{}; });
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code(), StatusCode::kUnavailable);
  server->Stop();
  EXPECT_FALSE(std::filesystem::exists(path));
}

TEST_F(HttpServerTest, AnAddressThatIsTakenIsTold) {
  Start();
  options.listen = {address().substr(7)};
  const auto second =
      HttpServer::Start(options, [](const ServerRequest&, const std::string&, Suspender&) { return ServerResponse{}; });
  ASSERT_FALSE(second);
  EXPECT_NE(second.error().message().find("cannot listen at 127.0.0.1:"), std::string::npos);
}

TEST_F(HttpServerTest, BodiesArePackedAndUnpacked) {
  Start();
  RawPeer peer(address());
  // "abc" as gzip makes it.
  const std::string gzip("\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\x4b\x4c\x4a\x06\x00\xc2\x41\x24\x35\x03\x00\x00\x00",
                         23);
  EXPECT_EQ(peer.Post("/", gzip, "Content-Encoding: gzip\r\n").body, "POST / abc");
  EXPECT_EQ(peer.Post("/", gzip.substr(0, 20), "Content-Encoding: gzip\r\n").status, 400);
  EXPECT_EQ(peer.Post("/", "abc", "Content-Encoding: br\r\n").status, 415);
  const auto packed = peer.Post("/", std::string(5000, 'a'), "Accept-Encoding: br, gzip;q=0.5\r\n");
  EXPECT_EQ(packed.headers.at("Content-Encoding"), "gzip");
  EXPECT_LT(packed.body.size(), 200U);
  EXPECT_EQ(peer.Post("/", std::string(5000, 'a'), "Accept-Encoding: gzip;q=0\r\n").headers.count("Content-Encoding"),
            0U);
}

TEST_F(HttpServerTest, RequestIdsAreTheTracesOrOnesOwnOrNew) {
  Start();
  RawPeer peer(address());
  const auto id = [&](std::string_view headers) { return peer.Post("/", "", headers).headers.at("X-Request-Id"); };
  EXPECT_EQ(id("traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r\n"),
            "0af7651916cd43dd8448eb211c80319c");
  EXPECT_EQ(id("X-Request-Id: mine-1\r\n"), "mine-1");
  EXPECT_NE(id("X-Request-Id: <script>\r\n"), "<script>");
  EXPECT_NE(id(""), id(""));
}

TEST(ListenAddress, IsReadStrictly) {
  EXPECT_EQ(ParseListenAddress("127.0.0.1:80")->port, 80);
  EXPECT_EQ(ParseListenAddress("localhost:0")->host, "127.0.0.1");
  EXPECT_EQ(ParseListenAddress("[::1]:8137")->host, "::1");
  EXPECT_EQ(ParseListenAddress("unix:/a/b")->unix_path, "/a/b");
  EXPECT_TRUE(ParseListenAddress("[::1]:1")->is_local());
  EXPECT_FALSE(ParseListenAddress("0.0.0.0:1")->is_local());
  for (const char* wrong :
       {"", "127.0.0.1", "127.0.0.1:", "127.0.0.1:x", "127.0.0.1:65536", "host.example:80", "unix:", "::1"}) {
    const auto address = ParseListenAddress(wrong);
    ASSERT_FALSE(address) << wrong;
    EXPECT_EQ(address.error().code(), StatusCode::kInvalidArgument);
  }
}

}  // namespace
}  // namespace cairn
