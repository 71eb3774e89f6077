#pragma once

#include <string>
#include <string_view>

#include "base/clock.h"
#include "cairn/record.h"
#include "service/book_service.h"

namespace cairn {

/// The node of a book: `book:asin:B002V1A0WE`, or, where none is known, `book:file:/path`.
NodeKey BookNode(std::string_view tenant, const BookAnswer& answer);

/// A `book` record (docs/books.md): the values, who says each, the chapters, and the files that it is made of, from
/// which edges lead to it.
RecordDraft BookRecord(std::string_view tenant, const BookAnswer& answer, Timestamp now);

/// A value of a book as JSON.
std::string BookValueJson(const FieldValue& value);
std::string BookSourcesJson(const std::vector<BookSource>& sources);
std::string BookChaptersJson(const std::vector<Chapter>& chapters);

}  // namespace cairn
