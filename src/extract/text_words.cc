#include "extract/text_words.h"

#include <algorithm>
#include <cstddef>
#include <span>
#include <utility>

namespace cairn {
namespace {

using namespace std::string_view_literals;

constexpr std::array kEnglish = {"the"sv,  "and"sv,  "of"sv,  "to"sv,  "is"sv,
                                 "that"sv, "with"sv, "for"sv, "was"sv, "this"sv};
constexpr std::array kGerman = {"der"sv,   "die"sv, "und"sv, "das"sv, "ist"sv,
                                "nicht"sv, "mit"sv, "den"sv, "ein"sv, "von"sv};
constexpr std::array kFrench = {"le"sv,  "les"sv,  "et"sv,   "des"sv, "est"sv,
                                "une"sv, "dans"sv, "pour"sv, "qui"sv, "pas"sv};
constexpr std::array kSpanish = {"el"sv,  "los"sv, "y"sv,   "que"sv, "una"sv,
                                 "por"sv, "con"sv, "las"sv, "del"sv, "para"sv};
constexpr std::array kItalian = {"il"sv,  "che"sv,  "di"sv,    "non"sv, "per"sv,
                                 "una"sv, "sono"sv, "della"sv, "gli"sv, "anche"sv};
constexpr std::array kDutch = {"het"sv, "een"sv,  "van"sv,  "en"sv,  "niet"sv,
                               "dat"sv, "zijn"sv, "voor"sv, "met"sv, "de"sv};
constexpr std::array kPortuguese = {"o"sv,   "que"sv,  "uma"sv,  "os"sv,  "com"sv,
                                    "por"sv, "mais"sv, "para"sv, "dos"sv, "em"sv};

struct Language {
  std::string_view code;
  std::span<const std::string_view> words;
};
const std::array kLanguages = {Language{"en", kEnglish},   Language{"de", kGerman},  Language{"fr", kFrench},
                               Language{"es", kSpanish},   Language{"it", kItalian}, Language{"nl", kDutch},
                               Language{"pt", kPortuguese}};

enum class Kind : std::uint8_t { kWord, kSpace };
constexpr std::array<Kind, 256> kKinds = [] {
  std::array<Kind, 256> kinds = {};
  for (const char c : {' ', '\t', '\n', '\v', '\f', '\r'}) kinds[static_cast<unsigned char>(c)] = Kind::kSpace;
  return kinds;
}();

bool IsWord(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || static_cast<unsigned char>(c) >= 0x80;
}

}  // namespace

void TextWords::Add(std::string_view block) {
  std::size_t at = 0;
  while (at < block.size()) {
    const std::size_t begin = at;
    while (at < block.size() && kKinds[static_cast<unsigned char>(block[at])] == Kind::kWord) ++at;
    if (at > begin) {
      words += in_word_ ? 0 : 1;
      in_word_ = true;
      after_return_ = false;
      line_bytes_ += static_cast<std::int64_t>(at - begin);
    }
    if (at == block.size()) break;
    const char c = block[at++];
    in_word_ = false;
    if (c != '\n' && c != '\r') {
      after_return_ = false;
      ++line_bytes_;
    } else if (c == '\n' && after_return_) {
      after_return_ = false;
      --returns;
      ++pairs;
    } else {
      after_return_ = c == '\r';
      ++(c == '\n' ? feeds : returns);
      ++lines;
      longest = std::max(longest, line_bytes_);
      line_bytes_ = 0;
    }
  }
}

void TextWords::End() {
  if (line_bytes_ > 0) ++lines;
  longest = std::max(longest, line_bytes_);
  line_bytes_ = 0;
}

std::string_view TextWords::Newlines() const {
  if (feeds == 0 && pairs == 0 && returns == 0) return "(none)";
  if (pairs >= feeds && pairs >= returns) return "Windows CRLF";
  return feeds >= returns ? "Unix LF" : "Macintosh CR";
}

std::string GuessLanguage(std::string_view text) {
  std::array<std::size_t, kLanguages.size()> hits = {};
  std::size_t words = 0;
  std::size_t at = 0;
  while (at < text.size()) {
    while (at < text.size() && !IsWord(text[at])) ++at;
    std::array<char, 8> word;
    std::size_t size = 0;
    for (; at < text.size() && IsWord(text[at]); ++at, ++size) {
      if (size < word.size())
        word[size] = text[at] >= 'A' && text[at] <= 'Z' ? static_cast<char>(text[at] + 32) : text[at];
    }
    if (size == 0) continue;
    ++words;
    if (size > word.size()) continue;
    for (std::size_t i = 0; i < kLanguages.size(); ++i) {
      const auto& known = kLanguages[i].words;
      if (std::find(known.begin(), known.end(), std::string_view(word.data(), size)) != known.end()) ++hits[i];
    }
  }
  std::size_t best = 0;
  for (std::size_t i = 1; i < hits.size(); ++i) {
    if (hits[i] > hits[best]) best = i;
  }
  std::size_t second = 0;
  for (std::size_t i = 0; i < hits.size(); ++i) {
    if (i != best) second = std::max(second, hits[i]);
  }
  // A twelfth of all words at least, and half as many again as the next language has.
  const bool sure = words >= 20 && hits[best] * 12 >= words && hits[best] * 2 >= second * 3;
  return sure ? std::string(kLanguages[best].code) : std::string();
}

}  // namespace cairn
