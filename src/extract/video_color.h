#pragma once

#include "extract/extracted.h"

namespace cairn {

/// Code points of ISO/IEC 23091-2 (ITU-T H.273), as video and pictures state their colours.
struct VideoColor {
  int primaries = 0;
  int transfer = 0;
  int matrix = 0;
};

/// Adds ColorPrimaries, TransferCharacteristics and MatrixCoefficients in words.
void AddVideoColor(const VideoColor& color, Extracted& to);

}  // namespace cairn
