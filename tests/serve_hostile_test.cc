// The service among peers that mean harm, or are broken: others are answered, and memory stays bounded.
#include <gmock/gmock.h>
#include <sys/resource.h>
#include <unistd.h>
#include <zlib.h>

#include <chrono>
#include <fstream>
#include <random>

#include "cairn/repository.h"
#include "child_process.h"
#include "server/api.h"
#include "server/http_client_for_test.h"
#include "server/http_server.h"
#include "temp_dir.h"

namespace cairn {
namespace {

using std::chrono::steady_clock;

// Args: store. Writes its address and process, then serves until it is killed.
int Serve(const std::vector<std::string>& args, int out) {
  auto repository = OpenRepository(args.at(0), {});
  if (!repository) return 1;
  Api::Options api_options;
  api_options.access.is_open = true;
  Api api(std::shared_ptr<Repository>(std::move(*repository)), api_options);
  HttpServerOptions options;
  options.listen = {"127.0.0.1:0"};
  options.head_timeout = options.body_timeout = std::chrono::seconds(2);
  options.bodies_bytes_max = std::size_t{64} << 20;
  auto server = HttpServer::Start(options, [&](const ServerRequest& request, const std::string& id, Suspender& wait) {
    return api.Answer(request, id, wait);
  });
  if (!server) return 1;
  const std::string line = (*server)->addresses().front() + " " + std::to_string(::getpid()) + "\n";
  if (::write(out, line.data(), line.size()) != static_cast<ssize_t>(line.size())) return 1;
  for (;;) ::pause();
}

const ChildRole kServer("http server among hostile peers", Serve);

class HostilePeers : public ::testing::Test {
 protected:
  void SetUp() override {
    process.ReadLines(steady_clock::now() + std::chrono::seconds(30), [&](const std::string& line) {
      const auto space = line.find(' ');
      address = line.substr(0, space);
      pid = line.substr(space + 1);
    });
    ASSERT_FALSE(address.empty());
    EXPECT_EQ(RawPeer(address).Get("/health/live").status, 200);
  }
  /// Memory of its own, in kB.
  [[nodiscard]] std::uint64_t MemoryKb() const {
    std::ifstream status("/proc/" + pid + "/status");
    for (std::string line; std::getline(status, line);) {
      if (line.starts_with("RssAnon:")) return std::stoull(line.substr(8));
    }
    return 0;
  }
  void ExpectOthersAreAnswered() const {
    RawPeer other(address);
    const auto began = steady_clock::now();
    EXPECT_EQ(other.Get("/api/v1/records").status, 200);
    EXPECT_LT(steady_clock::now() - began, std::chrono::seconds(2));
  }

  TempDir temp;
  ChildProcess process{"http server among hostile peers", {temp.Sub("store")}};
  std::string address;
  std::string pid;
};

TEST_F(HostilePeers, TenThousandIdleConnectionsCostLittle) {
  rlimit limit{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &limit), 0);
  limit.rlim_cur = limit.rlim_max;
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &limit), 0);
  const std::size_t count = std::min<std::size_t>(10'000, limit.rlim_max - 500);
  const std::uint64_t before = MemoryKb();
  std::vector<std::unique_ptr<RawPeer>> idle;
  for (std::size_t i = 0; i < count; ++i) {
    idle.push_back(std::make_unique<RawPeer>(address));
    // A third has asked once, a third is in the middle of a head.
    if (i % 3 == 1) {
      ASSERT_EQ(idle.back()->Get("/health/live").status, 200) << i;
    }
    if (i % 3 == 2) {
      ASSERT_TRUE(idle.back()->Send("GET /health/live HTTP/1.1\r\nHost:")) << i;
    }
  }
  ExpectOthersAreAnswered();
  const std::uint64_t each = (MemoryKb() - before) / count;
  RecordProperty("kilobytes_each", std::to_string(each));
  EXPECT_LT(each, 40U);
}

