#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <memory>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "cairn/repository.h"
#include "step_clock.h"
#include "store/embedded.h"
#include "temp_dir.h"

namespace cairn {

/// For the tests of the store only.

/// A record of a test: what it leaves out is the same in all of them.
struct TestFact {
  std::string kind = "volume";
  std::string name = "orders";
  std::int64_t second = 0;  ///< After 2026-01-10T05:00:00Z.
  std::int64_t rows = 0;
  std::string run;
  std::string job;
  std::string tenant;
  std::string producer = "p";

  static constexpr std::int64_t kStart = 1'768'021'200;
  [[nodiscard]] Timestamp time() const { return {(kStart + second) * 1'000'000'000}; }
  [[nodiscard]] std::string Json() const {
    RecordDraft draft;
    draft.kind = kind;
    draft.target = {tenant, "", "crm", name, ""};
    draft.produced_at = time();
    draft.producer_id = producer;
    draft.run_id = run;
    draft.job_id = job;
    draft.payload = fmt::format(R"({{"row_count":{}}})", rows);
    return draft.ToJson();
  }
};

inline Timestamp At(std::int64_t second) { return TestFact{.second = second}.time(); }

/// An event of the job `job:etl:load` that writes crm/orders with these facets on it.
inline std::string EventWithFacets(std::int64_t second, std::string_view facets, std::string_view output_facets = {},
                                   std::string_view type = "COMPLETE", std::string_view run = "r") {
  return fmt::format(R"({{"eventType":"{}","eventTime":"{}","producer":"p","run":{{"runId":"{}"}},)"
                     R"("job":{{"namespace":"etl","name":"load"}},"outputs":[{{"namespace":"crm","name":"orders",)"
                     R"("facets":{{{}}},"outputFacets":{{{}}}}}]}})",
                     type, FormatTimestamp(At(second)), run, facets, output_facets);
}

inline NodeKey Table(std::string_view name, std::string_view tenant = {}) {
  return {std::string(tenant), "dataset", "crm", std::string(name), ""};
}

/// What stands between a test and its store: nothing, or a service (tests/remote_backend.cc).
using RepositoryAround = std::unique_ptr<Repository> (*)(std::unique_ptr<Repository>);
inline RepositoryAround& AroundServed() {
  static RepositoryAround served = nullptr;
  return served;
}
inline RepositoryAround& AroundNow() {
  static RepositoryAround now = nullptr;
  return now;
}

/// The contract of `Repository`: a test of such a suite runs over a store in this process and over one behind a
/// service.
class AnyRepository : public testing::TestWithParam<const char*> {
 protected:
  AnyRepository() {
    if (GetParam() == std::string_view("remote")) AroundNow() = AroundServed();
  }
  ~AnyRepository() override { AroundNow() = nullptr; }
};

#define CAIRN_CONTRACT(Suite)                                                        \
  class Suite : public AnyRepository {};                                             \
  INSTANTIATE_TEST_SUITE_P(Repository, Suite, testing::Values("embedded", "remote"), \
                           [](const auto& each) { return std::string(each.param); })

/// A store in a folder of its own, with a clock of its own, in which nothing happens in the background.
class TestStore {
 public:
  explicit TestStore(const StoreOptions& options = {}) : options_(options) {
    options_.seal = false;
    options_.threads = 2;
    Reopen();
  }

  Repository* operator->() { return repository_.get(); }
  Repository& operator*() { return *repository_; }
  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] StoreOptions& options() { return options_; }
  /// For whatever is opened from here on.
  [[nodiscard]] ReadHold& hold() { return hold_; }

  void Close() { repository_.reset(); }
  void Reopen() {
    Close();
    repository_ = Another();
  }
  /// Opens the same folder once more.
  std::unique_ptr<Repository> Another() { return Another(options_); }
  std::unique_ptr<Repository> Another(const StoreOptions& options) {
    auto opened = OpenEmbedded(path_, options, {FileSystem::Default(), &clock_, hold_});
    EXPECT_TRUE(opened) << opened.status();
    if (!opened) return nullptr;
    return AroundNow() == nullptr ? std::move(*opened) : AroundNow()(std::move(*opened));
  }

  /// Stores one that must be taken.
  Stored Put(const std::string& json) {
    const auto stored = repository_->Store(json);
    EXPECT_TRUE(stored) << stored.status() << "\n" << json;
    return stored ? *stored : Stored{};
  }
  Stored Put(const TestFact& fact) { return Put(fact.Json()); }
  /// Stores all in one commit.
  void PutAll(const std::vector<std::string>& jsons) {
    const std::vector<std::string_view> views(jsons.begin(), jsons.end());
    for (const auto& stored : repository_->BulkStore(views)) ASSERT_TRUE(stored) << stored.status();
  }

 private:
  TempDir temp_;
  std::string path_ = temp_.Sub("store");
  StepClock clock_;
  ReadHold hold_;
  StoreOptions options_;
  std::unique_ptr<Repository> repository_;
};

inline std::vector<std::uint64_t> SeqsOf(const std::vector<Fact>& facts) {
  std::vector<std::uint64_t> out;
  for (const Fact& fact : facts) out.push_back(fact.seq().value);
  return out;
}

/// The value of a result that must have one.
template <typename T>
T Must(Result<T> result) {
  EXPECT_TRUE(result) << result.status();
  if (!result) throw std::runtime_error(result.status().ToString());
  return std::move(*result);
}

inline std::vector<std::uint64_t> HistoryOf(Repository& repository, std::string_view kind, const NodeKey& node,
                                            const HistorySpec& spec = {}) {
  return SeqsOf(Must(repository.History(kind, node, spec)));
}

inline std::string DumpText(Repository& repository) {
  std::ostringstream out;
  const Status status = repository.Dump(out);
  EXPECT_TRUE(status.ok()) << status;
  return out.str();
}

/// Everything a store can be asked without knowing what is in it, as text.
inline std::vector<std::string> AllRecords(Repository& repository) {
  std::vector<std::string> out;
  for (const Fact& fact : Must(repository.Tail({1}, 1'000'000)).facts) {
    out.push_back(fmt::format("{} {}", fact.seq().value, Must(fact.AsSent())));
  }
  return out;
}

}  // namespace cairn
