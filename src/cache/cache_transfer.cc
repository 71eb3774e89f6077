#include "base/hash.h"
#include "cache/cache_impl.h"
#include "cache/export_file.h"
#include "cache/mix.h"
#include "cache/selecting.h"

namespace cairn {

Result<std::uint64_t> CacheImpl::Export(const CacheSelector& selector, const std::string& path) {
  if (Status status = CheckCacheSelector(selector); !status.ok()) return status;
  FileSystem& files = options_.files != nullptr ? *options_.files : *FileSystem::Default();
  auto writer = ExportWriter::Open(files, path);
  if (!writer) return writer.error();
  Status failed;
  const Status visited = VisitMeant(selector, [&](const CacheListed& listed, std::string_view bytes) {
    std::string encoded;
    if (bytes.empty()) {
      encoded = Use().levels().EncodeFromMemory(listed.key);
      bytes = encoded;
    }
    if (!bytes.empty()) failed = (*writer)->Add(listed.key, bytes);
    return failed.ok();
  });
  if (!visited.ok()) return visited;
  if (!failed.ok()) return failed;
  return (*writer)->Finish();
}

Result<CacheImported> CacheImpl::Import(const std::string& path) {
  FileSystem& files = options_.files != nullptr ? *options_.files : *FileSystem::Default();
  Levels& levels = Use().levels();
  const auto fence = levels.TakeFence();
  if (!fence) return {StatusCode::kUnavailable, "the disk level cannot tell what was invalidated"};
  CacheImported imported;
  Status status = ReadExport(files, path, [&](std::string_view key, std::string_view bytes) -> Status {
    const auto taken = levels.TakeIn(key, bytes, *fence);
    if (!taken) return taken.error();
    ++(*taken == Levels::Taken::kStored ? imported.stored
       : *taken == Levels::Taken::kKept ? imported.kept
                                        : imported.skipped);
    return Status::Ok();
  });
  if (status.ok() && levels.disk() != nullptr) status = levels.disk()->Flush();
  if (!status.ok()) return status;
  return imported;
}

std::string Levels::EncodeFromMemory(std::string_view key_text) {
  const CacheOperation* operation = operation_of_(key_text);
  if (operation == nullptr) return {};
  const auto key = operation->KeyOfText(key_text);
  if (!key) return {};
  const MemoryLevel::Hit hit = ReadMemory(*key, SteadyNs(), false);
  return hit.entry == nullptr ? std::string() : Encode(*key, *hit.entry);
}

Result<Levels::Taken> Levels::TakeIn(std::string_view key_text, std::string_view bytes, std::uint64_t fence) {
  const auto head = ReadEntryHead(bytes);
  if (!head) return head.error();
  if (head->key != key_text) return {StatusCode::kDataLoss, "an entry of the export stands under another key"};
  const CacheNow now = Now();
  const std::int64_t drop_after = head->created.ns + head->ttl.count() + head->grace.count();
  auto decoded = DecodeEntry(bytes, ring_);
  if (!decoded && decoded.error().code() != StatusCode::kUnauthenticated) return decoded.error();
  const bool is_of_use =
      decoded &&
      (decoded->fields.empty() ? drop_after : TimesOf(*decoded, now).stale_until_ns - now.steady_ns + now.wall.ns) >
          now.wall.ns;
  if (!is_of_use) return Taken::kSkipped;

  EntryKey place;
  place.text_hash = Hash64(key_text);
  place.hash = MixHash(place.text_hash, head->version);
  place.text = key_text;
  const CacheOperation* operation = operation_of_(key_text);
  const auto key = operation == nullptr ? Result<CacheKey>(StatusCode::kNotFound, "") : operation->KeyOfText(key_text);
  const bool is_known = key && key->hash() == place.hash;
  if (disk_ == nullptr) {
    // In memory alone nothing can be kept for operations that are not defined.
    if (!is_known) return Taken::kSkipped;
    const MemoryLevel::Hit standing = ReadMemory(*key, now.steady_ns, false);
    if (standing.entry != nullptr && standing.entry->created >= head->created) return Taken::kKept;
    const auto entry = std::make_shared<const CacheEntry>(std::move(*decoded));
    StoreInMemory(*key, entry, TimesOf(*entry, now), fence, false, CacheLevel::kNone);
    return Taken::kStored;
  }
  const auto standing = disk_->Read(place, false);
  if (!standing) return standing.error();
  if (const auto old = ReadEntryHead(standing->bytes); old && old->created >= head->created) return Taken::kKept;
  const auto store = [&] {
    DiskWrite write;
    write.hash = place.hash;
    write.text_hash = place.text_hash;
    write.text = key_text;
    write.bytes = bytes;
    write.sequence = fence;
    write.tags = TagsOfText(key_text);
    for (const std::string& tag : decoded->tags) write.tags.push_back(MakeTag('t', tag).hash);
    write.drop_after = {now.wall.ns + KeepFor(TimesOf(*decoded, now), now.steady_ns).count()};
    return disk_->Store(std::move(write));
  };
  Status status = store();
  if (status.code() == StatusCode::kResourceExhausted) {
    if (Status flushed = disk_->Flush(); !flushed.ok()) return flushed;
    status = store();
    // The queue is empty now: it is larger than the level takes.
    if (status.code() == StatusCode::kResourceExhausted) return Taken::kSkipped;
  }
  if (!status.ok()) return status;
  if (memory_ != nullptr) memory_->Erase(place.hash);
  return Taken::kStored;
}

std::vector<std::uint64_t> Levels::TagsOfText(std::string_view key_text) {
  const std::size_t first = key_text.find(':');
  const std::size_t second = key_text.find(':', first + 1);
  constexpr std::string_view kUserMark = "@=";
  constexpr std::size_t kUserBytes = 32;
  std::vector<std::uint64_t> tags = {MakeTag('a', "").hash, MakeTag('s', key_text.substr(0, first)).hash,
                                     MakeTag('o', key_text.substr(0, second)).hash, DefinedOperation::SharedTag().hash};
  const std::string_view rest = second == std::string_view::npos ? "" : key_text.substr(second + 1);
  if (rest.starts_with(kUserMark)) tags.push_back(MakeTag('u', rest.substr(kUserMark.size(), kUserBytes)).hash);
  return tags;
}

}  // namespace cairn
