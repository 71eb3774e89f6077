#include <fmt/format.h>
#include <lzma.h>

#include <algorithm>
#include <array>
#include <cstdlib>

#include "extract/archive_paths.h"
#include "extract/byte_view.h"
#include "extract/extractors.h"
#include "extract/seven_zip_header.h"
#include "extract/text.h"

namespace cairn {
namespace {

using namespace std::string_view_literals;

constexpr std::array kTypes = {"application/x-7z-compressed"sv};
constexpr std::array kFields = {"FileVersion"sv, "Methods"sv};
constexpr std::size_t kStartBytes = 32;
constexpr int kHeadersMax = 4;  // a header packed in a header; 7-Zip writes one
constexpr std::string_view kLzma = "\x03\x01\x01";
constexpr std::string_view kLzma2 = "\x21";
constexpr std::string_view kAes = "\x06\xf1\x07\x01";

Status Damaged(std::string why) { return {StatusCode::kInvalidArgument, std::move(why)}; }

// The packed header; at most `bytes_max` bytes of dictionary.
Result<std::string> Unpack(const SevenZipPacked& packed, std::string_view bytes, std::uint64_t bytes_max) {
  if (packed.method == std::string_view("\0", 1)) return std::string(bytes);
  if (packed.method != kLzma && packed.method != kLzma2)
    return Damaged("the archive's header is packed in an unknown way");
  std::array<lzma_filter, 2> filters = {};
  filters[0].id = packed.method == kLzma ? LZMA_FILTER_LZMA1 : LZMA_FILTER_LZMA2;
  filters[1].id = LZMA_VLI_UNKNOWN;
  if (lzma_properties_decode(filters.data(), nullptr, reinterpret_cast<const std::uint8_t*>(packed.properties.data()),
                             packed.properties.size()) != LZMA_OK) {
    return Damaged("the archive's header is packed in a damaged way");
  }
  auto* options = static_cast<lzma_options_lzma*>(filters[0].options);
  // Nothing lies farther back than the header is long.
  options->dict_size = static_cast<std::uint32_t>(
      std::clamp<std::uint64_t>(packed.bytes, LZMA_DICT_SIZE_MIN, std::min<std::uint64_t>(bytes_max, 1U << 30)));
  std::string out(static_cast<std::size_t>(packed.bytes), '\0');
  lzma_stream stream = LZMA_STREAM_INIT;
  lzma_ret code = lzma_raw_decoder(&stream, filters.data());
  if (code == LZMA_OK) {
    stream.next_in = reinterpret_cast<const std::uint8_t*>(bytes.data());
    stream.avail_in = bytes.size();
    stream.next_out = reinterpret_cast<std::uint8_t*>(out.data());
    stream.avail_out = out.size();
    code = lzma_code(&stream, LZMA_RUN);
  }
  const bool whole = stream.avail_out == 0;
  lzma_end(&stream);
  std::free(filters[0].options);
  if (!whole || (code != LZMA_OK && code != LZMA_STREAM_END)) return Damaged("the archive's header cannot be unpacked");
  return out;
}

// Of 100 ns since 1601.
std::string WindowsTime(std::uint64_t time) {
  constexpr std::int64_t kFrom1601To1970 = 11'644'473'600;
  std::string text = IsoTime(ExifTime(static_cast<std::int64_t>(time / 10'000'000) - kFrom1601To1970));
  if (!text.empty()) text += 'Z';
  return text;
}

/// The members of a 7z archive. Only its header is unpacked.
class SevenZip final : public Extractor {
 public:
  SevenZip() : Extractor({"7z", 2, kTypes, kFields}) {}

  Result<Extracted> Extract(const FileBytes& bytes, const ExtractContext& context) const override {
    auto start = bytes.ReadUpTo(0, kStartBytes);
    if (!start) return start.error();
    const ByteView head(*start, std::endian::little);
    if (head.size() < kStartBytes || !head.Is(0, "7z\xbc\xaf\x27\x1c")) {
      return Damaged("no 7z archive: its first bytes are missing or cut off");
    }
    Extracted to(context.limits);
    to.type = kTypes[0];
    to.Add("FileVersion", fmt::format("7z v{}.{:02}", head.U8(6), head.U8(7)));
    std::uint64_t at = head.U64(12);
    std::uint64_t size = head.U64(20);
    if (size == 0) {  // without members
      if (bytes.size() > kStartBytes) to.Warn("where the archive's header stands is missing: it was not completed");
      return to;
    }
    auto header = ReadPart(bytes, context, at, size);
    for (int i = 0; header && i < kHeadersMax; ++i) {
      if (Status go = context.KeepGoing(); !go.ok()) return go;
      auto parsed = ReadSevenZipHeader(*header, context.limits.entries);
      if (!parsed) return parsed.error();
      if (!parsed->packed) {
        List(parsed->header, bytes.size(), context, to);
        return to;
      }
      const SevenZipPacked& packed = *parsed->packed;
      if (packed.method == kAes) {
        to.Add("Methods", std::string("AES"));
        to.warnings.emplace_back("the names of the members are encrypted");
        return to;
      }
      if (packed.bytes > context.limits.bytes) {
        return Status(StatusCode::kResourceExhausted, "the archive's header is longer than the limit of bytes");
      }
      header = ReadPart(bytes, context, packed.at, packed.packed_bytes);
      if (header) header = Unpack(packed, *header, context.limits.bytes);
    }
    if (!header) return header.error();
    return Damaged("the archive's header is packed again and again");
  }

 private:
  static Result<std::string> ReadPart(const FileBytes& bytes, const ExtractContext& context, std::uint64_t at,
                                      std::uint64_t size) {
    const std::uint64_t room = bytes.size() - kStartBytes;
    if (at > room || size > room - at) return Damaged("the archive is cut off: its header, at its end, is missing");
    if (size > context.limits.bytes) {
      return Status(StatusCode::kResourceExhausted, "the archive's header is longer than the limit of bytes");
    }
    return bytes.ReadUpTo(kStartBytes + at, static_cast<std::size_t>(size));
  }

  static void List(const SevenZipHeader& header, std::uint64_t archive_bytes, const ExtractContext& context,
                   Extracted& to) {
    if (!header.methods.empty()) to.Add("Methods", header.methods);
    ArchivePaths paths(context);
    for (const auto& file : header.files) {
      Child child;
      child.path = file.path;
      child.folder = file.folder;
      if (!file.folder) child.bytes = static_cast<std::int64_t>(std::min<std::uint64_t>(file.bytes, INT64_MAX));
      child.crc32 = file.crc32;
      if (file.modified) child.modified = WindowsTime(*file.modified);
      paths.Add(std::move(child), to, false);
    }
    paths.End(archive_bytes, to);
  }
};

}  // namespace

const Extractor& SevenZipExtractor() {
  static const SevenZip kSevenZip;
  return kSevenZip;
}

}  // namespace cairn
