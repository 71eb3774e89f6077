#include "log/segment.h"

#include <fmt/format.h>

#include <charconv>

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
  if (index >= locations_.size()) locations_.resize(index + 1);
  locations_[index] = location;
}

}  // namespace cairn
