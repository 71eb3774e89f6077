#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "base/arena.h"
#include "record/statements.h"

namespace cairn {

/// Finds the place of something in a list by its hash. Small lists, which most events have, allocate nothing.
class HashIndex {
 public:
  HashIndex() : slots_(small_) {}
  HashIndex(const HashIndex&) = delete;
  HashIndex& operator=(const HashIndex&) = delete;

  /// The place for which `same` holds, and false; or, where there is none, `next`, now known, and true.
  template <typename Same>
  std::pair<std::uint32_t, bool> FindOrAdd(std::uint32_t hash, std::uint32_t next, Same same) {
    std::size_t at = hash & (slots_.size() - 1);
    while (slots_[at].place_plus_1 != 0) {
      if (slots_[at].hash == hash && same(slots_[at].place_plus_1 - 1)) return {slots_[at].place_plus_1 - 1, false};
      at = (at + 1) & (slots_.size() - 1);
    }
    slots_[at] = {hash, next + 1};
    if (++count_ * 2 > slots_.size()) Grow();
    return {next, true};
  }

 private:
  struct Slot {
    std::uint32_t hash = 0;
    std::uint32_t place_plus_1 = 0;  ///< 0: free.
  };

  void Grow();

  std::array<Slot, 64> small_{};
  std::vector<Slot> large_;
  std::span<Slot> slots_;
  std::size_t count_ = 0;
};

/// Collects what an event states, each node and edge once. Texts are copied into the arena, so that they outlive the
/// parser's buffers. One thread; lives while one event is read.
class StatementBuilder {
 public:
  /// Empties `out` first, keeping its memory.
  StatementBuilder(Arena& arena, EventStatements& out);

  /// The node's index. `type` must be a constant: it is not copied.
  std::uint32_t Node(std::string_view type, std::string_view ns, std::string_view name, std::string_view part = {});
  /// The node of a field of the dataset at index `dataset`.
  std::uint32_t Field(std::uint32_t dataset, std::string_view part);
  /// The edges stated until `EndClaim` are of this claim instead of that of inputs and outputs.
  void BeginClaim(const ClaimStatement& claim);
  void EndClaim() { claim_ = 0; }
  /// A step that edges of this event share; the index of an equal one where there is one.
  std::uint32_t Step(const StepStatement& step);
  void Edge(EdgeType type, std::uint32_t from, std::uint32_t to, std::uint32_t step = 0);

  std::string_view Keep(std::string_view text) { return arena_.Copy(text); }
  /// `a` and `b` in one text.
  std::string_view Join(std::string_view a, char separator, std::string_view b);

  EventStatements& out() { return out_; }

 private:
  Arena& arena_;
  EventStatements& out_;
  HashIndex nodes_;
  HashIndex edges_;
  HashIndex steps_;
  HashIndex claims_;
  std::uint32_t claim_ = 0;
  /// Namespace and name last copied: lists of fields repeat them.
  std::string_view ns_;
  std::string_view name_;
};

}  // namespace cairn
