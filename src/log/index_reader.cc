#include "log/index_reader.h"

#include <fmt/format.h>
#include <xxhash.h>

#include <algorithm>
#include <bit>
#include <cstring>

#include "base/prefetch.h"

namespace cairn {

Result<std::shared_ptr<IndexReader>> IndexReader::Open(FileSystem& files, const std::string& path) {
  auto size = files.Size(path);
  if (!size) return size.error();
  auto map = files.Map(path, *size);
  if (!map) return map.error();
  auto reader = std::shared_ptr<IndexReader>(new IndexReader);
  reader->map_ = std::move(*map);
  if (Status status = reader->Load(path); !status.ok()) return status;
  return reader;
}

template <typename T>
std::span<const T> IndexReader::Section(std::uint64_t at, std::uint64_t count) const {
  if (at % alignof(T) != 0 || at > map_->size() || count > (map_->size() - at) / sizeof(T)) return {};
  return {reinterpret_cast<const T*>(map_->data() + at), count};
}

Status IndexReader::Load(const std::string& path) {
  path_ = path;
  const Status damaged(StatusCode::kDataLoss, path + ": the header is damaged");
  if (map_->size() < sizeof(IndexHeader)) return damaged;
  header_ = reinterpret_cast<const IndexHeader*>(map_->data());
  if (std::memcmp(header_->magic, kIndexMagic, sizeof kIndexMagic) != 0) return damaged;
  // First the checksum, which every version keeps at its place: damage must not pass for a newer version.
  if (XXH3_64bits(header_, offsetof(IndexHeader, header_hash)) != header_->header_hash) return damaged;
  if (header_->version != kIndexVersion) {
    return {StatusCode::kFailedPrecondition,
            fmt::format("{}: written by a newer version (format {}, this one reads {})", path, header_->version,
                        kIndexVersion)};
  }
  if (header_->file_bytes != map_->size() || !std::has_single_bit(header_->buckets)) return damaged;
  lines_ = Section<std::uint32_t>(header_->lines_at, header_->records);
  series_ = Section<IndexSeries>(header_->series_at, header_->series);
  times_ = Section<std::int64_t>(header_->times_at, header_->postings);
  posting_records_ = Section<std::uint32_t>(header_->posting_records_at, header_->postings);
  if (header_->has_facets != 0) {
    posting_facets_ = Section<std::uint32_t>(header_->posting_facets_at, header_->postings);
  }
  runs_ = Section<IndexRun>(header_->runs_at, header_->runs);
  run_records_ = Section<std::uint32_t>(header_->run_records_at, header_->run_postings);
  buckets_ = Section<std::uint32_t>(header_->buckets_at, std::uint64_t{header_->buckets} + 1);
  prints_ = Section<IndexPrint>(header_->prints_at, header_->records);
  const auto strings = Section<char>(header_->strings_at, header_->strings);
  strings_ = {strings.data(), strings.size()};
  return Status::Ok();
}

Status IndexReader::Verify() const {
  const char* body = map_->data() + sizeof(IndexHeader);
  if (XXH3_64bits(body, map_->size() - sizeof(IndexHeader)) != header_->body_hash) {
    return {StatusCode::kDataLoss, path_ + ": the checksum does not match; cairn rebuild writes it anew"};
  }
  return Status::Ok();
}

const IndexSeries* IndexReader::FindFrom(std::span<const IndexSeries> table, std::size_t at, std::uint64_t hash,
                                         std::string_view key) const {
  for (; at < table.size() && table[at].hash == hash; ++at) {
    if (std::uint64_t{table[at].key} + table[at].key_bytes > strings_.size()) continue;
    if (strings_.substr(table[at].key, table[at].key_bytes) == key) return &table[at];
  }
  return nullptr;
}

namespace {

// So many of `count` as the hash is of all hashes.
std::size_t PartOf(std::uint64_t hash, std::size_t count) { return ((hash >> 32) * count) >> 32; }

}  // namespace

// Hashes are spread evenly, so that where one stands among them follows from what it is: within the root of their
// number, most often.
IndexReader::SeriesSearch::SeriesSearch(const IndexReader& index, std::uint64_t hash) : index_(&index), hash_(hash) {
  Guess(PartOf(hash, index.series_.size()));
}

void IndexReader::SeriesSearch::Guess(std::size_t at) {
  const std::size_t size = index_->series_.size();
  at_ = size == 0 ? 0 : std::min(at, size - 1);
  if (size != 0) PrefetchLine(&index_->series_[at_]);
}

// As far from the entry guessed as their hashes are apart.
void IndexReader::SeriesSearch::Nearer() {
  const auto& table = index_->series_;
  if (table.empty()) return;
  const std::uint64_t here = table[at_].hash;
  const bool is_behind = here < hash_;
  const std::uint64_t apart = is_behind ? hash_ - here : here - hash_;
  const std::size_t steps = PartOf(apart, table.size());
  Guess(is_behind ? at_ + steps : at_ - std::min(at_, steps));
}

// From there in steps that grow, then halving.
void IndexReader::SeriesSearch::Near() {
  const auto& table = index_->series_;
  const auto before = [](const IndexSeries& entry, std::uint64_t wanted) { return entry.hash < wanted; };
  std::size_t from = at_;
  std::size_t until = at_;
  if (at_ < table.size() && table[at_].hash < hash_) {
    for (std::size_t step = 1; until < table.size() && table[until].hash < hash_; step *= 2) {
      from = until + 1;
      until += step;
    }
  } else {
    for (std::size_t step = 1; from > 0 && table[from - 1].hash >= hash_; step *= 2) {
      until = from - 1;
      from -= std::min(from, step);
    }
  }
  until = std::min(until, table.size());
  const auto found = std::lower_bound(table.begin() + static_cast<std::ptrdiff_t>(from),
                                      table.begin() + static_cast<std::ptrdiff_t>(until), hash_, before);
  at_ = static_cast<std::size_t>(found - table.begin());
  is_found_ = true;
  if (at_ >= table.size() || table[at_].hash != hash_) return;
  const IndexSeries& entry = table[at_];
  const IndexReader& index = *index_;
  if (entry.key < index.strings_.size()) PrefetchLine(index.strings_.data() + entry.key);
  if (entry.begin >= index.times_.size()) return;
  PrefetchLine(&index.times_[entry.begin]);
  PrefetchLine(&index.posting_records_[entry.begin]);
  if (!index.posting_facets_.empty()) PrefetchLine(&index.posting_facets_[entry.begin]);
}

IndexReader::Postings IndexReader::SeriesSearch::Find(std::string_view key) {
  if (!is_found_) Near();
  const IndexReader& index = *index_;
  const IndexSeries* found = index.FindFrom(index.series_, at_, hash_, key);
  if (found == nullptr || std::uint64_t{found->begin} + found->count > index.times_.size()) return {};
  Postings out{index.times_.subspan(found->begin, found->count),
               index.posting_records_.subspan(found->begin, found->count),
               {},
               found->begin};
  if (!index.posting_facets_.empty()) out.facets = index.posting_facets_.subspan(found->begin, found->count);
  return out;
}

std::span<const std::uint32_t> IndexReader::FindRun(std::string_view key) const {
  const std::uint64_t hash = KeyHash(key);
  const auto at = std::lower_bound(runs_.begin(), runs_.end(), hash,
                                   [](const IndexRun& entry, std::uint64_t wanted) { return entry.hash < wanted; });
  const IndexRun* found = FindFrom(runs_, static_cast<std::size_t>(at - runs_.begin()), hash, key);
  if (found == nullptr || std::uint64_t{found->begin} + found->count > run_records_.size()) return {};
  return run_records_.subspan(found->begin, found->count);
}

std::optional<std::uint32_t> IndexReader::LineOffset(std::uint32_t record) const {
  if (record >= lines_.size()) return {};
  return lines_[record];
}

std::pair<std::uint32_t, std::uint32_t> IndexReader::Bucket(std::uint64_t print) const {
  const std::uint64_t bucket = header_->buckets == 1 ? 0 : print >> (64 - std::countr_zero(header_->buckets));
  if (bucket + 1 >= buckets_.size()) return {0, 0};
  const auto limit = static_cast<std::uint32_t>(prints_.size());
  return {std::min(buckets_[bucket], limit), std::min(buckets_[bucket + 1], limit)};
}

}  // namespace cairn
