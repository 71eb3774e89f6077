#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <set>
#include <string>

#include "extract/extractor.h"

namespace cairn {

/// Takes the members of an archive into a result, and warns of paths and sizes that are made to harm whoever unpacks
/// it.
class ArchivePaths {
 public:
  /// `context` outlives this.
  explicit ArchivePaths(const ExtractContext& context) : context_(context) {}

  /// `link`: the member is a symbolic link.
  void Add(Child child, Extracted& to, bool link = false);
  /// After the last one. `archive_bytes` is the size of the archive.
  void End(std::uint64_t archive_bytes, Extracted& to);

 private:
  const ExtractContext& context_;
  std::set<std::string> seen_;
  std::uint64_t bytes_ = 0;
  std::uint64_t path_bytes_ = 0;
  std::size_t left_out_ = 0;
  std::size_t outside_ = 0;
  std::size_t doubles_ = 0;
  std::size_t odd_ = 0;
  std::size_t through_links_ = 0;
  std::set<std::string, std::less<>> links_;
  std::string first_outside_, first_double_, first_odd_, first_through_link_;
};

}  // namespace cairn
