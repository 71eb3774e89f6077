#include "extract/zip_reader.h"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <bit>

#include "base/json.h"
#include "extract/byte_view.h"
#include "extract/inflate.h"
#include "extract/window.h"

namespace cairn {
namespace {

constexpr std::string_view kLocal("PK\x03\x04", 4);
constexpr std::string_view kEntry("PK\x01\x02", 4);
constexpr std::string_view kEnd("PK\x05\x06", 4);
constexpr std::string_view kEnd64("PK\x06\x06", 4);
constexpr std::string_view kLocator64("PK\x06\x07", 4);
constexpr std::size_t kEndBytes = 22;
constexpr std::size_t kTailBytes = kEndBytes + 65'535;  // the comment is at most so long
constexpr std::size_t kLocalBytes = 30;
constexpr std::size_t kEntryBytes = 46;
constexpr std::uint64_t kFreeBytes = std::uint64_t{1} << 20;  // packed however well

struct End {
  std::uint64_t at = 0;  ///< Of the record that says so.
  std::uint64_t count = 0;
  std::uint64_t size = 0;
  std::uint64_t offset = 0;
};

// APPNOTE 4.5.3: sizes and offset stand in an extra field where 32 bits are too few, in this order.
void ReadZip64(ByteView extra, ZipMember* member) {
  std::uint64_t at = 0;
  while (extra.Has(at, 4)) {
    const ByteView field = extra.Sub(at + 4, extra.U16(at + 2));
    if (extra.U16(at) == 1) {
      std::uint64_t from = 0;
      const auto take = [&](std::uint64_t* value) {
        if (*value != 0xffffffff || !field.Has(from, 8)) return;
        *value = field.U64(from);
        from += 8;
      };
      take(&member->bytes);
      take(&member->packed_bytes);
      take(&member->header_at);
      return;
    }
    at += 4U + extra.U16(at + 2);
  }
}

// APPNOTE 4.6.9: the name in UTF-8, with the CRC-32 of the one that it stands for.
void ReadUnicodeName(ByteView extra, ZipMember* member) {
  std::uint64_t at = 0;
  while (extra.Has(at, 4)) {
    const ByteView field = extra.Sub(at + 4, extra.U16(at + 2));
    if (extra.U16(at) == 0x7075 && field.size() > 5 && field.U8(0) == 1) {
      const auto crc =
          crc32(0, reinterpret_cast<const Bytef*>(member->name.data()), static_cast<uInt>(member->name.size()));
      const std::string_view name = field.Part(5, field.size() - 5);
      if (field.U32(1) == crc && IsUtf8(name)) member->unicode_name = name;
      return;
    }
    at += 4U + extra.U16(at + 2);
  }
}

bool SameLetters(std::string_view a, std::string_view b) {
  const auto small = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [&](char x, char y) { return small(x) == small(y); });
}

}  // namespace

std::string DosTime(std::uint32_t dos_time) {
  return fmt::format("{:04}:{:02}:{:02} {:02}:{:02}:{:02}", (dos_time >> 25) + 1980, dos_time >> 21 & 15,
                     dos_time >> 16 & 31, dos_time >> 11 & 31, dos_time >> 5 & 63, (dos_time & 31) * 2);
}

Result<ZipReader> ZipReader::Open(const FileBytes& bytes, const ExtractContext& context) {
  ZipReader reader(bytes, context);
  Status read = reader.ReadDirectory();
  if (read.code() == StatusCode::kInvalidArgument) {
    reader.members_.clear();
    reader.warnings_.push_back(read.message());
    read = reader.ReadLocalHeaders();
  }
  if (!read.ok()) return read;
  return reader;
}

