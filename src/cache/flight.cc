#include "cache/flight.h"

#include <algorithm>

namespace cairn {

bool Flight::Covers(const std::vector<std::string>& fields) const {
  if (fields.empty() != fields_.empty()) return false;
  return std::all_of(fields.begin(), fields.end(), [this](const std::string& field) {
    return std::find(fields_.begin(), fields_.end(), field) != fields_.end();
  });
}

void Flight::PublishStale(const CacheResult& stale) {
  const std::lock_guard lock(mutex_);
  stale_ = stale;
  changed_.notify_all();
}

void Flight::Complete(Result<CacheResult> outcome) {
  const std::lock_guard lock(mutex_);
  if (outcome_) return;
  outcome_ = std::move(outcome);
  changed_.notify_all();
}

Result<CacheResult> Flight::Wait(const Patience& patience) {
  std::unique_lock lock(mutex_);
  const auto is_over = [this] { return outcome_.has_value(); };
  const auto may_leave = [&] { return is_over() || (patience.takes_stale && stale_.has_value()); };
  const auto give_stale = [this] {
    CacheResult result = *stale_;
    result.is_refreshing = true;
    return result;
  };
  if (patience.takes_stale && patience.soft_until < patience.hard_until) {
    changed_.wait_until(lock, patience.stop, patience.soft_until, is_over);
    // From now on a stale value will do, whenever it is found.
    if (!is_over()) changed_.wait_until(lock, patience.stop, patience.hard_until, may_leave);
    if (!is_over() && stale_) return give_stale();
  } else {
    changed_.wait_until(lock, patience.stop, patience.hard_until, is_over);
  }
  if (is_over()) return *outcome_;
  if (patience.stop.stop_requested())
    return {StatusCode::kCancelled, "the call was cancelled while the value was loaded"};
  if (stale_) {
    CacheResult result = give_stale();
    result.stale_because = Status(StatusCode::kDeadlineExceeded, "the load took longer than its hard timeout");
    return result;
  }
  return {StatusCode::kDeadlineExceeded, "the load took longer than its hard timeout: " + key_.text()};
}

FlightTable::Joined FlightTable::Join(const CacheKey& key, const std::vector<std::string>& fields, std::uint64_t fence,
                                      const std::function<bool(const Flight&)>& is_valid) {
  Joined joined;
  const std::lock_guard lock(mutex_);
  std::shared_ptr<Flight>& flight = flights_[key.hash()];
  if (flight != nullptr && flight->key() == key && is_valid(*flight)) {
    if (flight->Covers(fields)) {
      ++flight->holders_;
      joined.flight = flight;
      return joined;
    }
    joined.previous = flight;
  }
  flight = std::make_shared<Flight>(key, fields, fence);
  ++flight->holders_;
  joined.flight = flight;
  joined.is_leader = true;
  return joined;
}

void FlightTable::AddHolder(Flight& flight) {
  const std::lock_guard lock(mutex_);
  ++flight.holders_;
}

void FlightTable::DropHolder(const std::shared_ptr<Flight>& flight) {
  {
    const std::lock_guard lock(mutex_);
    if (--flight->holders_ != 0) return;
    EraseLocked(flight);
  }
  // Outside the lock: it runs what the loader hung on to its token.
  flight->stop_.request_stop();
}

void FlightTable::Leave(const std::shared_ptr<Flight>& flight) {
  const std::lock_guard lock(mutex_);
  EraseLocked(flight);
}

void FlightTable::EraseLocked(const std::shared_ptr<Flight>& flight) {
  const auto at = flights_.find(flight->key().hash());
  if (at != flights_.end() && at->second == flight) flights_.erase(at);
}

}  // namespace cairn
