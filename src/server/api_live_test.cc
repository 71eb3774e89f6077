#include <gmock/gmock.h>

#include <atomic>
#include <thread>

#include "access/access_for_test.h"
#include "server/api_for_test.h"
#include "server/http_client_for_test.h"
#include "server/http_server.h"

namespace cairn {
namespace {

using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;

/// Records as they come, over real connections.
class ApiLiveTest : public StoreWithRights {
 protected:
  void SetUp() override {
    StoreWithRights::SetUp();
    Api::Options options;
    options.access.is_open = true;
    Serve(options);
  }
  void Serve(const Api::Options& options) {
    server.reset();
    api = std::make_unique<Api>(store, options);
    HttpServerOptions http;
    http.listen = {"127.0.0.1:0"};
    auto started = HttpServer::Start(http, [this](const ServerRequest& request, const std::string& id,
                                                  Suspender& wait) { return api->Answer(request, id, wait); });
    ASSERT_TRUE(started) << started.error();
    server = std::move(*started);
  }
  void TearDown() override {
    api->Drain();
    server->Stop();
  }
  std::unique_ptr<RawPeer> Listen(const std::string& query, const std::string& headers = {}) {
    auto peer = std::make_unique<RawPeer>(server->addresses().front());
    EXPECT_TRUE(peer->Send("GET /api/v1/records/live" + query + " HTTP/1.1\r\nHost: a\r\n" + headers + "\r\n"));
    EXPECT_THAT(peer->ReadUntil("listening\n\n\r\n"), HasSubstr("Content-Type: text/event-stream"));
    return peer;
  }
  static std::string Event(RawPeer& peer) { return peer.ReadUntil("}\n\n\r\n"); }

