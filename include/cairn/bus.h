#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "cairn/repository.h"
#include "cairn/status.h"

namespace cairn {

/// What a subscriber is told. Everything given must hold.
struct SubscribeOptions {
  std::string tenant;
  std::vector<std::string> kinds;  ///< Of records and events, `*` for any text: `openlineage.*`; empty: all.
  std::string prefix;              ///< How the id of the node begins that a record is about; empty: any.
  std::string filter;              ///< The filter language, `docs/query.md`; empty: none.
  /// The first record: a `Subscription::position` of before, 1 for the first of the log. None: what comes from now on.
  std::optional<Seq> from;
  std::size_t batch_records = 256;  ///< Facts that the handler is given at once, at most. 1: each by itself.
  /// How often the handler is called with a batch that it fails on; then the batch is passed over, and counted. 0:
  /// again and again.
  std::uint32_t attempts = 5;
  /// Between those calls, doubled each time up to the longest.
  std::chrono::milliseconds backoff{100};
  std::chrono::milliseconds backoff_max{30'000};
  /// Told of each failure, the handler's or the store's, on the bus's thread; short.
  std::function<void(const Status& why)> on_error;
};

/// Takes facts in the order of the log. What it returns, or throws, says whether it has taken all of them: where not,
/// it is called with the same ones again.
using FactHandler = std::function<Status(std::span<const Fact> facts)>;

/// What has become of a subscription since it began.
struct SubscriptionStats {
  std::uint64_t delivered = 0;    ///< Facts that the handler took.
  std::uint64_t failures = 0;     ///< Calls that it failed.
  std::uint64_t passed_over = 0;  ///< Facts that were given up.
  Status last_error;              ///< Ok where the last call, and the last look at the store, went well.
};

/// One who is told. Owned by whoever subscribed; any thread may call it.
class Subscription {
 public:
  Subscription() = default;
  Subscription(const Subscription&) = delete;
  Subscription& operator=(const Subscription&) = delete;
  /// Stops.
  virtual ~Subscription() = default;

  /// The first record that the handler has not taken or passed over: a subscription `from` there misses nothing.
  [[nodiscard]] virtual Seq position() const = 0;
  [[nodiscard]] virtual SubscriptionStats Stats() const = 0;
  /// When it returns, the handler does not run and will not; called by the handler itself, it is not called again.
  virtual void Stop() = 0;
};

/// Tells subscribers in this process of each record that is committed, by whichever process: views of one's own, alerts
/// (a subscriber with a filter). Over any repository, a remote one too. One thread calls all handlers, one after the
/// other, so that a handler is short, or has a bus of its own; commits never wait for it.
/// Each matching fact is taken once, in the order of the log. Positions are not kept: a program that keeps
/// `Subscription::position` and begins there has each fact at least once over its restarts.
/// Owned by whoever opened it; outlives its subscriptions. Any thread may call it.
class Bus {
 public:
  explicit Bus(std::shared_ptr<Repository> repository);
  Bus(const Bus&) = delete;
  Bus& operator=(const Bus&) = delete;
  /// Stops all.
  ~Bus();

  /// Returns INVALID_ARGUMENT for a filter that cannot be read or a batch of nothing, and what `Repository::Stats` does
  /// where it is asked what now is.
  Result<std::unique_ptr<Subscription>> Subscribe(SubscribeOptions options, FactHandler handler);

 private:
  class Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace cairn
