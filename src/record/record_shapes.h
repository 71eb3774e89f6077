#pragma once

#include <bitset>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "record/plain_record.h"

namespace cairn {

/// Senders write the records of one kind with the same keys in the same order, over and over. What such records share
/// is the text between their strings, numbers and literals: a shape. A record with that text in its gaps is as sound as
/// the one that was walked when the shape was learnt, so that only its values are looked at: a fifth of the walk.
/// Remembers a bounded number of shapes; one thread at a time.
class RecordShapes {
 public:
  RecordShapes();
  ~RecordShapes();
  RecordShapes(const RecordShapes&) = delete;
  RecordShapes& operator=(const RecordShapes&) = delete;

  /// Reads a record that fits a shape: it is then minified and sound. `stored` JSON was checked when it came, so that
  /// its numbers are not looked at. False where none fits. `places` are those that JsonTokens found.
  bool Find(std::string_view json, std::span<const std::uint32_t> places, bool stored, PlainTexts* out);

  /// Remembers the shape of a record that is minified and sound, in which `texts` were found and are all that is read.
  /// Not of the first of its size: most of a mixed lot never come again, and a shape takes more room than its record.
  void Learn(std::string_view json, std::span<const std::uint32_t> places, const PlainTexts& texts);
  void Clear();

 private:
  struct Shape;
  static constexpr std::size_t kTokensMax = 1024;  // Of a record that is worth remembering.
  static bool Fits(const Shape& shape, std::string_view json, std::span<const std::uint32_t> places, bool stored);

  std::vector<std::unique_ptr<Shape>> shapes_;  // What is found often moves to the front.
  std::uint32_t unknown_ = 0;                   // Records in a row that fitted none.
  std::bitset<kTokensMax + 1> sizes_;           // In tokens, of records that fitted none.
};

}  // namespace cairn
