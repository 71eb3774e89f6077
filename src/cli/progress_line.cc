#include "cli/progress_line.h"

namespace cairn {
namespace {

constexpr std::chrono::milliseconds kEvery(200);

}  // namespace

ProgressLine::ProgressLine(Output& err) : err_(err), begun_(std::chrono::steady_clock::now()), shown_(begun_) {}

ProgressLine::~ProgressLine() {
  if (drawn_) Draw("");
}

void ProgressLine::Show(const std::function<std::string(double seconds)>& text) {
  const SteadyTime now = std::chrono::steady_clock::now();
  if (!err_.terminal() || now - shown_ < kEvery) return;
  shown_ = now;
  drawn_ = true;
  Draw(text(std::chrono::duration<double>(now - begun_).count()));
}

void ProgressLine::Draw(std::string_view text) {
  err_.Write("\r\x1b[K");
  err_.Write(text);
  err_.Flush();
}

}  // namespace cairn
