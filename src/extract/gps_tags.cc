#include "extract/exif_tags.h"

namespace cairn {
namespace {

constexpr Code kGPSLatitudeRef[] = {{78, "North"}, {83, "South"}};
constexpr Code kGPSLongitudeRef[] = {{69, "East"}, {87, "West"}};
constexpr Code kGPSAltitudeRef[] = {{0, "Above Sea Level"}, {1, "Below Sea Level"}};
constexpr Code kGPSStatus[] = {{65, "Measurement Active"}, {86, "Measurement Void"}};
constexpr Code kGPSMeasureMode[] = {{2, "2-Dimensional Measurement"}, {3, "3-Dimensional Measurement"}};
constexpr Code kGPSSpeedRef[] = {{75, "km/h"}, {77, "mph"}, {78, "knots"}};
constexpr Code kGPSTrackRef[] = {{77, "Magnetic North"}, {84, "True North"}};
constexpr Code kGPSImgDirectionRef[] = {{77, "Magnetic North"}, {84, "True North"}};
constexpr Code kGPSDestLatitudeRef[] = {{78, "North"}, {83, "South"}};
constexpr Code kGPSDestLongitudeRef[] = {{69, "East"}, {87, "West"}};
constexpr Code kGPSDestBearingRef[] = {{77, "Magnetic North"}, {84, "True North"}};
constexpr Code kGPSDestDistanceRef[] = {{75, "Kilometers"}, {77, "Miles"}, {78, "Nautical Miles"}};
constexpr Code kGPSDifferential[] = {{0, "No Correction"}, {1, "Differential Corrected"}};

constexpr Tag kGpsTags[] = {{0x0, "GPSVersionID", Show::kDotted, {}},
                            {0x1, "GPSLatitudeRef", Show::kLetters, kGPSLatitudeRef},
                            {0x2, "GPSLatitude", Show::kDegrees, {}},
                            {0x3, "GPSLongitudeRef", Show::kLetters, kGPSLongitudeRef},
                            {0x4, "GPSLongitude", Show::kDegrees, {}},
                            {0x5, "GPSAltitudeRef", Show::kCodes, kGPSAltitudeRef},
                            {0x6, "GPSAltitude", Show::kMetres, {}},
                            {0x7, "GPSTimeStamp", Show::kClock, {}},
                            {0x8, "GPSSatellites", Show::kPlain, {}},
                            {0x9, "GPSStatus", Show::kLetters, kGPSStatus},
                            {0xa, "GPSMeasureMode", Show::kCodes, kGPSMeasureMode},
                            {0xb, "GPSDOP", Show::kPlain, {}},
                            {0xc, "GPSSpeedRef", Show::kLetters, kGPSSpeedRef},
                            {0xd, "GPSSpeed", Show::kPlain, {}},
                            {0xe, "GPSTrackRef", Show::kLetters, kGPSTrackRef},
                            {0xf, "GPSTrack", Show::kPlain, {}},
                            {0x10, "GPSImgDirectionRef", Show::kLetters, kGPSImgDirectionRef},
                            {0x11, "GPSImgDirection", Show::kPlain, {}},
                            {0x12, "GPSMapDatum", Show::kPlain, {}},
                            {0x13, "GPSDestLatitudeRef", Show::kLetters, kGPSDestLatitudeRef},
                            {0x14, "GPSDestLatitude", Show::kDegrees, {}},
                            {0x15, "GPSDestLongitudeRef", Show::kLetters, kGPSDestLongitudeRef},
                            {0x16, "GPSDestLongitude", Show::kDegrees, {}},
                            {0x17, "GPSDestBearingRef", Show::kLetters, kGPSDestBearingRef},
                            {0x18, "GPSDestBearing", Show::kPlain, {}},
                            {0x19, "GPSDestDistanceRef", Show::kLetters, kGPSDestDistanceRef},
                            {0x1a, "GPSDestDistance", Show::kPlain, {}},
                            {0x1b, "GPSProcessingMethod", Show::kCodedText, {}},
                            {0x1c, "GPSAreaInformation", Show::kCodedText, {}},
                            {0x1d, "GPSDateStamp", Show::kPlain, {}},
                            {0x1e, "GPSDifferential", Show::kCodes, kGPSDifferential},
                            {0x1f, "GPSHPositioningError", Show::kMetres, {}}};

}  // namespace

std::span<const Tag> GpsTags() { return kGpsTags; }

}  // namespace cairn
