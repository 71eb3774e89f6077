#include "cli/scan_display.h"

#include "cli/scan_view.h"

namespace cairn {

ScanDisplay::ScanDisplay(Session& session, const Scanner& scanner, Form form)
    : session_(session), scanner_(scanner), form_(form), line_(session.err()), thread_([this] {
        const std::chrono::milliseconds every(form_ == Form::kLine ? 100 : 1000);
        std::unique_lock lock(mutex_);
        // A scan that is done sooner shows nothing, and waits for nothing.
        while (!ended_.wait_for(lock, every, [this] { return is_ended_; })) Show();
      }) {}

ScanDisplay::~ScanDisplay() {
  {
    const std::lock_guard lock(mutex_);
    is_ended_ = true;
  }
  ended_.notify_all();
  thread_.join();
}

void ScanDisplay::Show() {
  if (form_ == Form::kLine) {
    line_.Show([this](double seconds) { return ScanProgress(scanner_.Counts(), seconds); });
    return;
  }
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begun_;
  session_.err().Line(ScanProgressEvent(scanner_.Counts(), seconds.count()));
  session_.err().Flush();
}

}  // namespace cairn
