#include "log/index_reader.h"

#include <fmt/format.h>
#include <xxhash.h>

#include <algorithm>
#include <bit>
#include <cstring>

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

const IndexSeries* IndexReader::Find(std::span<const IndexSeries> table, std::string_view key) const {
  const std::uint64_t hash = KeyHash(key);
  auto at = std::lower_bound(table.begin(), table.end(), hash,
                             [](const IndexSeries& entry, std::uint64_t wanted) { return entry.hash < wanted; });
  for (; at != table.end() && at->hash == hash; ++at) {
    if (std::uint64_t{at->key} + at->key_bytes > strings_.size()) continue;
    if (strings_.substr(at->key, at->key_bytes) == key) return &*at;
  }
  return nullptr;
}

IndexReader::Postings IndexReader::FindSeries(std::string_view key) const {
  const IndexSeries* found = Find(series_, key);
  if (found == nullptr || std::uint64_t{found->begin} + found->count > times_.size()) return {};
  Postings out{times_.subspan(found->begin, found->count), posting_records_.subspan(found->begin, found->count), {}};
  if (!posting_facets_.empty()) out.facets = posting_facets_.subspan(found->begin, found->count);
  return out;
}

std::span<const std::uint32_t> IndexReader::FindRun(std::string_view key) const {
  const IndexRun* found = Find(runs_, key);
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
