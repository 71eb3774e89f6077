#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/writer_first_mutex.h"
#include "cairn/repository.h"
#include "lineage/fold.h"
#include "log/log.h"
#include "record/parse.h"
#include "store/change_source.h"
#include "store/declared_edges.h"
#include "store/embedded.h"
#include "store/fingerprints.h"
#include "store/inherit_cache.h"
#include "store/load.h"
#include "store/lock_pause.h"
#include "store/mapped_log.h"
#include "store/state.h"
#include "view/lineage_question.h"
#include "view/name_signatures.h"
#include "view/node_lists.h"

namespace cairn {

/// The embedded `Repository`: one log, its views, and the group commit that joins them.
///
/// A commit goes through two stages, each with a lock of its own, taken hand over hand so that the order of the log is
/// the order of the views: under `log_mutex_` a batch is deduplicated, written and synced; under `apply_mutex_` it is
/// applied to the views, while the next batch is already being written. Readers share `views_mutex_`, none of them
/// longer than `ReadHold` says: a long question is read in slices, between which writers come in, and bytes of the log
/// are read without the lock.
/// Lock order: log_mutex_, apply_mutex_, views_mutex_.
class EmbeddedRepository final : public Repository, public ChangeSource, public MappedLog {
 public:
  static Result<std::unique_ptr<Repository>> Open(const std::string& path, const StoreOptions& options,
                                                  const StoreDeps& deps);
  ~EmbeddedRepository() override;

  Result<Stored> Store(std::string_view json) override;
  std::vector<Result<Stored>> BulkStore(std::span<const std::string_view> jsons) override;

  Result<Fact> Latest(std::string_view kind, const NodeView& node) override;
  Result<FactList> History(std::string_view kind, const NodeView& node, const HistorySpec& spec) override;
  Result<QueryPage> Query(const QuerySpec& spec) override;
  Result<AggregateResult> Aggregate(const AggregateSpec& spec) override;
  Result<RunInfo> Run(std::string_view tenant, std::string_view run_id) override;
  Result<std::vector<RunInfo>> Runs(const RunsSpec& spec) override;
  Result<FactList> RunRecords(std::string_view tenant, std::string_view run_id) override;
  Result<LineageGraph> Lineage(const LineageSpec& spec) override;
  Result<LineagePaths> Paths(const LineagePathsSpec& spec) override;
  Result<LineageImpact> Impact(const LineageSpec& spec) override;
  Result<LineageShared> Shared(const LineageSharedSpec& spec) override;
  Result<LineageDiff> Difference(const LineageDiffSpec& spec) override;
  Result<LineageWhy> Why(const LineageWhySpec& spec) override;
  Result<LineageInherited> Inherit(const LineageInheritSpec& spec) override;
  Result<EntityInfo> Entity(const NodeView& node) override;
  Result<std::vector<NodeKey>> FindNodes(std::string_view tenant, std::string_view text, std::size_t limit) override;
  Result<std::vector<NamespaceInfo>> Namespaces(std::string_view tenant) override;
  Result<EntitiesPage> Entities(const EntitiesSpec& spec) override;
  Result<SearchPage> Search(const SearchSpec& spec) override;
  Result<std::vector<TagUse>> Tags(std::string_view tenant, std::optional<std::string_view> ns) override;
  Result<std::vector<KindFact>> Newest(const NodeView& node) override;
  Result<TailPage> Tail(Seq from, std::size_t limit) override;
  Status WaitFor(Seq last, std::chrono::milliseconds timeout) override;
  Result<RepositoryStats> Stats() override;
  Result<VerifyReport> Verify() override;
  Status Rebuild() override;
  Status Seal() override;
  Status Dump(std::ostream& out) override;

  // changes.cc
  Result<std::uint64_t> Mark() override;
  [[nodiscard]] bool Unchanged(std::uint64_t mark) const override;
  std::optional<std::vector<std::uint16_t>> PlacesOf(std::span<const NodeKey> nodes) override;
  Result<bool> Touched(std::uint64_t mark, std::span<const std::uint16_t> places) override;
  void ReleaseLog() override;

 private:
  // One call of BulkStore that waits for its commit.
  struct Request {
    ParsedBatch batch;
    std::vector<std::size_t> slots;  // batch.records[i] answers results[slots[i]].
    std::vector<Result<Stored>>* results = nullptr;
    std::size_t bytes = 0;
    bool done = false;
    std::condition_variable wake;

    /// Begins anew, keeping memory: a thread uses one request for all its calls.
    void Reset(std::vector<Result<Stored>>* to) {
      batch.Clear();
      slots.clear();
      results = to;
      bytes = 0;
      done = false;
    }
  };
  using Group = std::vector<Request*>;

