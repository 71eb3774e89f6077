#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "cairn/status.h"
#include "extract/extracted.h"
#include "extract/file_bytes.h"

namespace cairn {

/// How much one file may cost. What a reader leaves out for a limit it says in a warning.
struct ExtractLimits {
  /// Held in memory at a time, and the most that is unpacked from one member. Default 64 MiB.
  std::uint64_t bytes = std::uint64_t{64} << 20;
  /// Read or unpacked in all from one file. Default 1 GiB.
  std::uint64_t total_bytes = std::uint64_t{1} << 30;
  std::size_t entries = 100'000;     ///< Members, boxes, tags, rows looked at.
  std::size_t depth = 64;            ///< Boxes in boxes, folders in folders.
  std::size_t ratio = 200;           ///< Unpacked to packed bytes of a member, beyond its first MiB.
  std::size_t fields = 10'000;       ///< Fields of one result; as many chapters, tables, columns of a table.
  std::size_t value_bytes = 65'536;  ///< Of one text; what is longer is cut at a character.
  /// Of all fields of one result, names and values. Default 32 MiB.
  std::size_t field_bytes = std::size_t{32} << 20;
  std::size_t warnings = 100;  ///< Of one result.
};

/// What an extractor may know about its task besides the bytes.
struct ExtractContext {
  std::string file_name;  ///< Without its folder, as on disk; perhaps no UTF-8.
  std::string type;       ///< The MIME type found, one of the extractor's `types()`.
  ExtractLimits limits;
  /// Called now and then by whatever loops over data, at least once a MiB. Tells the worker's owner that there is
  /// progress, and returns CANCELLED or DEADLINE_EXCEEDED where it is to end. Empty means never.
  std::function<Status()> keep_going;

  [[nodiscard]] Status KeepGoing() const { return keep_going ? keep_going() : Status::Ok(); }
};

/// Reads the metadata of files of some types. Has no state: any thread may call it. Trusts nothing in the file: each
/// offset and length is checked, memory is bounded by `limits`.
class Extractor {
 public:
  /// What it says of itself. Texts and lists must live as long as the process.
  struct About {
    std::string_view name;                    ///< Stable, part of the key of results: `jpeg`.
    int version = 1;                          ///< Goes up whenever the same bytes may give another result.
    std::span<const std::string_view> types;  ///< MIME types it reads.
    /// The fields it may give; `*` at the end of a name stands for any ending, alone for names that the file invents.
    std::span<const std::string_view> field_names;
  };

  explicit Extractor(const About& about) : about_(about) {}
  Extractor(const Extractor&) = delete;
  Extractor& operator=(const Extractor&) = delete;
  virtual ~Extractor() = default;

  [[nodiscard]] std::string_view name() const { return about_.name; }
  [[nodiscard]] int version() const { return about_.version; }
  [[nodiscard]] std::span<const std::string_view> types() const { return about_.types; }
  [[nodiscard]] std::span<const std::string_view> field_names() const { return about_.field_names; }

  /// Reads one file. Damage that leaves something to tell is a warning in the result.
  /// Returns INVALID_ARGUMENT where the bytes are not of that type or damaged beyond use, RESOURCE_EXHAUSTED where a
  /// limit leaves nothing to tell, UNAVAILABLE where they cannot be read, or what `keep_going` returned.
  virtual Result<Extracted> Extract(const FileBytes& bytes, const ExtractContext& context) const = 0;

 private:
  const About about_;
};

/// All of them, in a stable order. They live as long as the process.
std::span<const Extractor* const> Extractors();

/// The one that reads files of this MIME type; null where there is none: then type, size and hashes are all.
const Extractor* ExtractorFor(std::string_view type);

}  // namespace cairn
