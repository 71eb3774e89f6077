#pragma once

#include <fmt/format.h>
#include <zlib.h>

#include <string>
#include <vector>

#include "extract/media_for_test.h"

/// Small archives, made byte by byte, and two of 7-Zip's.
namespace cairn::archives {

struct TarMember {
  std::string name;
  std::string content;
  char kind = '0';  ///< '0' file, '2' link (to `content`), '5' folder.
};

/// POSIX.1-1988 (ustar); `mark` false: the older kind.
inline std::string TarOf(const std::vector<TarMember>& members, bool mark = true) {
  std::string out;
  for (const auto& member : members) {
    const bool link = member.kind == '2';
    std::string header = member.name;
    header.resize(100, '\0');
    header += "0000644" + std::string(1, '\0') + std::string(16, '0');
    header +=
        fmt::format("{:011o} ", link ? 0 : member.content.size()) + fmt::format("{:011o} ", 1272895207) + "        ";
    header += member.kind;
    std::string target = link ? member.content : "";
    target.resize(100, '\0');
    header += target + (mark ? std::string("ustar\00000", 8) : "");
    header.resize(512, '\0');
    unsigned sum = 0;
    for (const char c : header) sum += static_cast<unsigned char>(c);
    header.replace(148, 8, fmt::format("{:06o}", sum) + std::string("\0 ", 2));
    out += header;
    if (link) continue;
    out += member.content;
    out.resize((out.size() + 511) / 512 * 512, '\0');
  }
  return out + std::string(1024, '\0');
}

/// A gzip file that states a name.
inline std::string Gzip(const std::string& bytes, const std::string& name) {
  std::string packed(compressBound(bytes.size()) + 64, '\0');
  z_stream stream = {};
  deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY);
  gz_header header = {};
  std::string stated = name;
  header.name = reinterpret_cast<Bytef*>(stated.data());
  header.time = 1272895207;
  header.os = 3;
  deflateSetHeader(&stream, &header);
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  deflate(&stream, Z_FINISH);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  return packed;
}

inline std::string FromHex(std::string_view hex) {
  std::string out;
  const auto digit = [](char c) { return c <= '9' ? c - '0' : c - 'a' + 10; };
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) out += static_cast<char>(digit(hex[i]) * 16 + digit(hex[i + 1]));
  return out;
}

/// A folder `f` with a file `a.txt` ("content") and an empty one, `e`; the header packed by LZMA.
inline std::string SevenZip() {
  return FromHex(
      "377abcaf271c0004a9410634660000000000000020000000000000001e28d0dc010006636f6e74656e74000000813307ae0fce85ae92f7a0"
      "6df397f09fe073a3f48bbcbde52355138c34f1be7aef070365df95158360f6dc1a68625c2ead98a9e2870e62c8117b7f23a84f17e598700a"
      "76a6a69615dcd3ab52d8918df7d0e3b717118b9f000017060b01095b00070b01000123030101055d001000000c7a0a013c6c27000000");
}
/// The same, nothing packed.
inline std::string StoredSevenZip() {
  return FromHex(
      "377abcaf271c0004a06f538907000000000000007a00000000000000689dd4ee636f6e74656e740104060001090700070b01000101000c07"
      "00080a01a930c5fe000005030e01c00f014019080000000000000000111d006600000066002f006500000066002f0061002e007400780074"
      "000000141a0100804dbdefc8eaca01804dbdefc8eaca01804dbdefc8eaca01150e01001080ed412080a4812080a4810000");
}

}  // namespace cairn::archives
