#include "log/segment.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>

namespace cairn {

namespace {
constexpr std::size_t kNameDigits = 20;
}

std::string SegmentName(Seq first) { return fmt::format("{:020}", first.value); }

Seq SegmentFirst(std::string_view name) {
  Seq out;
  if (name.size() < kNameDigits) return {};
  const auto [end, error] = std::from_chars(name.data(), name.data() + kNameDigits, out.value);
  if (error != std::errc() || end != name.data() + kNameDigits) return {};
  return out;
}

Result<std::vector<SegmentFile>> ListSegments(FileSystem& files, const std::string& log_dir) {
  std::map<Seq, bool> open;
  // What is renamed or removed while a folder is read may be missing from the list. A segment that is being sealed has
  // its lines through the first reading, or its frames through the second.
  for (int reading = 0; reading < 2; ++reading) {
    auto names = files.List(log_dir);
    if (!names) return names.error();
    for (const std::string& name : *names) {
      const Seq first = SegmentFirst(name);
      const std::string_view suffix = std::string_view(name).substr(std::min(name.size(), kNameDigits));
      if (first.value == 0 || (suffix != kOpenSuffix && suffix != kSealedSuffix)) continue;
      bool& lines = open[first];
      lines = lines || suffix == kOpenSuffix;
    }
  }
  std::vector<SegmentFile> out;
  out.reserve(open.size());
  for (const auto& [first, lines] : open) out.push_back({first, lines});
  return out;
}

Result<std::shared_ptr<OpenSegment>> OpenSegment::Open(FileSystem& files, const std::string& path, Seq first) {
  auto map = files.Map(path, kSegmentMapBytes);
  if (!map) return map.error();
  return std::shared_ptr<OpenSegment>(new OpenSegment(path, first, std::shared_ptr<Mapping>(std::move(*map))));
}

Result<PinnedLine> OpenSegment::Line(Location location) const {
  if (location.length == 0)
    return Status(StatusCode::kDataLoss, "its batch in " + path_ + " is damaged; run cairn verify");
  return PinnedLine{{map_->data() + location.offset, location.length}, map_};
}

void OpenSegment::AddLocation(Seq seq, Location location) {
  const std::size_t index = seq.value - first().value;
  if (index == locations_.size()) {
    locations_.push_back(location);
    return;
  }
  if (index > locations_.size()) locations_.resize(index + 1);
  locations_[index] = location;
}

}  // namespace cairn
