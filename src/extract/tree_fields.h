#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "extract/extracted.h"

namespace cairn {

/// Values of a tree of JSON or CBOR as fields: each under the names of the keys above it, put together as ExifTool
/// does (`actions` over `parameters` over `name` is `ActionsParametersName`).
class TreeFields {
 public:
  static constexpr std::size_t kDepthMax = 32;
  static constexpr std::size_t kTagBytesMax = 512;

  /// At most `values_max` values are taken.
  explicit TreeFields(std::size_t values_max) : left_(values_max) {}

  /// The tag of what stands under `key` of the tree's top (`tag` is empty), or of the member `tag`.
  static std::string Below(const std::string& tag, std::string_view key);
  /// A second value of a tag makes a list. False where no more is taken.
  bool Take(const std::string& tag, FieldValue value);
  /// In the tree's order.
  [[nodiscard]] const std::vector<Field>& fields() const { return fields_; }

 private:
  std::size_t left_;
  std::vector<Field> fields_;
  std::map<std::string, std::size_t> places_;
};

}  // namespace cairn
