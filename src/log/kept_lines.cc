#include "log/kept_lines.h"

#include <xxhash.h>

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <functional>
#include <limits>
#include <vector>

#include "base/prefetch.h"
#include "log/read_behind.h"
#include "log/segment.h"
#include "record/fact_json.h"
#include "record/parse.h"

namespace cairn {
namespace {

// What a file of them is made from.
struct Plan {
  std::vector<KeptPlace> places;     // Of records.
  std::vector<std::uint32_t> order;  // Records, as their lines are written.
  std::uint64_t bytes = 0;           // Of all lines, with what is between them.
};

constexpr std::uint32_t kOwnJson = KeptPlace::kOwnJson;

std::uint32_t BytesOf(const KeptPlace& place) { return place.bytes & ~kOwnJson; }
std::uint64_t SpaceOf(const KeptPlace& place) { return BytesOf(place) + kBetweenLines.size(); }

// What ends the writing before its end.
using GoesOn = std::function<Status()>;
constexpr std::uint32_t kRecordsPerLook = 8192;

// Every record has a posting as a whole; facets of an event point into the line that stands with those.
Result<Plan> MakePlan(const IndexReader& index, std::string_view lines, const GoesOn& goes_on) {
  Plan plan;
  plan.places.resize(index.records());
  ReadBehind behind(lines);
  for (std::uint32_t record = 0; record < index.records(); ++record) {
    if (record % kRecordsPerLook == 0) {
      if (Status status = goes_on(); !status.ok()) return status;
    }
    const std::uint32_t begin = index.LineOffset(record).value_or(0);
    const std::size_t end = lines.find('\n', begin);
    if (end == std::string_view::npos) return Status(StatusCode::kDataLoss, "the index is not of these lines");
    const std::string_view line = lines.substr(begin, end - begin);
    const Fact fact({index.header().first_seq + record}, {}, line, Fact::kWholeRecord, nullptr);
    plan.places[record].bytes = static_cast<std::uint32_t>(line.size()) | (IsOwnJson(fact, line) ? kOwnJson : 0);
    behind.Passed(lines.data() + begin);
  }
  const IndexReader::Postings all = index.AllPostings();
  plan.order.reserve(index.records());
  for (std::size_t i = all.records.size(); i-- > 0;) {
    if (all.facet(i) != Fact::kWholeRecord || all.records[i] >= plan.places.size()) continue;
    KeptPlace& place = plan.places[all.records[i]];
    place.offset = static_cast<std::uint32_t>(plan.bytes);
    plan.bytes += SpaceOf(place);
    plan.order.push_back(all.records[i]);
  }
  if (plan.order.size() != plan.places.size() || plan.bytes > std::numeric_limits<std::uint32_t>::max()) {
    return Status(StatusCode::kDataLoss, "the index does not have each record once");
  }
  return plan;
}

// The lines in their new order, a window at a time: all of them at once would take as much memory as the segment.
// Within a window they are read in the order of the log.
Status AppendLines(AppendFile& file, const Plan& plan, const IndexReader& index, std::string_view lines,
                   const GoesOn& goes_on) {
  const std::uint64_t window_bytes = std::max<std::uint64_t>(KeptLines::kWindowBytes, plan.bytes / 64);
  std::string window;
  for (std::size_t first = 0, behind = 0; first < plan.order.size(); first = behind) {
    if (Status status = goes_on(); !status.ok()) return status;
    const std::uint64_t begin = plan.places[plan.order[first]].offset;
    std::uint64_t bytes = 0;
    for (behind = first; behind < plan.order.size() && (behind == first || bytes < window_bytes); ++behind) {
      bytes += SpaceOf(plan.places[plan.order[behind]]);
    }
    std::vector<std::uint32_t> here(plan.order.begin() + static_cast<std::ptrdiff_t>(first),
                                    plan.order.begin() + static_cast<std::ptrdiff_t>(behind));
    std::sort(here.begin(), here.end());
    window.resize(bytes);
    ReadBehind read(lines);
    for (const std::uint32_t record : here) {
      const KeptPlace& place = plan.places[record];
      const char* line = lines.data() + *index.LineOffset(record);
      char* to = window.data() + (place.offset - begin);
      std::memcpy(to, line, BytesOf(place));
      std::memcpy(to + BytesOf(place), kBetweenLines.data(), kBetweenLines.size());
      read.Passed(line);
    }
    if (Status status = file.Append(window); !status.ok()) return status;
  }
  return file.Append(std::string(kJsonPadding, '\0'));
}

// Calls `take(bytes)` with the places of all records and postings as they stand in the file, some at a time, until it
// answers with an error.
template <typename Take>
Status EachPlaces(const Plan& plan, const IndexReader& index, Take take) {
  constexpr std::size_t kAtOnce = 65'536;
  const auto bytes_of = [](std::span<const KeptPlace> places) {
    return std::string_view(reinterpret_cast<const char*>(places.data()), places.size_bytes());
  };
  if (Status status = take(bytes_of(plan.places)); !status.ok()) return status;
  const IndexReader::Postings all = index.AllPostings();
  std::vector<KeptPlace> places;
  for (std::size_t at = 0; at < all.records.size(); at += kAtOnce) {
    places.clear();
    for (const std::uint32_t record : all.records.subspan(at, std::min(kAtOnce, all.records.size() - at))) {
      places.push_back(plan.places[record]);
    }
    if (Status status = take(bytes_of(places)); !status.ok()) return status;
  }
  return Status::Ok();
}

Result<std::uint64_t> HashOfPlaces(const Plan& plan, const IndexReader& index) {
  const std::unique_ptr<XXH3_state_t, XXH_errorcode (*)(XXH3_state_t*)> state(XXH3_createState(), XXH3_freeState);
  XXH3_64bits_reset(state.get());
  Status status = EachPlaces(plan, index, [&](std::string_view bytes) {
    XXH3_64bits_update(state.get(), bytes.data(), bytes.size());
    return Status::Ok();
  });
  if (!status.ok()) return status;
  return XXH3_64bits_digest(state.get());
}

Status AppendAll(AppendFile& file, const IndexReader& index, std::string_view lines, std::uint64_t bytes_max,
                 const GoesOn& goes_on) {
  const auto plan = MakePlan(index, lines, goes_on);
  if (!plan) return plan.error();
  const std::uint64_t places = std::uint64_t{index.records()} + index.header().postings;
  if (sizeof(KeptLinesHeader) + places * sizeof(KeptPlace) + plan->bytes + kJsonPadding > bytes_max) {
    return {StatusCode::kResourceExhausted, "they are longer than what may be kept"};
  }
  const auto places_hash = HashOfPlaces(*plan, index);
  if (!places_hash) return places_hash.error();
  KeptLinesHeader header{};
  std::memcpy(header.magic, kLinesMagic, sizeof kLinesMagic);
  header.version = kLinesVersion;
  header.last_crc = index.header().last_crc;
  header.first_seq = index.header().first_seq;
  header.index_hash = index.header().body_hash;
  header.records = index.records();
  header.postings = index.header().postings;
  header.line_bytes = plan->bytes;
  header.places_hash = *places_hash;
  header.header_hash = XXH3_64bits(&header, offsetof(KeptLinesHeader, header_hash));
  Status status = file.Append({reinterpret_cast<const char*>(&header), sizeof header});
  if (status.ok()) status = EachPlaces(*plan, index, [&](std::string_view bytes) { return file.Append(bytes); });
  return status.ok() ? AppendLines(file, *plan, index, lines, goes_on) : status;
}

}  // namespace

std::string KeptLines::Path(const std::string& log_dir, Seq first) {
  return JoinPath(JoinPath(ParentOf(log_dir), "views"), SegmentName(first) + std::string(kKeptSuffix));
}

Status KeptLines::Write(FileSystem& files, const std::string& log_dir, const IndexReader& index, std::string_view lines,
                        std::uint64_t bytes_max, const std::atomic<bool>* cancel) {
  const std::string path = Path(log_dir, {index.header().first_seq});
  const std::string temporary = path + ".tmp";
  if (Status status = MakeDirsDurably(files, ParentOf(path)); !status.ok()) return status;
  if (Status status = files.Remove(temporary); !status.ok()) return status;
  auto file = files.OpenAppend(temporary, true);
  if (!file) return file.error();
  const auto goes_on = [&]() -> Status {
    if (cancel != nullptr && cancel->load(std::memory_order_relaxed)) return {StatusCode::kCancelled, "cancelled"};
    if (!files.Exists(temporary)) return {StatusCode::kUnavailable, temporary + " was removed"};
    return Status::Ok();
  };
  Status status = AppendAll(**file, index, lines, bytes_max, goes_on);
  // Synced, since later nothing but their header and length are looked at.
  if (status.ok()) status = (*file)->Sync();
  if (status.ok()) status = files.Rename(temporary, path);
  if (!status.ok()) (void)files.Remove(temporary);
  return status;
}

std::shared_ptr<const KeptLines> KeptLines::Open(FileSystem& files, const std::string& log_dir,
                                                 const IndexReader& index) {
  const std::string path = Path(log_dir, {index.header().first_seq});
  const auto size = files.Size(path);
  if (!size || *size < sizeof(KeptLinesHeader)) return nullptr;
  auto map = files.Map(path, *size);
  if (!map) return nullptr;
  std::shared_ptr<KeptLines> kept(new KeptLines);
  kept->map_ = std::move(*map);
  // Another file may have taken its place meanwhile.
  if (!kept->Stands()) return nullptr;
  KeptLinesHeader header{};
  std::memcpy(&header, kept->map_->data(), sizeof header);
  const IndexHeader& wanted = index.header();
  if (std::memcmp(header.magic, kLinesMagic, sizeof kLinesMagic) != 0 || header.version != kLinesVersion ||
      XXH3_64bits(&header, offsetof(KeptLinesHeader, header_hash)) != header.header_hash ||
      header.first_seq != wanted.first_seq || header.last_crc != wanted.last_crc ||
      header.index_hash != wanted.body_hash || header.records != wanted.records || header.postings != wanted.postings) {
    return nullptr;
  }
  const std::uint64_t places = std::uint64_t{header.records} + header.postings;
  const std::uint64_t front = sizeof header + places * sizeof(KeptPlace);
  if (front + header.line_bytes + kJsonPadding != *size) return nullptr;
  const auto* first = reinterpret_cast<const KeptPlace*>(kept->map_->data() + sizeof header);
  kept->records_ = {first, header.records};
  kept->postings_ = {first + header.records, header.postings};
  kept->lines_ = {kept->map_->data() + front, header.line_bytes};
  kept->places_hash_ = header.places_hash;
  return kept;
}

void KeptLines::FetchPlaces(std::uint32_t first, std::size_t count) const {
  constexpr std::size_t kBytesOfLine = 64;
  constexpr std::size_t kPlacesOfLine = kBytesOfLine / sizeof(KeptPlace);
  constexpr std::size_t kAtMost = 64;
  if (first >= postings_.size()) return;
  const std::size_t end = first + std::min({count, kAtMost, postings_.size() - first});
  for (std::size_t at = first; at < end; at += kPlacesOfLine) PrefetchLine(&postings_[at]);
  PrefetchLine(&postings_[end - 1]);
}

bool KeptLines::Verify() const {
  if (is_verified()) return true;
  const bool is_sound =
      XXH3_64bits(records_.data(), (records_.size() + postings_.size()) * sizeof(KeptPlace)) == places_hash_;
  map_->Release();
  if (is_sound) is_verified_.store(true, std::memory_order_relaxed);
  return is_sound;
}

bool KeptLines::Stands() const {
  const auto bytes = map_->FileBytes();
  return bytes && *bytes == map_->size() && !map_->IsRemoved();
}

}  // namespace cairn
