#include <array>

#include "extract/extractors.h"
#include "extract/office_properties.h"
#include "extract/text.h"
#include "extract/zip_fields.h"
#include "extract/zip_reader.h"

namespace cairn {
namespace {

using namespace std::string_view_literals;

constexpr std::array kTypes = {
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document"sv,
    "application/vnd.openxmlformats-officedocument.wordprocessingml.template"sv,
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"sv,
    "application/vnd.openxmlformats-officedocument.spreadsheetml.template"sv,
    "application/vnd.openxmlformats-officedocument.presentationml.presentation"sv,
    "application/vnd.openxmlformats-officedocument.presentationml.slideshow"sv,
    "application/vnd.openxmlformats-officedocument.presentationml.template"sv,
    "application/vnd.ms-word.document.macroenabled.12"sv,
    "application/vnd.ms-excel.sheet.macroenabled.12"sv,
    "application/vnd.ms-powerpoint.presentation.macroenabled.12"sv,
};
constexpr std::array kFields = {"Zip*"sv,
                                "Title"sv,
                                "Subject"sv,
                                "Creator"sv,
                                "Description"sv,
                                "Language"sv,
                                "Keywords"sv,
                                "Category"sv,
                                "LastModifiedBy"sv,
                                "RevisionNumber"sv,
                                "CreateDate"sv,
                                "ModifyDate"sv,
                                "LastPrinted"sv,
                                "Template"sv,
                                "TotalEditTime"sv,
                                "Pages"sv,
                                "Words"sv,
                                "Characters"sv,
                                "Lines"sv,
                                "Paragraphs"sv,
                                "Slides"sv,
                                "Notes"sv,
                                "HiddenSlides"sv,
                                "Application"sv,
                                "AppVersion"sv,
                                "DocSecurity"sv,
                                "HeadingPairs"sv,
                                "TitlesOfParts"sv,
                                "Company"sv,
                                "Manager"sv,
                                "*"sv};

bool IsPart(std::string_view name, std::string_view folder) {
  return name.starts_with(folder) && name.ends_with(".xml") && name.find('/', folder.size()) == std::string_view::npos;
}

/// Documents of Office Open XML: the properties, and how many sheets or slides there are. No page is unpacked.
class Office final : public Extractor {
 public:
  Office() : Extractor({"office", 2, kTypes, kFields}) {}

  Result<Extracted> Extract(const FileBytes& bytes, const ExtractContext& context) const override {
    auto zip = ZipReader::Open(bytes, context);
    if (!zip) return zip.error();
    Extracted to(context.limits);
    to.type = context.type;
    to.warnings = zip->warnings();
    AddZipFields(*zip, to);
    std::int64_t sheets = 0;
    std::int64_t slides = 0;
    bool macros = false;
    std::uint64_t total = 0;
    for (const auto& member : zip->members()) {
      sheets += IsPart(member.name, "xl/worksheets/") ? 1 : 0;
      slides += IsPart(member.name, "ppt/slides/") ? 1 : 0;
      macros = macros || member.name.ends_with("vbaProject.bin");
      if (member.name.starts_with("docProps/thumbnail.")) Thumbnail(member, to);
      if (!IsPart(member.name, "docProps/")) continue;
      if (Status go = context.KeepGoing(); !go.ok()) return go;
      if (total > context.limits.bytes) break;
      auto part = zip->Read(member);
      if (!part && part.error().code() == StatusCode::kUnavailable) return part.error();
      if (!part) {
        to.Warn(part.error().message());
        continue;
      }
      total += part->size();
      ReadOfficeProperties(*part, context, to);
    }
    if (!to.core.pages && sheets > 0) to.core.pages = sheets;
    if (!to.core.pages && slides > 0) to.core.pages = slides;
    if (macros) to.Add("HasMacros", true);
    return to;
  }

 private:
  static void Thumbnail(const ZipMember& member, Extracted& to) {
    Picture picture;
    picture.type = "thumbnail";
    picture.mime = member.name.ends_with(".wmf")   ? "image/wmf"
                   : member.name.ends_with(".emf") ? "image/emf"
                                                   : "image/jpeg";
    picture.bytes = static_cast<std::int64_t>(member.bytes & INT64_MAX);
    to.pictures.push_back(std::move(picture));
  }
};

}  // namespace

const Extractor& OfficeExtractor() {
  static const Office kOffice;
  return kOffice;
}

}  // namespace cairn
