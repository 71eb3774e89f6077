#include "extract/charset.h"

#include <algorithm>
#include <utility>

#include "extract/charset_tables.h"
#include "extract/text.h"

namespace cairn {
namespace {

constexpr std::uint32_t kNone = 0xfffd;

// Labels other than the charset's own name.
constexpr std::pair<std::string_view, std::string_view> kLabels[] = {
    {"866", "ibm866"},
    {"cp866", "ibm866"},
    {"latin2", "iso-8859-2"},
    {"l2", "iso-8859-2"},
    {"iso8859-2", "iso-8859-2"},
    {"iso_8859-2", "iso-8859-2"},
    {"latin3", "iso-8859-3"},
    {"latin4", "iso-8859-4"},
    {"cyrillic", "iso-8859-5"},
    {"iso8859-5", "iso-8859-5"},
    {"iso_8859-5", "iso-8859-5"},
    {"arabic", "iso-8859-6"},
    {"iso8859-6", "iso-8859-6"},
    {"greek", "iso-8859-7"},
    {"iso8859-7", "iso-8859-7"},
    {"iso_8859-7", "iso-8859-7"},
    {"hebrew", "iso-8859-8"},
    {"visual", "iso-8859-8"},
    {"iso8859-8", "iso-8859-8"},
    {"iso-8859-8-i", "iso-8859-8"},
    {"logical", "iso-8859-8"},
    {"latin6", "iso-8859-10"},
    {"latin9", "iso-8859-15"},
    {"l9", "iso-8859-15"},
    {"iso8859-15", "iso-8859-15"},
    {"iso_8859-15", "iso-8859-15"},
    {"koi", "koi8-r"},
    {"koi8", "koi8-r"},
    {"koi8_r", "koi8-r"},
    {"koi8-ru", "koi8-u"},
    {"dos-874", "windows-874"},
    {"iso-8859-11", "windows-874"},
    {"tis-620", "windows-874"},
    {"cp1250", "windows-1250"},
    {"x-cp1250", "windows-1250"},
    {"cp1251", "windows-1251"},
    {"x-cp1251", "windows-1251"},
    {"win-1251", "windows-1251"},
    {"cp1253", "windows-1253"},
    {"cp1254", "windows-1254"},
    {"iso-8859-9", "windows-1254"},
    {"iso8859-9", "windows-1254"},
    {"iso_8859-9", "windows-1254"},
    {"latin5", "windows-1254"},
    {"l5", "windows-1254"},
    {"cp1255", "windows-1255"},
    {"cp1256", "windows-1256"},
    {"cp1257", "windows-1257"},
    {"cp1258", "windows-1258"},
    {"x-mac-ukrainian", "x-mac-cyrillic"},
    {"gb2312", "gbk"},
    {"gb_2312", "gbk"},
    {"gb_2312-80", "gbk"},
    {"chinese", "gbk"},
    {"csgb2312", "gbk"},
    {"x-gbk", "gbk"},
    {"cp936", "gbk"},
    {"gb18030", "gbk"},
    {"big5-hkscs", "big5"},
    {"cn-big5", "big5"},
    {"csbig5", "big5"},
    {"x-x-big5", "big5"},
    {"cp950", "big5"},
    {"korean", "euc-kr"},
    {"ks_c_5601-1987", "euc-kr"},
    {"ks_c_5601-1989", "euc-kr"},
    {"ksc5601", "euc-kr"},
    {"ksc_5601", "euc-kr"},
    {"windows-949", "euc-kr"},
    {"cp949", "euc-kr"},
    {"shift-jis", "shift_jis"},
    {"sjis", "shift_jis"},
    {"x-sjis", "shift_jis"},
    {"ms_kanji", "shift_jis"},
    {"csshiftjis", "shift_jis"},
    {"windows-31j", "shift_jis"},
    {"cp932", "shift_jis"},
    {"x-euc-jp", "euc-jp"},
    {"cseucpkdfmtjapanese", "euc-jp"},
    {"csiso2022jp", "iso-2022-jp"},
};

std::uint8_t Byte(std::string_view bytes, std::size_t at) { return static_cast<std::uint8_t>(bytes[at]); }

std::string DecodeSingle(std::string_view bytes, const SingleByteTable& table) {
  std::string out;
  out.reserve(bytes.size() * 2);
  for (const char c : bytes) {
    const auto byte = static_cast<std::uint8_t>(c);
    const std::uint16_t code = byte < 0x80 ? byte : table.codes[byte - 0x80];
    AppendUtf8(out, byte >= 0x80 && code == 0 ? kNone : code);
  }
  return out;
}

// The length of what is one character by its form, though no table here has it: four bytes of GB 18030, three of JIS X
// 0212.
std::size_t LongForm(std::string_view bytes, std::size_t at, std::string_view name) {
  const auto digit = [&](std::size_t i) { return i < bytes.size() && bytes[i] >= '0' && bytes[i] <= '9'; };
  if (name == "gbk" && digit(at + 1) && digit(at + 3) && Byte(bytes, at + 2) >= 0x81) return 4;
  if (name == "euc-jp" && Byte(bytes, at) == 0x8f && at + 2 < bytes.size() && Byte(bytes, at + 1) >= 0xa1) return 3;
  return 0;
}

// What a byte stands for by itself: katakana of half width; 0 where it leads.
std::uint32_t Alone(std::uint8_t byte, std::string_view name) {
  if (name == "shift_jis" && byte >= 0xa1 && byte <= 0xdf) return 0xff61U + byte - 0xa1;
  return name == "gbk" && byte == 0x80 ? 0x20ac : 0;
}

std::string DecodeDouble(std::string_view bytes, const DoubleByteTable& table) {
  std::string out;
  out.reserve(bytes.size() * 3 / 2);
  for (std::size_t at = 0; at < bytes.size();) {
    const std::uint8_t lead = Byte(bytes, at);
    if (lead < 0x80) {
      out += static_cast<char>(lead);
      ++at;
      continue;
    }
    if (const std::uint32_t code = Alone(lead, table.name); code != 0) {
      AppendUtf8(out, code);
      ++at;
      continue;
    }
    if (const std::size_t size = LongForm(bytes, at, table.name); size != 0) {
      AppendUtf8(out, kNone);
      at += size;
      continue;
    }
    const std::uint8_t trail = at + 1 < bytes.size() ? Byte(bytes, at + 1) : 0;
    std::uint32_t code = table.Code(lead, trail);
    if (table.name == "euc-jp" && lead == 0x8e && trail >= 0xa1 && trail <= 0xdf) code = 0xff61U + trail - 0xa1;
    AppendUtf8(out, code == 0 ? kNone : code);
    // A letter of ASCII behind half a character is a letter still.
    at += code == 0 && trail < 0x80 ? 1 : 2;
  }
  return out;
}

// RFC 1468: what EUC-JP has, without the highest bit, between escapes.
std::string DecodeIso2022Jp(std::string_view bytes, const DoubleByteTable& euc_jp) {
  std::string out;
  bool is_double = false;
  for (std::size_t at = 0; at < bytes.size();) {
    if (bytes[at] == '\x1b' && at + 2 < bytes.size()) {
      const bool is_sign = bytes[at + 1] == '$' || bytes[at + 1] == '(';
      if (is_sign) is_double = bytes[at + 1] == '$';
      at += is_sign ? 3 : 1;
    } else if (is_double && bytes[at] > ' ' && at + 1 < bytes.size()) {
      const std::uint16_t code = euc_jp.Code(Byte(bytes, at) | 0x80, Byte(bytes, at + 1) | 0x80);
      AppendUtf8(out, code == 0 ? kNone : code);
      at += 2;
    } else {
      AppendUtf8(out, Byte(bytes, at) < 0x80 ? Byte(bytes, at) : kNone);
      ++at;
    }
  }
  return out;
}

template <typename Tables>
const auto* Find(const Tables& tables, std::string_view name) {
  const auto found = std::find_if(tables.begin(), tables.end(), [&](const auto& one) { return one.name == name; });
  return found == tables.end() ? nullptr : &*found;
}

}  // namespace

std::optional<std::string> DecodeCharset(std::string_view bytes, std::string_view label) {
  std::string name(label);
  std::transform(name.begin(), name.end(), name.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  const auto* known =
      std::find_if(std::begin(kLabels), std::end(kLabels), [&](const auto& one) { return one.first == name; });
  if (known != std::end(kLabels)) name = known->second;
  if (name == "macintosh" || name == "x-mac-roman") return FromMacRoman(bytes);
  if (name == "iso-2022-jp") return DecodeIso2022Jp(bytes, *Find(DoubleByteTables(), "euc-jp"));
  if (const auto* single = Find(SingleByteTables(), name)) return DecodeSingle(bytes, *single);
  if (const auto* twofold = Find(DoubleByteTables(), name)) return DecodeDouble(bytes, *twofold);
  return std::nullopt;
}

}  // namespace cairn
