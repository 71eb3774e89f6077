#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/curl_library.h"

namespace cairn {

/// Handles of libcurl, which has been loaded: those that nobody uses are kept, and with them their connections. Any
/// thread may call it; a forked child makes handles of its own.
class CurlHandles {
 public:
  struct Free {
    void operator()(void* handle) const;
  };
  using Handle = std::unique_ptr<void, Free>;

  explicit CurlHandles(std::size_t idle_max) : idle_max_(idle_max) {}
  CurlHandles(const CurlHandles&) = delete;
  CurlHandles& operator=(const CurlHandles&) = delete;
  ~CurlHandles();

  /// The one used last, as its connection is the warmest; `is_new` where there was none. Null where the library gives
  /// none.
  Handle Take(bool* is_new);
  /// No pointer of a request stays in it.
  void GiveBack(Handle handle);

 private:
  const std::size_t idle_max_;
  std::mutex mutex_;
  std::vector<Handle> idle_;   // Guarded by mutex_.
  std::int64_t idle_pid_ = 0;  // Guarded by mutex_. Whose sockets these are: a forked child must not share them.
};

/// The head of a request. Lives as long as the request does.
class CurlHeaders {
 public:
  /// False where memory is gone.
  [[nodiscard]] bool Add(const std::string& line);
  [[nodiscard]] curl_slist* get() const { return list_.get(); }

 private:
  struct Free {
    void operator()(curl_slist* list) const;
  };
  std::unique_ptr<curl_slist, Free> list_;
};

/// What a head may be long: more is no answer of an API.
inline constexpr std::size_t kCurlHeadBytesMax = std::size_t{256} << 10;

/// A line of the head of an answer.
struct HeaderLine {
  std::string_view name;
  std::string_view value;

  /// Nothing for the first line and the last.
  static std::optional<HeaderLine> Read(std::string_view line);
  /// Without case; `name` in small letters.
  [[nodiscard]] bool Is(std::string_view small) const;
};

/// How far the head of an answer has come. Where the connection ends within it curl reports an answer, with the status
/// of its first line and no body.
class AnswerHead {
 public:
  /// False where it is longer than any is.
  bool Take(std::string_view line);
  [[nodiscard]] bool is_whole() const { return is_whole_; }

 private:
  std::size_t bytes_ = 0;
  bool is_whole_ = false;
};

/// What is told of a head that is not whole.
inline constexpr std::string_view kHeadCutShort = "the head of the answer is cut short";

}  // namespace cairn
