#pragma once

#include <string_view>

#include "extract/tree_fields.h"

namespace cairn {

/// Reads one item of CBOR (RFC 8949): members of a map under their keys, those of a list that is the whole as `Item0`,
/// `Item1` and so on. Strings of bytes are told by their length. False where the bytes are damaged or nested too
/// deeply; what was read before stays.
bool ReadCbor(std::string_view bytes, TreeFields& to);

}  // namespace cairn
