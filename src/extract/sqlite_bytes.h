#pragma once

#include <cstdint>
#include <memory>

#include "extract/extractor.h"

struct sqlite3;

namespace cairn {

/// A database in a file's bytes: read only, without journal, locks or other files; what its schema says is not trusted.
/// One thread at a time.
class SqliteBytes {
 public:
  /// Both outlive this.
  /// Returns INVALID_ARGUMENT where SQLite does not take it for a database.
  static Result<std::unique_ptr<SqliteBytes>> Open(const FileBytes& bytes, const ExtractContext& context);

  ~SqliteBytes();
  SqliteBytes(const SqliteBytes&) = delete;
  SqliteBytes& operator=(const SqliteBytes&) = delete;

  [[nodiscard]] sqlite3* db() const { return db_; }
  /// Why reading ended: what `keep_going` or the file said, RESOURCE_EXHAUSTED after `limits.total_bytes`; else OK.
  [[nodiscard]] const Status& stopped() const { return stopped_; }

  /// For SQLite. Fills with zeros what is beyond the end.
  int Read(void* to, int size, std::int64_t at);
  [[nodiscard]] std::int64_t size() const;
  bool Stop();

 private:
  SqliteBytes(const FileBytes& bytes, const ExtractContext& context) : bytes_(bytes), context_(context) {}

  const FileBytes& bytes_;
  const ExtractContext& context_;
  sqlite3* db_ = nullptr;
  std::uint64_t bytes_read_ = 0;
  Status stopped_;
};

}  // namespace cairn
