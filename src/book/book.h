#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "cairn/status.h"
#include "extract/extracted.h"

namespace cairn {

/// Who says something about a book.
enum class BookSource : std::uint8_t { kPath, kEmbedded, kApi };
inline constexpr std::array<BookSource, 3> kBookSources = {BookSource::kPath, BookSource::kEmbedded, BookSource::kApi};
std::string_view BookSourceName(BookSource source);

/// What one source says, by field: `title`, `author` (a list), `narrator` (a list), `series`, `volume`, `year`, `asin`,
/// `duration` (seconds), `genres` and `tags` (lists), ... Empty values mean nothing.
struct BookFacts {
  std::map<std::string, FieldValue, std::less<>> values;
  std::vector<Chapter> chapters;

  void Set(std::string_view name, FieldValue value) { values.insert_or_assign(std::string(name), std::move(value)); }
};

/// A value of the one book, and who says it. Of a union all who added to it, in their order.
struct BookValue {
  std::string name;
  FieldValue value;
  std::vector<BookSource> sources;
};

struct Book {
  std::vector<BookValue> values;  ///< Title, author, series, volume, year, ASIN first, then by name.
  std::vector<Chapter> chapters;
  std::vector<BookSource> chapter_sources;
};

/// In which order the sources are believed, by field.
class BookPrecedence {
 public:
  using Order = std::vector<BookSource>;

  /// Title, author, year: api, path, embedded. Series, volume, ASIN: path, api, embedded. Duration: embedded, api,
  /// path. Bitrate, codec: embedded. Others: api, embedded, path.
  BookPrecedence();

  /// `title=path,embedded`: those only, in this order. Returns INVALID_ARGUMENT for what is no such text.
  Status Set(std::string_view text);
  [[nodiscard]] const Order& For(std::string_view field) const;

 private:
  Order others_;
  std::map<std::string, Order, std::less<>> by_field_;
};

/// One book of what the sources say (null: says nothing). Of each field the first value that is not empty, in the
/// field's order; of genres, tags and chapters the union in that order, without doubles but for letter case.
Book MergeBook(const std::map<BookSource, const BookFacts*>& sources, const BookPrecedence& precedence);

}  // namespace cairn