  std::unique_ptr<Api> api;
  std::unique_ptr<HttpServer> server;
};

TEST_F(ApiLiveTest, RecordsComeAsTheyAreStored) {
  Put(RecordOf("a", "before"));
  const auto peer = Listen("");
  Put(RecordOf("a", "one"));
  const std::string event = Event(*peer);
  EXPECT_THAT(event, HasSubstr("id: 2\nevent: record\ndata: {\"seq\":2,"));
  EXPECT_THAT(event, HasSubstr("\"one\""));
  EXPECT_THAT(event, Not(HasSubstr("before")));
  const auto second = Listen("");
  Put(RecordOf("a", "two"));
  EXPECT_THAT(Event(*peer), HasSubstr("id: 3\n"));
  EXPECT_THAT(Event(*second), HasSubstr("id: 3\n"));
}

TEST_F(ApiLiveTest, AClientGoesOnWhereItWasCutOff) {
  for (const char* name : {"one", "two", "three"}) Put(RecordOf("a", name));
  const auto peer = Listen("", "Last-Event-ID: 1\r\n");
  EXPECT_THAT(Event(*peer), AllOf(HasSubstr("id: 2\n"), HasSubstr("id: 3\n"), Not(HasSubstr("id: 1\n"))));
  EXPECT_THAT(Event(*Listen("?from_seq=3")), HasSubstr("id: 3\n"));
  RawPeer wrong(server->addresses().front());
  EXPECT_EQ(wrong.Ask("GET /api/v1/records/live HTTP/1.1\r\nHost: a\r\nLast-Event-ID: x\r\n\r\n").status, 400);
}

TEST_F(ApiLiveTest, OnlyWhatIsAskedForComes) {
  const auto peer = Listen("?kind=volume&prefix=dataset:a:");
  Put(RecordOf("a", "x", "runtime"));
  Put(RecordOf("b", "x", "volume"));
  Put(RecordOf("a", "y", "volume"));
  EXPECT_THAT(Event(*peer), HasSubstr("id: 3\n"));
  const auto filtered = Listen("?kind=vol*&filter=payload.n%20%3E%201");
  Put(RecordOf("a", "z", "volume", {}, R"({"n":1})"));
  Put(RecordOf("a", "z", "volume", {}, R"({"n":2})"));
  EXPECT_THAT(Event(*filtered), HasSubstr("id: 5\n"));
  RawPeer wrong(server->addresses().front());
  EXPECT_EQ(wrong.Ask("GET /api/v1/records/live?filter=payload. HTTP/1.1\r\nHost: a\r\n\r\n").status, 400);
}

TEST_F(ApiLiveTest, AServerThatStopsEndsItsListeners) {
  const auto peer = Listen("");
  const auto began = std::chrono::steady_clock::now();
  api->Drain();
  server->Stop();
  EXPECT_TRUE(peer->AwaitEnd());
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(5));
}

TEST_F(ApiLiveTest, ManyListenersHoldNoThread) {
  std::vector<std::unique_ptr<RawPeer>> peers;
  for (int i = 0; i < 50; ++i) peers.push_back(Listen(""));
  RawPeer other(server->addresses().front());
  EXPECT_EQ(other.Get("/api/v1/records").status, 200);
  Put(RecordOf("a", "one"));
  for (const auto& peer : peers) EXPECT_THAT(Event(*peer), HasSubstr("id: 1\n"));
}

TEST_F(ApiLiveTest, ATokenThatIsTakenBackHearsNothingMore) {
  Tokens tokens(*store, *Clock::Default());
  TokenInfo info;
  info.name = "listener";
  info.grant.scopes = static_cast<std::uint8_t>(AccessScope::kRead);
  const auto created = tokens.Create(info);
  ASSERT_TRUE(created);
  Serve({});
  const auto peer = Listen("", "Authorization: Bearer " + created->secret + "\r\n");
  Put(RecordOf("a", "one"));
  EXPECT_THAT(Event(*peer), HasSubstr("\"one\""));
  ASSERT_TRUE(tokens.Revoke(created->info.id, "me"));
  Put(RecordOf("a", "two"));
  Put(RecordOf("a", "three"));
  EXPECT_THAT(peer->ReadUntil("0\r\n\r\n"), AllOf(Not(HasSubstr("three")), EndsWith("0\r\n\r\n"))) << "it ends";
}

TEST_F(ApiLiveTest, ALongPollAnswersAsSoonAsSomethingComes) {
  RawPeer peer(server->addresses().front());
  EXPECT_THAT(peer.Get("/api/v1/records/tail?wait_ms=1").body, HasSubstr(R"("facts":[])")) << "after its time";
  ASSERT_TRUE(peer.Send("GET /api/v1/records/tail?wait_ms=60000 HTTP/1.1\r\nHost: a\r\n\r\n"));
  Put(RecordOf("a", "one"));
  const std::string body = peer.Read().body;
  EXPECT_THAT(body, HasSubstr("\"one\""));
  EXPECT_THAT(body, HasSubstr(R"("next_seq":2)"));
  EXPECT_THAT(peer.Get("/api/v1/records/tail?from_seq=1&limit=1").body, HasSubstr("\"one\""));
}

TEST_F(ApiLiveTest, WhoIsToldNothingHearsThatItIsStillThere) {
  TearDown();
  Api::Options options;
  options.access.is_open = true;
  options.heartbeat = std::chrono::milliseconds(100);
  Serve(options);
  const auto peer = Listen("?kind=none");
  std::atomic<bool> is_told = false;
  std::thread others([&] {
    for (int i = 0; !is_told; ++i) {
      Put(RecordOf("a", "one" + std::to_string(i)));
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
  });
  EXPECT_THAT(peer->ReadUntil(": nothing new\n\n\r\n"), Not(HasSubstr("data:")));
  is_told = true;
  others.join();
  EXPECT_THAT(peer->ReadUntil(": nothing new\n\n\r\n"), Not(HasSubstr("data:"))) << "nor where nothing comes";
}

TEST_F(ApiLiveTest, AskingForNoRecordWaitsForNone) {
  Put(RecordOf("a", "one"));
  RawPeer peer(server->addresses().front());
  EXPECT_THAT(peer.Get("/api/v1/records/tail?from_seq=1&limit=0&wait_ms=60000").body, HasSubstr(R"("facts":[])"));
}

}  // namespace
}  // namespace cairn
