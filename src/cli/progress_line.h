#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <string_view>

#include "cli/output.h"

namespace cairn {

/// One line on a terminal that is written anew now and then, and gone in the end. Nothing is shown where there is no
/// terminal.
class ProgressLine {
 public:
  explicit ProgressLine(Output& err);
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;
  ~ProgressLine();

  /// `text` is made only when it is time; it is given the seconds since this began.
  void Show(const std::function<std::string(double seconds)>& text);

 private:
  using SteadyTime = std::chrono::steady_clock::time_point;

  void Draw(std::string_view text);

  Output& err_;
  SteadyTime begun_;
  SteadyTime shown_;
  bool drawn_ = false;
};

}  // namespace cairn
