#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <ostream>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cairn/lineage.h"
#include "cairn/node.h"
#include "cairn/query.h"
#include "cairn/record.h"
#include "cairn/status.h"
#include "cairn/time.h"

namespace cairn {

/// What became of one record that was stored.
struct Stored {
  Seq seq;             ///< Where it stands; where the same bytes stood already: where they stand first.
  bool known = false;  ///< The same bytes of the same tenant stood already; nothing was added.
};

enum class RunState : std::uint8_t { kUnknown, kOther, kStarted, kRunning, kCompleted, kFailed, kAborted };

/// `COMPLETED` and so on: the words Marquez uses, and `UNKNOWN` for a run that only records name.
std::string_view RunStateName(RunState state);

struct RunInfo {
  std::string tenant;
  std::string run_id;
  NodeKey job;  ///< Empty name where none is known.
  RunState state = RunState::kUnknown;
  std::optional<Timestamp> started_at;
  std::optional<Timestamp> ended_at;
  Timestamp first_seen;  ///< The earliest produced_at of its facts.
  Timestamp last_seen;
  std::string parent_run_id;
  std::string root_run_id;  ///< The run at the top, as the run's own events say.
  std::uint64_t records = 0;
};

struct RunsSpec {
  std::string tenant;
  std::string job;  ///< A job's name or node id, by which its runs are found without looking at others; empty for all.
  std::optional<RunState> state;
  std::optional<Timestamp> from;           ///< last_seen, inclusive.
  std::optional<Timestamp> until;          ///< first_seen, exclusive.
  std::size_t limit = 100;                 ///< Newest first; 0 for all.
  std::size_t offset = 0;                  ///< So many of the newest are passed over.
  std::shared_ptr<const Visibility> sees;  ///< Of the jobs; null: everything.
};

struct HistorySpec {
  std::optional<Timestamp> from;   ///< produced_at, inclusive.
  std::optional<Timestamp> until;  ///< produced_at, exclusive.
  Order order = Order::kOldestFirst;
  std::size_t limit = 0;  ///< 0 for all.
};

/// The facts that an answer holds, in its order.
struct FactList : std::vector<Fact> {
  using std::vector<Fact>::vector;
  std::uint64_t damaged = 0;   ///< As in `QueryPage`.
  std::uint64_t withheld = 0;  ///< The same.
};

struct TailPage {
  std::vector<Fact> facts;
  Seq next;                    ///< Where to go on.
  std::uint64_t withheld = 0;  ///< As in `QueryPage`.
};

/// A thing that facts are about.
struct EntityInfo {
  NodeKey node;
  std::vector<std::string> kinds;  ///< Of its facts, sorted.
  std::uint64_t facts = 0;
  Timestamp first_seen;
  Timestamp last_seen;
  std::vector<std::string> owners;
  std::vector<std::string> tags;
  std::uint64_t runs = 0;  ///< Of a job.
  bool deleted = false;    ///< A record said that it is gone, and no event named it since.
};

/// Which things are listed.
struct EntitiesSpec {
  std::string tenant;
  std::string type = std::string(kTypeDataset);
  std::optional<std::string> ns;           ///< Only those of this namespace.
  std::string text;                        ///< Only those whose name contains it, in ASCII letters of either case.
  std::optional<Timestamp> until;          ///< Only those that were first seen before.
  bool deleted = false;                    ///< Deleted ones too.
  std::size_t limit = 100;                 ///< 0 for all.
  std::size_t offset = 0;                  ///< So many of the first are passed over.
  std::shared_ptr<const Visibility> sees;  ///< Of the one who asks; null: everything.
};

/// By namespace, then in the order of their coming: what is new stands at the end of its namespace. Each is told as it
/// stood when it was looked at.
struct EntitiesPage {
  std::vector<EntityInfo> entities;
  std::uint64_t total = 0;  ///< On all pages.
};

/// What a person seeks. Every part that is given must hold.
struct SearchSpec {
  std::string tenant;
  std::string text;  ///< A part of its name, of its field's or of its namespace, in ASCII letters of either case.
  std::optional<std::string> type;
  std::optional<std::string> ns;
  std::optional<std::string> tag;
  std::optional<std::string> owner;
  std::size_t limit = 20;                  ///< At most 1,000.
  std::shared_ptr<const Visibility> sees;  ///< Of the one who asks; null: everything.
};

/// The best first: the name itself, what begins with the text, what has a word that does, the rest; fields and runs
/// behind things. Deleted ones are left out.
struct SearchPage {
  std::vector<EntityInfo> entities;
  std::uint64_t total = 0;  ///< That were found.
  bool partial = false;     ///< There are more: the newest were looked at, and everything of that very name.
};

/// What things have one namespace.
struct NamespaceInfo {
  std::string ns;
  std::vector<std::pair<std::string, std::uint64_t>> types;  ///< How many there are of each, sorted; deleted ones too.
  Timestamp first_seen;
  Timestamp last_seen;
};

/// A tag, and how many nodes have it.
struct TagUse {
  std::string tag;
  std::uint64_t nodes = 0;
};

/// A fact and its kind.
struct KindFact {
  std::string kind;
  Fact fact;
};

struct LineageWhySpec {
  NodeKey from;
  NodeKey to;
  std::string type;  ///< Of the edge; empty for any.
  std::size_t limit = 20;
};

/// A fact that states an edge.
struct EdgeReason {
  std::string type;  ///< Of the edge.
  NodeKey from;      ///< By the names that are stated, which may be others of those things (symlinks).
  NodeKey to;
  std::string rule;  ///< Whose word it is, which says how long it holds: `inputs and outputs`, `columnLineage`, ...
  Timestamp stated_at;
  std::string run_id;
  std::string transformation;
  std::optional<Fact> fact;  ///< None where its bytes are damaged.
};

struct LineageWhy {
  /// When the edges stood; open where there is no end.
  struct Span {
    std::string type;
    Timestamp from;
    std::optional<Timestamp> until;
  };
  std::vector<Span> spans;
  std::vector<EdgeReason> reasons;  ///< Newest first.
  std::size_t total = 0;            ///< Of reasons, `limit` or not.
  std::size_t withheld = 0;         ///< Reasons that name what the one who asks may not see.
};

struct RepositoryStats {
  std::uint64_t records = 0;
  Seq last_seq;
  std::uint64_t segments_open = 0;  ///< As JSON lines.
  std::uint64_t segments_sealed = 0;
  std::uint64_t bytes_open = 0;    ///< On disk, unsealed.
  std::uint64_t bytes_sealed = 0;  ///< On disk, indexes included.
  std::uint64_t bytes_kept = 0;    ///< On disk, lines of sealed segments (`StoreOptions::kept_lines_bytes`).
  std::uint64_t series = 0;
  std::uint64_t nodes = 0;
  std::uint64_t runs = 0;
  std::uint64_t edges = 0;
  std::uint64_t damaged_batches = 0;
  std::vector<std::pair<std::string, std::uint64_t>> kinds;  ///< Facts of each kind, most first.
};

struct Damage {
  std::string segment;       ///< File name.
  std::uint64_t offset = 0;  ///< Of the batch, in bytes of the uncompressed segment.
  Seq first;                 ///< Of the batch, as far as it can be told.
  Seq last;
  std::string what;
};

struct VerifyReport {
  std::uint64_t segments = 0;
  std::uint64_t batches = 0;
  std::uint64_t records = 0;
  std::vector<Damage> damage;
  std::vector<std::string> notes;  ///< What is no damage but worth telling: torn bytes kept, views behind.
};

enum class Sync : std::uint8_t { kAlways, kInterval, kNever };

/// How a store is opened.
struct StoreOptions {
  /// Make the folder where there is none. Off for readers, so that a typing error makes no empty store.
  bool create = true;
  /// Begin the log of a store that has none when it is opened, not with the first batch: for who has something else to
  /// do meanwhile and stores soon.
  bool begin_log = false;
  /// Never write, not even a repair: what is torn is left as it is.
  bool read_only = false;
  /// When the answer to a store is given: after fdatasync, at the latest `sync_interval` before one, or without.
  /// `kInterval` may lose that much to a power cut, `kNever` whatever the system had not written; neither loses
  /// anything to a crash of the process.
  Sync sync = Sync::kAlways;
  std::chrono::milliseconds sync_interval{100};
  /// A segment that grew past this is closed and the next begun; where it is sealed in the background and nobody
  /// writes, at a quarter of this. At most 2 GiB.
  std::uint64_t segment_bytes = std::uint64_t{256} << 20;
  /// Where commits come one upon the other, each waiting for a sync, lengthen the newest segment by so many zeros at
  /// once, which the commits are written over: a sync takes half as long, and who reads the file beside this library
  /// (`tail -f`) sees the zeros. Cut off after a second's quiet (where `seal` is on) and when the store is closed.
  /// 0: none; 1 MiB is a good size.
  std::uint64_t room_bytes = 0;
  /// So many commits of less than 64 KiB, each within 100 ms of the one before, are one upon the other.
  std::uint64_t room_after = 64;
  /// Seal closed segments in the background of this process: when no commits come, or beside them once as much waits
  /// as `unsealed_segments_max` full segments hold.
  bool seal = true;
  std::size_t unsealed_segments_max = 4;
  /// Of segments sealed in the background the newest keep their lines beside the compressed ones, up to so many bytes
  /// in all, so that reading them decompresses nothing. `Seal` keeps none. 0: none.
  std::uint64_t kept_lines_bytes = std::uint64_t{1} << 30;
  /// How long `Seal` waits for another process that is sealing.
  std::chrono::milliseconds seal_wait{60'000};
  /// The uncompressed bytes of one frame of a sealed segment: larger is smaller on disk and slower to read.
  std::size_t frame_bytes = 4096;
  /// A longer record is refused.
  std::size_t record_bytes_max = std::size_t{32} << 20;
  /// A deeper record is refused.
  std::size_t depth_max = 256;
  /// Threads that read the log where it is read whole (rebuild, aggregates). 0: one for each processor.
  std::size_t threads = 0;
  /// A snapshot of the views is written on closing when more records than this were read from the log to open, or
  /// came since; 0 never.
  std::uint64_t snapshot_records = 20'000;
};

/// A store of facts: puts them in, answers from them.
///
/// Owned by whoever opened it; any thread may call any method at any time until destruction begins. Several
/// processes may hold one store open at once, each reading and writing.
/// After a crash of process or machine everything that was answered stands, and nothing stands half or twice
/// (`StoreOptions::sync` says what is given up below `kAlways`).
class Repository {
 public:
  Repository() = default;
  Repository(const Repository&) = delete;
  Repository& operator=(const Repository&) = delete;
  virtual ~Repository() = default;

