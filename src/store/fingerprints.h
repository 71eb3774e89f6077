#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "log/sealed_segment.h"
#include "log/segment.h"
#include "view/names.h"

namespace cairn {

/// Which records the log holds already, by the hash of their bytes and then the bytes themselves: a hash that two
/// records share costs a comparison, never a record. Segments whose times do not reach a record's are passed over.
/// One thread at a time.
class Fingerprints {
 public:
  /// Where the same bytes stand first, if anywhere.
  [[nodiscard]] std::optional<Seq> Find(std::uint64_t print, std::string_view json, Timestamp produced_at);

  /// To be called some records ahead of `Find`.
  void Prefetch(std::uint64_t print) const;

  /// A record of an unsealed segment.
  void Add(const std::shared_ptr<OpenSegment>& segment, Seq seq, Location location, std::uint64_t print,
           Timestamp produced_at);
  void AddSealed(std::shared_ptr<SealedSegment> segment);
  /// The segment was sealed: its index answers from here on.
  void Replace(std::shared_ptr<SealedSegment> segment);

 private:
  // Of the hash the lower half: the set holds the upper one.
  struct Entry {
    std::uint32_t print;
    std::uint32_t record;  // From the segment's first.
    Location location;
  };
  struct Open {
    std::shared_ptr<OpenSegment> segment;
    std::vector<Entry> entries;
    NumberSet set;
    std::int64_t produced_min = Timestamp::Max().ns;
    std::int64_t produced_max = Timestamp::Min().ns;
  };

  [[nodiscard]] static std::optional<Seq> FindOpen(const Open& open, std::uint64_t print, std::string_view json);
  [[nodiscard]] static std::optional<Seq> FindSealed(const SealedSegment& segment, std::uint64_t print,
                                                     std::string_view json, Timestamp produced_at);

  std::vector<Open> open_;
  std::vector<std::shared_ptr<SealedSegment>> sealed_;
  std::size_t last_hit_ = 0;  // What is sent again mostly comes in the order in which it came first.
};

}  // namespace cairn
