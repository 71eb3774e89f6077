#include "extract/gzip_header.h"

#include <fmt/format.h>

#include <array>

#include "extract/byte_view.h"
#include "extract/text.h"

namespace cairn {
namespace {

constexpr std::size_t kHeadBytes = 4096;
constexpr std::array kSystems = {"FAT filesystem (MS-DOS, OS/2, NT/Win32)",
                                 "Amiga",
                                 "VMS (or OpenVMS)",
                                 "Unix",
                                 "VM/CMS",
                                 "Atari TOS",
                                 "HPFS filesystem (OS/2, NT)",
                                 "Macintosh",
                                 "Z-System",
                                 "CP/M",
                                 "TOPS-20",
                                 "NTFS filesystem (NT)",
                                 "QDOS",
                                 "Acorn RISCOS"};
constexpr std::array kFlags = {"Text", "CRC16", "ExtraFields", "FileName", "Comment"};

std::string FlagNames(std::uint8_t flags) {
  std::string out;
  for (unsigned bit = 0; bit < 8; ++bit) {
    if ((flags >> bit & 1) == 0) continue;
    if (!out.empty()) out += ", ";
    out += bit < kFlags.size() ? std::string(kFlags[bit]) : fmt::format("[{}]", bit);
  }
  return out.empty() ? "(none)" : out;
}

}  // namespace

Result<std::string> ReadGzipHeader(const FileBytes& bytes, Extracted& to) {
  auto read = bytes.ReadUpTo(0, kHeadBytes);
  if (!read) return read.error();
  const ByteView head(*read, std::endian::little);
  if (head.size() < 10 || !head.Is(0, "\x1f\x8b")) {
    return Status(StatusCode::kInvalidArgument, "no gzip file: its header is missing or cut off");
  }
  const std::uint8_t flags = head.U8(3);
  to.Add("Compression", head.U8(2) == 8 ? std::string("Deflated") : fmt::format("Unknown ({})", head.U8(2)));
  to.Add("Flags", FlagNames(flags));
  if (head.U32(4) == 0) {
    to.Add("ModifyDate", std::string("0000:00:00 00:00:00"));
  } else {
    to.Add("ModifyDate", ExifTime(head.U32(4)) + "+00:00");
    to.core.modified = IsoTime(ExifTime(head.U32(4))) + "Z";
  }
  const std::uint8_t extra = head.U8(8);
  to.Add("ExtraFlags", extra == 0   ? std::string("(none)")
                       : extra == 2 ? std::string("Maximum Compression")
                       : extra == 4 ? std::string("Fastest Algorithm")
                                    : fmt::format("Unknown ({})", extra));
  const std::uint8_t system = head.U8(9);
  to.Add("OperatingSystem", system < kSystems.size() ? std::string(kSystems[system])
                            : system == 255          ? std::string("unknown")
                                                     : fmt::format("Unknown ({})", system));
  std::size_t at = 10;
  if ((flags & 4) != 0) at += 2U + head.U16(at);
  const auto text = [&] {
    const std::string_view raw = BeforeNul(head.Part(at));
    at += raw.size() + 1;
    return ToUtf8(raw);
  };
  std::string name;
  if ((flags & 8) != 0) to.Add("ArchivedFileName", name = text());
  if ((flags & 16) != 0) to.Add("Comment", text());
  return name;
}

}  // namespace cairn
