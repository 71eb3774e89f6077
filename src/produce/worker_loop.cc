#include "produce/worker_loop.h"

#include <unistd.h>

#include <new>

#include "produce/sandbox.h"
#include "produce/worker_wire.h"

namespace cairn {
namespace {

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

void RunWorker(int socket, const WorkerJob& job, const WorkerLimits& limits, std::atomic<std::uint64_t>& progress) {
  const Status entered = EnterSandbox(limits.memory_bytes);
  const auto keep_going = [&progress] {
    progress.fetch_add(1, std::memory_order_relaxed);
    return Status::Ok();
  };
  WireHeader header;
  std::string request;
  for (;;) {
    int fd = -1;
    if (!ReceiveAll(socket, reinterpret_cast<char*>(&header), sizeof(header), &fd)) _exit(0);
    request.resize(header.bytes);
    if (!ReceiveAll(socket, request.data(), request.size())) _exit(0);
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
    if (!SendMessage(socket, reply, text)) _exit(0);
  }
}

}  // namespace cairn
