#include <array>
#include <charconv>

#include "extract/extractors.h"
#include "extract/office_properties.h"
#include "extract/text.h"
#include "extract/xmp.h"
#include "extract/zip_reader.h"

namespace cairn {
namespace {

using namespace std::string_view_literals;

constexpr std::array kTypes = {
    "application/vnd.oasis.opendocument.text"sv,         "application/vnd.oasis.opendocument.text-template"sv,
    "application/vnd.oasis.opendocument.spreadsheet"sv,  "application/vnd.oasis.opendocument.spreadsheet-template"sv,
    "application/vnd.oasis.opendocument.presentation"sv, "application/vnd.oasis.opendocument.presentation-template"sv,
    "application/vnd.oasis.opendocument.graphics"sv,
};
constexpr std::array kFields = {"Title"sv,
                                "Description"sv,
                                "Subject"sv,
                                "Keyword"sv,
                                "Creator"sv,
                                "Initial-creator"sv,
                                "Creation-date"sv,
                                "Date"sv,
                                "Language"sv,
                                "Editing-cycles"sv,
                                "Editing-duration"sv,
                                "Generator"sv,
                                "Document-statistic*"sv,
                                "User-defined*"sv,
                                "*"sv};

const FieldValue* Find(const Extracted& from, std::string_view name) {
  for (const auto& field : from.fields) {
    if (field.name == name) return &field.value;
  }
  return nullptr;
}

std::string TextOf(const Extracted& from, std::string_view name) {
  const FieldValue* value = Find(from, name);
  const auto* text = value != nullptr ? std::get_if<std::string>(value) : nullptr;
  return text != nullptr ? *text : std::string();
}

/// Documents of OpenDocument: `meta.xml` (OpenDocument 1.3 part 3, section 4).
class OpenDocument final : public Extractor {
 public:
  OpenDocument() : Extractor({"opendocument", 3, kTypes, kFields}) {}

  Result<Extracted> Extract(const FileBytes& bytes, const ExtractContext& context) const override {
    Extracted to(context.limits);
    to.type = context.type;
    auto head = bytes.ReadUpTo(0, 2);
    if (!head) return head.error();
    if (*head != "PK") return Flat(bytes, context, std::move(to));
    auto zip = ZipReader::Open(bytes, context);
    if (!zip) return zip.error();
    to.warnings = zip->warnings();
    if (Status go = context.KeepGoing(); !go.ok()) return go;
    if (const ZipMember* thumbnail = zip->Find("Thumbnails/thumbnail.png")) {
      to.pictures.push_back(
          {"thumbnail", "image/png", "", {}, {}, static_cast<std::int64_t>(thumbnail->bytes & INT64_MAX)});
    }
    const ZipMember* meta = zip->Find("meta.xml");
    if (meta == nullptr) {
      to.Warn("the document has no meta.xml");
      return to;
    }
    auto xml = zip->Read(*meta);
    if (!xml && xml.error().code() == StatusCode::kUnavailable) return xml.error();
    if (!xml) {
      to.Warn(xml.error().message());
      return to;
    }
    ReadXmp(*xml, context, to);
    FillCore(to);
    return to;
  }

 private:
  // One XML file without an archive.
  static Result<Extracted> Flat(const FileBytes& bytes, const ExtractContext& context, Extracted to) {
    auto xml = bytes.ReadUpTo(0, static_cast<std::size_t>(std::min<std::uint64_t>(context.limits.bytes, 1U << 20)));
    if (!xml) return xml.error();
    const std::size_t begin = xml->find("<office:meta>");
    const std::size_t end = xml->find("</office:meta>");
    if (begin == std::string::npos || end == std::string::npos || end < begin) {
      return Status(StatusCode::kInvalidArgument,
                    "no OpenDocument file: neither a zip archive nor XML with office:meta");
    }
    ReadXmp(std::string_view(*xml).substr(begin, end - begin + 14), context, to);
    FillCore(to);
    return to;
  }

  static void FillCore(Extracted& to) {
    auto& core = to.core;
    core.created = IsoTime(TextOf(to, "Creation-date"));
    core.modified = IsoTime(TextOf(to, "Date"));
    const std::string author = TextOf(to, "Initial-creator");
    if (!author.empty()) core.creators = {author};
    if (core.language.empty()) core.language = TextOf(to, "Language");
    if (const FieldValue* keywords = Find(to, "Keyword")) {
      if (const auto* list = std::get_if<std::vector<std::string>>(keywords)) core.keywords = *list;
      if (const auto* text = std::get_if<std::string>(keywords)) core.keywords = SplitKeywords(*text);
    }
    for (const auto name : {"Document-statisticPage-count", "Document-statisticTable-count"}) {
      const FieldValue* count = Find(to, name);
      const auto* number = count != nullptr ? std::get_if<std::int64_t>(count) : nullptr;
      if (number != nullptr && !core.pages && *number > 0) core.pages = *number;
    }
  }
};

}  // namespace

const Extractor& OpenDocumentExtractor() {
  static const OpenDocument kOpenDocument;
  return kOpenDocument;
}

}  // namespace cairn
