#pragma once

#include <string>
#include <string_view>

#include "data.h"

namespace cairn::bench {

/// The floor of a durable write: the same bytes at the end of a file, write() and fdatasync(). Parses nothing, indexes
/// nothing, answers nothing.
class AppendRival {
 public:
  explicit AppendRival(const std::string& folder);
  AppendRival(const AppendRival&) = delete;
  AppendRival& operator=(const AppendRival&) = delete;
  ~AppendRival();

  void Append(std::string_view bytes);
  /// The seconds in which all of `data` is appended, a batch of 1,000 at a time, from one thread.
  double Ingest(const Dataset& data);

 private:
  int file_ = -1;
};

}  // namespace cairn::bench
