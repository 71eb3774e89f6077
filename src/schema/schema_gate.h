#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <shared_mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cairn/repository.h"
#include "store/change_source.h"

namespace cairn {

/// Holds what is to be stored against the schemas of its kinds, before it is. A registration holds from the next batch
/// on, whichever process made it: where anything was stored since the last, a batch costs a look at whether that was a
/// registration. Any thread may call it.
class SchemaGate {
 public:
  struct Options {
    std::size_t depth_max = 256;  ///< Deeper records are the store's to refuse.
    /// Whether records that state schemas pass; else they are refused, since `SchemaRegistry` alone checks them.
    bool takes_schemas = false;
  };
  /// `repository` is the whole store, and outlives this.
  SchemaGate(Repository& repository, const Options& options);
  ~SchemaGate();
  SchemaGate(const SchemaGate&) = delete;
  SchemaGate& operator=(const SchemaGate&) = delete;

  struct Finding {
    std::size_t index = 0;  ///< Into what was given.
    Status refused;         ///< Ok: it is to be stored all the same.
    std::string warning;    ///< Else.
  };
  /// What there is to say about some of them, in their order; nothing about most. Each is a record or an event as it
  /// was sent, with its tenant; what is neither passes, and so do OpenLineage events.
  /// INVALID_ARGUMENT names kind, version, pointer and what is expected.
  std::vector<Finding> Check(std::span<const std::string_view> jsons);

 private:
  struct Table;
  Result<std::shared_ptr<const Table>> Current();
  Result<std::shared_ptr<const Table>> Load();

  Repository& repository_;
  ChangeSource* const changes_;  // Null: none tells.
  const Options options_;
  std::shared_mutex mutex_;
  // Guarded by mutex_.
  std::shared_ptr<const Table> table_;
  std::uint64_t mark_ = 0;                            // Since when nothing was said of changes.
  std::optional<std::vector<std::uint16_t>> places_;  // Of the node of changes; none: it was not known.
};

/// Takes out of `jsons` what findings refuse; `slots[i]` goes with `jsons[i]`. Calls `say(slot, finding)` for each.
template <typename Say>
void ApplyFindings(std::span<const SchemaGate::Finding> findings, std::vector<std::string_view>& jsons,
                   std::vector<std::size_t>& slots, Say say) {
  if (findings.empty()) return;
  std::size_t kept = 0;
  auto next = findings.begin();
  for (std::size_t i = 0; i < jsons.size(); ++i) {
    bool is_refused = false;
    if (next != findings.end() && next->index == i) {
      say(slots[i], *next);
      is_refused = !next->refused.ok();
      ++next;
    }
    if (is_refused) continue;
    jsons[kept] = jsons[i];
    slots[kept++] = slots[i];
  }
  jsons.resize(kept);
  slots.resize(kept);
}

}  // namespace cairn
