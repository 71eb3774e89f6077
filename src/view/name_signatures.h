#pragma once

#include <array>
#include <cstdint>
#include <mutex>
#include <string_view>
#include <vector>

#include "view/names.h"

namespace cairn {

/// Which letters and which pairs of letters a text has, as bits (a Bloom filter): what contains another text has all of
/// its bits. ASCII letters of either case are the same.
struct TextSignature {
  std::uint64_t letters = 0;
  std::array<std::uint64_t, 2> pairs{};

  void Add(std::string_view text);
  [[nodiscard]] bool MayContain(const TextSignature& part) const {
    return (part.letters & ~letters) == 0 && (part.pairs[0] & ~pairs[0]) == 0 && (part.pairs[1] & ~pairs[1]) == 0;
  }
};

/// The signatures of every node's name and part: 24 bytes each, so that a million of them are looked through in a few
/// milliseconds. Made when somebody searches, and carried on from there. Any thread may call it while it reads the
/// table.
class NameSignatures {
 public:
  /// Takes in some of the nodes that came since; true when there are no more. `epoch` tells tables apart whose numbers
  /// mean other nodes.
  bool Follow(const NodeTable& nodes, std::uint64_t epoch);

  /// Gives those among the `count` nodes before `end` that may contain it, the last first.
  void Find(const TextSignature& part, std::uint32_t end, std::uint32_t count, std::vector<std::uint32_t>& out) const;
  [[nodiscard]] std::uint32_t size() const;

 private:
  mutable std::mutex mutex_;  // All below; held for a moment only.
  std::uint64_t epoch_ = 0;
  std::vector<TextSignature> signatures_;
};

}  // namespace cairn