Status ZipReader::ReadDirectory() {
  const std::uint64_t size = bytes_->size();
  const std::uint64_t tail_at = size > kTailBytes ? size - kTailBytes : 0;
  auto read = bytes_->ReadUpTo(tail_at, kTailBytes);
  if (!read) return read.error();
  const ByteView tail(*read, std::endian::little);
  // The last one whose comment ends within the file.
  std::size_t at = read->size() < kEndBytes ? std::string::npos : read->rfind(kEnd, read->size() - kEndBytes);
  while (at != std::string::npos && at + kEndBytes + tail.U16(at + 20) > read->size()) {
    at = at == 0 ? std::string::npos : read->rfind(kEnd, at - 1);
  }
  if (at == std::string::npos) return {StatusCode::kInvalidArgument, "the archive has no directory at its end"};
  comment_ = tail.Part(at + kEndBytes, tail.U16(at + 20));
  End end{tail_at + at, tail.U16(at + 10), tail.U32(at + 12), tail.U32(at + 16)};
  if (at >= 20 && tail.Is(at - 20, kLocator64)) {
    auto record = bytes_->ReadUpTo(tail.U64(at - 12), 56);
    if (!record) return record.error();
    const ByteView end64(*record, std::endian::little);
    if (end64.size() == 56 && end64.Is(0, kEnd64)) {
      end = {tail.U64(at - 12), end64.U64(32), end64.U64(40), end64.U64(48)};
    }
  }
  if (end.size > end.at) return {StatusCode::kInvalidArgument, "the archive's directory is said to be larger than it"};
  // What stands before the archive (a program that unpacks it) shifts all offsets.
  const std::uint64_t begin = end.at - end.size;
  if (Status entries = ReadEntries(begin, end.size, end.count); !entries.ok()) return entries;
  if (begin > end.offset) {
    for (auto& member : members_) {
      if (__builtin_add_overflow(member.header_at, begin - end.offset, &member.header_at)) member.header_at = size;
    }
  }
  return Status::Ok();
}

Status ZipReader::ReadEntries(std::uint64_t at, std::uint64_t size, std::uint64_t count) {
  Window window(*bytes_, at, size);
  std::uint64_t next = 0;
  std::uint64_t held = 0;
  for (std::uint64_t i = 0; i < count; ++i) {
    if (i % 1024 == 0) {
      if (Status go = context_->KeepGoing(); !go.ok()) return go;
    }
    if (members_.size() >= context_->limits.entries || held > context_->limits.bytes) {
      warnings_.push_back(fmt::format("{} of {} members are listed", members_.size(), count));
      break;
    }
    const ByteView fixed(window.At(next, kEntryBytes), std::endian::little);
    if (!window.status().ok()) return window.status();
    if (fixed.size() < kEntryBytes || !fixed.Is(0, kEntry)) {
      if (i == 0) return {StatusCode::kInvalidArgument, "the archive's directory is not where its end says"};
      warnings_.push_back(fmt::format("the directory ends after {} of {} members", i, count));
      break;
    }
    ZipMember member;
    member.version_needed = fixed.U8(6);
    member.flags = fixed.U16(8);
    member.method = fixed.U16(10);
    member.dos_time = fixed.U32(12);
    member.crc32 = fixed.U32(16);
    member.packed_bytes = fixed.U32(20);
    member.bytes = fixed.U32(24);
    member.header_at = fixed.U32(42);
    const std::size_t name_bytes = fixed.U16(28);
    const std::size_t extra_bytes = fixed.U16(30);
    const std::size_t comment_bytes = fixed.U16(32);
    const std::size_t rest_bytes = name_bytes + extra_bytes + comment_bytes;
    const ByteView rest(window.At(next + kEntryBytes, rest_bytes), std::endian::little);
    member.name = rest.Part(0, name_bytes);
    ReadZip64(rest.Sub(name_bytes, extra_bytes), &member);
    ReadUnicodeName(rest.Sub(name_bytes, extra_bytes), &member);
    member.comment = rest.Part(name_bytes + extra_bytes, comment_bytes);
    next += kEntryBytes + rest_bytes;
    held += name_bytes + member.unicode_name.size() + comment_bytes;
    members_.push_back(std::move(member));
  }
  return window.status();
}

