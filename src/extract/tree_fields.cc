#include "extract/tree_fields.h"

#include <fmt/format.h>

#include <utility>

namespace cairn {
namespace {

bool IsSmall(char c) { return c >= 'a' && c <= 'z'; }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsLetter(char c) { return IsSmall(c) || (c >= 'A' && c <= 'Z'); }
char Capital(char c) { return IsSmall(c) ? static_cast<char>(c - 'a' + 'A') : c; }

// What is no letter or digit of ASCII, `-` or `_` is left out.
std::string NameOf(std::string_view tag) {
  if (tag == "dc:title") return "Title";
  if (tag == "dc:format") return "Format";
  if (tag == "thumbnailUrl") return "ThumbnailURL";
  std::string name;
  for (const char c : tag) {
    if (c == ':') {
      name += '_';
    } else if (IsLetter(c) || IsDigit(c) || c == '-' || c == '_') {
      name += name.empty() ? Capital(c) : c;
    }
  }
  return name;
}

std::string TextOf(const FieldValue& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  if (const auto* number = std::get_if<std::int64_t>(&value)) return fmt::format("{}", *number);
  if (const auto* real = std::get_if<double>(&value)) return fmt::format("{}", *real);
  if (const auto* truth = std::get_if<bool>(&value)) return *truth ? "true" : "false";
  return {};
}

}  // namespace

std::string TreeFields::Below(const std::string& tag, std::string_view key) {
  if (tag.empty() || key.empty()) return tag + std::string(key);
  std::string out = tag;
  if (IsDigit(key[0]) && IsDigit(tag.back())) out += '_';
  out += Capital(key[0]);
  out += key.substr(1);
  for (std::size_t i = 1; i < out.size(); ++i) {
    if (!IsLetter(out[i - 1])) out[i] = Capital(out[i]);
  }
  return out;
}

bool TreeFields::Take(const std::string& tag, FieldValue value) {
  std::string name = NameOf(tag);
  if (left_ == 0) return false;
  --left_;
  if (name.empty()) return true;
  const auto [at, is_new] = places_.try_emplace(name, fields_.size());
  if (is_new) {
    fields_.push_back({std::move(name), std::move(value)});
    return true;
  }
  FieldValue& known = fields_[at->second].value;
  if (!std::holds_alternative<std::vector<std::string>>(known)) known = std::vector<std::string>{TextOf(known)};
  std::get<std::vector<std::string>>(known).push_back(TextOf(value));
  return true;
}

}  // namespace cairn
