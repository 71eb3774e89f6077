#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "cache/level.h"

namespace cairn {

/// An invalidation as it is told to the other hosts:
///
///     message := 1:u8 verb:u8 keys:u32 key* tags:u32 tag* pattern:text
///     key     := text:text short:text source:text hash:u64 version:u64
///     tag     := text
///     text    := bytes:u32 bytes
std::string EncodeInvalidation(const Invalidation& invalidation);

/// Nothing where it cannot be understood: damaged, or from a newer version.
std::optional<Invalidation> DecodeInvalidation(std::string_view bytes);

}  // namespace cairn
