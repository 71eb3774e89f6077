#include "server/access_log.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/json.h"
#include "server/http_server.h"

namespace cairn {
namespace {

constexpr std::size_t kWaitingMax = std::size_t{64} << 10;
constexpr std::size_t kTargetMax = 2048;  // Bytes of it that are told.

}  // namespace

Result<std::unique_ptr<AccessLog>> AccessLog::Open(const std::string& path) {
  const int file =
      path == "-" ? ::dup(STDERR_FILENO) : ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0640);
  if (file < 0) {
    return Status(StatusCode::kUnavailable, fmt::format("the access log {}: {}", path, std::strerror(errno)));
  }
  return std::unique_ptr<AccessLog>(new AccessLog(file));
}

AccessLog::~AccessLog() {
  Flush();
  ::close(file_);
}

void AccessLog::Add(const HttpDone& done, Timestamp now) {
  const ServerRequest& request = done.request;
  std::string line = fmt::format(R"({{"time":"{}","request_id":)", FormatTimestamp(now));
  AppendJsonString(line, done.request_id);
  const auto add = [&](std::string_view name, std::string_view value) {
    if (value.empty()) return;
    line += fmt::format(",\"{}\":", name);
    AppendJsonString(line, value);
  };
  add("traceparent", request.Header("traceparent").substr(0, 128));
  add("peer", done.peer);
  add("token", done.response.token_id);
  add("method", request.method());
  add("target", request.target().substr(0, kTargetMax));
  line += fmt::format(",\"status\":{},\"request_bytes\":{},\"response_bytes\":{},\"took_us\":{}}}\n",
                      done.response.status, request.body().size(), done.response.BodyBytes(),
                      std::chrono::duration_cast<std::chrono::microseconds>(done.took).count());
  const std::lock_guard lock(mutex_);
  waiting_ += line;
  ++lines_;
  if (waiting_.size() >= kWaitingMax) FlushLocked();
}

void AccessLog::Flush() {
  const std::lock_guard lock(mutex_);
  FlushLocked();
}

void AccessLog::FlushLocked() {
  if (waiting_.empty()) return;
  if (dropped_ != 0) waiting_.insert(0, fmt::format("{{\"dropped_lines\":{}}}\n", dropped_));
  std::string_view rest = waiting_;
  while (!rest.empty()) {
    const ssize_t written = ::write(file_, rest.data(), rest.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) break;
    rest.remove_prefix(static_cast<std::size_t>(written));
  }
  dropped_ = rest.empty() ? 0 : dropped_ + lines_;
  waiting_.clear();
  lines_ = 0;
}

}  // namespace cairn
