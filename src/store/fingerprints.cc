#include "store/fingerprints.h"

#include <algorithm>

#include "log/line.h"

namespace cairn {
std::optional<Seq> Fingerprints::FindOpen(const Open& open, std::uint64_t print, std::string_view json) {
  const auto seq_of = [&](const Entry& entry) { return Seq{open.segment->first().value + entry.record}; };
  const std::uint32_t found = open.set.Find(print, [&](std::uint32_t number) {
    const Entry& entry = open.entries[number];
    if (entry.print != static_cast<std::uint32_t>(print)) return false;
    const auto line = open.segment->Line(entry.location);
    return line.has_value() && RecordOf(line->line, seq_of(entry)) == json;
  });
  if (found == NumberSet::kNone) return {};
  return seq_of(open.entries[found]);
}

std::optional<Seq> Fingerprints::FindSealed(const SealedSegment& segment, std::uint64_t print, std::string_view json,
                                            Timestamp produced_at) {
  const IndexReader& index = segment.index();
  if (produced_at.ns < index.header().produced_min || produced_at.ns > index.header().produced_max) return {};
  std::optional<Seq> out;
  index.VisitFingerprint(print, [&](std::uint32_t record) {
    if (out) return;
    const auto line = segment.LineOfRecord(record);
    const Seq seq{segment.first().value + record};
    if (line.has_value() && RecordOf(line->line, seq) == json) out = seq;
  });
  return out;
}

std::optional<Seq> Fingerprints::Find(std::uint64_t print, std::string_view json, Timestamp produced_at) {
  for (const Open& open : open_) {
    if (produced_at.ns < open.produced_min || produced_at.ns > open.produced_max) continue;
    if (auto found = FindOpen(open, print, json)) return found;
  }
  for (std::size_t i = 0; i < sealed_.size(); ++i) {
    const std::size_t at = (last_hit_ + i) % sealed_.size();
    if (auto found = FindSealed(*sealed_[at], print, json, produced_at)) {
      last_hit_ = at;
      return found;
    }
  }
  return {};
}

void Fingerprints::Prefetch(std::uint64_t print) const {
  if (!open_.empty()) open_.back().set.Prefetch(print);
}

void Fingerprints::Add(const std::shared_ptr<OpenSegment>& segment, Seq seq, Location location, std::uint64_t print,
                       Timestamp produced_at) {
  if (open_.empty() || open_.back().segment->first() != segment->first()) open_.push_back({segment, {}, {}});
  Open& open = open_.back();
  open.entries.push_back(
      {static_cast<std::uint32_t>(print), static_cast<std::uint32_t>(seq.value - segment->first().value), location});
  open.produced_min = std::min(open.produced_min, produced_at.ns);
  open.produced_max = std::max(open.produced_max, produced_at.ns);
  open.set.Add(print);
}

void Fingerprints::AddSealed(std::shared_ptr<SealedSegment> segment) { sealed_.push_back(std::move(segment)); }

void Fingerprints::Replace(std::shared_ptr<SealedSegment> segment) {
  std::erase_if(open_, [&](const Open& open) { return open.segment->first() == segment->first(); });
  sealed_.push_back(std::move(segment));
}

}  // namespace cairn
