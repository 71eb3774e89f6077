#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <simdjson.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "cache/thread_pool.h"
#include "server/api_for_test.h"
#include "server/exchange.h"
#include "server/hot_answers.h"
#include "server/marquez_routes.h"
#include "service/service.h"
#include "temp_dir.h"

namespace cairn {

/// For the tests of Marquez's routes only.

/// The time that a test says.
class SetClock final : public Clock {
 public:
  Timestamp Now() override { return {now_.ns++}; }
  void Set(std::string_view text) { now_ = *ParseTimestamp(text); }

 private:
  Timestamp now_ = *ParseTimestamp("2026-02-01T12:00:00Z");
};

/// The routes over a store of their own, without a connection.
class MarquezTest : public ::testing::Test {
 protected:
  void SetUp() override { Reopen(); }
  void Reopen() {
    repository.reset();
    auto opened = OpenRepository(temp.Sub("store"), {});
    ASSERT_TRUE(opened) << opened.error();
    repository = std::move(*opened);
    hot_ = std::make_unique<HotAnswers>(*repository);
  }

  void Store(std::string_view json) {
    const auto stored = repository->Store(json);
    ASSERT_TRUE(stored) << stored.error() << "\n" << json;
  }

  ServerResponse Ask(const std::string& method, const std::string& target, const std::string& body = {}) {
    Asked asked;
    asked.method_ = method;
    asked.target_ = target;
    asked.body_ = body;
    Waits waits;
    const std::size_t question = target.find('?');
    auto match = router_.Find(method, target.substr(0, question));
    if (!match || match->route == nullptr) {
      ADD_FAILURE() << "no route for " << method << " " << target;
      return {};
    }
    auto query = ParseQuery(question == std::string::npos ? std::string_view() : asked.target().substr(question + 1));
    auto anybody = std::make_shared<Principal>(Principal{nullptr, nullptr, Service(repository, "")});
    Exchange exchange({asked, *match->route, std::move(match->parameters), std::move(*query), "id", waits, pool_, *hot_,
                       std::move(anybody)});
    ServerResponse response = match->route->handler(exchange);
    EXPECT_EQ(parser_.parse(response.body).error(), simdjson::SUCCESS) << response.body;
    return response;
  }

  /// The body of an answer that is there.
  std::string Get(const std::string& path) {
    const ServerResponse response = Ask("GET", "/api/v1" + path);
    EXPECT_EQ(response.status, 200) << path << "\n" << response.body;
    return response.body;
  }
  int StatusOf(const std::string& method, const std::string& path, const std::string& body = {}) {
    return Ask(method, "/api/v1" + path, body).status;
  }

  /// What stands at a JSON pointer: a text as it is, all else as JSON; `none` where nothing does.
  std::string At(const std::string& json, const std::string& pointer) {
    simdjson::dom::element element;
    if (parser_.parse(json).get(element) != simdjson::SUCCESS) return "no JSON: " + json;
    simdjson::dom::element found;
    if (element.at_pointer(pointer).get(found) != simdjson::SUCCESS) return "none";
    std::string_view text;
    if (found.get_string().get(text) == simdjson::SUCCESS) return std::string(text);
    return simdjson::minify(found);
  }
  /// The same of each element of a list.
  std::vector<std::string> Each(const std::string& json, const std::string& list, const std::string& pointer) {
    std::vector<std::string> out;
    for (std::size_t i = 0;; ++i) {
      const std::string at = list + "/" + std::to_string(i);
      if (At(json, at) == "none") return out;
      out.push_back(At(json, at + pointer));
    }
  }

  TempDir temp;
  SetClock clock;
  std::shared_ptr<Repository> repository;

 private:
  simdjson::dom::parser parser_;
  ThreadPool pool_{2, 64};
  std::unique_ptr<HotAnswers> hot_;
  Router router_ = Routes();

  Router Routes() {
    Router router;
    AddMarquez(router, clock);
    return router;
  }
};

/// An event of a run: inputs and outputs of the namespace `db`, facets as JSON members.
struct TestEvent {
  std::string type = "COMPLETE";
  std::string time = "2026-01-10T05:00:00Z";
  std::string run = "11111111-1111-4111-8111-111111111111";
  std::string job = "load";
  std::vector<std::string> inputs;
  std::vector<std::string> outputs;
  std::string output_facets = "";
  std::string job_facets = "";
  std::string run_facets = "";
  std::string ns = "db";
  std::string input_facets = "";

  [[nodiscard]] std::string Json() const {
    const auto list = [&](const std::vector<std::string>& names, const std::string& facets) {
      std::string out;
      for (const std::string& name : names) {
        out += fmt::format(R"({}{{"namespace":{},"name":{},"facets":{{{}}}}})", out.empty() ? "" : ",", JsonString(ns),
                           JsonString(name), facets);
      }
      return out;
    };
    return fmt::format(R"({{"eventType":"{}","eventTime":"{}","producer":"p","run":{{"runId":"{}","facets":{{{}}}}},)"
                       R"("job":{{"namespace":"etl","name":{},"facets":{{{}}}}},"inputs":[{}],"outputs":[{}]}})",
                       type, time, run, run_facets, JsonString(job), job_facets, list(inputs, input_facets),
                       list(outputs, output_facets));
  }
};

}  // namespace cairn
