#pragma once

#include <string>
#include <vector>

#include "book/book.h"
#include "lookup/lookup_service.h"
#include "service/file_service.h"

namespace cairn {

struct BookRequest {
  std::string file;  ///< A file of sound or the folder of a book; need not exist.
  std::string asin;  ///< Instead of the one that path or tags say.
  std::string region;
  bool offline = false;  ///< Audnexus is answered for by the cache, or left out.
  BookPrecedence precedence;
};

struct BookAnswer {
  std::string path;                ///< Absolute.
  std::vector<std::string> files;  ///< That it is made of, as far as a scan has seen them; absolute paths.
  Book book;
  std::vector<std::string> notes;  ///< What is missing, and why.
};

/// One book out of its path, the tags that a scan found, and Audnexus through the cache. Files are not opened: they are
/// read by scans, in workers. One thread at a time.
class BookService {
 public:
  /// All outlive this. `lookups` null: no source is asked.
  BookService(FileService& files, LookupService* lookups, std::string current_folder)
      : files_(files), lookups_(lookups), current_folder_(std::move(current_folder)) {}

  /// A source that cannot answer is a note. Returns what else the store does.
  Result<BookAnswer> Tell(const BookRequest& request);
  /// Makes the book a node made of its files, with a record that has its values and who says each. One that says what
  /// the newest says is not stored again (`known`).
  Result<Stored> Record(const BookAnswer& answer);

 private:
  /// Of a file, or of all files in a folder together; nothing where no scan has seen any.
  Result<std::optional<BookFacts>> Embedded(const std::string& path, std::vector<std::string>& files);
  Result<std::optional<Extracted>> Scanned(const std::string& path);
  std::optional<BookFacts> FromAudnexus(const std::string& asin, const BookRequest& request, BookAnswer& answer);
  /// Empty where there is none; why, in a note.
  std::string Ask(const std::string& operation, const std::string& asin, const BookRequest& request,
                  BookAnswer& answer);

  FileService& files_;
  LookupService* lookups_;
  const std::string current_folder_;
};

}  // namespace cairn
