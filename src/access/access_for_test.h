#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "cairn/repository.h"
#include "temp_dir.h"

namespace cairn {

/// For the tests of rights only.

inline std::string RecordOf(std::string_view ns, std::string_view name, std::string_view kind = "volume",
                            std::string_view more = {}, std::string_view payload = "{}") {
  return fmt::format(R"({{"kind":"{}","target":{{"namespace":"{}","name":"{}"}},"produced_at":"2026-01-10T05:00:00Z",)"
                     R"("producer_id":"p",{}"payload":{}}})",
                     kind, ns, name, more, payload);
}

/// An event of the job etl:`job` that reads and writes datasets given as `namespace:name`.
inline std::string EventOf(std::string_view job, const std::vector<std::string>& inputs,
                           const std::vector<std::string>& outputs, std::string_view job_namespace = "etl") {
  const auto list = [](const std::vector<std::string>& ids) {
    std::string out;
    for (const std::string& id : ids) {
      const auto colon = id.find(':');
      out += fmt::format(R"({}{{"namespace":"{}","name":"{}","facets":{{"schema":{{"_producer":"p","_schemaURL":"s",)"
                         R"("fields":[{{"name":"id"}}]}}}}}})",
                         out.empty() ? "" : ",", id.substr(0, colon), id.substr(colon + 1));
    }
    return out;
  };
  return fmt::format(
      R"({{"eventType":"COMPLETE","eventTime":"2026-01-10T05:00:00Z","producer":"p","run":{{"runId":"{0}-1"}},)"
      R"("job":{{"namespace":"{1}","name":"{0}"}},"inputs":[{2}],"outputs":[{3}]}})",
      job, job_namespace, list(inputs), list(outputs));
}

/// Stands still but for `Advance`.
class HandClock final : public Clock {
 public:
  Timestamp Now() override { return now_; }
  void Advance(std::chrono::nanoseconds by) { now_.ns += by.count(); }

 private:
  Timestamp now_{1'768'000'000'000'000'000};
};

class StoreWithRights : public ::testing::Test {
 protected:
  void SetUp() override {
    auto opened = OpenRepository(temp.Sub("store"), {});
    ASSERT_TRUE(opened) << opened.error();
    store = std::move(*opened);
  }
  void Put(std::string_view json) {
    const auto stored = store->Store(json);
    ASSERT_TRUE(stored) << stored.error();
  }

  TempDir temp;
  std::shared_ptr<Repository> store;
};

}  // namespace cairn
