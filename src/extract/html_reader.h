#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cairn {

/// A start tag, an end tag or the text between, as a browser would cut them (WHATWG HTML, section 13.2.5), roughly:
/// metadata need no tree.
struct HtmlToken {
  enum class Kind { kText, kStart, kEnd };
  Kind kind = Kind::kText;
  std::string name;       ///< Of a tag, in small letters.
  std::string_view text;  ///< Between tags, entities as they stand; of a start tag the attributes.

  /// The value of an attribute, entities undone; empty where it is missing.
  [[nodiscard]] std::string Attribute(std::string_view attribute_name) const;
};

/// Cuts a document into tokens. Comments, scripts and styles are passed over. The text outlives this.
class HtmlReader {
 public:
  explicit HtmlReader(std::string_view html) : html_(html) {}
  /// False at the end.
  bool Next(HtmlToken* token);

 private:
  bool Tag(HtmlToken* token);

  std::string_view html_;
  std::size_t at_ = 0;
};

/// `&amp;` and numeric references as text; unknown names stay.
std::string UndoEntities(std::string_view text);

}  // namespace cairn
