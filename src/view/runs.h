#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/grow_array.h"
#include "base/past.h"
#include "cairn/repository.h"
#include "record/statements.h"
#include "view/names.h"

namespace cairn {

/// What the log says of one run, folded from its records in whatever order they came. A terminal state beats others,
/// and OTHER, which says nothing of the state, beats none; among equals the later event time wins, then the greater
/// state.
struct RunSummary {
  std::uint32_t tenant = 0;  ///< Numbers in the view's texts.
  std::uint32_t id = 0;
  std::uint32_t parent = NumberSet::kNone;
  std::uint32_t root = NumberSet::kNone;
  std::uint32_t job = NumberSet::kNone;  ///< A node.
  bool job_from_event = false;
  RunState state = RunState::kUnknown;
  std::int64_t state_at = 0;
  std::int64_t started_at = Timestamp::Max().ns;  ///< Max: no START seen.
  std::int64_t first_seen = Timestamp::Max().ns;
  std::int64_t last_seen = Timestamp::Min().ns;
  std::int64_t parent_at = Timestamp::Min().ns;
  std::int64_t job_at = Timestamp::Min().ns;
  std::uint64_t records = 0;
};

struct RunFold : RunSummary {
  std::vector<std::uint64_t> open;  ///< Sequence numbers of its records in unsealed segments, ascending.
};

bool IsTerminal(RunState state);

std::uint64_t HashRun(std::string_view tenant, std::string_view id);

/// Every run, by (tenant, id).
class RunTable {
 public:
  [[nodiscard]] const RunFold* Find(std::string_view tenant, std::string_view id, const TextTable& texts) const;
  /// The run, added where it is new, to be changed. `hash` is its HashRun.
  RunFold& Intern(std::string_view tenant, std::string_view id, std::uint64_t hash, TextTable& texts);
  [[nodiscard]] std::uint32_t NumberOf(const RunFold& run) const {
    return static_cast<std::uint32_t>(&run - runs_.data());
  }
  void Prefetch(std::uint64_t hash) const { set_.Prefetch(hash); }
  [[nodiscard]] RunFold& at(std::uint32_t number) { return runs_[number]; }
  [[nodiscard]] const RunFold& at(std::uint32_t number) const { return runs_[number]; }
  [[nodiscard]] std::uint32_t size() const { return set_.size(); }
  [[nodiscard]] const PastLog<RunSummary>& past() const { return past_; }

  /// Folds one record into its run.
  static void Fold(const ParsedRecord& record, Seq seq, RunFold& run, TextTable& texts, NodeTable& nodes);

  /// What is known of a job's runs.
  struct OfJob {
    std::uint32_t newest = NumberSet::kNone;  ///< Its link that came last.
    std::uint32_t runs = 0;
  };
  /// A run that is or was a job's, and the job's link before.
  struct Link {
    std::uint32_t run;
    std::uint32_t before;
  };
  /// To be told whenever the job of a run is another than before, kNone at first.
  void SetJob(std::uint32_t run, std::uint32_t before);
  [[nodiscard]] OfJob RunsOf(std::uint32_t job) const {
    const auto found = of_jobs_.find(job);
    return found == of_jobs_.end() ? OfJob{} : found->second;
  }
  /// A run whose job is another now counts no more, and one that came back stands twice.
  [[nodiscard]] const Link& link(std::uint32_t number) const { return links_[number]; }

 private:
  std::vector<RunFold> runs_;
  NumberSet set_;
  PastLog<RunSummary> past_;
  boost::unordered_flat_map<std::uint32_t, OfJob> of_jobs_;  // By node.
  GrowArray<Link> links_;
};

}  // namespace cairn
