#include "lookup/warm_job.h"

#include <unistd.h>

namespace cairn {
namespace {

constexpr std::chrono::milliseconds kWriteEvery(500);

}  // namespace

WarmJob::WarmJob(LookupService& lookups, FileSystem& files, const CacheOptions& cache)
    : lookups_(lookups),
      files_(files),
      location_(cache.disk.enabled ? cache.location : std::string()),
      is_enabled_(cache.enabled),
      has_history_(cache.history) {}

WarmJob::~WarmJob() { Stop(); }

Status WarmJob::Check(const Request& request) {
  const int ways = (request.list.empty() ? 0 : 1) + (request.used > 0 ? 1 : 0) + (request.predicted ? 1 : 0);
  if (ways != 1) {
    return {StatusCode::kInvalidArgument, "say what to warm: questions, one a line, or used=N, or predicted=true"};
  }
  if (!is_enabled_) return {StatusCode::kFailedPrecondition, "the cache is off: cache.enabled"};
  if (request.list.empty()) {
    if (has_history_) return Status::Ok();
    return {StatusCode::kFailedPrecondition,
            "no use is noted, so nothing is known to warm: set cache.history to on in cairn.yaml"};
  }
  // A warming that is over before it begins reads its list and asks nothing.
  std::stop_source over;
  over.request_stop();
  const Status read = lookups_.warmer().FromList(request.list, nullptr, over.get_token()).status();
  return read.code() == StatusCode::kInvalidArgument ? read : Status::Ok();
}

Status WarmJob::Begin(Request request) {
  if (Status status = Check(request); !status.ok()) return status;
  const std::lock_guard begin(begin_mutex_);
  {
    const std::lock_guard lock(mutex_);
    if (own_ && own_->is_running) return {StatusCode::kAlreadyExists, "this cache is being warmed already"};
  }
  std::unique_ptr<WarmStatusFile> file;
  if (!location_.empty()) {
    auto begun = WarmStatusFile::Begin(files_, location_);
    if (!begun) return begun.error();
    file = std::move(*begun);
    if (Status written = file->Write({}); !written.ok()) return written;
  }
  {
    const std::lock_guard lock(mutex_);
    own_ = WarmStatus{true, ::getpid(), {}, {}};
    file_ = std::move(file);
  }
  thread_ = std::jthread([this, request = std::move(request)](const std::stop_token& stop) { Run(request, stop); });
  return Status::Ok();
}

void WarmJob::Run(const Request& request, const std::stop_token& stop) {
  auto written = std::chrono::steady_clock::now();
  const auto watch = [&](const WarmProgress& progress) {
    const std::lock_guard lock(mutex_);
    own_->progress = progress;
    const auto now = std::chrono::steady_clock::now();
    if (file_ == nullptr || now - written < kWriteEvery) return true;
    written = now;
    return file_->Write(progress).ok();
  };
  Warmer& warmer = lookups_.warmer();
  const auto warmed = request.predicted  ? warmer.Step(stop)
                      : request.used > 0 ? warmer.FromUsage(request.used, watch, stop)
                                         : warmer.FromList(request.list, watch, stop);
  Status ended = warmed.status();
  if (const Status flushed = lookups_.cache().Flush(); ended.ok()) ended = flushed;
  const std::lock_guard lock(mutex_);
  if (warmed) own_->progress = *warmed;
  own_->is_running = false;
  own_->ended = ended.ok() ? "done" : ended.message();
  if (file_ != nullptr) (void)file_->Write(own_->progress, own_->ended);
  file_.reset();
}

void WarmJob::Stop() {
  const std::lock_guard begin(begin_mutex_);
  if (!thread_.joinable()) return;
  thread_.request_stop();
  thread_.join();
}

Result<std::optional<WarmStatus>> WarmJob::State() {
  {
    const std::lock_guard lock(mutex_);
    if (own_ && (own_->is_running || location_.empty())) return own_;
  }
  if (location_.empty()) return std::optional<WarmStatus>();
  return WarmStatusFile::Read(files_, location_);
}

}  // namespace cairn
