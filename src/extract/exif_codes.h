#pragma once

#include "extract/text.h"

namespace cairn {

/// Kinds of light, of photographs and of calibrations (Exif 2.32, LightSource).
inline constexpr Code kLightSource[] = {{0, "Unknown"},
                                        {1, "Daylight"},
                                        {2, "Fluorescent"},
                                        {3, "Tungsten (Incandescent)"},
                                        {4, "Flash"},
                                        {9, "Fine Weather"},
                                        {10, "Cloudy"},
                                        {11, "Shade"},
                                        {12, "Daylight Fluorescent"},
                                        {13, "Day White Fluorescent"},
                                        {14, "Cool White Fluorescent"},
                                        {15, "White Fluorescent"},
                                        {16, "Warm White Fluorescent"},
                                        {17, "Standard Light A"},
                                        {18, "Standard Light B"},
                                        {19, "Standard Light C"},
                                        {20, "D55"},
                                        {21, "D65"},
                                        {22, "D75"},
                                        {23, "D50"},
                                        {24, "ISO Studio Tungsten"},
                                        {255, "Other"}};

}  // namespace cairn
