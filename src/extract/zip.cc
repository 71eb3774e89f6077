#include <fmt/format.h>

#include <array>

#include "extract/archive_paths.h"
#include "extract/extractors.h"
#include "extract/text.h"
#include "extract/zip_fields.h"
#include "extract/zip_reader.h"

namespace cairn {
namespace {

using namespace std::string_view_literals;

constexpr std::array kTypes = {"application/zip"sv};
constexpr std::array kFields = {
    "ZipRequiredVersion"sv, "ZipBitFlag"sv,          "ZipCompression"sv, "ZipModifyDate"sv,  "ZipCRC"sv,
    "ZipCompressedSize"sv,  "ZipUncompressedSize"sv, "ZipFileName"sv,    "ZipFileComment"sv, "Comment"sv};

class Zip final : public Extractor {
 public:
  Zip() : Extractor({"zip", 2, kTypes, kFields}) {}

  Result<Extracted> Extract(const FileBytes& bytes, const ExtractContext& context) const override {
    auto reader = ZipReader::Open(bytes, context);
    if (!reader) return reader.error();
    Extracted to(context.limits);
    to.type = kTypes[0];
    to.warnings = reader->warnings();
    AddZipFields(*reader, to);
    if (!reader->comment().empty()) {
      to.core.description = CutText(ToUtf8(reader->comment()), context.limits.value_bytes);
      to.Add("Comment", to.core.description);
    }
    ArchivePaths paths(context);
    for (const auto& member : reader->members()) paths.Add(ZipChild(member), to);
    paths.End(bytes.size(), to);
    WarnOfOverlaps(*reader, to);
    return to;
  }
};

}  // namespace

const Extractor& ZipExtractor() {
  static const Zip kZip;
  return kZip;
}

}  // namespace cairn
