#pragma once

#include <string_view>

#include "book/book.h"
#include "book/book_path.h"

namespace cairn {

BookFacts FactsOfPath(const BookPath& path);

/// What the tags of a file of sound say: the common core, and the names that programs for books use (`Narrator`,
/// `Series`, `SeriesPart`, `ASIN`, ...).
BookFacts FactsOfTags(const Extracted& extracted);

/// What Audnexus says of a book (`/books/{asin}`) and of its chapters (`/books/{asin}/chapters`; empty: not asked).
/// Returns DATA_LOSS where one of them is no JSON object.
Result<BookFacts> FactsOfAudnexus(std::string_view book_json, std::string_view chapters_json);

}  // namespace cairn
