#include "extract/archive_paths.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include "extract/text.h"

namespace cairn {
namespace {

// Absolute, on a drive, or out of the folder by `..`, with either slash.
bool LeadsOutside(std::string_view path) {
  if (path.starts_with('/') || path.starts_with('\\')) return true;
  if (path.size() >= 2 && path[1] == ':') return true;
  std::size_t begin = 0;
  while (begin <= path.size()) {
    const std::size_t end = std::min(path.find_first_of("/\\", begin), path.size());
    if (path.substr(begin, end - begin) == "..") return true;
    begin = end + 1;
  }
  return false;
}

bool HasControls(std::string_view path) {
  return std::any_of(path.begin(), path.end(), [](char c) { return static_cast<unsigned char>(c) < 32 || c == 127; });
}

// A folder of the path is a link that was unpacked before: the file would be written to where it points.
bool LeadsThrough(std::string_view path, const std::set<std::string, std::less<>>& links) {
  for (std::size_t slash = path.find('/'); slash != std::string_view::npos; slash = path.find('/', slash + 1)) {
    if (links.contains(path.substr(0, slash))) return true;
  }
  return false;
}

// All paths of one archive.
constexpr std::uint64_t kPathBytesMax = std::uint64_t{16} << 20;
constexpr std::uint64_t kFreeBytes = std::uint64_t{1} << 20;

}  // namespace

void ArchivePaths::Add(Child child, Extracted& to, bool link) {
  path_bytes_ += child.path.size();
  if (path_bytes_ > kPathBytesMax || to.children.size() >= context_.limits.entries) {
    ++left_out_;
    return;
  }
  const auto count = [&](std::size_t* counter, std::string* first) {
    if ((*counter)++ == 0) *first = CutText(ToUtf8(child.path), 256);
  };
  if (LeadsOutside(child.path)) count(&outside_, &first_outside_);
  if (child.path.empty() || HasControls(child.path)) count(&odd_, &first_odd_);
  if (!links_.empty() && LeadsThrough(child.path, links_)) count(&through_links_, &first_through_link_);
  if (link) links_.insert(child.path);
  if (!seen_.insert(child.path).second) count(&doubles_, &first_double_);
  bytes_ += static_cast<std::uint64_t>(std::max<std::int64_t>(child.bytes.value_or(0), 0));
  bytes_ = std::min(bytes_, std::uint64_t{1} << 62);
  to.children.push_back(std::move(child));
}

void ArchivePaths::End(std::uint64_t archive_bytes, Extracted& to) {
  if (outside_ > 0)
    to.Warn(fmt::format("{} members would be unpacked outside the folder: {}", outside_, first_outside_));
  if (left_out_ > 0)
    to.Warn(fmt::format("{} members are left out, there are too many or their paths too long", left_out_));
  if (through_links_ > 0) {
    to.Warn(fmt::format("{} members would be unpacked through a link: {}", through_links_, first_through_link_));
  }
  if (doubles_ > 0) to.Warn(fmt::format("{} members have the name of another: {}", doubles_, first_double_));
  if (odd_ > 0) to.Warn(fmt::format("{} members have no name, or control characters in it: {}", odd_, first_odd_));
  if (bytes_ > kFreeBytes && bytes_ / std::max<std::uint64_t>(archive_bytes, 1) > context_.limits.ratio) {
    to.Warn(fmt::format("{} bytes unpack to {}, {} times as many", archive_bytes, bytes_,
                        bytes_ / std::max<std::uint64_t>(archive_bytes, 1)));
  }
}

}  // namespace cairn
