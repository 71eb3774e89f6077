#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "cairn/repository.h"
#include "server/router.h"

namespace cairn {

struct HttpServerStats;

/// What the service counts of itself, as Prometheus reads it (text exposition format 0.0.4). Debian's prometheus-cpp is
/// a shared library alone, whose loading every command would pay for. Counting takes no lock; any thread may call it.
class Metrics {
 public:
  /// Of these routes, which outlive this; what finds none is counted as one more.
  explicit Metrics(const std::vector<std::unique_ptr<HttpRoute>>& routes);

  void Count(const HttpRoute* route, int status, std::chrono::nanoseconds took);
  void CountStored(std::uint64_t records) { stored_ += records; }
  void CountRefused(std::uint64_t records) { refused_ += records; }

  [[nodiscard]] std::string Text(const RepositoryStats& store, const HttpServerStats& server) const;

 private:
  static constexpr std::array<std::int64_t, 9> kBucketsUs{100,    500,     1'000,   5'000,    10'000,
                                                          50'000, 100'000, 500'000, 2'500'000};
  struct OfRoute {
    const HttpRoute* route = nullptr;
    std::array<std::atomic<std::uint64_t>, 6> by_class{};  // Of the status: 1xx to 5xx; 0 is not used.
    std::array<std::atomic<std::uint64_t>, kBucketsUs.size() + 1> by_time{};
    std::atomic<std::uint64_t> time_ns = 0;
  };
  void AppendRoutes(std::string& out) const;

  std::vector<std::unique_ptr<OfRoute>> routes_;  // The last: of what found no route.
  std::unordered_map<const HttpRoute*, OfRoute*> places_;
  std::atomic<std::uint64_t> stored_ = 0;
  std::atomic<std::uint64_t> refused_ = 0;
};

}  // namespace cairn
