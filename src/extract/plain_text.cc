#include <fmt/format.h>

#include <array>
#include <string>

#include "extract/extractors.h"
#include "extract/text.h"
#include "extract/text_encoding.h"
#include "extract/text_words.h"

namespace cairn {
namespace {

using namespace std::string_view_literals;

constexpr std::array kTypes = {"text/plain"sv};
constexpr std::array kFields = {"MIMEEncoding"sv, "ByteOrderMark"sv, "Newlines"sv,
                                "LineCount"sv,    "WordCount"sv,     "LongestLine"sv};
constexpr std::size_t kBlockBytes = 1 << 16;

class PlainText final : public Extractor {
 public:
  PlainText() : Extractor({"text", 1, kTypes, kFields}) {}

  Result<Extracted> Extract(const FileBytes& bytes, const ExtractContext& context) const override {
    Extracted to(context.limits);
    to.type = kTypes[0];
    TextEncoding encoding;
    TextWords words;
    std::string block = BlockFor(bytes, kBlockBytes);
    std::uint64_t at = 0;
    bool wide = false;
    while (at < context.limits.total_bytes) {
      if (Status go = context.KeepGoing(); !go.ok()) return go;
      auto got = bytes.Read(at, block);
      if (!got) return got.error();
      if (*got == 0) break;
      const std::string_view part(block.data(), *got);
      encoding.Add(part);
      if (at == 0) {
        wide = encoding.Name().starts_with("utf-16");
        to.core.language = GuessLanguage(DecodeText(part));
      }
      if (wide) words.Add(FromUtf16(part, encoding.Name() == "utf-16be"));
      if (!wide) words.Add(part);
      at += *got;
    }
    words.End();
    if (at < bytes.size()) to.Warn(fmt::format("only the first {} bytes are counted", at));
    to.Add("MIMEEncoding", std::string(encoding.Name()));
    if (encoding.HasMark()) to.Add("ByteOrderMark", std::string("Yes"));
    to.Add("Newlines", std::string(words.Newlines()));
    to.Add("LineCount", words.lines);
    to.Add("WordCount", words.words);
    to.Add("LongestLine", words.longest);
    return to;
  }
};

}  // namespace

const Extractor& TextExtractor() {
  static const PlainText kPlainText;
  return kPlainText;
}

}  // namespace cairn