Status ZipReader::ReadLocalHeaders() {
  Window window(*bytes_);
  std::uint64_t at = 0;
  std::uint64_t held = 0;
  while (members_.size() < context_->limits.entries && held <= context_->limits.bytes) {
    if (members_.size() % 256 == 0) {
      if (Status go = context_->KeepGoing(); !go.ok()) return go;
    }
    const ByteView fixed(window.At(at, kLocalBytes), std::endian::little);
    if (!window.status().ok()) return window.status();
    if (fixed.size() < kLocalBytes || !fixed.Is(0, kLocal)) break;
    ZipMember member;
    member.version_needed = fixed.U8(4);
    member.flags = fixed.U16(6);
    member.method = fixed.U16(8);
    member.dos_time = fixed.U32(10);
    member.crc32 = fixed.U32(14);
    member.packed_bytes = fixed.U32(18);
    member.bytes = fixed.U32(22);
    member.header_at = at;
    const std::size_t name_bytes = fixed.U16(26);
    const std::size_t extra_bytes = fixed.U16(28);
    const ByteView rest(window.At(at + kLocalBytes, name_bytes + extra_bytes), std::endian::little);
    member.name = rest.Part(0, name_bytes);
    ReadZip64(rest.Sub(name_bytes, extra_bytes), &member);
    ReadUnicodeName(rest.Sub(name_bytes, extra_bytes), &member);
    at += kLocalBytes + name_bytes + extra_bytes;
    held += name_bytes + member.unicode_name.size();
    const bool length_follows = (member.flags & 8) != 0 && member.packed_bytes == 0;
    const bool fits = window.Has(at, member.packed_bytes);
    at = fits ? at + member.packed_bytes : window.size();
    members_.push_back(std::move(member));
    // Without the directory nobody knows where such a member ends.
    if (length_follows || !fits) break;
  }
  if (!members_.empty()) return window.status();
  return {StatusCode::kInvalidArgument, "no zip archive: it has neither a directory nor a member at its beginning"};
}

const ZipMember* ZipReader::Find(std::string_view name) const {
  const ZipMember* like = nullptr;
  for (const auto& member : members_) {
    if (member.name == name) return &member;
    if (like == nullptr && SameLetters(member.name, name)) like = &member;
  }
  return like;
}

Result<std::string> ZipReader::Read(const ZipMember& member) const {
  const auto fail = [&](StatusCode code, std::string_view why) {
    return Status(code, fmt::format("{} {}", member.name, why));
  };
  if (member.IsEncrypted()) return fail(StatusCode::kUnimplemented, "is encrypted");
  if (member.method != 0 && member.method != 8) {
    return fail(StatusCode::kUnimplemented, fmt::format("is packed by method {}", member.method));
  }
  auto header = bytes_->ReadUpTo(member.header_at, kLocalBytes);
  if (!header) return header.error();
  const ByteView local(*header, std::endian::little);
  if (local.size() < kLocalBytes || !local.Is(0, kLocal)) {
    return fail(StatusCode::kInvalidArgument, fmt::format("does not begin at byte {}", member.header_at));
  }
  const ExtractLimits& limits = context_->limits;
  const std::uint64_t at = member.header_at + kLocalBytes + local.U16(26) + local.U16(28);
  // In a damaged archive the length is perhaps unknown: then up to the file's end.
  std::uint64_t packed_bytes = member.packed_bytes;
  if (packed_bytes == 0 && (member.flags & 8) != 0) packed_bytes = bytes_->size() - std::min(at, bytes_->size());
  if (packed_bytes > limits.bytes) return fail(StatusCode::kResourceExhausted, "is larger than the limit");
  auto packed = bytes_->ReadUpTo(at, static_cast<std::size_t>(packed_bytes));
  if (!packed) return packed.error();
  if (member.method == 0) return packed;
  const std::uint64_t fair = kFreeBytes + packed->size() * limits.ratio;
  Inflated inflated = InflateRaw(*packed, static_cast<std::size_t>(std::min(limits.bytes, fair)));
  if (inflated.too_long) return fail(StatusCode::kResourceExhausted, "unpacks to more than the limit");
  if (!inflated.whole) return fail(StatusCode::kInvalidArgument, "cannot be unpacked");
  return std::move(inflated.bytes);
}

}  // namespace cairn
