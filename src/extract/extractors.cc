#include "extract/extractors.h"

#include <map>
#include <vector>

namespace cairn {

std::span<const Extractor* const> Extractors() {
  static const std::vector<const Extractor*> kAll = {
      &JpegExtractor(),     &PngExtractor(),      &TiffExtractor(),   &GifExtractor(),          &Mp4Extractor(),
      &RiffExtractor(),     &Mp3Extractor(),      &FlacExtractor(),   &OggExtractor(),          &AiffExtractor(),
      &MatroskaExtractor(), &PdfExtractor(),      &OfficeExtractor(), &OpenDocumentExtractor(), &EpubExtractor(),
      &HtmlExtractor(),     &MarkdownExtractor(), &TextExtractor(),   &CsvExtractor(),          &JsonLinesExtractor(),
      &SqliteExtractor(),   &ParquetExtractor(),  &ZipExtractor(),    &ArchiveExtractor(),      &SevenZipExtractor()};
  return kAll;
}

const Extractor* ExtractorFor(std::string_view type) {
  static const std::map<std::string_view, const Extractor*> kByType = [] {
    std::map<std::string_view, const Extractor*> by_type;
    for (const Extractor* extractor : Extractors()) {
      for (const std::string_view of : extractor->types()) by_type.emplace(of, extractor);
    }
    return by_type;
  }();
  const auto found = kByType.find(type);
  return found == kByType.end() ? nullptr : found->second;
}

}  // namespace cairn
