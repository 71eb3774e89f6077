#pragma once

#include <list>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "access/grant.h"
#include "cairn/repository.h"
#include "record/parse.h"

namespace cairn {

/// Decides whether what somebody sends may be stored, before it is. One for each call; one thread.
class Admission {
 public:
  /// `grant` null: everything but what is the system's own, in any tenant. `runs` tells whose a run is; it outlives this.
  Admission(std::shared_ptr<const Grant> grant, Repository& runs, const ParseLimits& limits = {});

  /// The record or event as it is to be stored: with the tenant of the one who sends it, which clients of OpenLineage
  /// cannot state. `json` itself where nothing is added; else a text that lives until the next call. What is neither a
  /// record nor an event passes: the store says what is wrong with it.
  /// Returns PERMISSION_DENIED where the tenant, the kind or a node is beyond the grant. Of an event its job counts, or
  /// its sole dataset, and whose its run was so far; of a record its target, and all that it states edges between.
  Result<std::string_view> Admit(std::string_view json);

 private:
  Result<std::string_view> Check(std::string_view json);

  const std::shared_ptr<const Grant> grant_;
  Repository& runs_;
  const ParseLimits limits_;
  std::string changed_;
};

/// Many at once: what of them may be stored, and what becomes of each.
struct AdmittedBatch {
  std::vector<std::string_view> admitted;  ///< Views of `changed`, or of what was given.
  std::vector<std::size_t> slots;          ///< `admitted[i]` answers `results[slots[i]]`.
  std::list<std::string> changed;
  std::vector<Result<Stored>> results;  ///< What may not be stored is refused already.

  void Fill(std::span<Result<Stored>> stored);  ///< Moves from them.
};
AdmittedBatch AdmitAll(Admission& admission, std::span<const std::string_view> jsons);

}  // namespace cairn
