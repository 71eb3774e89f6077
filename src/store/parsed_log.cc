#include "store/parsed_log.h"

#include <fmt/format.h>

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

#include "log/line.h"

namespace cairn {

ParsedLogBatch ParseLogBatch(const LogBatch& batch, RecordParser& parser) {
  ParsedLogBatch out;
  out.batch = batch;
  out.parsed = std::make_shared<ParsedBatch>();
  const std::size_t count = batch.damaged ? 0 : batch.last.value - batch.first.value + 1;
  out.parsed->records.reserve(count);
  out.lines.reserve(count);
  Seq expected = batch.first;
  ForEachLine(batch, [&](std::string_view text, std::uint64_t offset) {
    const std::string_view record = RecordOf(text, expected);
    Status status =
        record.empty() ? Status(StatusCode::kDataLoss, "not a record line") : parser.ParseStored(record, *out.parsed);
    if (status.ok()) {
      out.lines.push_back({expected, {static_cast<std::uint32_t>(offset), static_cast<std::uint32_t>(text.size())}});
    } else {
      out.mistakes.push_back(fmt::format("record {}: {}", expected.value, status.message()));
    }
    ++expected.value;
  });
  out.keys.reserve(out.lines.size());
  for (std::size_t i = 0; i < out.lines.size(); ++i) out.keys.push_back(Views::KeysOf(out.parsed->records[i]));
  return out;
}

// Batches that are parsed together, so that a hand-over is worth its wake-up.
struct ParsePipeline::Unit {
  std::vector<LogBatch> batches;
  std::size_t bytes = 0;
  std::vector<ParsedLogBatch> parsed;
  bool taken = false;
  bool done = false;
};

struct ParsePipeline::Shared {
  std::mutex mutex;
  std::condition_variable work;
  std::condition_variable done;
  std::deque<std::shared_ptr<Unit>> units;  // In the order of the log.
  bool stop = false;
  std::size_t threads_wanted = 0;  // Beside the calling one; made when there is something to share.
  std::vector<std::thread> threads;
  std::shared_ptr<Unit> filling = std::make_shared<Unit>();
};

namespace {
constexpr std::size_t kUnitBytes = std::size_t{512} << 10;
constexpr std::size_t kUnitsPerThread = 4;
}  // namespace

ParsePipeline::ParsePipeline(std::size_t threads, Sink sink)
    : shared_(std::make_unique<Shared>()), sink_(std::move(sink)) {
  shared_->threads_wanted = std::max<std::size_t>(threads, 1) - 1;
}

ParsePipeline::~ParsePipeline() {
  {
    const std::lock_guard lock(shared_->mutex);
    shared_->stop = true;
  }
  shared_->work.notify_all();
  for (std::thread& thread : shared_->threads) thread.join();
}

void ParsePipeline::Parse(Unit& unit, RecordParser& parser) {
  unit.parsed.reserve(unit.batches.size());
  for (const LogBatch& batch : unit.batches) unit.parsed.push_back(ParseLogBatch(batch, parser));
}

void ParsePipeline::Work() {
  RecordParser parser;
  std::unique_lock lock(shared_->mutex);
  while (true) {
    std::shared_ptr<Unit> unit;
    for (const auto& candidate : shared_->units) {
      if (!candidate->taken) {
        unit = candidate;
        break;
      }
    }
    if (unit == nullptr) {
      if (shared_->stop) return;
      shared_->work.wait(lock);
      continue;
    }
    unit->taken = true;
    lock.unlock();
    Parse(*unit, parser);
    lock.lock();
    unit->done = true;
    shared_->done.notify_one();
  }
}

void ParsePipeline::Submit(const LogBatch& batch) {
  shared_->filling->batches.push_back(batch);
  shared_->filling->bytes += batch.lines.size();
  if (shared_->filling->bytes < kUnitBytes) return;
  while (shared_->threads.size() < shared_->threads_wanted) shared_->threads.emplace_back([this] { Work(); });
  Flush();
}

void ParsePipeline::Flush() {
  if (shared_->filling->batches.empty()) return;
  bool full = false;
  {
    const std::lock_guard lock(shared_->mutex);
    shared_->units.push_back(std::move(shared_->filling));
    full = shared_->units.size() > (shared_->threads.size() + 1) * kUnitsPerThread;
  }
  shared_->filling = std::make_shared<Unit>();
  shared_->work.notify_one();
  if (full) TakeOldest();
}

void ParsePipeline::TakeOldest() {
  std::unique_lock lock(shared_->mutex);
  const std::shared_ptr<Unit> unit = shared_->units.front();
  if (!unit->taken) {
    unit->taken = true;
    lock.unlock();
    Parse(*unit, parser_);
    lock.lock();
    unit->done = true;
  }
  shared_->done.wait(lock, [&] { return unit->done; });
  shared_->units.pop_front();
  lock.unlock();
  for (ParsedLogBatch& batch : unit->parsed) sink_(std::move(batch));
}

void ParsePipeline::Drain() {
  Flush();
  while (true) {
    {
      const std::lock_guard lock(shared_->mutex);
      if (shared_->units.empty()) return;
    }
    TakeOldest();
  }
}

}  // namespace cairn
