#include "extract/exif_core.h"

#include "extract/text.h"

namespace cairn {

void ExifCore::Take(std::uint16_t id, const ExifValue& value, const FieldValue& shown) {
  const auto* text = std::get_if<std::string>(&shown);
  switch (id) {
    case 0x100:
      if (!core_.width) core_.width = Whole(value.Number(0));
      break;
    case 0x101:
      if (!core_.height) core_.height = Whole(value.Number(0));
      break;
    case 0x10e:
      if (text != nullptr && core_.description.empty()) core_.description = *text;
      break;
    case 0x132:
      if (text != nullptr && core_.modified.empty()) core_.modified = IsoTime(*text);
      break;
    case 0x13b:
      if (text != nullptr && !text->empty() && core_.creators.empty()) core_.creators.push_back(*text);
      break;
    case 0x9003:
      if (text != nullptr && !IsoTime(*text).empty()) core_.created = IsoTime(*text);
      break;
    case 0x9004:
      if (text != nullptr && core_.created.empty()) core_.created = IsoTime(*text);
      break;
    case 0x9c9b:
      if (text != nullptr && core_.title.empty()) core_.title = *text;
      break;
    default:
      break;
  }
}

void ExifCore::Gps(std::uint16_t id, const ExifValue& value) {
  const bool letters = id == 1 || id == 3;
  if (value.IsText() != letters) return;
  const double degrees = value.Number(0) + value.Number(1) / 60 + value.Number(2) / 3600;
  switch (id) {
    case 1:
      south_ = value.bytes.U8(0) == 'S';
      break;
    case 2:
      latitude_ = degrees;
      break;
    case 3:
      west_ = value.bytes.U8(0) == 'W';
      break;
    case 4:
      longitude_ = degrees;
      break;
    case 5:
      below_ = value.bytes.U8(0) == 1;
      break;
    case 6:
      altitude_ = value.Number(0);
      break;
    default:
      break;
  }
}

void ExifCore::Place() {
  if (!(std::abs(latitude_) <= 90) || !(std::abs(longitude_) <= 180)) return;
  Position place{south_ ? -latitude_ : latitude_, west_ ? -longitude_ : longitude_, std::nullopt};
  if (std::isfinite(altitude_)) place.altitude = below_ ? -altitude_ : altitude_;
  core_.position = place;
}

}  // namespace cairn
