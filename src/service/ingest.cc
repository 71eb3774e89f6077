#include "service/ingest.h"

#include <algorithm>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <numeric>
#include <thread>

#include "schema/schema_gate.h"
#include "service/batch_reader.h"

namespace cairn {
namespace {

// Whether the store said no to this document, rather than that it takes nothing at all. A full disk has the code of a
// document that is too long or too deep, so that one is looked at again.
bool ConcernsDocument(const Status& status, std::string_view text, const JsonSplitter::Options& bounds) {
  if (status.code() == StatusCode::kResourceExhausted) {
    if (text.size() > bounds.document_bytes_max) return true;
    JsonScanner scanner(bounds.depth_max);
    std::size_t at = 0;
    return scanner.Scan(text, at) == JsonScanner::Outcome::kBroken;
  }
  return status.code() == StatusCode::kInvalidArgument || status.code() == StatusCode::kOutOfRange;
}

class Pipeline {
 public:
  Pipeline(Repository& repository, const IngestOptions& options, const IngestProgress& progress)
      : repository_(repository),
        gate_(repository, {.depth_max = options.splitting.depth_max, .takes_schemas = true}),
        options_(options),
        progress_(progress),
        rejects_(options.rejects_path) {}

  IngestReport Run(Inputs inputs) {
    const std::size_t threads = std::max<std::size_t>(options_.threads, 1);
    report_.passed_over = inputs.passed_over;
    BatchReader reader(std::move(inputs), options_.splitting, options_.stop);
    // One batch for each caller, one that waits and one that is being read.
    for (std::size_t i = 0; i < threads + 2; ++i) free_.push_back(std::make_unique<Batch>());
    std::vector<std::thread> callers;
    for (std::size_t i = 0; i < threads; ++i) callers.emplace_back([this] { StoreBatches(); });
    while (auto batch = TakeFree()) {
      if (!reader.Next(*batch)) break;
      const std::lock_guard lock(mutex_);
      report_.files = reader.files();
      report_.bytes = reader.bytes();
      ready_.push_back(std::move(batch));
      changed_.notify_all();
    }
    {
      const std::lock_guard lock(mutex_);
      all_read_ = true;
      changed_.notify_all();
    }
    for (std::thread& caller : callers) caller.join();
    report_.files = reader.files();
    report_.bytes = reader.bytes();
    report_.rejects = rejects_.status();
    report_.stopped = options_.stop != nullptr && options_.stop->load();
    return std::move(report_);
  }

 private:
  // Null once the store takes no more.
  std::unique_ptr<Batch> TakeFree() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return !free_.empty() || !report_.status.ok(); });
    if (!report_.status.ok()) return nullptr;
    auto batch = std::move(free_.back());
    free_.pop_back();
    return batch;
  }

  void StoreBatches() {
    std::vector<std::string_view> documents;
    while (true) {
      std::unique_ptr<Batch> batch;
      {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [this] { return !ready_.empty() || all_read_; });
        if (ready_.empty() || !report_.status.ok()) return;
        batch = std::move(ready_.front());
        ready_.erase(ready_.begin());
      }
      StoreBatch(*batch, documents);
      IngestReport so_far;
      {
        const std::lock_guard lock(mutex_);
        free_.push_back(std::move(batch));
        changed_.notify_all();
        if (progress_) so_far = report_;
      }
      const std::lock_guard lock(progress_mutex_);
      if (progress_) progress_(so_far);
    }
  }

  void StoreBatch(const Batch& batch, std::vector<std::string_view>& documents) {
    documents.clear();
    for (const JsonPiece& piece : batch.pieces) {
      if (piece.error.empty()) documents.push_back(piece.text);
    }
    const std::vector<SchemaGate::Finding> findings = gate_.Check(documents);
    std::vector<std::size_t> slots(findings.empty() ? 0 : documents.size());
    std::iota(slots.begin(), slots.end(), std::size_t{0});
    ApplyFindings(findings, documents, slots, [](std::size_t, const SchemaGate::Finding&) {});
    std::vector<Result<Stored>> results;
    if (!documents.empty()) results = repository_.BulkStore(documents);

    IngestReport counts;
    std::size_t document = 0;  // Among those that were held against their schemas.
    auto finding = findings.begin();
    std::size_t next = 0;
    std::size_t origin = 0;
    for (std::size_t i = 0; i < batch.pieces.size(); ++i) {
      const JsonPiece& piece = batch.pieces[i];
      while (origin + 1 < batch.origins.size() && batch.origins[origin + 1].begin <= i) ++origin;
      if (!piece.error.empty()) {
        Refuse(batch.origins[origin].path, piece, piece.error, counts);
        continue;
      }
      const bool is_found = finding != findings.end() && finding->index == document++;
      const SchemaGate::Finding* said = is_found ? &*finding++ : nullptr;
      if (said != nullptr && !said->refused.ok()) {
        const bool is_unread = said->refused.code() != StatusCode::kInvalidArgument &&
                               said->refused.code() != StatusCode::kFailedPrecondition;
        if (!is_unread) Refuse(batch.origins[origin].path, piece, said->refused.message(), counts);
        if (is_unread && counts.status.ok()) counts.status = said->refused;
        continue;
      }
      const Result<Stored>& result = results[next++];
      if (result && said != nullptr) {
        ++counts.warned;
        if (counts.warnings.size() < IngestReport::kRefusalsKept)
          counts.warnings.push_back({batch.origins[origin].path, piece.line, said->warning});
      }
      if (result) {
        ++(result->known ? counts.known : counts.stored);
      } else if (ConcernsDocument(result.error(), piece.text, options_.splitting)) {
        Refuse(batch.origins[origin].path, piece, result.error().message(), counts);
      } else if (counts.status.ok()) {
        counts.status = result.error();
      }
    }
    const std::lock_guard lock(mutex_);
    report_.stored += counts.stored;
    report_.known += counts.known;
    report_.refused += counts.refused;
    report_.warned += counts.warned;
    for (Refusal& warning : counts.warnings) {
      if (report_.warnings.size() < IngestReport::kRefusalsKept) report_.warnings.push_back(std::move(warning));
    }
    for (Refusal& refusal : counts.refusals) {
      if (report_.refusals.size() < IngestReport::kRefusalsKept) report_.refusals.push_back(std::move(refusal));
    }
    if (report_.status.ok()) report_.status = counts.status;
  }

  void Refuse(const std::string& file, const JsonPiece& piece, const std::string& reason, IngestReport& counts) {
    ++counts.refused;
    Refusal refusal{file, piece.line, reason};
    rejects_.Add(refusal, piece.text);
    if (counts.refusals.size() < IngestReport::kRefusalsKept) counts.refusals.push_back(std::move(refusal));
  }

  Repository& repository_;
  SchemaGate gate_;
  const IngestOptions& options_;
  const IngestProgress& progress_;
  RejectsFile rejects_;
  std::mutex progress_mutex_;  // One call at a time.

  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::unique_ptr<Batch>> free_;
  std::vector<std::unique_ptr<Batch>> ready_;
  bool all_read_ = false;
  IngestReport report_;
};

}  // namespace

IngestReport Ingest(Repository& repository, Inputs inputs, const IngestOptions& options,
                    const IngestProgress& progress) {
  return Pipeline(repository, options, progress).Run(std::move(inputs));
}

}  // namespace cairn
