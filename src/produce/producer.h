#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cairn/node.h"
#include "cairn/status.h"

namespace cairn {

/// What one kind of producer wants to know or has to tell beyond what all of them do.
class ProduceDetail {
 public:
  ProduceDetail() = default;
  ProduceDetail(const ProduceDetail&) = delete;
  ProduceDetail& operator=(const ProduceDetail&) = delete;
  virtual ~ProduceDetail() = default;
};

/// What a producer is asked for: the facts about one thing.
struct ProduceRequest {
  NodeKey target;
  std::string context;  ///< JSON object, which records take over; empty for none.
  std::shared_ptr<ProduceDetail> detail;
};

/// What it answers.
struct Produced {
  std::vector<std::string> records;  ///< JSON, as `Repository::Store` takes them.
  std::shared_ptr<ProduceDetail> detail;
};

/// How one attempt is held.
struct ProduceContext {
  std::size_t worker = 0;  ///< Which of the runner's workers runs it; no other attempt has the same number meanwhile.
  std::uint32_t attempt = 1;
  std::chrono::nanoseconds deadline{0};  ///< For the attempt; 0 for none. The producer holds it.
  std::uint64_t memory_bytes = 0;        ///< For the attempt; 0 for no bound. The producer holds it.
  /// Whether the attempt is to end early. Returns CANCELLED then.
  std::function<Status()> keep_going;
};

/// Something that states facts when asked: reads a file, asks a database, calls an API. Owned by whoever made it, which
/// must outlive the runner; the runner calls it from all of its workers at once.
class Producer {
 public:
  Producer() = default;
  Producer(const Producer&) = delete;
  Producer& operator=(const Producer&) = delete;
  virtual ~Producer() = default;

  /// Stable: what records call `producer_id`.
  [[nodiscard]] virtual std::string_view name() const = 0;
  /// How long the request will take, as far as that is known: dear ones are begun first.
  [[nodiscard]] virtual std::chrono::nanoseconds ExpectedCost(const ProduceRequest& request) const = 0;
  /// Returns UNAVAILABLE, ABORTED or DEADLINE_EXCEEDED for what may pass when tried again, CANCELLED where `keep_going`
  /// said so, any other code for what will not change.
  virtual Result<Produced> Produce(const ProduceRequest& request, const ProduceContext& context) = 0;
  /// How many requests that are quick it likes to be asked at once.
  [[nodiscard]] virtual std::size_t most_at_once() const { return 1; }
  /// Several, each in its first attempt; answers in their order, each as `Produce` gives it.
  virtual std::vector<Result<Produced>> ProduceAll(std::span<const ProduceRequest* const> requests,
                                                   const ProduceContext& context) {
    std::vector<Result<Produced>> all;
    for (const ProduceRequest* request : requests) all.push_back(Produce(*request, context));
    return all;
  }
};

/// Whether a failure may pass by itself.
inline bool MayPass(StatusCode code) {
  return code == StatusCode::kUnavailable || code == StatusCode::kAborted || code == StatusCode::kDeadlineExceeded;
}

}  // namespace cairn
