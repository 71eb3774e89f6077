#pragma once

#include <string>
#include <string_view>

namespace cairn {

/// What the path of a book of sound says. What is empty it does not say.
struct BookPath {
  std::string title;
  std::string series;
  std::string volume;  ///< A decimal number without leading zeros: `1`, `1.5`.
  std::string year;    ///< Four digits.
  std::string author;
  std::string asin;  ///< `B002V1A0WE`, or as an ISBN-10: nine digits and a digit or X.
  std::string uploader;

  friend bool operator==(const BookPath&, const BookPath&) = default;
};

/// Reads a path: `Series/Title - vol_01 (2010) (Author) {ASIN.B002V1A0WE} [Uploader]`, each part but the title perhaps
/// missing, in any order, and looser: `Vol. 1.5`, `, Book 3`, `#3`, `Band 2`, `01 - Title`, `2010 - Title`,
/// `Series - vol_02 - Title`, `[B002V1A0WE]`, `{1234567890}`. The book is the last part of the path that has any of
/// these, a file of it or its folder; its series is the folder above it where it has a volume and names no series
/// itself. `%28` and its like stand for the character. Never fails: what has no form is a title.
BookPath ParseBookPath(std::string_view path);

/// The opposite: `ParseBookPath` gives the same back, where `IsWritable`. A series is a folder.
std::string FormatBookPath(const BookPath& book);

/// Whether a book has a path: texts trimmed, a title, a volume, year and ASIN of the forms above, no series without a
/// volume.
bool IsWritable(const BookPath& book);

/// `B` and nine capital letters or digits, or nine digits and a digit or X.
bool IsAsin(std::string_view text);

}  // namespace cairn
