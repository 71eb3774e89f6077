#include "log/index_writer.h"

#include <xxhash.h>

#include <algorithm>
#include <bit>
#include <cstring>

#include "record/parse.h"

namespace cairn {
namespace {

template <typename T>
std::uint64_t AppendSection(std::string& out, const std::vector<T>& values) {
  out.resize((out.size() + 7) / 8 * 8, '\0');
  const std::uint64_t at = out.size();
  out.append(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T));
  return at;
}

// Keys sorted by hash, then by bytes, so that equal logs make equal files.
template <typename Map>
std::vector<const typename Map::value_type*> SortedByHash(const Map& map) {
  std::vector<std::pair<std::uint64_t, const typename Map::value_type*>> hashed;
  hashed.reserve(map.size());
  for (const auto& entry : map) hashed.emplace_back(KeyHash(entry.first), &entry);
  std::sort(hashed.begin(), hashed.end(), [](const auto& a, const auto& b) {
    return a.first != b.first ? a.first < b.first : a.second->first < b.second->first;
  });
  std::vector<const typename Map::value_type*> out;
  out.reserve(hashed.size());
  for (const auto& [hash, entry] : hashed) out.push_back(entry);
  return out;
}

}  // namespace

void AppendKeyPart(std::string& out, std::string_view part) {
  const auto bytes = static_cast<std::uint32_t>(part.size());
  out.append(reinterpret_cast<const char*>(&bytes), sizeof bytes);
  out += part;
}

std::string SeriesKeyBytes(std::string_view kind, const NodeView& node) {
  std::string out;
  for (const std::string_view part : {kind, node.tenant, node.type, node.ns, node.name, node.part}) {
    AppendKeyPart(out, part);
  }
  return out;
}

std::string RunKeyBytes(std::string_view tenant, std::string_view run_id) {
  std::string out;
  AppendKeyPart(out, tenant);
  AppendKeyPart(out, run_id);
  return out;
}

std::uint64_t KeyHash(std::string_view key) { return XXH3_64bits(key.data(), key.size()); }

void IndexWriter::AddPosting(std::string_view kind, const NodeView& node, const Posting& posting) {
  series_[SeriesKeyBytes(kind, node)].push_back(posting);
}

void IndexWriter::Add(const ParsedRecord& record, std::uint32_t offset) {
  const auto number = static_cast<std::uint32_t>(lines_.size());
  const std::int64_t time = record.produced_at.ns;
  lines_.push_back(offset);
  prints_.push_back(Fingerprint(record.json));
  produced_min_ = std::min(produced_min_, time);
  produced_max_ = std::max(produced_max_, time);
  AddPosting(record.kind, record.target, {time, number, Fact::kWholeRecord});
  if (!record.run_id.empty()) runs_[RunKeyBytes(record.target.tenant, record.run_id)].push_back(number);
  if (record.event == nullptr) return;
  std::uint32_t ordinal = 0;
  for (const FacetStatement& facet : record.event->facets) {
    NodeView node = record.event->nodes[facet.node];
    node.tenant = record.target.tenant;
    AddPosting(facet.kind, node, {time, number, ordinal | (facet.deleted ? kFacetDeleted : 0)});
    ++ordinal;
    has_facets_ = true;
  }
}

