#pragma once

#include "extract/extractor.h"

namespace cairn {

// One for each family of formats; see docs/extractors.md. Each lives as long as the process.
const Extractor& JpegExtractor();
const Extractor& PngExtractor();
const Extractor& TiffExtractor();
const Extractor& GifExtractor();
const Extractor& RiffExtractor();  ///< WebP, WAV, AVI.
const Extractor& Mp4Extractor();   ///< MP4, M4A, M4B, MOV, 3GP, HEIC.
const Extractor& MatroskaExtractor();
const Extractor& Mp3Extractor();
const Extractor& FlacExtractor();
const Extractor& OggExtractor();
const Extractor& AiffExtractor();
const Extractor& PdfExtractor();
const Extractor& OfficeExtractor();        ///< DOCX, XLSX, PPTX and their templates.
const Extractor& OpenDocumentExtractor();  ///< ODT, ODS, ODP, ODG.
const Extractor& EpubExtractor();          ///< And package documents by themselves.
const Extractor& HtmlExtractor();
const Extractor& MarkdownExtractor();
const Extractor& TextExtractor();
const Extractor& CsvExtractor();  ///< And with tabs.
const Extractor& JsonLinesExtractor();
const Extractor& SqliteExtractor();
const Extractor& ParquetExtractor();
const Extractor& ZipExtractor();
const Extractor& ArchiveExtractor();  ///< Tar, packed or not; other gzip, xz, zstd, bzip2.
const Extractor& SevenZipExtractor();

}  // namespace cairn
