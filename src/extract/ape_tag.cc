#include "extract/ape_tag.h"

#include <algorithm>

#include "extract/picture.h"
#include "extract/text.h"

namespace cairn {
namespace {

constexpr std::uint64_t kFooterBytes = 32;

char Upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; }
char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

// `REPLAYGAIN_TRACK_GAIN` is ReplaygainTrackGain, `Tool Name` is ToolName.
std::string FieldName(std::string_view key) {
  std::string out;
  bool raise = true;
  for (std::size_t i = 0; i < key.size(); ++i) {
    const char c = Lower(key[i]);
    const bool letter = c >= 'a' && c <= 'z';
    const bool digit = c >= '0' && c <= '9';
    const char next = i + 1 < key.size() ? Lower(key[i + 1]) : ' ';
    const char last = out.empty() ? ' ' : Lower(out.back());
    const bool joins = c == '_' && next >= 'a' && next <= 'z' && last != '_' && last != '-' && !out.empty();
    if ((letter || digit || c == '-' || c == '_') && !joins) {
      out += raise ? Upper(c) : c;
      raise = false;
    } else {
      raise = true;
    }
  }
  return out.size() == 1 ? "Tag" + out : out;
}

void Core(std::string_view name, const std::vector<std::string>& values, CommonCore* core) {
  if (values.empty() || values[0].empty()) return;
  if (name == "Title" && core->title.empty()) core->title = values[0];
  if (name == "Artist" && core->creators.empty()) core->creators = values;
  if (name == "Comment" && core->description.empty()) core->description = values[0];
  if (name == "Publisher" && core->publisher.empty()) core->publisher = values[0];
  if (name == "Language" && core->language.empty()) core->language = values[0];
  if (name == "Genre" && core->keywords.empty()) core->keywords = values;
  if (name == "Year" && core->created.empty()) core->created = IsoTime(values[0]);
}

void AddText(const std::string& name, std::string_view value, const ExtractContext& context, Extracted& to) {
  std::vector<std::string> values;
  std::string_view rest = TrimEnd(value);
  do {
    const std::size_t end = std::min(rest.find('\0'), rest.size());
    values.push_back(CutText(ToUtf8(rest.substr(0, end)), context.limits.value_bytes));
    rest.remove_prefix(std::min(rest.size(), end + 1));
  } while (!rest.empty() && values.size() < context.limits.fields);
  Core(name, values, &to.core);
  if (values.size() > 1) return to.Add(name, std::move(values));
  FieldValue one = TextOrNumber(std::move(values[0]));
  const auto* ticks = std::get_if<std::int64_t>(&one);
  // A tenth of a microsecond each.
  if (name == "Duration" && ticks != nullptr) one = DurationText(static_cast<double>(*ticks) / 1e7);
  to.Add(name, std::move(one));
}

// A picture's file name stands before it.
void AddBinary(const std::string& name, std::string_view value, Extracted& to) {
  if (!name.starts_with("CoverArt")) return to.Add(name, BinaryText(value.size()));
  const std::string_view about = BeforeNul(value);
  value.remove_prefix(std::min(value.size(), about.size() + 1));
  to.Add(name + "Desc", ToUtf8(about));
  to.Add(name, BinaryText(value.size()));
  Picture picture = PictureFacts(value);
  picture.type = name == "CoverArtFront" ? "front cover" : name == "CoverArtBack" ? "back cover" : "other";
  picture.description = ToUtf8(about);
  to.pictures.push_back(std::move(picture));
}

void Items(ByteView items, std::uint32_t count, const ExtractContext& context, Extracted& to) {
  std::uint64_t at = 0;
  for (std::size_t i = 0; i < std::min<std::size_t>(count, context.limits.fields) && items.Has(at, 9); ++i) {
    const std::uint32_t size = items.U32(at);
    const std::uint32_t kind = items.U32(at + 4) >> 1 & 3;
    const std::string_view key = BeforeNul(items.Part(at + 8, 256));
    at += 9 + key.size();
    if (key.size() > 255 || !items.Has(at, size)) return to.Warn("an item of the APE tag is cut off");
    const std::string_view value = items.Part(at, size);
    at += size;
    const std::string name = FieldName(key);
    if (name.empty()) continue;
    if (kind == 1) {
      AddBinary(name, value, to);
    } else {
      AddText(name, value, context, to);
    }
  }
}

}  // namespace

std::uint64_t ReadApeTag(Window& from, std::uint64_t end, const ExtractContext& context, Extracted& to) {
  if (end < kFooterBytes) return 0;
  const std::string foot(from.At(end - kFooterBytes, kFooterBytes));
  const ByteView footer(foot, std::endian::little);
  if (!footer.Is(0, "APETAGEX")) return 0;
  const std::uint32_t version = footer.U32(8);
  const std::uint32_t size = footer.U32(12);  // of items and footer
  if ((version != 1000 && version != 2000) || size < kFooterBytes || size > end || size > context.limits.bytes)
    return 0;
  const std::string bytes(from.At(end - size, static_cast<std::size_t>(size - kFooterBytes)));
  Items(ByteView(bytes, std::endian::little), footer.U32(16), context, to);
  const bool headed = (footer.U32(20) & 0x80000000) != 0 && end - size >= kFooterBytes;
  return size + (headed ? kFooterBytes : 0);
}

}  // namespace cairn
