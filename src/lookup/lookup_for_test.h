#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "cairn/cache.h"
#include "lookup/curl_transport.h"
#include "lookup/lookup.h"
#include "lookup/server_for_test.h"
#include "lookup/source_for_test.h"
#include "temp_dir.h"

namespace cairn {

/// Time for a cache and for those around it, which passes when a test says so.
class ManualTime : public CacheClock, public Clock {
 public:
  Timestamp Now() override { return {now_.load()}; }
  std::int64_t SteadyNs() override { return now_.load(); }
  void Pass(std::chrono::nanoseconds time) { now_ += time.count(); }

 private:
  std::atomic<std::int64_t> now_{1'700'000'000'000'000'000};
};

/// A source `zoo` with the operation `animal`, its server and a cache.
class LookupTest : public testing::Test {
 protected:
  LookupTest() {
    source_.name = "zoo";
    source_.base_url = server_.url();
    source_.proxy = "none";
    source_.attempts = 1;
    OperationConfig animal;
    animal.name = "animal";
    animal.path = "/animals/{id}";
    animal.parameters = {{.name = "id", .required = true}, {.name = "lang", .standard = "en"}};
    animal.policy.ttl = std::chrono::hours(1);
    animal.policy.grace = std::chrono::hours(24);
    animal.policy.negative_ttl = std::chrono::minutes(1);
    animal.policy.jitter = 0;
    animal.policy.early_refresh_beta = 0;
    animal.policy.failure_pause = {};
    // What is past its time is asked for before the caller has its answer.
    animal.policy.soft_timeout = CachePolicy::kWait;
    animal.tags = {"zoo", "animal:{id}"};
    animal.record_target = "{id}";
    source_.operations = {animal};
    cache_options_.clock = &cache_clock_;
    cache_options_.location = dir_.path() + "/cache";
  }

  OperationConfig& Animal() { return source_.operations[0]; }

  Lookup& Made() {
    if (lookup_ != nullptr) return *lookup_;
    auto cache = Cache::Open(cache_options_);
    EXPECT_TRUE(cache) << cache.status();
    cache_ = std::move(*cache);
    LookupOptions options;
    options.cache = cache_.get();
    options.sources = {source_};
    options.location = cache_options_.location;
    options.transport = &transport_;
    options.waiter = &waiter_;
    options.clock = &clock_;
    options.random = [] { return std::uint64_t{0}; };
    options.store_record = [this](std::string_view record) {
      records_.emplace_back(record);
      return Status::Ok();
    };
    lookup_ = std::make_unique<Lookup>(std::move(options));
    return *lookup_;
  }
  Result<LookupAnswer> Ask(const LookupParams& params, const LookupCall& call = {}) {
    return Made().Ask("zoo", "animal", params, call);
  }
  LookupAnswer Answered(const LookupParams& params, const LookupCall& call = {}) {
    auto answer = Ask(params, call);
    EXPECT_TRUE(answer) << answer.status();
    return answer ? *answer : LookupAnswer{};
  }
  /// As another process would begin.
  void Reopen() {
    lookup_.reset();
    cache_.reset();
    Made();
  }

  TempDir dir_;
  TestServer server_;
  CurlTransport real_transport_;
  CountingTransport transport_{real_transport_};
  ManualWaiter waiter_;
  FixedClock clock_;
  ManualTime cache_clock_;
  CacheOptions cache_options_;
  SourceConfig source_;
  std::vector<std::string> records_;
  std::unique_ptr<Cache> cache_;
  std::unique_ptr<Lookup> lookup_;  // Ends before the cache.
};

}  // namespace cairn
