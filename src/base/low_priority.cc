#include "base/low_priority.h"

#include <sys/resource.h>
#include <unistd.h>

#include <chrono>
#include <exception>
#include <future>
#include <thread>

namespace cairn {

void RunAtLowPriority(Share share, const std::function<void()>& work, const std::function<void()>& meanwhile) {
  constexpr int kTenthSteps = 10;
  constexpr int kAllSteps = 19;
  constexpr std::chrono::milliseconds kPause{20};
  std::packaged_task<void()> task([&] {
    // On Linux this is of the thread alone.
    const int steps = share == Share::kTenth ? kTenthSteps : kAllSteps;
    (void)setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()), getpriority(PRIO_PROCESS, 0) + steps);
    work();
  });
  std::future<void> done = task.get_future();
  std::thread thread(std::move(task));
  while (done.wait_for(kPause) != std::future_status::ready) {
    if (meanwhile) meanwhile();
  }
  thread.join();
  done.get();
}

}  // namespace cairn