  // A commit between its two stages.
  struct CommitWork {
    std::vector<ParsedLogBatch> foreign;  // What other processes wrote before it.
    std::vector<const ParsedRecord*> records;
    std::vector<Views::Keys> keys;  // keys[i] are those of records[i].
    std::optional<LogBatch> written;
    LogTail tail;
  };

  EmbeddedRepository(std::string path, const StoreOptions& options, const StoreDeps& deps)
      : path_(std::move(path)), options_(options), files_(*deps.files), clock_(*deps.clock), hold_(deps.hold) {}

  // commit.cc
  void Join(Request& request);
  void AwaitTurn(Request& request, std::unique_lock<std::mutex>& lock);
  Group TakeGroup();
  void RunGroup(const Group& group);
  Status LockLog(CommitWork* commit);
  void Write(const Group& group, CommitWork* commit);
  void PrepareCommit(const LogBatch& batch, CommitWork* commit);
  void ApplyForeign(CommitWork* commit);
  void RaiseKnown(Seq seq);
  void ApplyCommit(const CommitWork& commit);
  void LoadFingerprints();
  /// INVALID_ARGUMENT with the way where a declared edge would close a cycle; else the record is counted in.
  Status CheckDeclared(const ParsedRecord& record, const CommitWork& commit);
  void AddFingerprints(const std::vector<ParsedLogBatch>& batches);
  Status Reload();
  /// The state that was is given back: dropping it takes long, and belongs behind the lock.
  [[nodiscard]] StoreState TakeState(StoreState&& state);
  /// Applies what other processes have published.
  Status CatchUp();

  // maintain.cc
  void StartMaintenance();
  void StopMaintenance();
  /// `step` each `wait`, until all is stopped.
  void RepeatUntilStopped(std::chrono::milliseconds wait, const std::function<void()>& step);
  void SealWhatIsDue();
  [[nodiscard]] std::uint64_t BytesToSeal() const;
  [[nodiscard]] bool IsFarBehind() const;
  [[nodiscard]] bool ShouldSeal() const;
  [[nodiscard]] bool IsQuiet() const;
  void NoticeCommits();
  void CutRoom();
  [[nodiscard]] bool IsActiveDue();
  enum class RollIf : std::uint8_t { kAny, kQuarterFull };
  Status RollActive(RollIf when);
  enum class SealFor : std::uint8_t { kCaller, kUpkeep };
  Status SealOne(SealFor whom, bool* sealed);
  Status WaitForSealLock(const std::string& path, std::chrono::milliseconds wait);
  Status SealForUpkeep(const std::shared_ptr<OpenSegment>& segment, Seq last);
  Status SealFile(const std::shared_ptr<OpenSegment>& segment, Seq last, SealFor whom, const std::atomic<bool>& cancel);
  bool TrimKeptLines(std::uint64_t bytes_max);
  void DropLostLines();
  void LookAtKeptLines();
  Status Adopt(const OpenSegment& was);
  void PruneSealed(Seq first, Seq last, std::uint64_t layout);
  Status TakeSealLock();
  Status WriteSnapshot(SealFor whom);
  Status WriteSnapshotLocked(SealFor whom);
  bool IsSnapshotOverdue();
  /// Makes the file anew with what `write` gives its sink, and syncs it.
  Status WriteDurably(const std::string& path, const std::function<Status(const SnapshotSink&)>& write);
  Status EncodeInSlices(const SnapshotSink& sink, Seq* seq);
  Status EncodeFromLog(const SnapshotSink& sink, Seq* seq);