  /// Stores one record or OpenLineage event, given as JSON; told apart by shape. When it returns, the fact is durable
  /// and visible to every reader.
  /// Returns INVALID_ARGUMENT where it is neither, or not JSON (the message says where); RESOURCE_EXHAUSTED where it is
  /// too long or too deep, or the disk is full (nothing was stored then); UNKNOWN after a failed fdatasync; UNAVAILABLE
  /// where the store cannot be written.
  virtual Result<Stored> Store(std::string_view json) = 0;

  /// Stores many as one commit (beyond 64 MiB as several): one result each, in order. What is refused does not keep the
  /// rest from being stored.
  virtual std::vector<Result<Stored>> BulkStore(std::span<const std::string_view> jsons) = 0;

  /// The fact of that kind about that node with the greatest (produced_at, seq).
  /// Returns NOT_FOUND where there is none, or the newest states a deletion; DATA_LOSS where its bytes are damaged.
  virtual Result<Fact> Latest(std::string_view kind, const NodeView& node) = 0;

  /// All facts of that kind about that node, deletions included. An unknown node has an empty history.
  virtual Result<FactList> History(std::string_view kind, const NodeView& node, const HistorySpec& spec = {}) = 0;

  /// Returns INVALID_ARGUMENT for a filter or cursor that cannot be read; the message names the column.
  virtual Result<QueryPage> Query(const QuerySpec& spec) = 0;

