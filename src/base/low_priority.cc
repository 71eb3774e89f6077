#include "base/low_priority.h"

#include <sched.h>
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
    // On Linux both are of the thread alone. Whoever wakes takes the processor from SCHED_IDLE at once; behind a nice
    // thread, however nice, it may wait for milliseconds.
    const sched_param none{};
    if (share == Share::kTenth || sched_setscheduler(0, SCHED_IDLE, &none) != 0) {
      const int steps = share == Share::kTenth ? kTenthSteps : kAllSteps;
      (void)setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()), getpriority(PRIO_PROCESS, 0) + steps);
    }
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