  // read.cc, read_facts.cc, read_runs.cc, dump.cc
  /// Calls `read(pause)` under views_mutex_ until it answers true: false says that what it read stands elsewhere now.
  template <typename Read>
  void InSlices(Read read) {
    for (bool done = false; !done;) {
      std::shared_lock lock(views_mutex_);
      LockPause pause(lock, state_.versions.layout, hold_);
      done = read(pause);
    }
  }
  /// A series or run as it stood at one moment; what of it is sealed is read from the segments of that moment.
  template <typename T>
  struct Picture {
    std::vector<T> open;
    std::string sealed_key;  // Empty: nothing is sealed.
  };
  /// Under views_mutex_. The postings in no order; `visit(posting)` is called for each. False: anew.
  template <typename Visit>
  bool EachPosting(std::uint32_t series, PostingSpan span, Pause& pause, std::string* sealed_key, Visit visit) const {
    constexpr std::size_t kPostingsPerTick = 1024;
    const Series& one = state_.views.series().at(series);
    if (state_.pruning() || one.open().size() != one.count) {
      span.sealed_first = state_.pruning_first;
      span.sealed_last = state_.pruning_last;
      *sealed_key = SeriesKeyBytes(state_.views.texts().at(one.kind), state_.views.nodes().at(one.node));
    }
    PostingReading reading(span);
    while (!reading.Step(state_.views.series().at(series).open(), kPostingsPerTick, visit)) {
      if (!pause.Tick()) return false;
    }
    return true;
  }
  bool TakeSeries(std::uint32_t series, const PostingSpan& span, Pause& pause, Picture<Posting>* out) const;
  bool TakeRun(std::uint32_t run, Seq last, Pause& pause, Picture<Seq>* out) const;
  bool TakeLocations(std::span<const Seq> seqs, Pause& pause, std::vector<Location>* out) const;
  /// Without a lock: the postings in order, all of them or at least that part. Takes the open ones out of the picture
  /// where nothing is sealed.
  [[nodiscard]] static std::vector<Posting> PostingsOf(Picture<Posting>& picture, const PostingSpan& span,
                                                       const SegmentList& segments, const SegmentList::Part& part = {});
  [[nodiscard]] static std::vector<Seq> SeqsOf(Picture<Seq> picture, const SegmentList& segments);
  [[nodiscard]] static Result<FactList> FactsOf(const SegmentList& segments, std::span<const Posting> postings,
                                                const HistorySpec& spec);
  [[nodiscard]] RunInfo InfoOf(const RunSummary& run) const;
  // read_things.cc
  [[nodiscard]] EntityInfo InfoOf(std::uint32_t node) const;
  bool ListEntities(const EntitiesSpec& spec, LockPause& pause, EntitiesPage* out);
  bool SearchNodes(const SearchSpec& spec, LockPause& pause, SearchPage* out);
  bool ListFamily(const EntitiesSpec& spec, std::uint32_t family, LockPause& pause, EntitiesPage* out);
  bool DumpLines(LockPause& pause, std::vector<std::string>* lines) const;
  // lineage.cc, lineage_why.cc
  template <typename Answer, typename Ask>
  Result<Answer> AskLineage(const LineageTime& time, Ask ask);
  void AddRestated(const LineageDiffSpec& spec, Seq last, const Views* known,
                   std::span<const LineageQuestion::Restated> restated, LineageDiff* diff);
  Result<std::shared_ptr<const Views>> KnownAt(Timestamp time);
  /// Makes ready again what commits dropped.
  void RebuildInherited();
  struct PlaceOfReason;
  struct ReasonFound;
  using EdgeAndReason = std::pair<EdgeNumber, LineageFold::Reason>;
  bool FindReasons(const LineageWhySpec& spec, GraphReader& reader, std::vector<EdgeAndReason>* found,
                   LineageWhy* out) const;
  bool TellReasons(const LineageWhySpec& spec, Pause* pause, std::vector<ReasonFound>* places, LineageWhy* out) const;
  std::vector<PlaceOfReason> PlacesOf(const EdgeAndReason& found, Seq last) const;
  friend class QueryRunner;
  friend class AggregateRunner;

  std::string path_;
  StoreOptions options_;
  FileSystem& files_;
  Clock& clock_;
  ReadHold hold_;
  std::unique_ptr<ControlFile> control_;
  std::unique_ptr<FileLock> seal_lock_;
  /// What was published up to here has been applied, or is a commit of this process on its way there: where more is
  /// published, another process has written it.
  std::atomic<std::uint64_t> known_{0};

  std::mutex queue_mutex_;
  std::deque<Request*> queue_;
  bool leading_ = false;

  std::mutex log_mutex_;  // log_, fingerprints_
  std::unique_ptr<Log> log_;
  std::optional<Fingerprints> fingerprints_;  // Filled at the first write.
  std::optional<DeclaredEdges> declared_;     // Filled when the first edge is declared.

  std::mutex apply_mutex_;
  mutable WriterFirstMutex views_mutex_;  // state_
  StoreState state_;
  TouchMarks marks_;  // Of state_.views; guarded by views_mutex_.

  // The views as they were by an earlier time of ingestion, for the questions about it.
  struct Known {
    Timestamp time;
    Seq last;            // Of the store when they were made.
    bool whole = false;  // All that was ingested by then is in.
    std::shared_ptr<const Views> views;
  };
  InheritCache inherit_cache_;

  NodeLists node_lists_;
  NameSignatures signatures_;

  std::mutex known_mutex_;
  Known known_views_;

  std::mutex news_mutex_;
  std::condition_variable news_;

  std::mutex maintain_mutex_;
  std::condition_variable maintain_;
  std::atomic<bool> stop_{false};
  // Of the maintaining thread alone.
  Seq durable_seen_;
  std::int64_t roll_again_ns_ = 0;  // Steady clock: not before that.
  std::thread maintainer_;
  std::thread syncer_;
  std::mutex sealing_mutex_;                     // seal_lock_; taken before log_mutex_.
  std::atomic<std::int64_t> last_commit_ns_{0};  // Steady clock.
};

}  // namespace cairn
