#pragma once

#include <condition_variable>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <string_view>
#include <thread>
#include <vector>

#include "cairn/repository.h"

namespace cairn {

/// Stores what many callers hand in at once as one commit, and tells each when it is done, so that nobody holds a
/// thread while the disk writes. Any thread may call it; owned by whoever outlives its callers.
class StoreQueue {
 public:
  struct Options {
    std::size_t bytes_max = std::size_t{256} << 20;  ///< Waiting; beyond that nothing is taken.
    /// Commits under way: one reads records that are long, or many, while the other waits for the disk. What is short
    /// waits until none is.
    std::size_t threads = 2;
    /// Calls what it is given, which tells all of a commit that they are done; null: called as it is.
    std::function<void(const std::function<void()>& tell_all)> around_done;
  };
  /// `repository` outlives this.
  StoreQueue(Repository& repository, const Options& options);
  StoreQueue(const StoreQueue&) = delete;
  StoreQueue& operator=(const StoreQueue&) = delete;
  /// Stores what waits.
  ~StoreQueue();

  using Results = std::span<Result<Stored>>;
  /// Called once, on a thread of the queue: short, and must not call the queue. The results may be moved from and are
  /// gone afterwards.
  using Done = std::function<void(Results results)>;
  /// The list and its texts stay valid until `done` is called. False where too much waits: nothing was taken. An idle
  /// thread of the queue begins with `Wake` alone, which is called once for many.
  [[nodiscard]] bool Add(std::span<const std::string_view> jsons, Done done);
  void Wake();

 private:
  struct Order {
    std::span<const std::string_view> jsons;
    std::size_t bytes = 0;
    Done done;
  };
  void Run();
  [[nodiscard]] bool IsDue() const;
  void Gather(std::unique_lock<std::mutex>& lock);
  void StoreAll(const std::vector<Order>& orders);

  Repository& repository_;
  const Options options_;
  std::mutex mutex_;
  std::condition_variable changed_;
  // Guarded by mutex_.
  std::vector<Order> waiting_;
  std::size_t waiting_bytes_ = 0;
  std::size_t under_way_ = 0;  ///< Commits.
  std::size_t expected_ = 0;   ///< Orders of one commit, by those before it.
  bool is_stopping_ = false;

  std::vector<std::thread> threads_;
};

}  // namespace cairn
