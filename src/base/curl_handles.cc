#include "base/curl_handles.h"

#include <unistd.h>

#include <algorithm>

namespace cairn {
namespace {

// For what was made with it, and is there only where it could be loaded.
const CurlLibrary& Curl() { return **CurlLibrary::Load(); }

}  // namespace

void CurlHandles::Free::operator()(void* handle) const { Curl().easy_cleanup(handle); }

CurlHandles::~CurlHandles() {
  // Closing connections of the process that forked this one would end them there too.
  if (idle_pid_ == getpid()) return;
  for (Handle& handle : idle_) (void)handle.release();
}

CurlHandles::Handle CurlHandles::Take(bool* is_new) {
  {
    const std::lock_guard lock(mutex_);
    if (idle_pid_ != getpid()) {
      for (Handle& handle : idle_) (void)handle.release();
      idle_.clear();
      idle_pid_ = getpid();
    }
    *is_new = idle_.empty();
    if (!idle_.empty()) {
      Handle handle = std::move(idle_.back());
      idle_.pop_back();
      return handle;
    }
  }
  return Handle(Curl().easy_init());
}

void CurlHandles::GiveBack(Handle handle) {
  const std::lock_guard lock(mutex_);
  if (idle_pid_ == getpid() && idle_.size() < idle_max_) idle_.push_back(std::move(handle));
}

void CurlHeaders::Free::operator()(curl_slist* list) const { Curl().slist_free_all(list); }

bool CurlHeaders::Add(const std::string& line) {
  curl_slist* longer = Curl().slist_append(list_.get(), line.c_str());
  if (longer == nullptr) return false;
  (void)list_.release();
  list_.reset(longer);
  return true;
}

bool AnswerHead::Take(std::string_view line) {
  bytes_ += line.size();
  // Heads of interim answers (1xx) come before, trailers behind.
  if (line.starts_with("HTTP/")) is_whole_ = false;
  if (line == "\r\n" || line == "\n") is_whole_ = true;
  return bytes_ <= kCurlHeadBytesMax;
}

std::optional<HeaderLine> HeaderLine::Read(std::string_view line) {
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  std::string_view value = line.substr(colon + 1);
  while (!value.empty() && (value.back() == '\r' || value.back() == '\n' || value.back() == ' '))
    value.remove_suffix(1);
  while (!value.empty() && (value.front() == ' ' || value.front() == '\t')) value.remove_prefix(1);
  return HeaderLine{line.substr(0, colon), value};
}

bool HeaderLine::Is(std::string_view small) const {
  return std::equal(name.begin(), name.end(), small.begin(), small.end(),
                    [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a - 'A' + 'a' : a) == b; });
}

}  // namespace cairn
