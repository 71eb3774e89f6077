#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/file_system.h"
#include "cairn/cache.h"
#include "lookup/http.h"
#include "lookup/key_text.h"
#include "lookup/source_operation.h"
#include "lookup/waiter.h"
#include "obs/settings.h"
#include "obs/source_config.h"

namespace cairn {

/// What look-ups are made with. What is not owned outlives the `Lookup`.
struct LookupOptions {
  Cache* cache = nullptr;             ///< Not owned. Needed.
  std::vector<SourceConfig> sources;  ///< As `Config` has them.
  std::string location;               ///< The folder for what processes share: the cache's. Empty: each by itself.
  /// Takes a record's JSON, for calls that want one.
  std::function<Status(std::string_view record)> store_record;
  /// Called by any thread with what someone should know and no answer tells.
  std::function<void(std::string_view)> log;
  Environment environment;  ///< For `${NAME}` in headers.

  // What tests put in their own place of. Not owned; null: the system's.
  HttpTransport* transport = nullptr;
  Waiter* waiter = nullptr;
  Clock* clock = nullptr;
  FileSystem* files = nullptr;
  std::function<std::uint64_t()> random;
};

struct LookupCall {
  bool offline = false;             ///< Make no connection: what this host holds, stale or not.
  bool bypass = false;              ///< Ask the source, past the cache, and keep nothing.
  bool refresh = false;             ///< Ask the source even where a fresh answer stands.
  bool as_record = false;           ///< Hand what the source answers to `store_record`.
  std::string user;                 ///< For operations that are kept per user.
  std::vector<std::string> fields;  ///< Of those that the operation declares; empty: all.
  std::stop_token stop;
};

struct LookupAnswer {
  std::string key;
  CacheState state = CacheState::kMiss;  ///< Fresh, stale, or negative: the source says that there is no such thing.
  CacheLevel level = CacheLevel::kNone;  ///< `kNone`: the source was asked just now.
  std::chrono::nanoseconds age{};
  std::string value;  ///< JSON; empty where it is negative.
  std::vector<std::string> tags;
  bool is_refreshing = false;
  std::string why;  ///< For a person: where it comes from, and if it is stale, why.
  Status record;    ///< What became of the record, where one was wanted and the source was asked.
};

/// Answers questions to declared sources through the cache. Any thread may call it. A load may go on after its caller
/// has its answer: destroying this waits for it.
class Lookup {
 public:
  explicit Lookup(LookupOptions options);
  Lookup(const Lookup&) = delete;
  Lookup& operator=(const Lookup&) = delete;
  ~Lookup();

  /// Returns INVALID_ARGUMENT for a source, operation or parameter that does not exist (naming the nearest) or does not
  /// fit; UNAVAILABLE where the source could not answer and nothing may be served, RESOURCE_EXHAUSTED where its rate
  /// leaves no turn in time, and what else it says (PERMISSION_DENIED, UNAUTHENTICATED); DATA_LOSS for an answer that
  /// is no JSON; UNAVAILABLE offline; CANCELLED. That there is no such thing is an answer, not an error.
  Result<LookupAnswer> Ask(const std::string& source, const std::string& operation, const LookupParams& params,
                           const LookupCall& call = {});

  /// The key of a question, without asking it.
  Result<CacheKey> Key(const Question& question, const std::string& user = {});

  [[nodiscard]] const std::vector<SourceConfig>& sources() const { return options_.sources; }
  /// So that entries of sources can be listed, inspected and removed before anything was asked. Returns the first
  /// error; the other sources are defined all the same.
  Status DefineAll();

 private:
  struct Operation;
  struct Source;
  struct Asked;

  /// The source made ready, on its first use.
  Result<std::shared_ptr<Source>> Open(const std::string& name);
  Result<std::shared_ptr<Source>> Make(const SourceConfig& config);
  Result<const Operation*> Find(const Source& source, const std::string& name) const;
  Result<CacheKey> MakeKey(const Operation& operation, const CheckedParams& params, const std::string& user) const;
  CacheLoader MakeLoader(std::shared_ptr<Source> source, const Operation& operation, const CheckedParams& params,
                         const LookupCall& call, std::shared_ptr<Asked> asked);
  Status StoreRecord(const Operation& operation, const CheckedParams& params, const std::string& key,
                     std::string_view value) const;

  LookupOptions options_;
  std::unique_ptr<HttpTransport> own_transport_;
  std::unique_ptr<Waiter> own_waiter_;
  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<Source>, std::less<>> open_;  // Guarded by mutex_.
};

}  // namespace cairn
