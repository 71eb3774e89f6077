#pragma once

#include <string_view>

#include "extract/byte_view.h"
#include "extract/extracted.h"

namespace cairn {

// Application segments of JPEG that have a meaning of their own. Each takes the segment without marker and length.

/// APP0 `JFIF`, `JFXX` and `AVI1`.
void ReadApp0(ByteView segment, Extracted& to);
/// APP2 `MPF` (CIPA DC-007, Multi-Picture Format) behind its name. It stands at byte `at` of a file of `file_bytes`.
void ReadMpf(ByteView segment, std::uint64_t at, std::uint64_t file_bytes, Extracted& to);
/// APP5 `RMETA`: what the owner of a Ricoh camera may enter by fields of their own.
void ReadRicohMeta(ByteView segment, Extracted& to);
/// APP12 `Ducky`: Photoshop's "Save for Web".
void ReadDucky(ByteView segment, Extracted& to);
/// APP12 with lines of `name=value`, as cameras of the nineties wrote.
void ReadPictureInfo(ByteView segment, Extracted& to);
/// APP14 `Adobe`.
void ReadAdobe(ByteView segment, Extracted& to);

}  // namespace cairn
