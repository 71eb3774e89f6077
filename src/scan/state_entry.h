#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "scan/folder_reader.h"
#include "scan/stamp.h"

namespace cairn {

/// XXH3-128 of a file's bytes.
struct ContentHash {
  std::uint64_t low = 0;
  std::uint64_t high = 0;
  friend auto operator<=>(const ContentHash&, const ContentHash&) = default;
};

/// `xxh3:` and 32 hexadecimal digits, or `sampled:` and them.
std::string ContentHashText(const ContentHash& hash, bool sampled);

/// What is remembered of a file.
struct StateEntry {
  enum Flag : std::uint8_t {
    kUnverified = 1,  ///< Its stamp does not say enough: to be hashed again.
    kPinned = 2,      ///< An older version was put back: it stays until the content changes.
    kPending = 4,     ///< Seen, not read yet.
    kTransient = 8,   ///< It could not be read for a reason that may pass: to be tried again.
    kSampled = 16,    ///< Too long to be hashed whole.
  };

  std::string_view name;
  FileKind kind = FileKind::kFile;
  std::uint8_t flags = 0;
  std::uint16_t method = 0;   ///< By what it was read: see `MethodTable`.
  std::uint32_t cost_us = 0;  ///< How long that took.
  FileStamp stamp;
  ContentHash content;
  std::uint64_t output = 0;  ///< Hash of the payload of its record; 0: it has none.
  std::uint64_t seq = 0;     ///< Of that record.

  [[nodiscard]] bool Has(Flag flag) const { return (flags & flag) != 0; }
};

/// Entries of a folder as one row of the state, little-endian, by name.
void AppendEntry(std::string& out, const StateEntry& entry);

/// Reads them one after the other; names point into the bytes.
class EntryReader {
 public:
  explicit EntryReader(std::string_view bytes) : rest_(bytes) { Next(); }
  /// Null at the end. What is damaged is the end too: those files are read anew.
  [[nodiscard]] const StateEntry* entry() const { return has_ ? &entry_ : nullptr; }
  void Next();

 private:
  std::string_view rest_;
  StateEntry entry_;
  bool has_ = false;
};

}  // namespace cairn