  /// Returns INVALID_ARGUMENT as `Query` does, UNAVAILABLE where groups could not spill.
  virtual Result<AggregateResult> Aggregate(const AggregateSpec& spec) = 0;

  /// Returns NOT_FOUND for a run that no fact names.
  virtual Result<RunInfo> Run(std::string_view tenant, std::string_view run_id) = 0;
  virtual Result<std::vector<RunInfo>> Runs(const RunsSpec& spec) = 0;
  /// Every record that names the run, oldest first. Returns NOT_FOUND for a run that no fact names.
  virtual Result<FactList> RunRecords(std::string_view tenant, std::string_view run_id) = 0;

  /// Returns NOT_FOUND for a node that no fact names.
  virtual Result<LineageGraph> Lineage(const LineageSpec& spec) = 0;
  /// The same errors for each of these, and INVALID_ARGUMENT for a question that cannot be read.
  virtual Result<LineagePaths> Paths(const LineagePathsSpec& spec) = 0;
  virtual Result<LineageImpact> Impact(const LineageSpec& spec) = 0;
  virtual Result<LineageShared> Shared(const LineageSharedSpec& spec) = 0;
  virtual Result<LineageDiff> Difference(const LineageDiffSpec& spec) = 0;
  /// Returns NOT_FOUND where there never was such an edge.
  virtual Result<LineageWhy> Why(const LineageWhySpec& spec) = 0;
  virtual Result<LineageInherited> Inherit(const LineageInheritSpec& spec) = 0;

