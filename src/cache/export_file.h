#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/file_system.h"
#include "cairn/status.h"

namespace cairn {

/// Writes entries to a file that any machine reads: JSON lines.
///
///     {"cairn_cache":1}
///     {"key":"audnexus:book:asin=B002V1A0WE","entry":"<base64 of entry_codec.h>","crc":N}
///     {"entries":1,"crc":N}
///
/// Each line's CRC-32C is that of the entry's bytes; the last one's goes over all lines before it. The file appears
/// under its name when it is whole.
class ExportWriter {
 public:
  static Result<std::unique_ptr<ExportWriter>> Open(FileSystem& files, const std::string& path);
  Status Add(std::string_view key, std::string_view entry);
  /// Returns how many entries it holds.
  Result<std::uint64_t> Finish();
  ExportWriter(const ExportWriter&) = delete;
  ExportWriter& operator=(const ExportWriter&) = delete;
  /// Removes what was not finished.
  ~ExportWriter();

 private:
  ExportWriter(FileSystem& files, std::string path, std::unique_ptr<AppendFile> file)
      : files_(files), path_(std::move(path)), file_(std::move(file)) {}
  Status Put(std::string_view line);
  Status Write();

  FileSystem& files_;
  const std::string path_;
  std::unique_ptr<AppendFile> file_;
  std::string buffer_;
  std::uint64_t entries_ = 0;
  std::uint32_t crc_ = 0;
  bool is_finished_ = false;
};

/// Calls `visit` with each entry, after the whole file was found to hold.
/// Returns DATA_LOSS where it is cut or damaged, FAILED_PRECONDITION where a newer version wrote it, NOT_FOUND.
Status ReadExport(FileSystem& files, const std::string& path,
                  const std::function<Status(std::string_view key, std::string_view entry)>& visit);

}  // namespace cairn
