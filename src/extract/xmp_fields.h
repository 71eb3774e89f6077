#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "extract/extractor.h"
#include "extract/xmp_schema.h"

namespace cairn {

/// One value as a packet tells it.
struct XmpItem {
  std::string text;
  std::string_view language;  ///< Of `xml:lang`.
  bool listed = false;        ///< An item of a list.
  bool alternative = false;   ///< Of a list of alternatives.
};

/// Collects the values of one packet and makes fields of them: what is a list becomes one field, what is none a field
/// for each value.
class XmpFields {
 public:
  XmpFields(const ExtractContext& context, Extracted& to)
      : context_(context), to_(to), values_count_(to.fields.size()) {}

  /// A list begins that stands in no other: what it holds is no part of the lists before.
  void BeginList() { ++list_number_; }
  void Take(const XmpPath& path, XmpItem item);
  /// The limit for fields is reached.
  [[nodiscard]] bool full() const { return values_count_ >= context_.limits.fields; }
  /// Adds all fields, and what the common core lacks yet.
  void Emit();

 private:
  struct Group {
    std::vector<std::string> texts;
    std::vector<FieldValue> shown;
  };
  struct Values {
    XmpPath path;
    std::string language;
    bool list = false;
    std::vector<Group> groups;   ///< Several values in one for a list, one in each for what is none.
    std::set<std::string> seen;  ///< From the second on, of what is no list.
    std::size_t list_number = 0;
  };

  void EmitOne(Values& values);
  void Core(std::string_view prefix, std::string_view id, const std::vector<std::string>& texts);

  const ExtractContext& context_;
  Extracted& to_;
  std::map<std::string, Values> values_;
  std::vector<Values*> order_;  ///< The packet's.
  std::size_t values_count_;    ///< With the fields that other blocks gave.
  std::size_t list_number_ = 0;
  std::string title_;        ///< The first of those with a language, where none is without.
  std::string description_;  ///< As `title_`.
  std::string taken_;        ///< When the picture was.
  std::optional<double> latitude_;
  std::optional<double> longitude_;
};

}  // namespace cairn
