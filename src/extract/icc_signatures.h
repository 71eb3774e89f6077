#pragma once

#include <string_view>

namespace cairn {

/// The maker registered with the ICC under these four letters; empty where there is none.
std::string_view IccMaker(std::string_view signature);

}  // namespace cairn
