#include "extract/file_type.h"

#include <algorithm>
#include <array>
#include <string>

#include "base/json.h"
#include "extract/byte_view.h"
#include "extract/id3.h"

namespace cairn {
namespace {

using namespace std::string_view_literals;

struct Magic {
  std::size_t at;
  std::string_view bytes;
  std::string_view type;
};

// The first that fits wins; the longer and surer ones stand first.
constexpr std::array kMagic = {
    Magic{0, "\xff\xd8\xff"sv, "image/jpeg"},
    Magic{0, "\x89PNG\r\n\x1a\n"sv, "image/png"},
    Magic{0, "GIF87a"sv, "image/gif"},
    Magic{0, "GIF89a"sv, "image/gif"},
    Magic{0, "II*\0"sv, "image/tiff"},
    Magic{0, "MM\0*"sv, "image/tiff"},
    Magic{0, "II+\0\x08\0\0\0"sv, "image/tiff"},
    Magic{0, "MM\0+\0\x08\0\0"sv, "image/tiff"},
    Magic{0, "%PDF-"sv, "application/pdf"},
    Magic{0, "fLaC"sv, "audio/flac"},
    Magic{0, "\x1a\x45\xdf\xa3"sv, "video/x-matroska"},
    Magic{0, "SQLite format 3\0"sv, "application/vnd.sqlite3"},
    Magic{0, "PAR1"sv, "application/vnd.apache.parquet"},
    Magic{0, "7z\xbc\xaf\x27\x1c"sv, "application/x-7z-compressed"},
    Magic{0, "Rar!\x1a\x07"sv, "application/vnd.rar"},
    Magic{0, "\x1f\x8b\x08"sv, "application/gzip"},
    Magic{0, "\x28\xb5\x2f\xfd"sv, "application/zstd"},
    Magic{0,
          "\xfd"
          "7zXZ\0"sv,
          "application/x-xz"},
    Magic{0, "BZh"sv, "application/x-bzip2"},
    Magic{0, "PK\x03\x04"sv, "application/zip"},
    Magic{0, "PK\x05\x06"sv, "application/zip"},
    Magic{0, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"sv, "application/x-ole-storage"},
    Magic{0, "{\\rtf"sv, "application/rtf"},
    Magic{0, "8BPS"sv, "image/vnd.adobe.photoshop"},
    Magic{0, "BM"sv, "image/bmp"},
    Magic{0, "\0\0\x01\0"sv, "image/vnd.microsoft.icon"},
    Magic{0, "wvpk"sv, "audio/x-wavpack"},
    Magic{0, "MAC "sv, "audio/x-ape"},
    Magic{0, "%!PS"sv, "application/postscript"},
    Magic{0,
          "\x7f"
          "ELF"sv,
          "application/x-elf"},
    Magic{257, "ustar"sv, "application/x-tar"},
    Magic{4, "moov"sv, "video/quicktime"},
    Magic{4, "mdat"sv, "video/quicktime"},
    Magic{4, "wide"sv, "video/quicktime"},
    Magic{0, "ID3"sv, "audio/mpeg"},
};

struct Suffix {
  std::string_view end;
  std::string_view type;
};

// For what has no first bytes of its own: text by its name.
constexpr std::array kTextSuffixes = {
    Suffix{".csv", "text/csv"},
    Suffix{".tsv", "text/tab-separated-values"},
    Suffix{".tab", "text/tab-separated-values"},
    Suffix{".jsonl", "application/jsonl"},
    Suffix{".ndjson", "application/jsonl"},
    Suffix{".json", "application/json"},
    Suffix{".md", "text/markdown"},
    Suffix{".markdown", "text/markdown"},
    Suffix{".html", "text/html"},
    Suffix{".htm", "text/html"},
    Suffix{".xhtml", "application/xhtml+xml"},
    Suffix{".svg", "image/svg+xml"},
    Suffix{".xml", "application/xml"},
    Suffix{".opf", "application/oebps-package+xml"},
    Suffix{".fodt", "application/vnd.oasis.opendocument.text"},
};

// And archives by theirs, where the members do not tell.
constexpr std::array kZipSuffixes = {
    Suffix{".docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
    Suffix{".docm", "application/vnd.ms-word.document.macroenabled.12"},
    Suffix{".dotx", "application/vnd.openxmlformats-officedocument.wordprocessingml.template"},
    Suffix{".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
    Suffix{".xlsm", "application/vnd.ms-excel.sheet.macroenabled.12"},
    Suffix{".xltx", "application/vnd.openxmlformats-officedocument.spreadsheetml.template"},
    Suffix{".pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation"},
    Suffix{".pptm", "application/vnd.ms-powerpoint.presentation.macroenabled.12"},
    Suffix{".ppsx", "application/vnd.openxmlformats-officedocument.presentationml.slideshow"},
    Suffix{".potx", "application/vnd.openxmlformats-officedocument.presentationml.template"},
    Suffix{".epub", "application/epub+zip"},
    Suffix{".odt", "application/vnd.oasis.opendocument.text"},
    Suffix{".ods", "application/vnd.oasis.opendocument.spreadsheet"},
    Suffix{".odp", "application/vnd.oasis.opendocument.presentation"},
};

// Types that an archive may state in its first member, `mimetype`, stored without compression (OpenDocument 1.3
// part 2, section 3.3; EPUB OCF 3.3, section 4.3).
constexpr std::array kMimetypes = {
    "application/epub+zip"sv,
    "application/vnd.oasis.opendocument.text"sv,
    "application/vnd.oasis.opendocument.text-template"sv,
    "application/vnd.oasis.opendocument.spreadsheet"sv,
    "application/vnd.oasis.opendocument.spreadsheet-template"sv,
    "application/vnd.oasis.opendocument.presentation"sv,
    "application/vnd.oasis.opendocument.presentation-template"sv,
    "application/vnd.oasis.opendocument.graphics"sv,
};

bool EndsWith(std::string_view name, std::string_view end) {
  return name.size() >= end.size() &&
         std::equal(end.begin(), end.end(), name.end() - static_cast<std::ptrdiff_t>(end.size()),
                    [](char a, char b) { return a == (b >= 'A' && b <= 'Z' ? static_cast<char>(b + 32) : b); });
}

template <std::size_t N>
std::string_view BySuffix(const std::array<Suffix, N>& table, std::string_view name) {
  for (const auto& suffix : table) {
    if (EndsWith(name, suffix.end)) return suffix.type;
  }
  return {};
}

// ISO 14496-12, section 4.3: the brand says what kind of MP4 it is.
std::string_view ByBrand(ByteView head, std::string_view name) {
  const std::string_view brand = head.Part(8, 4);
  if (brand == "M4A " || brand == "M4B " || brand == "M4P ") {
    return brand == "M4B " || EndsWith(name, ".m4b") ? "audio/x-m4b" : "audio/mp4";
  }
  if (brand == "heic" || brand == "heix" || brand == "hevc" || brand == "hevx") return "image/heic";
  if (brand == "mif1" || brand == "msf1") return "image/heif";
  if (brand == "avif" || brand == "avis") return "image/avif";
  if (brand == "qt  ") return "video/quicktime";
  if (brand.substr(0, 3) == "3gp" || brand.substr(0, 3) == "3g2") return "video/3gpp";
  if (EndsWith(name, ".m4b")) return "audio/x-m4b";
  if (EndsWith(name, ".m4a")) return "audio/mp4";
  return "video/mp4";
}

std::string_view ByZipMember(ByteView head, std::string_view name) {
  const ByteView zip(head.bytes(), std::endian::little);
  const std::string_view first = zip.Part(30, zip.U16(26));
  if (first == "mimetype" && zip.U16(8) == 0) {
    const std::string_view stated = zip.Part(30 + zip.U16(26) + zip.U16(28), zip.U32(18));
    for (const auto type : kMimetypes) {
      if (stated == type) return type;
    }
  }
  const std::string_view by_name = BySuffix(kZipSuffixes, name);
  if (!by_name.empty()) return by_name;
  if (first == "[Content_Types].xml" || first == "_rels/.rels") {
    if (head.bytes().find("word/") != std::string_view::npos) return kZipSuffixes[0].type;
    if (head.bytes().find("xl/") != std::string_view::npos) return kZipSuffixes[3].type;
    if (head.bytes().find("ppt/") != std::string_view::npos) return kZipSuffixes[6].type;
  }
  return "application/zip";
}

// An MPEG audio frame's header: ISO 11172-3, section 2.4.2.3. Layer, bitrate and sample rate must not be reserved.
bool IsMpegAudio(ByteView head) {
  const std::uint32_t word = head.U32(0);
  return (word & 0xffe00000) == 0xffe00000 && (word >> 19 & 3) != 1 && (word >> 17 & 3) != 0 &&
         (word >> 12 & 15) != 15 && (word >> 12 & 15) != 0 && (word >> 10 & 3) != 3;
}

// The header of a tar older than POSIX has no mark but its checksum, in octal digits, its own eight bytes as spaces.
bool IsOldTar(ByteView head) {
  if (head.size() < 512 || head.U8(0) == 0) return false;
  std::uint64_t stated = 0;
  for (const char c : head.Part(148, 8)) {
    if (c >= '0' && c <= '7') {
      stated = stated * 8 + static_cast<std::uint64_t>(c - '0');
    } else if (c != ' ' && c != '\0') {
      return false;
    }
  }
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < 512; ++i) sum += i >= 148 && i < 156 ? ' ' : head.U8(i);
  return sum == stated;
}

bool LooksLikeText(std::string_view head) {
  if (head.substr(0, 2) == "\xff\xfe" || head.substr(0, 2) == "\xfe\xff") return true;
  const auto odd = std::count_if(head.begin(), head.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 32 && c != '\n' && c != '\r' && c != '\t' && c != '\f' && c != '\x1b';
  });
  return odd == 0;
}

std::string_view ByText(std::string_view head, std::string_view name) {
  if (!LooksLikeText(head)) return {};
  const std::string_view by_name = BySuffix(kTextSuffixes, name);
  if (!by_name.empty()) return by_name;
  std::string start;
  const std::size_t first = head.find_first_not_of("\xef\xbb\xbf \t\r\n");
  for (const char c : head.substr(std::min(first, head.size()), 64)) {
    start += c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  }
  if (start.starts_with("<!doctype html") || start.starts_with("<html")) return "text/html";
  if (start.starts_with("<svg")) return "image/svg+xml";
  if (start.starts_with("<?xml")) {
    const std::string_view more = head.substr(0, 1024);
    if (more.find("<html") != std::string_view::npos) return "application/xhtml+xml";
    return more.find("<svg") != std::string_view::npos ? "image/svg+xml" : "application/xml";
  }
  return "text/plain";
}

}  // namespace

std::string_view FileType(std::string_view head, std::string_view file_name) {
  if (head.empty()) return "inode/x-empty";
  const ByteView bytes(head);
  if (bytes.Is(4, "ftyp")) return ByBrand(bytes, file_name);
  if (bytes.Is(0, "RIFF") || bytes.Is(0, "RF64")) {
    if (bytes.Is(8, "WEBP")) return "image/webp";
    if (bytes.Is(8, "WAVE")) return "audio/x-wav";
    if (bytes.Is(8, "AVI ")) return "video/x-msvideo";
  }
  if (bytes.Is(0, "FORM") && (bytes.Is(8, "AIFF") || bytes.Is(8, "AIFC"))) return "audio/x-aiff";
  if (bytes.Is(0, "FORM") && head.size() >= 12 && !LooksLikeText(head)) return "application/x-iff";
  if (bytes.Is(0, "OggS")) {
    if (head.find("\x80theora") != std::string_view::npos) return "video/ogg";
    return head.find("OpusHead") != std::string_view::npos ? "audio/opus" : "audio/ogg";
  }
  for (const auto& magic : kMagic) {
    if (!bytes.Is(magic.at, magic.bytes)) continue;
    if (magic.type == "application/zip") return ByZipMember(bytes, file_name);
    if (magic.type == "video/x-matroska" && head.find("webm") != std::string_view::npos) return "video/webm";
    if (magic.bytes == "ID3" && bytes.Is(Id3Bytes(bytes), "fLaC")) return "audio/flac";
    if (magic.bytes == "BM" && LooksLikeText(head)) continue;
    return magic.type;
  }
  // Some writers begin a PDF with an empty line; readers allow it.
  const std::size_t begin = head.find_first_not_of(" \t\r\n");
  if (begin != std::string_view::npos && bytes.Is(begin, "%PDF-")) return "application/pdf";
  // A mark of UTF-16 looks like a frame of layer I, which nobody uses.
  if (IsMpegAudio(bytes) && !bytes.Is(0, "\xff\xfe")) return "audio/mpeg";
  const std::string_view text = ByText(head, file_name);
  if (!text.empty()) return text;
  if (IsOldTar(bytes)) return "application/x-tar";
  return EndsWith(file_name, ".mp3") ? "audio/mpeg" : kUnknownType;
}

Result<std::string_view> FileTypeOf(const FileBytes& bytes, std::string_view file_name) {
  std::array<char, kTypeHeadBytes> head;
  auto got = bytes.Read(0, head);
  if (!got) return got.error();
  const std::string_view begin(head.data(), *got);
  // Behind a tag with pictures, which may be longer than what was read, a FLAC may follow.
  if (const std::uint64_t tag = Id3Bytes(ByteView(begin)); tag > begin.size() - std::min<std::size_t>(4, *got)) {
    std::array<char, 4> mark;
    auto behind = bytes.Read(tag, mark);
    if (!behind) return behind.error();
    if (std::string_view(mark.data(), *behind) == "fLaC") return std::string_view("audio/flac");
  }
  return FileType(begin, file_name);
}

}  // namespace cairn
