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

}  // namespace cairn
