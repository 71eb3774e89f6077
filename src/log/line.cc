#include "log/line.h"

#include <fmt/compile.h>
#include <fmt/format.h>

#include <array>
#include <bit>
#include <charconv>
#include <iterator>

#include "base/crc32c.h"

namespace cairn {
namespace {

constexpr std::string_view kSeqPrefix = "{\"seq\":";
constexpr std::string_view kTimePrefix = ",\"ingested_at\":\"";
constexpr std::string_view kRecordPrefix = "\",\"record\":";
constexpr std::string_view kCrcPrefix = ",\"crc\":\"";
constexpr std::size_t kCrcTailBytes = 8 + 8 + 3;  // ,"crc":" + eight digits + "}}

bool Take(std::string_view& text, std::string_view prefix) {
  if (text.substr(0, prefix.size()) != prefix) return false;
  text.remove_prefix(prefix.size());
  return true;
}

// A number as it is printed: no sign, no leading zero.
bool TakeNumber(std::string_view& text, std::uint64_t* out) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), *out);
  const auto digits = static_cast<std::size_t>(end - text.data());
  if (error != std::errc() || digits == 0 || (digits > 1 && text[0] == '0')) return false;
  text.remove_prefix(digits);
  return true;
}

bool TakeHex(std::string_view& text, std::uint32_t* out) {
  if (text.size() < 8) return false;
  std::uint32_t value = 0;
  for (const char c : text.substr(0, 8)) {
    if (c >= '0' && c <= '9') {
      value = value * 16 + static_cast<std::uint32_t>(c - '0');
    } else if (c >= 'a' && c <= 'f') {
      value = value * 16 + static_cast<std::uint32_t>(c - 'a' + 10);
    } else {
      return false;
    }
  }
  text.remove_prefix(8);
  *out = value;
  return true;
}

// Each line read asks for this, so it divides nothing: the bits tell the digits up to one, a comparison the rest.
std::size_t Digits(std::uint64_t value) {
  static constexpr auto kPowers = [] {
    std::array<std::uint64_t, 20> powers{};
    powers[0] = 0;  // So that 0 has one digit.
    for (std::uint64_t i = 1, power = 10; i < powers.size(); ++i, power *= 10) powers[i] = power;
    return powers;
  }();
  const auto guess = static_cast<std::size_t>(std::bit_width(value) * 1233 >> 12);  // log10(2) is 1233 / 4096.
  return guess + (value >= kPowers[guess] ? 1 : 0);
}

}  // namespace

std::size_t RecordOffset(Seq seq) {
  return kSeqPrefix.size() + Digits(seq.value) + kTimePrefix.size() + kFixedTimestampBytes + kRecordPrefix.size();
}

void AppendRecordLine(std::string& out, Seq seq, std::string_view ingested_at, std::string_view record) {
  char digits[20];
  const auto end = std::to_chars(digits, digits + sizeof digits, seq.value).ptr;
  out += kSeqPrefix;
  out.append(digits, end);
  out += kTimePrefix;
  out += ingested_at;
  out += kRecordPrefix;
  out += record;
  out += "}\n";
}

Commit AppendCommitLine(std::string& out, std::size_t begin, Seq first, Seq last, std::uint32_t previous) {
  Commit commit{first, last, out.size() - begin, previous, 0};
  fmt::format_to(std::back_inserter(out),
                 FMT_COMPILE("{{\"commit\":{{\"first\":{},\"last\":{},\"bytes\":{},\"previous\":\"{:08x}\""),
                 first.value, last.value, commit.bytes, previous);
  commit.crc = Crc32c(previous, std::string_view(out).substr(begin));
  fmt::format_to(std::back_inserter(out), FMT_COMPILE(",\"crc\":\"{:08x}\"}}}}\n"), commit.crc);
  return commit;
}

std::optional<Commit> ParseCommitLine(std::string_view line) {
  Commit out;
  if (!Take(line, kCommitPrefix) || !Take(line, "{\"first\":") || !TakeNumber(line, &out.first.value)) return {};
  if (!Take(line, ",\"last\":") || !TakeNumber(line, &out.last.value)) return {};
  if (!Take(line, ",\"bytes\":") || !TakeNumber(line, &out.bytes)) return {};
  if (!Take(line, ",\"previous\":\"") || !TakeHex(line, &out.previous) || !Take(line, "\"")) return {};
  if (!Take(line, kCrcPrefix) || !TakeHex(line, &out.crc) || line != "\"}}") return {};
  if (out.first.value == 0 || out.last < out.first) return {};
  return out;
}

std::uint32_t CommitCrc(std::string_view batch, std::string_view line, std::uint32_t previous) {
  return Crc32c(Crc32c(previous, batch), line.substr(0, line.size() - kCrcTailBytes));
}

std::string_view RecordOf(std::string_view line, Seq seq) {
  const std::size_t offset = RecordOffset(seq);
  std::uint64_t number = 0;
  if (line.size() < offset + 2 || line.back() != '}' || !Take(line, kSeqPrefix) || !TakeNumber(line, &number) ||
      number != seq.value) {
    return {};
  }
  const std::string_view record = line.substr(kTimePrefix.size() + kFixedTimestampBytes + kRecordPrefix.size());
  return record.substr(0, record.size() - 1);
}

std::optional<RecordLine> ParseRecordLine(std::string_view line) {
  RecordLine out;
  if (!Take(line, kSeqPrefix) || !TakeNumber(line, &out.seq.value) || !Take(line, kTimePrefix)) return {};
  if (line.size() < kFixedTimestampBytes) return {};
  const auto time = ParseTimestamp(line.substr(0, kFixedTimestampBytes));
  if (!time) return {};
  out.ingested_at = *time;
  line.remove_prefix(kFixedTimestampBytes);
  if (!Take(line, kRecordPrefix) || line.size() < 2 || line.back() != '}') return {};
  line.remove_suffix(1);
  out.record = line;
  return out;
}

}  // namespace cairn
