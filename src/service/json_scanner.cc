#include "service/json_scanner.h"

#include <fmt/format.h>

#include <array>

namespace cairn {
namespace {

// Bytes that a string runs over without a look: all but the quote, the backslash and control characters.
constexpr std::array<bool, 256> MakePlain() {
  std::array<bool, 256> out{};
  for (std::size_t i = 0x20; i < 256; ++i) out[i] = i != '"' && i != '\\';
  return out;
}
constexpr std::array<bool, 256> kPlain = MakePlain();

bool IsScalar(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '+' || c == '.';
}

}  // namespace

void JsonScanner::Reset() {
  open_.clear();
  expect_ = Expect::kValue;
  inside_ = Inside::kNothing;
  key_ = false;
  done_ = false;
  error_.clear();
}

JsonScanner::Outcome JsonScanner::Broken(std::string error) {
  error_ = std::move(error);
  return Outcome::kBroken;
}

JsonScanner::Outcome JsonScanner::Unexpected() {
  switch (expect_) {
    case Expect::kValue:
      return Broken("a value is missing");
    case Expect::kFirstElement:
      return Broken("a value or ']' is missing");
    case Expect::kFirstKey:
      return Broken("a name in quotes or '}' is missing");
    case Expect::kKey:
      return Broken("a name in quotes is missing");
    case Expect::kColon:
      return Broken("a ':' is missing");
    case Expect::kCommaOrClose:
      return Broken(open_.back() == '{' ? "a ',' or '}' is missing" : "a ',' or ']' is missing");
  }
  return Broken("not JSON");
}

bool JsonScanner::Open(char bracket) {
  if (open_.size() == depth_max_) return false;
  open_.push_back(bracket);
  expect_ = bracket == '{' ? Expect::kFirstKey : Expect::kFirstElement;
  return true;
}

void JsonScanner::ValueEnded() {
  expect_ = Expect::kCommaOrClose;
  done_ = open_.empty();
}

JsonScanner::Outcome JsonScanner::Scan(std::string_view bytes, std::size_t& at) {
  if (done_) return Outcome::kDone;
  const std::size_t size = bytes.size();
  while (at < size) {
    const char c = bytes[at];
    switch (inside_) {
      case Inside::kString: {
        std::size_t i = at;
        while (i < size && kPlain[static_cast<unsigned char>(bytes[i])]) ++i;
        at = i;
        if (i == size) return Outcome::kMore;
        if (bytes[i] == '\\') {
          inside_ = Inside::kEscape;
        } else if (bytes[i] == '"') {
          inside_ = Inside::kNothing;
          if (key_) {
            expect_ = Expect::kColon;
          } else {
            ValueEnded();
          }
        } else {
          return Broken(bytes[i] == '\n' || bytes[i] == '\r' ? "a string is not closed on its line"
                                                             : "a control character stands in a string");
        }
        ++at;
        break;
      }
      case Inside::kEscape:
        if (c == '\n' || c == '\r') return Broken("a string is not closed on its line");
        inside_ = Inside::kString;
        ++at;
        break;
      case Inside::kScalar:
        if (IsScalar(c)) {
          ++at;
        } else {
          inside_ = Inside::kNothing;
          ValueEnded();
        }
        break;
      case Inside::kNothing: {
        if (c == ' ' || c == '\n' || c == '\r' || c == '\t') {
          ++at;
          break;
        }
        const bool value = expect_ == Expect::kValue || expect_ == Expect::kFirstElement;
        if (c == '"') {
          key_ = expect_ == Expect::kFirstKey || expect_ == Expect::kKey;
          if (!value && !key_) return Unexpected();
          inside_ = Inside::kString;
        } else if (c == '{' || c == '[') {
          if (!value) return Unexpected();
          if (!Open(c)) return Broken(fmt::format("it is nested deeper than {} levels", depth_max_));
        } else if (c == '}' || c == ']') {
          const bool closes = c == '}' ? expect_ == Expect::kFirstKey : expect_ == Expect::kFirstElement;
          const char opened = c == '}' ? '{' : '[';
          if (!closes && (expect_ != Expect::kCommaOrClose || open_.back() != opened)) return Unexpected();
          open_.pop_back();
          ValueEnded();
        } else if (c == ',') {
          if (expect_ != Expect::kCommaOrClose) return Unexpected();
          expect_ = open_.back() == '{' ? Expect::kKey : Expect::kValue;
        } else if (c == ':') {
          if (expect_ != Expect::kColon) return Unexpected();
          expect_ = Expect::kValue;
        } else if (value && IsScalar(c)) {
          inside_ = Inside::kScalar;
        } else {
          return Unexpected();
        }
        ++at;
        break;
      }
    }
    if (done_) return Outcome::kDone;
  }
  return Outcome::kMore;
}

JsonScanner::Outcome JsonScanner::Finish() {
  if (done_) return Outcome::kDone;
  if (inside_ == Inside::kScalar && open_.empty()) return Outcome::kDone;
  if (inside_ == Inside::kString || inside_ == Inside::kEscape) return Broken("it ends inside a string");
  return Broken("it ends before its last bracket is closed");
}

}  // namespace cairn
