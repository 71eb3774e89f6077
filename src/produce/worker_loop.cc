#include "produce/worker_loop.h"

#include <sys/prctl.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <new>

#include "produce/sandbox.h"
#include "produce/worker_wire.h"

namespace cairn {
namespace {

constexpr std::size_t kAnswersMax = std::size_t{64} << 10;

bool WriteAll(int socket, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(socket, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

Result<std::string> RunJob(const WorkerJob& job, int fd, std::string_view request,
                           const std::function<Status()>& keep_going) {
  try {
    return job(fd, request, keep_going);
  } catch (const std::bad_alloc&) {
    return Status(StatusCode::kResourceExhausted, "it takes more memory than a worker may have");
  } catch (const std::exception& error) {
    return Status(StatusCode::kInternal, error.what());
  }
}

}  // namespace

void RunWorker(int socket, const WorkerJob& job, const WorkerLimits& limits, WorkerSigns& signs) {
  // Where the zygote is killed, nobody else would end a worker that hangs.
  (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
  const Status entered = EnterSandbox(limits.memory_bytes);
  const auto keep_going = [&signs] {
    signs.progress.fetch_add(1, std::memory_order_relaxed);
    return Status::Ok();
  };
  WireHeader header;
  std::string request;
  std::string answers;  // Not sent yet: where the broker has more for the worker, it need not be woken for each.
  for (;;) {
    int fd = -1;
    if (!ReceiveMessage(socket, header, request, fd)) _exit(0);
    const auto begun = std::chrono::steady_clock::now();
    signs.begun.fetch_add(1, std::memory_order_relaxed);
    (void)keep_going();
    // A worker without its sandbox reads nothing.
    Result<std::string> answer = entered.ok() ? RunJob(job, fd, request, keep_going) : Result<std::string>(entered);
    if (fd >= 0) ::close(fd);
    WireHeader reply;
    reply.code = static_cast<std::uint32_t>(answer.status().code());
    std::string_view text = answer ? std::string_view(*answer) : std::string_view(answer.error().message());
    if (text.size() > limits.answer_bytes_max) {
      reply.code = static_cast<std::uint32_t>(StatusCode::kResourceExhausted);
      text = "the answer is longer than a worker may give";
    }
    reply.bytes = static_cast<std::uint32_t>(text.size());
    reply.value = static_cast<std::uint64_t>(
        std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - begun).count());
    const bool is_short = answers.size() + text.size() < kAnswersMax;
    if (is_short) answers.append(reinterpret_cast<const char*>(&reply), sizeof(reply)).append(text);
    if (is_short && header.code == kTaskBeforeOthers) continue;
    if (!WriteAll(socket, answers)) _exit(0);
    if (!is_short && !SendMessage(socket, reply, text)) _exit(0);
    answers.clear();
  }
}

}  // namespace cairn
