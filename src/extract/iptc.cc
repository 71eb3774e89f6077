#include "extract/iptc.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/json.h"
#include "extract/byte_view.h"
#include "extract/iptc_tags.h"
#include "extract/photo_mechanic.h"
#include "extract/text.h"

namespace cairn {
namespace {

constexpr std::uint8_t kApplication = 2;
constexpr std::size_t kDataSetsMax = 20'000;

// `20020916` is `2002:09:16`.
std::string Dated(std::string_view text) {
  std::string digits;
  for (const char c : text) {
    if (c >= '0' && c <= '9') digits += c;
  }
  const bool other = text.size() > 10 || text.find_first_not_of("0123456789-:/. ") != std::string_view::npos;
  if (digits.size() != 8 || other) return std::string(text);
  return fmt::format("{}:{}:{}", digits.substr(0, 4), digits.substr(4, 2), digits.substr(6, 2));
}

// `135926-0600` is `13:59:26-06:00`.
std::string Timed(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c != ' ') out += c;
  }
  if (out.size() >= 6 && out.find_first_not_of("0123456789") >= 6) out.insert(4, ":").insert(2, ":");
  const std::size_t sign = out.size() >= 5 ? out.size() - 5 : 0;
  const bool zone = sign > 0 && (out[sign] == '+' || out[sign] == '-') &&
                    out.find_first_not_of("0123456789", sign + 1) == std::string::npos;
  if (zone) out.insert(sign + 3, ":");
  return out;
}

std::string Lines(std::string_view bytes) {
  std::string out;
  bool gap = false;
  for (const char c : TrimEnd(bytes)) {
    if (c == '\0' && !gap) out += '\n';
    if (c != '\0') out += c;
    gap = c == '\0';
  }
  return out;
}

// Two blocks of a file often hold the same keywords.
std::vector<std::string> Distinct(const std::vector<std::string>& texts) {
  std::set<std::string_view> seen;
  std::vector<std::string> out;
  for (const auto& text : texts) {
    if (seen.insert(text).second) out.push_back(text);
  }
  return out;
}

class Records {
 public:
  explicit Records(Extracted& to) : to_(to) {}

  void Take(std::uint8_t record, std::uint8_t set, ByteView value) {
    const auto tags = IptcTags(record);
    const auto tag = std::find_if(tags.begin(), tags.end(), [&](const IptcTag& one) { return one.id == set; });
    if (tag == tags.end()) return;
    if (record == kApplication) Core(*tag, value);
    FieldValue shown = Shown(*tag, value);
    if (auto* text = std::get_if<std::string>(&shown); text != nullptr && tag->list) {
      lists_[{record, set}].push_back(std::move(*text));
    } else {
      to_.Add(tag->name, std::move(shown));
    }
  }

  void Finish() {
    for (auto& [of, texts] : lists_) {
      const auto [record, set] = of;
      if (record == kApplication && set == 25 && to_.core.keywords.empty()) to_.core.keywords = Distinct(texts);
      if (record == kApplication && set == 80 && to_.core.creators.empty()) to_.core.creators = Distinct(texts);
      for (const IptcTag& tag : IptcTags(record)) {
        if (tag.id != set) continue;
        to_.Add(tag.name, texts.size() == 1 ? FieldValue(std::move(texts[0])) : FieldValue(std::move(texts)));
        break;
      }
    }
  }

 private:
  FieldValue Shown(const IptcTag& tag, ByteView value) {
    switch (tag.form) {
      case IptcForm::kBinary:
        return BinaryText(value.size());
      case IptcForm::kCharset:
        return Charset(value);
      case IptcForm::kHistory:
        return Text(Lines(value.bytes()));
      case IptcForm::kNumber:
        if (value.size() > 8) break;
        return Worded(tag, std::to_string(value.Unsigned(0, value.size())));
      default:
        break;
    }
    std::string text = TextOf(tag, value);
    if (tag.list) return text;
    return Worded(tag, std::move(text));
  }

  // Before digits become a number.
  [[nodiscard]] std::string TextOf(const IptcTag& tag, ByteView value) const {
    std::string text = Text(BeforeNul(value.bytes()));
    if (tag.form == IptcForm::kDate) return Dated(text);
    if (tag.form == IptcForm::kTime) return Timed(text);
    if (tag.form == IptcForm::kPrefs) return PhotoMechanicText(text);
    return text;
  }

  static FieldValue Worded(const IptcTag& tag, std::string text) {
    if (tag.words.empty()) return TextOrNumber(std::move(text));
    for (const auto& word : tag.words) {
      if (word.value == text) return std::string(word.text);
    }
    return "Unknown (" + text + ")";
  }

  std::string Charset(ByteView value) {
    utf8_ = value.Is(0, "\x1b%G");
    std::string text;
    for (const char c : value.bytes())
      text += (text.empty() ? "" : " ") + (c == '\x1b' ? std::string("ESC") : std::string(1, c));
    return utf8_ ? std::string("UTF8") : ToUtf8(text);
  }
  [[nodiscard]] std::string Text(std::string_view text) const {
    return utf8_ && IsUtf8(text) ? std::string(text) : FromLatin1(text);
  }
  void Core(const IptcTag& tag, ByteView value) {
    auto& core = to_.core;
    if (tag.id == 5 && core.title.empty()) core.title = TextOf(tag, value);
    if (tag.id == 120 && core.description.empty()) core.description = TextOf(tag, value);
    if (tag.id == 55 && core.created.empty()) core.created = IsoTime(TextOf(tag, value));
  }

  Extracted& to_;
  bool utf8_ = false;
  std::map<std::pair<std::uint8_t, std::uint8_t>, std::vector<std::string>> lists_;
};

// Some write the block as 32-bit numbers of the wrong order.
std::string Swapped(std::string_view bytes) {
  std::string out;
  for (std::size_t i = 0; i < bytes.size(); i += 4) {
    const std::string_view four = bytes.substr(i, 4);
    out.append(4 - four.size(), '\0').append(four.rbegin(), four.rend());
  }
  return out;
}

}  // namespace

void ReadIptc(std::string_view bytes, Extracted& to) {
  std::string swapped;
  if (bytes.size() >= 4 && bytes[0] != '\x1c' && bytes[3] == '\x1c') bytes = swapped = Swapped(bytes);
  const ByteView view(bytes);
  Records records(to);
  std::uint64_t at = 0;
  for (std::size_t count = 0; view.Has(at, 5) && view.U8(at) == 0x1c; ++count) {
    if (count == kDataSetsMax) {
      to.Warn(fmt::format("the IPTC records from byte {} on are left out", at));
      break;
    }
    std::uint64_t size = view.U16(at + 3);
    std::uint64_t data = at + 5;
    if ((size & 0x8000) != 0) {  // the length of the length
      const std::size_t length = size & 0x7fff;
      if (length > 8 || !view.Has(data, length)) break;
      size = view.Unsigned(data, length);
      data += length;
    }
    if (!view.Has(data, size)) {
      to.Warn(fmt::format("the IPTC record at byte {} is cut off", at));
      break;
    }
    records.Take(view.U8(at + 1), view.U8(at + 2), view.Sub(data, size));
    at = data + size;
  }
  records.Finish();
}

}  // namespace cairn
