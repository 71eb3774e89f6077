#pragma once

#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "cairn/status.h"
#include "cairn/time.h"

namespace cairn {

/// What was not taken from an input, and why.
struct Refusal {
  std::string file;
  std::uint64_t line = 0;  ///< 0: the file as a whole.
  std::string reason;
};

/// The file that keeps what was refused: one JSON object a line,
/// `{"file":F,"line":N,"reason":R,"input":TEXT}`. An input that is no UTF-8 stands in `input_base64`; one longer than
/// 64 KiB is cut, and `"truncated":true` says so. A file that exists is added to; none is made before the first
/// refusal. Any thread may call it.
class RejectsFile {
 public:
  explicit RejectsFile(std::string path) : path_(std::move(path)) {}
  RejectsFile(const RejectsFile&) = delete;
  RejectsFile& operator=(const RejectsFile&) = delete;
  ~RejectsFile();

  void Add(const Refusal& refusal, std::string_view input);

  [[nodiscard]] const std::string& path() const { return path_; }
  /// Why refusals could not be written; ok as long as all were.
  [[nodiscard]] Status status();

 private:
  Status Write(std::string_view line);

  const std::string path_;
  std::mutex mutex_;  // Its work is to write one line after the other: refusals are rare.
  int fd_ = -1;
  Status status_;
};

/// The line that a refusal is kept as, newline included.
std::string RejectLine(const Refusal& refusal, std::string_view input);

/// `cairn-rejects-20260110T050000Z.jsonl`.
std::string RejectsFileName(Timestamp now);

}  // namespace cairn
