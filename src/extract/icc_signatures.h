#pragma once

#include <string_view>

namespace cairn {

// What four letters stand for in a profile; empty where they stand for nothing.

/// The maker registered with the ICC.
std::string_view IccMaker(std::string_view signature);
/// ExifTool's name of a tag.
std::string_view IccTagName(std::string_view signature);
/// What a profile is for.
std::string_view IccClass(std::string_view signature);
/// The system that a profile was made for.
std::string_view IccPlatform(std::string_view signature);
/// How a device works.
std::string_view IccTechnology(std::string_view signature);

}  // namespace cairn
