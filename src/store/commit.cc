#include <chrono>

#include "base/prefetch.h"
#include "log/line.h"
#include "record/produced_at.h"
#include "store/embedded_repository.h"
#include "store/stretch_reader.h"

namespace cairn {
namespace {

// A group larger than this leaves the rest for the next commit, so that no answer waits for a crowd.
constexpr std::size_t kGroupBytes = std::size_t{16} << 20;
// A call with more than this is committed in several steps, so that its memory is bounded and a segment can hold it.
constexpr std::size_t kRequestBytes = std::size_t{64} << 20;
// Requests from this size on wait awake for so long.
constexpr std::size_t kSpinBytes = std::size_t{64} << 10;
constexpr std::int64_t kSpinNs = 200'000;
// How many records ahead the places of their fingerprints are fetched: about one access to memory's worth of work.
constexpr std::size_t kPrefetchAhead = 8;

// The beginning of a text, while the one before is parsed: a caller's batch is seldom in the processor's cache.
void PrefetchText(std::string_view text) {
  constexpr std::size_t kLineBytes = 64;
  constexpr std::size_t kBytesMax = 1024;
  for (std::size_t at = 0; at < text.size() && at < kBytesMax; at += kLineBytes) PrefetchLine(text.data() + at);
}

std::int64_t SteadyNow() { return std::chrono::steady_clock::now().time_since_epoch().count(); }

}  // namespace

Result<Stored> EmbeddedRepository::Store(std::string_view json) {
  return std::move(BulkStore(std::span(&json, 1)).front());
}

std::vector<Result<Stored>> EmbeddedRepository::BulkStore(std::span<const std::string_view> jsons) {
  std::vector<Result<Stored>> results(jsons.size(), Result<Stored>(Stored{}));
  if (options_.read_only) {
    const Status refused(StatusCode::kUnavailable, path_ + " is open to read only");
    for (auto& result : results) result = refused;
    return results;
  }
  static thread_local RecordParser parser;
  static thread_local Request request;
  parser.SetLimits({options_.record_bytes_max, options_.depth_max});
  for (std::size_t next = 0; next < jsons.size();) {
    request.Reset(&results);
    for (; next < jsons.size() && request.bytes < kRequestBytes; ++next) {
      if (next + 1 < jsons.size()) PrefetchText(jsons[next + 1]);
      if (Status status = parser.Parse(jsons[next], request.batch); status.ok()) {
        request.slots.push_back(next);
        request.bytes += request.batch.records.back().json.size();
      } else {
        results[next] = std::move(status);
      }
    }
    if (!request.slots.empty()) Join(request);
  }
  return results;
}

// Whoever finds no leader leads: it commits for all that wait, itself among them, and passes the lead on as soon as
// its batch is on the disk, before it is applied.
void EmbeddedRepository::Join(Request& request) {
  std::unique_lock lock(queue_mutex_);
  queue_.push_back(&request);
  AwaitTurn(request, lock);
  while (!request.done) {
    leading_ = true;
    const Group group = TakeGroup();
    lock.unlock();
    RunGroup(group);
    lock.lock();
    // A group holds the oldest requests, so one is enough unless the queue was longer than a group.
    AwaitTurn(request, lock);
  }
}

// Until the request is done or may lead. A large one looks for its turn for a while before it sleeps: its turn mostly
// comes soon, and being woken costs as much as a tenth of its commit.
void EmbeddedRepository::AwaitTurn(Request& request, std::unique_lock<std::mutex>& lock) {
  const auto turn = [&] { return request.done || !leading_; };
  if (request.bytes >= kSpinBytes) {
    const std::int64_t until = SteadyNow() + kSpinNs;
    while (!turn() && SteadyNow() < until) {
      lock.unlock();
      std::this_thread::yield();
      lock.lock();
    }
  }
  request.wake.wait(lock, turn);
}

EmbeddedRepository::Group EmbeddedRepository::TakeGroup() {
  Group group;
  std::size_t bytes = 0;
  while (!queue_.empty() && (group.empty() || bytes + queue_.front()->bytes <= kGroupBytes)) {
    bytes += queue_.front()->bytes;
    group.push_back(queue_.front());
    queue_.pop_front();
  }
  return group;
}

void EmbeddedRepository::RunGroup(const Group& group) {
  CommitWork commit;
  std::unique_lock log_lock(log_mutex_);
  Write(group, &commit);
  std::unique_lock apply_lock(apply_mutex_);
  log_lock.unlock();
  {
    const std::lock_guard lock(queue_mutex_);
    leading_ = false;
    if (!queue_.empty()) queue_.front()->wake.notify_one();
  }
  ApplyCommit(commit);
  apply_lock.unlock();
  const std::lock_guard lock(queue_mutex_);
  for (Request* request : group) {
    request->done = true;
    request->wake.notify_one();
  }
}

// Takes the store's lock; what other processes wrote is parsed here and applied with the commit.
Status EmbeddedRepository::LockLog(CommitWork* commit) {
  constexpr int kTriesMax = 50;  // Each time another process went on and sealed what was not read yet.
  static thread_local RecordParser parser;
  Status status;
  for (int tries = 0; tries < kTriesMax; ++tries) {
    status = log_->Lock([&](const LogBatch& batch) { commit->foreign.push_back(ParseLogBatch(batch, parser)); });
    if (status.code() != StatusCode::kAborted) break;
    commit->foreign.clear();
    if (Status loaded = Reload(); !loaded.ok()) return loaded;
  }
  return status;
}

void EmbeddedRepository::Write(const Group& group, CommitWork* commit) {
  const auto fail = [&](const Status& status) {
    for (Request* request : group) {
      for (const std::size_t slot : request->slots) (*request->results)[slot] = status;
    }
  };
  const Status locked = LockLog(commit);
  if (!fingerprints_ && locked.ok()) LoadFingerprints();
  // What was read is read, also where the lock then failed.
  if (fingerprints_) AddFingerprints(commit->foreign);
  ApplyForeign(commit);
  if (!locked.ok()) return fail(locked);

  // What of the group is new, within itself too.
  std::size_t count = 0;
  for (const Request* request : group) count += request->slots.size();
  NumberSet fresh;
  fresh.Reserve(count);
  std::vector<std::string_view> lines;
  lines.reserve(count);
  commit->records.reserve(count);
  const Seq first{log_->tail().last.value + 1};
  std::vector<std::pair<Request*, std::size_t>> answers;  // Of the new ones.
  for (Request* request : group) {
    const auto& records = request->batch.records;
    for (std::size_t i = 0; i < request->slots.size(); ++i) {
      if (i + kPrefetchAhead < records.size()) fingerprints_->Prefetch(records[i + kPrefetchAhead].fingerprint);
      const ParsedRecord& record = records[i];
      Result<Stored>& result = (*request->results)[request->slots[i]];
      if (const auto known = fingerprints_->Find(record.fingerprint, record.json, record.produced_at)) {
        result = Stored{*known, true};
        continue;
      }
      const std::uint32_t twin =
          fresh.Find(record.fingerprint, [&](std::uint32_t n) { return lines[n] == record.json; });
      if (twin != NumberSet::kNone) {
        result = Stored{{first.value + twin}, true};
        answers.emplace_back(request, i);
        continue;
      }
      if (Status status = CheckDeclared(record, *commit); !status.ok()) {
        result = std::move(status);
        continue;
      }
      result = Stored{{first.value + lines.size()}, false};
      answers.emplace_back(request, i);
      lines.push_back(record.json);
      commit->records.push_back(&record);
      fresh.Add(record.fingerprint);
    }
  }
  if (!lines.empty()) {
    // While the disk is busy with the batch; should it fail, the fingerprints are read from the log again.
    const auto append = [&] {
      return log_->Append(lines, [&](const LogBatch& batch) { PrepareCommit(batch, commit); });
    };
    auto written = append();
    // What is disposable makes room on a full disk.
    if (written.status().code() == StatusCode::kResourceExhausted && TrimKeptLines(0)) written = append();
    if (written) {
      commit->written = *written;
      commit->tail = log_->tail();
    } else {
      known_ = log_->tail().last.value;
      fingerprints_.reset();
      declared_.reset();
      commit->records.clear();
      for (const auto& [request, i] : answers) (*request->results)[request->slots[i]] = written.error();
    }
  }
  log_->Unlock();
  last_commit_ns_.store(SteadyNow(), std::memory_order_relaxed);
}

void EmbeddedRepository::PrepareCommit(const LogBatch& batch, CommitWork* commit) {
  known_ = batch.last.value;  // Before it is published: nobody here is to look for it in the log.
  const auto segment = std::static_pointer_cast<OpenSegment>(batch.segment);
  Seq seq = batch.first;
  std::uint64_t offset = batch.offset;
  for (const ParsedRecord* record : commit->records) {
    const std::size_t line_bytes = RecordLineBytes(seq, record->json.size());
    const Location location{static_cast<std::uint32_t>(offset), static_cast<std::uint32_t>(line_bytes - 1)};
    fingerprints_->Add(segment, seq, location, record->fingerprint, record->produced_at);
    offset += line_bytes;
    ++seq.value;
  }
  commit->keys.reserve(commit->records.size());
  for (const ParsedRecord* record : commit->records) commit->keys.push_back(Views::KeysOf(*record));
}

// Holding log_mutex_. Before anything is written: who asks for what others published is not to wait for the disk.
void EmbeddedRepository::ApplyForeign(CommitWork* commit) {
  if (commit->foreign.empty()) return;
  {
    const std::lock_guard apply_lock(apply_mutex_);
    ApplyCommit(*commit);
  }
  commit->foreign.clear();
  RaiseKnown(log_->tail().last);
}

void EmbeddedRepository::RaiseKnown(Seq seq) {
  std::uint64_t known = known_.load();
  while (known < seq.value && !known_.compare_exchange_weak(known, seq.value)) {
  }
}

void EmbeddedRepository::ApplyCommit(const CommitWork& commit) {
  if (commit.foreign.empty() && !commit.written) return;
  {
    const std::lock_guard lock(views_mutex_);
    marks_.Advance();
    for (const ParsedLogBatch& batch : commit.foreign) state_.Apply(batch);
    if (commit.written) state_.ApplyAppended(*commit.written, commit.tail, commit.records, commit.keys);
    inherit_cache_.Drop(state_.views.graph().TakeTouched());
    ++state_.versions.any;
  }
  { const std::lock_guard lock(news_mutex_); }
  news_.notify_all();
}

// Holding log_mutex_. The views may lag by the commits that are being applied, so these are waited for.
void EmbeddedRepository::LoadFingerprints() {
  const std::lock_guard apply_lock(apply_mutex_);
  const std::shared_lock lock(views_mutex_);
  fingerprints_.emplace();
  RecordParser parser;
  for (const auto& segment : state_.segments) {
    if (segment->sealed()) {
      fingerprints_->AddSealed(std::static_pointer_cast<SealedSegment>(segment));
      continue;
    }
    const auto open = std::static_pointer_cast<OpenSegment>(segment);
    StretchReader lines(files_, *open);
    Seq seq = open->first();
    for (const Location& location : open->locations()) {
      if (location.length != 0) {
        const std::string_view line = lines.At(location);
        const std::size_t offset = RecordOffset(seq);
        const std::string_view json = line.substr(offset, line.size() - offset - 1);
        const auto produced_at = ProducedAt(json);
        if (produced_at) fingerprints_->Add(open, seq, location, Fingerprint(json), *produced_at);
      }
      ++seq.value;
    }
  }
}

// Holding log_mutex_.
Status EmbeddedRepository::CheckDeclared(const ParsedRecord& record, const CommitWork& commit) {
  if (!declared_ && DeclaredEdges::Declares(record)) {
    {
      // As for fingerprints: the views may lag by the commits that are being applied.
      const std::lock_guard apply_lock(apply_mutex_);
      const std::shared_lock lock(views_mutex_);
      declared_.emplace(state_.views);
    }
    for (const ParsedRecord* earlier : commit.records) declared_->Add(*earlier);
  }
  if (!declared_) return Status::Ok();
  if (DeclaredEdges::Declares(record)) {
    if (const auto way = declared_->CycleOf(record)) {
      return {StatusCode::kInvalidArgument, "the edge closes a cycle, and declared edges must not: " + *way +
                                                "; leave it out, or end one of them first (\"_deleted\": true)"};
    }
  }
  declared_->Add(record);
  return Status::Ok();
}

void EmbeddedRepository::AddFingerprints(const std::vector<ParsedLogBatch>& batches) {
  for (const ParsedLogBatch& batch : batches) {
    if (declared_) {
      for (const ParsedRecord& record : batch.parsed->records) declared_->Add(record);
    }
    const auto segment = std::static_pointer_cast<OpenSegment>(batch.batch.segment);
    for (std::size_t i = 0; i < batch.lines.size(); ++i) {
      const ParsedRecord& record = batch.parsed->records[i];
      fingerprints_->Add(segment, batch.lines[i].seq, batch.lines[i].location, Fingerprint(record.json),
                         record.produced_at);
    }
  }
}

// Holding log_mutex_.
Status EmbeddedRepository::Reload() {
  const std::lock_guard apply_lock(apply_mutex_);
  auto loaded = LoadStore({files_, clock_, path_, options_, *control_}, false);
  if (!loaded) return loaded.error();
  fingerprints_.reset();
  declared_.reset();
  log_ = std::move(loaded->log);
  StoreState was;
  const std::lock_guard lock(views_mutex_);
  was = TakeState(std::move(loaded->state));
  known_ = log_->tail().last.value;
  return Status::Ok();
}

// Holding views_mutex_.
StoreState EmbeddedRepository::TakeState(StoreState&& state) {
  state.versions = {state_.versions.epoch + 1, state_.versions.layout + 1, state_.versions.any + 1};
  StoreState was = std::exchange(state_, std::move(state));
  state_.views.graph().TrackTouched(true);
  state_.views.graph().SetMarks(&marks_);
  marks_.TouchAll();
  inherit_cache_.Clear();
  return was;
}

Status EmbeddedRepository::CatchUp() {
  if (control_->durable().value <= known_) return Status::Ok();
  std::unique_lock log_lock(log_mutex_);
  CommitWork commit;
  RecordParser parser;
  Status status = log_->Follow([&](const LogBatch& batch) { commit.foreign.push_back(ParseLogBatch(batch, parser)); });
  if (status.code() == StatusCode::kAborted) return Reload();
  // What was read before an error is behind the log's tail now and will not be read again.
  if (fingerprints_) AddFingerprints(commit.foreign);
  const Seq read = log_->tail().last;
  const std::lock_guard apply_lock(apply_mutex_);
  log_lock.unlock();
  ApplyCommit(commit);
  RaiseKnown(read);
  return status;
}

}  // namespace cairn
