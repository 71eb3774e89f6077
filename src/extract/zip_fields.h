#pragma once

#include "extract/extracted.h"
#include "extract/zip_reader.h"

namespace cairn {

/// What ExifTool says of a zip archive: its first member.
void AddZipFields(const ZipReader& zip, Extracted& to);
Child ZipChild(const ZipMember& member);
/// Members that share bytes are how a small archive unpacks to petabytes (Fifield, "A better zip bomb").
void WarnOfOverlaps(const ZipReader& zip, Extracted& to);

}  // namespace cairn
