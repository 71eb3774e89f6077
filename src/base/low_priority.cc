#include "base/low_priority.h"

#include <sys/resource.h>
#include <unistd.h>

#include <exception>
#include <thread>

namespace cairn {

void RunAtLowPriority(const std::function<void()>& work) {
  constexpr int kSteps = 10;
  std::exception_ptr thrown;
  std::thread([&] {
    // On Linux this is of the thread alone.
    (void)setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()), getpriority(PRIO_PROCESS, 0) + kSteps);
    try {
      work();
    } catch (...) {
      thrown = std::current_exception();
    }
  }).join();
  if (thrown) std::rethrow_exception(thrown);
}

}  // namespace cairn
