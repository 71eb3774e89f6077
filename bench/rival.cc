#include "rival.h"

#include <simdjson.h>

#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

#include "cairn/time.h"
#include "measure.h"
#include "scratch.h"

namespace cairn::bench {
namespace {

constexpr std::size_t kBatchesAhead = 4;
constexpr std::size_t kReadPadding = 64;

// The characters of a string token, without its quotes. The dataset escapes nothing, which spares the rivals a copy.
std::string_view Text(simdjson::simdjson_result<simdjson::ondemand::value> value) {
  const std::string_view token = value.raw_json_token();
  return token.substr(1, token.size() - 2);
}

// Batches parsed ahead of the one who writes.
class Queue {
 public:
  void Push(ParsedBatch batch) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return full_.size() < kBatchesAhead; });
    full_.push_back(std::move(batch));
    changed_.notify_all();
  }
  ParsedBatch Pop() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return !full_.empty(); });
    ParsedBatch batch = std::move(full_.front());
    full_.pop_front();
    changed_.notify_all();
    return batch;
  }
  // A batch whose memory may be used again.
  ParsedBatch Spare() {
    const std::lock_guard lock(mutex_);
    if (spare_.empty()) return {};
    ParsedBatch batch = std::move(spare_.back());
    spare_.pop_back();
    return batch;
  }
  void GiveBack(ParsedBatch batch) {
    const std::lock_guard lock(mutex_);
    spare_.push_back(std::move(batch));
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<ParsedBatch> full_;
  std::vector<ParsedBatch> spare_;
};

}  // namespace

std::string RivalTarget(const Series& series) { return series.ns + '/' + series.name; }

struct BatchParser::Impl {
  simdjson::ondemand::parser parser;
};

BatchParser::BatchParser() : impl_(std::make_unique<Impl>()) {}
BatchParser::~BatchParser() = default;

void BatchParser::Parse(std::span<const std::string_view> records, ParsedBatch& out) {
  out.resize(records.size());
  try {
    for (std::size_t i = 0; i < records.size(); ++i) {
      const std::string_view bytes = records[i];
      ParsedRecord& record = out[i];
      simdjson::ondemand::document document =
          impl_->parser.iterate(simdjson::padded_string_view(bytes, bytes.size() + kReadPadding));
      simdjson::ondemand::object object = document.get_object();
      record.bytes = bytes;
      record.kind = Text(object["kind"]);
      simdjson::ondemand::object target = object["target"];
      record.target.assign(Text(target["namespace"])).append(1, '/');
      record.target.append(Text(target["name"]));
      record.produced_at = Must(ParseTimestamp(Text(object["produced_at"])), "reading a time").ns;
      record.run_id = Text(object["context"]["run_id"]);
      record.fingerprint = XXH3_128bits(bytes.data(), bytes.size());
    }
  } catch (const simdjson::simdjson_error& error) {
    Fail(std::string("parsing for a rival: ") + error.what());
  }
}

double IngestInto(Rival& rival, const Dataset& data, std::size_t writers) {
  const Stopwatch watch;
  if (writers <= 1) {
    Queue queue;
    std::thread parser([&] {
      BatchParser batch_parser;
      for (std::size_t b = 0; b < data.batches(); ++b) {
        ParsedBatch batch = queue.Spare();
        batch_parser.Parse(data.batch(b), batch);
        queue.Push(std::move(batch));
      }
    });
    for (std::size_t b = 0; b < data.batches(); ++b) {
      ParsedBatch batch = queue.Pop();
      rival.StoreBatch(batch);
      queue.GiveBack(std::move(batch));
    }
    parser.join();
    return watch.Seconds();
  }
  std::atomic<std::size_t> next{0};
  std::vector<std::thread> threads;
  for (std::size_t t = 0; t < writers; ++t) {
    threads.emplace_back([&] {
      BatchParser batch_parser;
      ParsedBatch batch;
      for (std::size_t b = next++; b < data.batches(); b = next++) {
        batch_parser.Parse(data.batch(b), batch);
        rival.StoreBatch(batch);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  return watch.Seconds();
}

void AppendBigEndian(std::uint64_t value, std::string& out) {
  for (int shift = 56; shift >= 0; shift -= 8) out += static_cast<char>(value >> shift);
}

}  // namespace cairn::bench
