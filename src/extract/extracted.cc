#include "extract/extracted.h"

#include <algorithm>

#include "extract/extractor.h"
#include "extract/text.h"

namespace cairn {
namespace {

// What a value takes in memory beside its field.
std::size_t BytesOf(const FieldValue& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return text->size();
  std::size_t bytes = 0;
  if (const auto* list = std::get_if<std::vector<std::string>>(&value)) {
    for (const auto& text : *list) bytes += sizeof(text) + text.size();
  }
  return bytes;
}

}  // namespace

Extracted::Extracted(const ExtractLimits& limits)
    : room_{limits.fields, limits.field_bytes, limits.warnings, limits.fields, limits.value_bytes} {}

void Extracted::Add(std::string_view name, FieldValue value) {
  if (auto* text = std::get_if<std::string>(&value)) *text = CutText(std::move(*text), room_.text_bytes);
  if (auto* list = std::get_if<std::vector<std::string>>(&value)) {
    list->resize(std::min(list->size(), room_.list));
    for (auto& text : *list) text = CutText(std::move(text), room_.text_bytes);
  }
  const std::size_t bytes = sizeof(Field) + name.size() + BytesOf(value);
  if (room_.fields == 0 || bytes > room_.bytes) {
    if (!std::exchange(room_.told, true)) Warn("fields are left out, the file has more than the limit");
    return;
  }
  --room_.fields;
  room_.bytes -= bytes;
  fields.push_back({std::string(name), std::move(value)});
}

void Extracted::Warn(std::string warning) {
  if (room_.warnings == 0) return;
  if (--room_.warnings == 0) warning = "further warnings are left out";
  warnings.push_back(CutText(std::move(warning), room_.text_bytes));
}

}  // namespace cairn