TEST_F(HostilePeers, BombsAreDefused) {
  const std::uint64_t before = MemoryKb();
  // 1 GiB of zeros in 1 MiB.
  std::string bomb(std::size_t{2} << 20, '\0');
  z_stream stream{};
  ASSERT_EQ(::deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY), Z_OK);
  stream.next_out = reinterpret_cast<Bytef*>(bomb.data());
  stream.avail_out = static_cast<uInt>(bomb.size());
  std::string zeros(std::size_t{1} << 20, '0');
  for (int i = 0; i < 1024; ++i) {
    stream.next_in = reinterpret_cast<Bytef*>(zeros.data());
    stream.avail_in = static_cast<uInt>(zeros.size());
    ASSERT_EQ(::deflate(&stream, i == 1023 ? Z_FINISH : Z_NO_FLUSH), i == 1023 ? Z_STREAM_END : Z_OK);
  }
  bomb.resize(bomb.size() - stream.avail_out);
  ::deflateEnd(&stream);
  for (int i = 0; i < 4; ++i) {
    EXPECT_EQ(RawPeer(address).Post("/api/v1/records", bomb, "Content-Encoding: gzip\r\n").status, 413);
  }
  std::string head = "GET / HTTP/1.1\r\nHost: a\r\n";
  for (int i = 0; i < 100'000; ++i) head += "X-" + std::to_string(i) + ": a\r\n";
  EXPECT_EQ(RawPeer(address).Ask(head).status, 431);
  EXPECT_EQ(RawPeer(address).Post("/api/v1/lineage", std::string(200'000, '[')).status, 400) << "nested too deep";
  EXPECT_EQ(RawPeer(address).Ask("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999\r\n\r\n").status, 413);
  ExpectOthersAreAnswered();
  EXPECT_LT(MemoryKb(), before + 200'000);
}

TEST_F(HostilePeers, GarbageIsRefusedAndHarmsNobody) {
  const auto seed = std::random_device()();
  SCOPED_TRACE(seed);
  std::mt19937 random(seed);
  const std::string good =
      "POST /api/v1/records HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nAccept-Encoding: "
      "gzip\r\n\r\n5\r\n{\"a\":\r\n2\r\n"
      "1}\r\n0\r\n\r\n";
  for (int i = 0; i < 300; ++i) {
    std::string bytes = good;
    for (std::size_t edits = 1 + random() % 8; edits != 0; --edits)
      bytes[random() % bytes.size()] = static_cast<char>(random());
    RawPeer peer(address);
    peer.Send(bytes);
    peer.EndSending();
    const int status = peer.Read().status;
    EXPECT_TRUE(status == 0 || (status >= 200 && status < 500) || status == 501 || status == 505) << status << "\n"
                                                                                                  << bytes;
  }
  for (const std::string_view bytes :
       {std::string_view("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 a TLS greeting\r\n\r\n"),
        std::string_view("GET /../../../../etc/passwd HTTP/1.1\r\nHost: a\r\n\r\n"),
        std::string_view("GET /%2e%2e/%2e%2e/etc/passwd HTTP/1.1\r\nHost: a\r\n\r\n"),
        std::string_view("GET /api/v1/nodes/%00%ff HTTP/1.1\r\nHost: a\r\n\r\n"),
        std::string_view("GET /api/v1/nodes?q=%zz HTTP/1.1\r\nHost: a\r\n\r\n"),
        std::string_view(
            "POST /api/v1/records HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFF\r\n"),
        std::string_view(
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
        std::string_view("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")}) {
    const int status = RawPeer(address).Ask(bytes).status;
    EXPECT_TRUE(status == 0 || (status >= 400 && status < 500) || status == 505)
        << status << ' ' << bytes.substr(0, 60);
  }
  ExpectOthersAreAnswered();
}

TEST_F(HostilePeers, SlowBodiesAndHalfOpenConnectionsEnd) {
  std::vector<std::unique_ptr<RawPeer>> peers;
  for (int i = 0; i < 200; ++i) {
    peers.push_back(std::make_unique<RawPeer>(address));
    ASSERT_TRUE(peers.back()->Send("POST /api/v1/records HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n{"));
    if (i % 2 == 0) peers.back()->EndSending();
  }
  ExpectOthersAreAnswered();
  for (const auto& peer : peers) EXPECT_TRUE(peer->AwaitEnd());
}

}  // namespace
}  // namespace cairn
