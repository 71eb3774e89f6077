#include "cache_trace.h"

#include <fmt/format.h>
#include <lzma.h>
#include <zstd.h>

#include <array>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <unordered_map>

#include "cache_data.h"
#include "data.h"
#include "scratch.h"

namespace cairn::bench {
namespace {

std::string ReadAll(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) Fail("reading " + path);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::string ReadXz(const std::string& path) {
  const std::string packed = ReadAll(path);
  lzma_stream stream = LZMA_STREAM_INIT;
  if (lzma_stream_decoder(&stream, UINT64_MAX, 0) != LZMA_OK) Fail("no memory for " + path);
  stream.next_in = reinterpret_cast<const std::uint8_t*>(packed.data());
  stream.avail_in = packed.size();
  std::string text;
  std::array<char, 1 << 16> piece{};
  for (lzma_ret state = LZMA_OK; state != LZMA_STREAM_END;) {
    stream.next_out = reinterpret_cast<std::uint8_t*>(piece.data());
    stream.avail_out = piece.size();
    state = lzma_code(&stream, LZMA_FINISH);
    if (state != LZMA_OK && state != LZMA_STREAM_END) Fail(path + " is damaged");
    text.append(piece.data(), piece.size() - stream.avail_out);
  }
  lzma_end(&stream);
  return text;
}

std::string ReadZstd(const std::string& path) {
  const std::string packed = ReadAll(path);
  ZSTD_DStream* stream = ZSTD_createDStream();
  std::string text;
  std::array<char, 1 << 16> piece{};
  ZSTD_inBuffer in{packed.data(), packed.size(), 0};
  for (std::size_t left = 1; left != 0 || in.pos < in.size;) {
    ZSTD_outBuffer out{piece.data(), piece.size(), 0};
    left = ZSTD_decompressStream(stream, &out, &in);
    if (ZSTD_isError(left) != 0 || (left != 0 && in.pos == in.size && out.pos == 0)) Fail(path + " is damaged");
    text.append(piece.data(), out.pos);
  }
  ZSTD_freeDStream(stream);
  return text;
}

class TraceMaker {
 public:
  explicit TraceMaker(std::string name) { trace_.name = std::move(name); }
  void Add(std::uint64_t object) {
    const auto [at, is_new] = ids_.emplace(object, trace_.objects);
    if (is_new) ++trace_.objects;
    trace_.ids.push_back(at->second);
  }
  Trace Take() { return std::move(trace_); }

 private:
  Trace trace_;
  std::unordered_map<std::uint64_t, std::uint32_t> ids_;
};

/// Numbers of one size, one a request.
template <typename Number>
Trace TraceOfNumbers(std::string name, const std::string& bytes) {
  TraceMaker maker(std::move(name));
  for (std::size_t at = 0; at + sizeof(Number) <= bytes.size(); at += sizeof(Number)) {
    Number object = 0;
    std::memcpy(&object, bytes.data() + at, sizeof object);
    maker.Add(object);
  }
  return maker.Take();
}

/// Lines `first count ignored number`: blocks `first` to `first + count`.
Trace TraceOfLines(std::string name, const std::string& text) {
  TraceMaker maker(std::move(name));
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    std::uint64_t first = 0;
    std::uint64_t count = 0;
    const char* line_end = text.data() + end;
    const auto read = std::from_chars(text.data() + at, line_end, first);
    if (read.ptr + 1 < line_end) std::from_chars(read.ptr + 1, line_end, count);
    for (std::uint64_t i = 0; i < count; ++i) maker.Add(first + i);
    at = end + 1;
  }
  return maker.Take();
}

}  // namespace

std::optional<std::uint32_t> Trace::BumpAt(std::size_t i) const {
  if (bump_every == 0 || i == 0 || i % bump_every != 0) return std::nullopt;
  return static_cast<std::uint32_t>(Scramble(i) % tags);
}

std::vector<Trace> RealTraces() {
  const char* fixtures = std::getenv("CAIRN_FIXTURES");
  const std::string folder = fixtures == nullptr ? "" : std::string(fixtures) + "/cache-traces";
  if (folder.empty() || !std::filesystem::is_directory(folder)) {
    fmt::print(stderr, "cairn_bench: no real traces: CAIRN_FIXTURES names no folder with cache-traces/ in it\n");
    return {};
  }
  std::vector<Trace> traces;
  traces.push_back(TraceOfNumbers<std::uint32_t>("w106", ReadXz(folder + "/cloud_physics_w106.trace.xz")));
  traces.push_back(TraceOfNumbers<std::uint64_t>("scarab", ReadXz(folder + "/scarab_scarab-recs.trace.xz")));
  traces.push_back(TraceOfLines("OLTP", ReadZstd(folder + "/arc_OLTP.lis.zst")));
  return traces;
}

Trace MetadataTrace() {
  constexpr std::size_t kRequests = 2'000'000;
  constexpr std::size_t kPopular = 50'000;
  // Of three requests one is the crawl's next, or one that it saw so many steps ago.
  constexpr std::size_t kCrawlEvery = 3;
  constexpr std::array<std::size_t, 4> kDistances = {0, 20, 1'000, 30'000};
  const std::vector<std::uint32_t> picks = ZipfPicks(kRequests, kPopular, 7);
  TraceMaker maker(kMadeTrace);
  std::size_t crawled = 0;
  std::size_t turn = 0;
  for (std::size_t i = 0; i < kRequests; ++i) {
    if (i % kCrawlEvery != 0) {
      maker.Add(picks[i]);
      continue;
    }
    const std::size_t distance = kDistances[turn++ % kDistances.size()];
    if (distance == 0) ++crawled;
    maker.Add(kPopular + (crawled > distance ? crawled - distance : 0));
  }
  Trace trace = maker.Take();
  trace.tags = 500;
  trace.bump_every = 1'000;
  return trace;
}

}  // namespace cairn::bench