  /// Returns NOT_FOUND for a node that no fact names.
  virtual Result<EntityInfo> Entity(const NodeView& node) = 0;
  /// Nodes whose id contains `text` (every one for an empty text), whole matches of the name first, then by id; at most
  /// `limit`.
  virtual Result<std::vector<NodeKey>> FindNodes(std::string_view tenant, std::string_view text, std::size_t limit) = 0;

  /// Namespaces of things (not of fields), sorted.
  virtual Result<std::vector<NamespaceInfo>> Namespaces(std::string_view tenant) = 0;
  virtual Result<EntitiesPage> Entities(const EntitiesSpec& spec) = 0;
  /// Takes a few milliseconds over a million nodes, however many match.
  virtual Result<SearchPage> Search(const SearchSpec& spec) = 0;
  /// Tags in use, sorted: of nodes in the namespace, or with none of all.
  virtual Result<std::vector<TagUse>> Tags(std::string_view tenant, std::optional<std::string_view> ns) = 0;
  /// What is known of a node: the newest fact of each kind, by kind; none where the newest states a deletion, or is
  /// damaged. Returns NOT_FOUND for a node that no fact names.
  virtual Result<std::vector<KindFact>> Newest(const NodeView& node) = 0;

  /// Records from `from` on, in the order of the log, at most `limit`.
  virtual Result<TailPage> Tail(Seq from, std::size_t limit) = 0;
  /// Waits until a record after `last` is visible. Returns DEADLINE_EXCEEDED where none came in time.
  virtual Status WaitFor(Seq last, std::chrono::milliseconds timeout) = 0;

  virtual Result<RepositoryStats> Stats() = 0;
  /// Reads every byte of the log and every index and holds them against their checksums.
  virtual Result<VerifyReport> Verify() = 0;
  /// Drops every view and snapshot and folds the log from its beginning.
  virtual Status Rebuild() = 0;
  /// Closes the active segment and seals all that is unsealed; returns when that is done, by this process or another.
  /// Returns UNAVAILABLE where another process held the sealing up for `StoreOptions::seal_wait`.
  virtual Status Seal() = 0;
  /// The views as text, one line a fact of the view, sorted: equal views give equal bytes. Of one state, however fast
  /// commits come in meanwhile.
  virtual Status Dump(std::ostream& out) = 0;
};

/// Opens the store in the folder `path`.
/// Returns NOT_FOUND where there is none and `create` is off; UNAVAILABLE on a network file system or where it cannot
/// be read or locked; FAILED_PRECONDITION where a newer version wrote it. Damage does not keep a store from opening:
/// see `Verify`.
Result<std::unique_ptr<Repository>> OpenRepository(const std::string& path, const StoreOptions& options = {});

}  // namespace cairn
