#pragma once

#include <streambuf>
#include <string>
#include <string_view>

#include "cairn/status.h"

namespace cairn {

/// A stream to a person or a program, written in blocks. When the reader has gone (`cairn query | head`), `closed` says
/// so and what is written is dropped; that is no error. One thread at a time.
class Output {
 public:
  explicit Output(int fd);
  Output(const Output&) = delete;
  Output& operator=(const Output&) = delete;
  ~Output() { Flush(); }

  void Write(std::string_view text);
  void Line(std::string_view text);
  void Flush();

  [[nodiscard]] bool closed() const { return closed_; }
  /// Why it could not be written, other than for a reader that has gone.
  [[nodiscard]] const Status& status() const { return status_; }
  [[nodiscard]] bool terminal() const { return terminal_; }
  /// Columns of the terminal; 0 where it is none.
  [[nodiscard]] std::size_t columns() const { return columns_; }

 private:
  int fd_;
  bool terminal_;
  std::size_t columns_ = 0;
  bool closed_ = false;
  Status status_;
  std::string buffer_;
};

/// The same for a `std::ostream`, which is made over it.
class OutputBuffer : public std::streambuf {
 public:
  explicit OutputBuffer(Output& output) : output_(output) {}

 private:
  int overflow(int c) override;
  std::streamsize xsputn(const char* text, std::streamsize size) override;

  Output& output_;
};

}  // namespace cairn
