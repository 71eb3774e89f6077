#pragma once

#include <cmath>
#include <cstdint>

#include "extract/exif_value.h"
#include "extract/extracted.h"

namespace cairn {

/// What the common core takes from Exif, tag by tag.
class ExifCore {
 public:
  explicit ExifCore(CommonCore& core) : core_(core) {}

  /// A tag of the first directory or of the Exif directory.
  void Take(std::uint16_t id, const ExifValue& value, const FieldValue& shown);
  /// A tag of the GPS directory.
  void Gps(std::uint16_t id, const ExifValue& value);
  /// At the end: the place, where its tags make one.
  void Place();

 private:
  CommonCore& core_;
  double latitude_ = std::nan("");
  double longitude_ = std::nan("");
  double altitude_ = std::nan("");
  bool south_ = false;
  bool west_ = false;
  bool below_ = false;
};

}  // namespace cairn
