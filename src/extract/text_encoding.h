#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace cairn {

/// What can be told about bytes of text from themselves, fed block by block.
class TextEncoding {
 public:
  void Add(std::string_view block);

  /// As ExifTool calls it: `us-ascii`, `utf-8`, `utf-16le`, `utf-16be`, `iso-8859-1`, `unknown-8bit`, `binary`.
  [[nodiscard]] std::string_view Name() const;
  [[nodiscard]] bool HasMark() const { return mark_; }

 private:
  void Step(unsigned char byte);

  std::string_view wide_;  ///< By a mark of UTF-16.
  bool first_ = true;
  bool mark_ = false;
  bool high_ = false;      ///< Bytes from 0x80 on.
  bool controls_ = false;  ///< 0x80 to 0x9f, which Latin-1 texts do not have.
  bool nul_ = false;
  bool utf8_ = true;
  int more_ = 0;                 ///< Bytes that a character still needs.
  unsigned char lowest_ = 0x80;  ///< Of its next byte.
  unsigned char highest_ = 0xbf;
};

/// Text as UTF-8: by its mark, as UTF-8 where it is that, by the charset that it states, else as Windows-1252.
std::string DecodeText(std::string_view bytes, std::string_view charset = "");

}  // namespace cairn
