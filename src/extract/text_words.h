#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace cairn {

/// Lines and words, counted block by block.
class TextWords {
 public:
  void Add(std::string_view block);
  void End();

  std::int64_t lines = 0;    ///< A last one without an end counts.
  std::int64_t words = 0;    ///< Between white space.
  std::int64_t longest = 0;  ///< Bytes of the longest line.
  std::int64_t feeds = 0;    ///< Ends of lines by kind: LF, CR LF, CR.
  std::int64_t pairs = 0;
  std::int64_t returns = 0;

  /// As ExifTool says it: `Unix LF`, `Windows CRLF`, `Macintosh CR`, `(none)`; the most frequent.
  [[nodiscard]] std::string_view Newlines() const;

 private:
  bool in_word_ = false;
  bool after_return_ = false;
  std::int64_t line_bytes_ = 0;
};

/// `en`, `de`, `fr`, `es`, `it`, `nl`, `pt`, by the small words that each uses most; empty where none stands out.
std::string GuessLanguage(std::string_view text);

}  // namespace cairn