std::string IndexWriter::Finish(const Tail& tail) const {
  IndexHeader header{};
  std::memcpy(header.magic, kIndexMagic, sizeof kIndexMagic);
  header.version = kIndexVersion;
  header.records = static_cast<std::uint32_t>(lines_.size());
  header.first_seq = first_.value;
  header.produced_min = produced_min_;
  header.produced_max = produced_max_;
  header.last_ingested = static_cast<std::uint64_t>(tail.last_ingested.ns);
  header.last_crc = tail.last_crc;
  header.first_previous = tail.first_previous;
  header.uncompressed_bytes = tail.uncompressed_bytes;
  header.has_facets = has_facets_ ? 1 : 0;

  std::string strings;
  std::vector<IndexSeries> series;
  std::vector<std::int64_t> times;
  std::vector<std::uint32_t> records;
  std::vector<std::uint32_t> facets;
  for (const auto* entry : SortedByHash(series_)) {
    std::vector<Posting> postings = entry->second;
    std::sort(postings.begin(), postings.end(), [](const Posting& a, const Posting& b) {
      if (a.produced_at != b.produced_at) return a.produced_at < b.produced_at;
      return a.record != b.record ? a.record < b.record : FacetOrdinal(a.facet) < FacetOrdinal(b.facet);
    });
    series.push_back({KeyHash(entry->first), static_cast<std::uint32_t>(strings.size()),
                      static_cast<std::uint32_t>(entry->first.size()), static_cast<std::uint32_t>(times.size()),
                      static_cast<std::uint32_t>(postings.size())});
    strings += entry->first;
    for (const Posting& posting : postings) {
      times.push_back(posting.produced_at);
      records.push_back(posting.record);
      if (has_facets_) facets.push_back(posting.facet);
    }
  }

  std::vector<IndexRun> runs;
  std::vector<std::uint32_t> run_records;
  for (const auto* entry : SortedByHash(runs_)) {
    runs.push_back({KeyHash(entry->first), static_cast<std::uint32_t>(strings.size()),
                    static_cast<std::uint32_t>(entry->first.size()), static_cast<std::uint32_t>(run_records.size()),
                    static_cast<std::uint32_t>(entry->second.size())});
    strings += entry->first;
    run_records.insert(run_records.end(), entry->second.begin(), entry->second.end());
  }

  const std::uint32_t bucket_count = std::bit_ceil(std::max<std::uint32_t>(header.records / 8, 1));
  const int shift = bucket_count == 1 ? 0 : 64 - std::countr_zero(bucket_count);
  const auto bucket_of = [&](std::uint64_t print) {
    return bucket_count == 1 ? 0 : static_cast<std::uint32_t>(print >> shift);
  };
  std::vector<std::uint32_t> buckets(bucket_count + 1, 0);
  for (const std::uint64_t print : prints_) ++buckets[bucket_of(print) + 1];
  for (std::uint32_t i = 0; i < bucket_count; ++i) buckets[i + 1] += buckets[i];
  std::vector<std::uint32_t> next(buckets.begin(), buckets.end() - 1);
  std::vector<IndexPrint> prints(prints_.size());
  for (std::uint32_t i = 0; i < prints_.size(); ++i) {
    prints[next[bucket_of(prints_[i])]++] = {static_cast<std::uint32_t>(prints_[i]), i};
  }

  header.series = static_cast<std::uint32_t>(series.size());
  header.runs = static_cast<std::uint32_t>(runs.size());
  header.postings = static_cast<std::uint32_t>(times.size());
  header.run_postings = static_cast<std::uint32_t>(run_records.size());
  header.buckets = bucket_count;
  header.strings = static_cast<std::uint32_t>(strings.size());

  std::string out(sizeof(IndexHeader), '\0');
  header.lines_at = AppendSection(out, lines_);
  header.series_at = AppendSection(out, series);
  header.times_at = AppendSection(out, times);
  header.posting_records_at = AppendSection(out, records);
  header.posting_facets_at = AppendSection(out, facets);
  header.runs_at = AppendSection(out, runs);
  header.run_records_at = AppendSection(out, run_records);
  header.buckets_at = AppendSection(out, buckets);
  header.prints_at = AppendSection(out, prints);
  header.strings_at = AppendSection(out, std::vector<char>(strings.begin(), strings.end()));
  header.file_bytes = out.size();
  header.body_hash = XXH3_64bits(out.data() + sizeof header, out.size() - sizeof header);
  header.header_hash = XXH3_64bits(&header, offsetof(IndexHeader, header_hash));
  std::memcpy(out.data(), &header, sizeof header);
  return out;
}

}  // namespace cairn
