// What `cairn serve` writes down: no token, no body and no secret, whatever it was sent and however it went wrong.
#include <gmock/gmock.h>

#include <chrono>
#include <filesystem>
#include <thread>

#include "cli_for_test.h"
#include "server/http_client_for_test.h"

namespace cairn {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kSaid = "what-a-body-said";

class ServeSecrets : public CliTest {
 protected:
  // Runs `cairn serve`, asks it, and stops it. What it wrote to both its streams is in `streams`.
  template <typename Ask>
  ProgramEnd Serve(Ask&& ask) {
    const std::string script = "coproc SERVE { exec " CAIRN_BINARY
                               " serve --listen 127.0.0.1:0 --access-log access.jsonl 2>err.txt; }\npid=$SERVE_PID\n"
                               "read -r line <&\"${SERVE[0]}\"\necho \"$line\" >address.new\nmv address.new address\n"
                               "for i in $(seq 600); do test -e stop && break; sleep 0.05; done\n"
                               "kill -TERM $pid; cat <&\"${SERVE[0]}\" >out.txt; wait $pid\n";
    std::thread asking([&] {
      const std::string address = dir_.path() + "/address";
      for (int i = 0; i < 600 && !fs::exists(address); ++i) std::this_thread::sleep_for(std::chrono::milliseconds(50));
      const std::string line = ReadFile(address);
      const std::size_t at = line.find("http://");
      EXPECT_NE(at, std::string::npos) << line;
      if (at != std::string::npos) ask(line.substr(at, line.find_first_of(" \n", at) - at));
      std::ofstream(dir_.path() + "/stop") << "stop\n";
    });
    ProgramEnd end = RunProgram("/bin/bash", {{"-c", script}, "", environment_, dir_.path()});
    asking.join();
    return end;
  }

  static int Send(const std::string& address, const std::string& method, const std::string& target,
                  const std::string& headers, const std::string& body) {
    RawPeer peer(address);
    peer.Send(fmt::format("{} {} HTTP/1.1\r\nHost: a\r\n{}Content-Length: {}\r\n\r\n{}", method, target, headers,
                          body.size(), body));
    return peer.Read().status;
  }
};

TEST_F(ServeSecrets, AreInNothingThatItWrites) {
  const ProgramEnd made = Cairn({"token", "create", "all", "--scope", "read,write,admin"});
  ASSERT_EQ(made.code, 0) << made.err;
  const std::string token = Lines(made.out).front();
  const std::string secret = token.substr(23);
  std::string webhook_secret;
  const ProgramEnd end = Serve([&](const std::string& address) {
    const std::string with = "Authorization: Bearer " + token + "\r\n";
    const std::string said = fmt::format(
        R"({{"kind":"k","target":{{"namespace":"n","name":"t"}},"produced_at":"2026-01-10T05:00:00Z","producer_id":"p",)"
        R"("payload":{{"n":"{}"}}}})",
        kSaid);
    EXPECT_EQ(Send(address, "POST", "/api/v1/records", with, said), 201);
    EXPECT_EQ(Send(address, "GET", "/api/v1/records/latest?kind=k&node=dataset:n:t", with, ""), 200);
    // Without the right to, in three ways.
    EXPECT_EQ(Send(address, "POST", "/api/v1/records", "", said), 401);
    EXPECT_EQ(Send(address, "POST", "/api/v1/records", "Authorization: Basic " + secret + "\r\n", said), 401);
    EXPECT_EQ(Send(address, "POST", "/api/v1/records", "Authorization: Bearer " + token + "0\r\n", said), 401);
    EXPECT_EQ(Send(address, "POST", "/api/v1/records", "X-Token: " + token + "\r\n", said), 401);
    // What is wrong in itself: no JSON, no record, no event, against a schema, of a coding that it does not have.
    EXPECT_EQ(Send(address, "POST", "/api/v1/records", with, said.substr(0, said.size() - 2)), 400);
    EXPECT_EQ(Send(address, "POST", "/api/v1/records", with, fmt::format(R"({{"{}":1}})", kSaid)), 400);
    EXPECT_GE(Send(address, "POST", "/api/v1/lineage", with, said), 400);
    EXPECT_LT(Send(address, "PUT", "/api/v1/kinds/k", with,
                   R"({"schema":{"properties":{"n":{"type":"integer"}}},"mode":"strict"})"),
              300);
    const std::size_t last = said.rfind(kSaid);
    std::string other = said;
    EXPECT_GE(Send(address, "POST", "/api/v1/records", with, other.insert(last, "x")), 400);
    EXPECT_GE(Send(address, "POST", "/api/v1/records", with + "Content-Encoding: br\r\n", said), 400);
    EXPECT_GE(Send(address, "POST", "/api/v1/records", with + "Content-Encoding: gzip\r\n", said), 400);
    EXPECT_GE(Send(address, "GET", "/nowhere", with, ""), 400);
    EXPECT_GE(Send(address, "BREW", "/api/v1/records", with, said), 400);
    // A head that no request has, and one that is cut off.
    EXPECT_GE(Send(address, "GET", "/", with + "X: " + std::string(100'000, 'x') + "\r\n", ""), 400);
    RawPeer cut(address);
    cut.Send("POST /api/v1/records HTTP/1.1\r\nHost: a\r\n" + with + "Content-Length: 1000\r\n\r\n" + said);
    // A webhook to where nobody is.
    RawPeer hook(address);
    const std::string wanted = R"({"name":"gone","url":"http://127.0.0.1:1/in","from":"beginning"})";
    hook.Send(fmt::format("POST /api/v1/webhooks HTTP/1.1\r\nHost: a\r\n{}Content-Length: {}\r\n\r\n{}", with,
                          wanted.size(), wanted));
    const RawPeer::Answer created = hook.Read();
    EXPECT_EQ(created.status, 201) << created.body;
    if (const std::size_t at = created.body.find("whsec_"); at != std::string::npos) {
      webhook_secret = created.body.substr(at + 6, 43);
    }
    EXPECT_EQ(Send(address, "GET", "/metrics", with, ""), 200);
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
  });
  EXPECT_EQ(end.code, 0) << end.err;
  ASSERT_EQ(webhook_secret.size(), 43U);
  const std::string access = ReadFile(dir_.path() + "/access.jsonl");
  EXPECT_GT(Lines(access).size(), 15U) << "or the test says nothing";
  EXPECT_THAT(access, HasSubstr(token.substr(6, 16))) << "who it was is no secret";
  EXPECT_THAT(end.out + end.err, Not(HasSubstr(kSaid)));
  std::size_t files = 0;
  for (const auto& entry : fs::recursive_directory_iterator(dir_.path())) {
    if (!entry.is_regular_file()) continue;
    ++files;
    const std::string path = entry.path();
    const std::string bytes = ReadFile(path);
    EXPECT_THAT(bytes, Not(HasSubstr(secret))) << path;
    if (entry.path().extension() != ".secret") {
      EXPECT_THAT(bytes, Not(HasSubstr(webhook_secret))) << path;
    }
    // A store is there to keep bodies.
    if (path.find("/metadata/") == std::string::npos) {
      EXPECT_THAT(bytes, Not(HasSubstr(kSaid))) << path;
    }
  }
  EXPECT_GT(files, 5U);
}

}  // namespace
}  // namespace cairn
