#pragma once

#include <string>
#include <string_view>

#include "extract/extracted_codec.h"
#include "extract/extractor.h"
#include "require.h"

namespace cairn::fuzz {

/// A file's metadata: what a reader gives, its text form gives again.
inline void ReadFile(std::string_view type, std::string_view bytes) {
  ExtractContext context;
  context.type = std::string(type);
  context.limits.bytes = std::uint64_t{8} << 20;
  context.limits.total_bytes = std::uint64_t{32} << 20;
  const auto read = ExtractorFor(type)->Extract(MemoryBytes(std::string(bytes)), context);
  if (!read) return Require(!read.error().message().empty(), "an error says what it is");
  const std::string text = EncodeExtracted(*read);
  const auto again = DecodeExtracted(text);
  Require(again.has_value(), "what is written is read");
  Require(EncodeExtracted(*again) == text, "what is read is written the same");
}

}  // namespace cairn::fuzz
