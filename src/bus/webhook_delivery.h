#pragma once

#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "bus/news.h"
#include "bus/webhook_lane.h"
#include "lookup/curl_transport.h"

namespace cairn {

/// Delivers to all webhooks of a store: one thread for each that is active, so that a slow receiver is slow for itself
/// alone, and one that looks which there are. Of several processes that have one for a store, one delivers; where it
/// ends, however, another takes over. Any thread may call it.
class WebhookDelivery {
 public:
  struct Options {
    std::string folder;                     ///< `STORE/webhooks`.
    HttpTransport* transport = nullptr;     ///< Null: libcurl.
    Clock* clock = nullptr;                 ///< Null: the system's.
    std::function<std::uint64_t()> random;  ///< Null: the system's.
    WebhookBackoff backoff;
    /// How long a delivery waits for more records behind the first.
    std::chrono::milliseconds linger{50};
    /// How often it is looked whether webhooks have changed, or the process that delivers has ended.
    std::chrono::milliseconds look{200};
  };
  /// Both outlive this.
  WebhookDelivery(Repository& repository, News& news, const Options& options);
  WebhookDelivery(const WebhookDelivery&) = delete;
  WebhookDelivery& operator=(const WebhookDelivery&) = delete;
  /// Stops.
  ~WebhookDelivery();

  /// What is under way is cut short, and sent again by the next one.
  void Stop();

  struct Lane {
    Webhook hook;
    WebhookProgress progress;
  };
  /// Those that are delivered to by this process.
  [[nodiscard]] std::vector<Lane> Lanes() const;
  [[nodiscard]] bool is_delivering() const;

  [[nodiscard]] WebhookRegistry& registry() { return registry_; }
  /// Sends a ping now, from this thread.
  Result<WebhookAnswer> Ping(const Webhook& hook);

 private:
  /// Wakes a thread: shared with whoever may do so later than it lives.
  struct Bell {
    std::mutex mutex;
    std::condition_variable changed;
    bool rung = false;
    void Ring();
    /// True where it was rung before the time was over.
    bool Wait(std::chrono::nanoseconds time);
  };
  struct Running {
    std::unique_ptr<WebhookLane> lane;
    std::shared_ptr<Bell> bell = std::make_shared<Bell>();
    std::stop_source stop;
    std::thread thread;
  };

  void Run();
  void Look();
  Status Reload();
  [[nodiscard]] Running* Find(const std::string& id) const;
  void RunLane(Running& running);
  void End(Running& running);

  Repository& repository_;
  News& news_;
  const Options options_;
  CurlTransport own_transport_;
  WebhookRegistry registry_;
  WebhookLane::Tools tools_;
  std::unique_ptr<FileLock> lock_;  // Of the thread that looks. Held: this process delivers.
  bool is_locked_ = false;
  Seq known_;  // The change that was seen last.

  mutable std::mutex mutex_;
  std::map<std::string, std::unique_ptr<Running>>
      lanes_;  // By id; guarded by mutex_, changed by the thread that looks.
  std::shared_ptr<Bell> bell_ = std::make_shared<Bell>();
  std::stop_source stop_;
  std::thread thread_;
};

}  // namespace cairn
