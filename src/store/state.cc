#include "store/state.h"

#include <algorithm>

#include "log/line.h"

namespace cairn {
namespace {

// How many records ahead the places that the views will look at are fetched: about as much work as one access to
// memory.
constexpr std::size_t kPrefetchAhead = 6;

}  // namespace

void StoreState::Reach(const LogBatch& batch) {
  if (segments.last_first() < batch.segment->first()) {
    segments.Add(batch.segment);
  } else if (segments.last_first() == batch.segment->first() && !batch.segment->sealed()) {
    // A roll that failed half way left an empty segment of that name here; lines are written to the one made after.
    const auto& had = *segments.Find(batch.segment->first());
    const bool empty = !had->sealed() && static_cast<const OpenSegment&>(*had).locations().empty();
    if (empty && had != batch.segment) segments.Replace(batch.segment);
  }
  place.segment = batch.segment->first();
  place.tail.last = std::max(place.tail.last, batch.last);
}

void StoreState::Apply(const ParsedLogBatch& parsed) {
  const LogBatch& batch = parsed.batch;
  Reach(batch);
  const std::string file = SegmentName(batch.segment->first()) + std::string(kOpenSuffix);
  if (batch.damaged) {
    damage.push_back({file, batch.offset, batch.first, batch.last, batch.what});
    place.tail.crc_known = false;
    return;
  }
  for (const std::string& mistake : parsed.mistakes) {
    damage.push_back({file, batch.offset, batch.first, batch.last, mistake});
  }
  OpenSegment* open = batch.segment->sealed() ? nullptr : static_cast<OpenSegment*>(batch.segment.get());
  for (std::size_t i = 0; i < parsed.lines.size(); ++i) {
    const auto& line = parsed.lines[i];
    if (i + kPrefetchAhead < parsed.lines.size()) views.Prefetch(parsed.keys[i + kPrefetchAhead]);
    if (open != nullptr) open->AddLocation(line.seq, line.location);
    views.Apply(line.seq, line.location, parsed.parsed->records[i], parsed.keys[i]);
  }
  unsaved += parsed.lines.size();
  place.tail.crc = batch.crc;
  place.tail.crc_known = true;
  place.tail.ingested_at = std::max(place.tail.ingested_at, batch.ingested_at);
  place.tail.offset = batch.end;
  place.commit_bytes = static_cast<std::uint32_t>(batch.end - batch.offset - batch.lines.size());
}

void StoreState::ApplyAppended(const LogBatch& batch, const LogTail& tail, std::span<const ParsedRecord* const> records,
                               std::span<const Views::Keys> keys) {
  Reach(batch);
  auto* open = static_cast<OpenSegment*>(batch.segment.get());
  Seq seq = batch.first;
  std::uint64_t offset = batch.offset;
  for (std::size_t i = 0; i < records.size(); ++i) {
    if (i + kPrefetchAhead < records.size()) views.Prefetch(keys[i + kPrefetchAhead]);
    const std::size_t bytes = RecordLineBytes(seq, records[i]->json.size());
    const Location location{static_cast<std::uint32_t>(offset), static_cast<std::uint32_t>(bytes - 1)};
    open->AddLocation(seq, location);
    views.Apply(seq, location, *records[i], keys[i]);
    offset += bytes;
    ++seq.value;
  }
  unsaved += records.size();
  place.tail = tail;
  place.commit_bytes = static_cast<std::uint32_t>(batch.end - offset);
}

Location StoreState::LocationOf(Seq seq) const {
  const auto* segment = segments.Find(seq);
  if (segment == nullptr || (*segment)->sealed()) return {};
  const auto& locations = static_cast<const OpenSegment&>(**segment).locations();
  const std::size_t index = seq.value - (*segment)->first().value;
  return index < locations.size() ? locations[index] : Location{};
}

}  // namespace cairn
