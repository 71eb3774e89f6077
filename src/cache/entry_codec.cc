#include "cache/entry_codec.h"

#include "base/crc32c.h"
#include "cache/bytes.h"
#include "cache/compress.h"

namespace cairn {
namespace {

constexpr std::uint8_t kFormat = 1;
constexpr std::uint8_t kCompressed = 1;
constexpr std::uint8_t kSealed = 2;
constexpr std::uint8_t kNegative = 4;
constexpr std::uint8_t kFields = 8;
constexpr std::size_t kCrcAt = 4;
constexpr std::size_t kStampAt = 8;
constexpr std::size_t kHeadBytes = 80;
constexpr std::size_t kBytesMax = 1ULL << 31;

Status Damaged(const char* what) { return {StatusCode::kDataLoss, std::string("a cache entry ") + what}; }

std::string Body(const CacheEntry& entry) {
  std::string body;
  body.reserve(entry.validator.size() + entry.value.size() + 8);
  ByteWriter writer(body);
  writer.Text(entry.validator);
  if (entry.fields.empty()) body += entry.value;
  for (const CacheField& field : entry.fields) {
    writer.Text(field.name);
    writer.Number(field.created.ns);
    writer.Number(std::int64_t{field.ttl.count()});
    writer.Text(field.value);
  }
  return body;
}

/// `buffer`: what the body is the end of, and a value may be moved out of; null: nothing.
Status ReadBody(std::string_view body, bool has_fields, CacheEntry& entry, std::string* buffer) {
  ByteReader reader(body);
  entry.validator = reader.Text();
  if (!reader.ok()) return Damaged("ends early");
  if (!has_fields && buffer != nullptr) {
    buffer->erase(0, buffer->size() - reader.rest().size());
    entry.value = std::move(*buffer);
    return Status::Ok();
  }
  if (!has_fields) {
    entry.value = reader.rest();
    return Status::Ok();
  }
  while (!reader.rest().empty()) {
    CacheField& field = entry.fields.emplace_back();
    field.name = reader.Text();
    field.created.ns = reader.Number<std::int64_t>();
    field.ttl = std::chrono::nanoseconds(reader.Number<std::int64_t>());
    field.value = reader.Text();
    if (!reader.ok()) return Damaged("ends within a field");
  }
  return Status::Ok();
}

/// What a seal covers beside the payload: the head but for the CRC and the payload's own lengths, key and tags. So a
/// sealed value cannot be put under another key, nor be given another date.
std::string BesideSeal(std::string_view bytes, std::size_t names_bytes) {
  constexpr std::size_t kFixed = kHeadBytes - kStampAt - 2 * sizeof(std::uint32_t);
  std::string beside(bytes.substr(0, kCrcAt));
  beside += bytes.substr(kStampAt, kFixed);
  beside += bytes.substr(kHeadBytes, names_bytes);
  return beside;
}

std::uint32_t Checksum(std::string_view bytes) {
  return Crc32c(Crc32c(0, bytes.substr(0, kCrcAt)), bytes.substr(kStampAt));
}

}  // namespace

std::vector<std::string> EntryHead::Tags() const {
  std::vector<std::string> tags;
  ByteReader reader(tags_bytes);
  while (!reader.rest().empty()) tags.emplace_back(reader.Text());
  return tags;
}

Result<std::string> EncodeEntry(const CacheEntry& entry, const EntryEncoding& encoding) {
  std::string payload = Body(entry);
  const std::size_t raw_bytes = payload.size();
  std::string tags;
  for (const std::string& tag : entry.tags) ByteWriter(tags).Text(tag);
  if (raw_bytes + entry.key.size() + tags.size() >= kBytesMax) {
    return {StatusCode::kResourceExhausted, "an entry of 2 GiB or more is not kept"};
  }

  std::uint8_t flags = (entry.is_negative ? kNegative : 0) | (entry.fields.empty() ? 0 : kFields);
  if (encoding.compress_above != 0 && raw_bytes > encoding.compress_above) {
    std::string packed = CompressValue(payload);
    if (packed.size() < raw_bytes) {
      payload = std::move(packed);
      flags |= kCompressed;
    }
  }
  if (encoding.seal != nullptr) flags |= kSealed;

  std::string out;
  out.reserve(kHeadBytes + entry.key.size() + tags.size() + payload.size() + (encoding.seal != nullptr ? 48 : 0));
  ByteWriter writer(out);
  out += "Ce";
  writer.Number(kFormat);
  writer.Number(flags);
  writer.Number(std::uint32_t{0});
  writer.Number(encoding.stamp);
  writer.Number(entry.created.ns);
  writer.Number(std::int64_t{entry.ttl.count()});
  writer.Number(std::int64_t{entry.grace.count()});
  writer.Number(std::int64_t{entry.load_time.count()});
  writer.Number(encoding.version);
  writer.Number(entry.structure);
  writer.Number(static_cast<std::uint32_t>(entry.key.size()));
  writer.Number(static_cast<std::uint32_t>(tags.size()));
  const std::size_t lengths_at = out.size();
  writer.Number(static_cast<std::uint32_t>(raw_bytes));
  writer.Number(std::uint32_t{0});
  out += entry.key;
  out += tags;
  if (encoding.seal != nullptr) {
    const std::size_t names_bytes = entry.key.size() + tags.size();
    payload = encoding.seal->Seal(payload, BesideSeal(out, names_bytes));
  }
  const auto payload_bytes = static_cast<std::uint32_t>(payload.size());
  std::memcpy(out.data() + lengths_at + sizeof(std::uint32_t), &payload_bytes, sizeof payload_bytes);
  out += payload;
  const std::uint32_t crc = Checksum(out);
  std::memcpy(out.data() + kCrcAt, &crc, sizeof crc);
  return out;
}

Result<EntryHead> ReadEntryHead(std::string_view bytes) {
  if (bytes.size() < kHeadBytes || !bytes.starts_with("Ce")) return Damaged("does not begin as one");
  ByteReader reader(bytes.substr(2));
  if (reader.Number<std::uint8_t>() != kFormat) {
    return {StatusCode::kFailedPrecondition, "a cache entry is in another version's format"};
  }
  const auto flags = reader.Number<std::uint8_t>();
  if (reader.Number<std::uint32_t>() != Checksum(bytes)) return Damaged("fails its checksum");
  EntryHead head;
  head.is_compressed = (flags & kCompressed) != 0;
  head.is_sealed = (flags & kSealed) != 0;
  head.is_negative = (flags & kNegative) != 0;
  head.has_fields = (flags & kFields) != 0;
  head.stamp = reader.Number<std::uint64_t>();
  head.created.ns = reader.Number<std::int64_t>();
  head.ttl = std::chrono::nanoseconds(reader.Number<std::int64_t>());
  head.grace = std::chrono::nanoseconds(reader.Number<std::int64_t>());
  head.load_time = std::chrono::nanoseconds(reader.Number<std::int64_t>());
  head.version = reader.Number<std::uint64_t>();
  head.structure = reader.Number<std::uint64_t>();
  const auto key_bytes = reader.Number<std::uint32_t>();
  const auto tags_bytes = reader.Number<std::uint32_t>();
  head.raw_bytes = reader.Number<std::uint32_t>();
  const auto payload_bytes = reader.Number<std::uint32_t>();
  head.key = reader.Raw(key_bytes);
  head.tags_bytes = reader.Raw(tags_bytes);
  head.payload = reader.Raw(payload_bytes);
  if (!reader.ok() || !reader.rest().empty()) return Damaged("has another length than it states");
  return head;
}

Result<CacheEntry> DecodeEntry(std::string_view bytes, const KeyRing& ring) {
  std::string own(bytes);
  const auto head = ReadEntryHead(own);
  if (!head) return head.error();
  return DecodeEntry(*head, std::move(own), ring);
}

Result<CacheEntry> DecodeEntry(const EntryHead& head, std::string&& bytes, const KeyRing& ring) {
  std::string_view body = head.payload;
  std::string opened;
  if (head.is_sealed) {
    auto clear_text = ring.Open(body, BesideSeal(bytes, head.key.size() + head.tags_bytes.size()));
    if (!clear_text) return clear_text.error();
    opened = std::move(*clear_text);
    body = opened;
  }
  std::string unpacked;
  if (head.is_compressed) {
    auto raw = DecompressValue(body, head.raw_bytes);
    if (!raw) return raw.error();
    unpacked = std::move(*raw);
    body = unpacked;
  }
  CacheEntry entry;
  entry.key = head.key;
  entry.tags = head.Tags();
  entry.created = head.created;
  entry.ttl = head.ttl;
  entry.grace = head.grace;
  entry.load_time = head.load_time;
  entry.is_negative = head.is_negative;
  entry.structure = head.structure;
  std::string* buffer = head.is_sealed || head.is_compressed ? nullptr : &bytes;
  if (Status status = ReadBody(body, head.has_fields, entry, buffer); !status.ok()) return status;
  return entry;
}

}  // namespace cairn
