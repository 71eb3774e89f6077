#include "extract/xmp_fields.h"

#include <fmt/format.h>

#include <cmath>
#include <utility>
#include <variant>

#include "extract/text.h"
#include "extract/xmp_value.h"

namespace cairn {
namespace {

// `en-us` is `en-US`: a land of two letters is large, all else small.
std::string Language(std::string_view language) {
  std::string out(language);
  const std::size_t dash = out.find('-');
  for (char& c : out) c = c == '_' ? '-' : c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  if (dash > 3 || (dash == 1 && out[0] != 'x' && out[0] != 'i')) return out;
  if (out.size() < dash + 3 || (out.size() > dash + 3 && out[dash + 3] != '-')) return out;
  for (std::size_t i = dash + 1; i < dash + 3; ++i) {
    if (out[i] >= 'a' && out[i] <= 'z') out[i] = static_cast<char>(out[i] - 32);
  }
  return out;
}

// Items that tell something only together.
bool IsWhole(const XmpPath& path) { return path.property.shown == "yCbCrSubSampling" || path.property.shown == "lens"; }
std::string Joined(const std::vector<std::string>& texts) {
  std::string out;
  for (const auto& text : texts) out += (out.empty() ? "" : " ") + text;
  return out;
}

// A real among a list's texts: shortest, and not like an integer.
std::string RealText(double real) {
  std::string out = fmt::format("{}", real);
  return out.find_first_not_of("-0123456789") == std::string::npos ? out + ".0" : out;
}

}  // namespace

void XmpFields::Take(const XmpPath& path, XmpItem item) {
  if (full()) return;
  const std::string_view language = item.language;
  const auto form = path.property.form;
  const bool spoken = form == XmpProperty::Form::kAlternative || (!path.known && item.alternative);
  std::string variant;
  if (spoken && !language.empty()) variant = Language(language);
  if (variant == "x-default") variant.clear();
  auto [found, fresh] = values_.try_emplace(path.prefix + ":" + path.id + " " + variant);
  Values& values = found->second;
  if (fresh) {
    order_.push_back(&values);
    values.path = path;
    values.language = variant;
    values.list = path.known ? path.list : item.listed && !(item.alternative && !language.empty());
  }
  ++values_count_;
  const bool more = values.list && !values.groups.empty() && values.list_number == list_number_;
  values.list_number = list_number_;
  if (!more) {
    const bool again = !values.list && !values.groups.empty();
    if (again && (values.groups[0].texts[0] == item.text || !values.seen.insert(item.text).second)) return;
    values.groups.emplace_back();
  }
  FieldValue shown = XmpValue(path, item.text);
  if (auto* cut = std::get_if<std::string>(&shown)) *cut = CutText(std::move(*cut), context_.limits.value_bytes);
  values.groups.back().shown.push_back(std::move(shown));
  values.groups.back().texts.push_back(CutText(std::move(item.text), context_.limits.value_bytes));
}

void XmpFields::EmitOne(Values& values) {
  const std::string name = XmpCleanName(values.path.name) + (values.language.empty() ? "" : "-" + values.language);
  for (auto& [texts, shown] : values.groups) {
    if (IsWhole(values.path) && texts.size() > 1) shown = {XmpValue(values.path, Joined(texts))};
    if (values.language.empty()) {
      Core(values.path.prefix, values.path.id, texts);
    } else if (values.path.prefix == "dc") {
      if (values.path.id == "title" && title_.empty()) title_ = texts.front();
      if (values.path.id == "description" && description_.empty()) description_ = texts.front();
    }
    if (shown.size() == 1) {
      to_.Add(name, std::move(shown[0]));
      continue;
    }
    for (std::size_t i = 0; i < shown.size(); ++i) {
      if (auto* text = std::get_if<std::string>(&shown[i])) texts[i] = std::move(*text);
      if (const auto* real = std::get_if<double>(&shown[i])) texts[i] = RealText(*real);
    }
    to_.Add(name, std::move(texts));
  }
}

void XmpFields::Core(std::string_view prefix, std::string_view id, const std::vector<std::string>& texts) {
  auto& core = to_.core;
  const std::string& first = texts.front();
  if (prefix == "dc") {
    if (id == "title" && core.title.empty()) core.title = first;
    if (id == "description" && core.description.empty()) core.description = first;
    if (id == "creator" && core.creators.empty() && !first.empty()) core.creators = texts;
    if (id == "subject" && core.keywords.empty()) core.keywords = texts;
    if (id == "publisher" && core.publisher.empty()) core.publisher = first;
    if (id == "language" && core.language.empty()) core.language = first;
  }
  if (prefix == "xmp" && id == "CreateDate" && core.created.empty()) core.created = IsoTime(first);
  if (prefix == "xmp" && id == "ModifyDate" && core.modified.empty()) core.modified = IsoTime(first);
  if (prefix == "exif" && id == "GPSLatitude") latitude_ = XmpDegrees(first);
  if (prefix == "exif" && id == "GPSLongitude") longitude_ = XmpDegrees(first);
  if (prefix == "exif" && id == "DateTimeOriginal") taken_ = IsoTime(first);
  if (prefix == "photoshop" && id == "DateCreated" && taken_.empty()) taken_ = IsoTime(first);
}

void XmpFields::Emit() {
  for (Values* values : order_) EmitOne(*values);
  if (to_.core.title.empty()) to_.core.title = title_;
  if (to_.core.description.empty()) to_.core.description = description_;
  if (to_.core.created.empty()) to_.core.created = taken_;
  const bool place = latitude_ && longitude_ && std::abs(*latitude_) <= 90 && std::abs(*longitude_) <= 180;
  if (place && !to_.core.position) to_.core.position = Position{*latitude_, *longitude_, std::nullopt};
}

}  // namespace cairn
