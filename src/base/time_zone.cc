#include "base/time_zone.h"

#include <fmt/format.h>

#include <algorithm>

namespace cairn {
namespace {

constexpr std::string_view kFolder = "/usr/share/zoneinfo/";
constexpr std::size_t kHeaderBytes = 44;
constexpr std::size_t kTypeBytes = 6;
constexpr std::size_t kCountMax = 100'000;
constexpr std::int64_t kNsPerSecond = 1'000'000'000;
constexpr std::int64_t kSecondsPerDay = 86'400;

std::int64_t FloorDiv(std::int64_t a, std::int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }

/// Numbers of a TZif file, the highest byte first. Beyond the end everything is zero, and `good` says so.
class Bytes {
 public:
  explicit Bytes(std::string_view bytes) : bytes_(bytes) {}
  std::int64_t Number(std::size_t at, std::size_t size) {
    if (at + size > bytes_.size()) {
      good_ = false;
      return 0;
    }
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < size; ++i) value = value << 8 | static_cast<unsigned char>(bytes_[at + i]);
    const std::size_t unused = 64 - size * 8;
    return static_cast<std::int64_t>(value << unused) >> unused;
  }
  std::size_t Count(std::size_t at) {
    const std::int64_t count = Number(at, 4);
    good_ = good_ && count >= 0 && count <= static_cast<std::int64_t>(kCountMax);
    return good_ ? static_cast<std::size_t>(count) : 0;
  }
  [[nodiscard]] bool good() const { return good_; }

 private:
  std::string_view bytes_;
  bool good_ = true;
};

// The counts of a block, in the order in which they stand behind its header's beginning.
struct Counts {
  Counts(Bytes& bytes, std::size_t header)
      : utc(bytes.Count(header + 20)),
        standard(bytes.Count(header + 24)),
        leaps(bytes.Count(header + 28)),
        times(bytes.Count(header + 32)),
        types(bytes.Count(header + 36)),
        letters(bytes.Count(header + 40)) {}
  [[nodiscard]] std::size_t Size(std::size_t time_bytes) const {
    return times * (time_bytes + 1) + types * kTypeBytes + letters + leaps * (time_bytes + 4) + standard + utc;
  }
  std::size_t utc, standard, leaps, times, types, letters;
};

bool IsZoneName(std::string_view name) {
  return !name.empty() && name.front() != '/' && name.find("..") == std::string_view::npos &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  std::string_view("/_+-").find(c) != std::string_view::npos;
         });
}

}  // namespace

Result<TimeZone> TimeZone::Load(const std::string& name, FileSystem& files) {
  if (name == "UTC" || name == "Etc/UTC" || name == "GMT") return TimeZone();
  const Status none(StatusCode::kNotFound,
                    fmt::format("there is no time zone \"{}\" on this system; zones are named as Europe/Berlin, and "
                                "come with the package tzdata",
                                name));
  if (!IsZoneName(name)) return none;
  const auto bytes = files.Read(std::string(kFolder) + name);
  if (!bytes) return none;
  return Parse(*bytes);
}

Result<TimeZone> TimeZone::Parse(std::string_view file) {
  const Status damaged(StatusCode::kDataLoss, "the file of the time zone is not what RFC 9636 says");
  if (!file.starts_with("TZif") || file.size() < kHeaderBytes) return damaged;
  Bytes bytes(file);
  std::size_t header = 0;
  std::size_t time_bytes = 4;
  if (file[4] >= '2') {
    // The block of the first version, in which times have 32 bits, stands before.
    header = kHeaderBytes + Counts(bytes, 0).Size(time_bytes);
    time_bytes = 8;
  }
  const Counts counts(bytes, header);
  const std::size_t times = header + kHeaderBytes;
  const std::size_t types = times + counts.times * (time_bytes + 1);
  if (!bytes.good() || counts.types == 0 || times + counts.Size(time_bytes) > file.size()) return damaged;
  TimeZone out;
  out.first_offset_ = bytes.Number(types, 4);
  for (std::size_t i = 0; i < counts.times; ++i) {
    const auto type = static_cast<std::size_t>(bytes.Number(times + counts.times * time_bytes + i, 1) & 0xFF);
    if (type >= counts.types) return damaged;
    out.changes_.push_back(
        {bytes.Number(times + i * time_bytes, time_bytes), bytes.Number(types + type * kTypeBytes, 4)});
  }
  if (!bytes.good()) return damaged;
  return out;
}

std::int64_t TimeZone::OffsetAt(Timestamp time) const {
  const std::int64_t second = FloorDiv(time.ns, kNsPerSecond);
  const auto after = std::upper_bound(changes_.begin(), changes_.end(), second,
                                      [](std::int64_t at, const Change& change) { return at < change.second; });
  return after == changes_.begin() ? first_offset_ : (after - 1)->offset;
}

Timestamp TimeZone::DayOf(Timestamp time, int days) const {
  const std::int64_t local = FloorDiv(time.ns, kNsPerSecond) + OffsetAt(time);
  const std::int64_t midnight = (FloorDiv(local, kSecondsPerDay) + days) * kSecondsPerDay;
  // The offset of midnight is not known before midnight is: where the guess was on the other side of a change, the
  // second one is not.
  std::int64_t utc = midnight - OffsetAt({(midnight - OffsetAt(time)) * kNsPerSecond});
  utc = midnight - OffsetAt({utc * kNsPerSecond});
  return {utc * kNsPerSecond};
}

}  // namespace cairn
