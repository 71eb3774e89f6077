// The routes that a program asks: nodes by their ids alone, answers whole, the log followed.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <latch>
#include <thread>

#include "server/api.h"
#include "temp_dir.h"

namespace cairn {
namespace {

using testing::HasSubstr;

struct PlainRequest final : ServerRequest {
  std::string method_;
  std::string target_;
  std::string body_;
  std::string type_;
  [[nodiscard]] std::string_view method() const override { return method_; }
  [[nodiscard]] std::string_view target() const override { return target_; }
  [[nodiscard]] std::string_view Header(std::string_view name) const override {
    return name == "Content-Type" ? std::string_view(type_) : std::string_view();
  }
  [[nodiscard]] std::string_view body() const override { return body_; }
};

struct BlockingSuspender final : Suspender {
  void Suspend(const std::function<void(Resume resume)>& start) override {
    std::latch resumed(1);
    start([&] { resumed.count_down(); });
    resumed.wait();
  }
};

std::string RecordOf(std::string_view name, int rows) {
  return fmt::format(
      R"({{"kind":"volume","target":{{"namespace":"db","name":"{}"}},"produced_at":"2026-01-10T00:00:00Z",)"
      R"("producer_id":"p","payload":{{"rows":{}}}}})",
      name, rows);
}

class ApiRepository : public testing::Test {
 protected:
  ServerResponse Ask(const std::string& method, const std::string& target, const std::string& body = {},
                     const std::string& type = {}) {
    PlainRequest request;
    request.method_ = method;
    request.target_ = target;
    request.body_ = body;
    request.type_ = type;
    BlockingSuspender suspender;
    return api_.Answer(request, "id", suspender);
  }
  ServerResponse Get(const std::string& target) { return Ask("GET", target); }
  ServerResponse Put(const std::vector<std::string>& records) {
    std::string body;
    for (const std::string& record : records) body += "\x1E" + record + "\n";
    return Ask("POST", "/api/v1/records", body, "application/json-seq");
  }

  TempDir temp_;
  std::shared_ptr<Repository> store_ = std::move(*OpenRepository(temp_.Sub("store")));
  static Api::Options OpenToAll() {
    Api::Options options;
    options.access.is_open = true;
    return options;
  }
  Api api_{store_, OpenToAll()};
};

TEST_F(ApiRepository, ASequenceHasOneResultForEachText) {
  const ServerResponse response =
      Put({RecordOf("a", 1), "[]", RecordOf("b", 1) + RecordOf("c", 1), "", RecordOf("a", 1)});
  EXPECT_EQ(response.status, 200);
  EXPECT_TRUE(
      response.body.starts_with(R"({"stored":1,"known":1,"refused":3,"results":[{"seq":1,"known":false},{"error")"))
      << response.body;
  EXPECT_TRUE(response.body.ends_with(R"({"seq":1,"known":true}]})")) << response.body;
  EXPECT_EQ(Ask("POST", "/api/v1/records", RecordOf("a", 2), "application/json-seq").status, 400)
      << "it does not begin so";
}

TEST_F(ApiRepository, ANodeIsItsIdAndNothingIsLookedFor) {
  Put({RecordOf("orders", 1)});
  EXPECT_EQ(Get("/api/v1/repository/latest?kind=volume&node=dataset:db:orders").status, 200);
  EXPECT_EQ(Get("/api/v1/repository/latest?kind=volume&node=dataset:db:order").status, 404);
  EXPECT_EQ(Get("/api/v1/repository/latest?kind=volume&node=orders").status, 400);
  EXPECT_EQ(Get("/api/v1/repository/latest?kind=volume").status, 400);
  EXPECT_THAT(Get("/api/v1/repository/latest?kind=volume&node=x&nod=x").body, HasSubstr("did you mean node?"));
}

TEST_F(ApiRepository, AFactIsTheLineOfTheLog) {
  Put({RecordOf("orders", 1)});
  const std::string line(store_->Tail(Seq{1}, 1)->facts.front().line());
  EXPECT_EQ(Get("/api/v1/repository/latest?kind=volume&node=dataset:db:orders").body,
            R"({"produced_at":"2026-01-10T00:00:00Z","entry":)" + line + "}");
}

TEST_F(ApiRepository, LongParametersAreAForm) {
  Put({RecordOf("orders", 1)});
  const std::string form = "kind=volume&node=dataset%3Adb%3Aorders";
  EXPECT_EQ(Ask("POST", "/api/v1/repository/latest", form, "application/x-www-form-urlencoded").status, 200);
  EXPECT_EQ(Ask("POST", "/api/v1/repository/latest", form, "text/plain").status, 400);
  EXPECT_EQ(Ask("POST", "/api/v1/repository/latest", "a=%zz", "application/x-www-form-urlencoded").status, 400);
}

TEST_F(ApiRepository, WhoAnswersForOneTenantAnswersForNoOther) {
  Put({RecordOf("orders", 1)});
  Api::Options of_acme = OpenToAll();
  of_acme.access.tenant = "acme";
  Api narrow(store_, of_acme);
  PlainRequest request;
  request.method_ = "GET";
  BlockingSuspender suspender;
  request.target_ = "/api/v1/repository/query?tenant=other";
  EXPECT_EQ(narrow.Answer(request, "id", suspender).status, 403);
  EXPECT_EQ(Get("/api/v1/repository/query?tenant=cairn.system").status, 403) << "which is the service's own";
  request.target_ = "/api/v1/repository/query";
  EXPECT_THAT(narrow.Answer(request, "id", suspender).body, HasSubstr("\"facts\":[]"));
}

TEST_F(ApiRepository, FiguresAreReadStrictly) {
  Put({RecordOf("orders", 1), RecordOf("orders", 4)});
  EXPECT_THAT(Get("/api/v1/repository/aggregate?measure=count&measure=sum:payload.rows&by=kind").body,
              HasSubstr(R"({"keys":["volume"],"values":[2,5]})"));
  EXPECT_THAT(Get("/api/v1/repository/aggregate?measure=quantile:0.5:payload.rows").body, HasSubstr("\"facts\":2"));
  for (const char* wrong : {"measure=mean:payload.rows", "measure=quantile:payload.rows", "measure=quantile:0.5",
                            "measure=sum:payload[", "by=payload..x", "memory=99999999999"}) {
    EXPECT_EQ(Get(std::string("/api/v1/repository/aggregate?") + wrong).status, 400) << wrong;
  }
}

TEST_F(ApiRepository, TheTailGoesOnWhereItEnded) {
  Put({RecordOf("a", 1), RecordOf("b", 1), RecordOf("c", 1)});
  const ServerResponse first = Get("/api/v1/records/tail?limit=2");
  EXPECT_THAT(first.body, HasSubstr(R"("next_seq":3})"));
  EXPECT_THAT(first.body, HasSubstr(R"({"facts":[{"seq":1,"ingested_at")"));
  EXPECT_THAT(Get("/api/v1/records/tail?from_seq=3").body, HasSubstr(R"("name":"c")"));
  EXPECT_EQ(Get("/api/v1/records/tail?from_seq=4").body, R"({"facts":[],"damaged":0,"withheld":0,"next_seq":4})");
  EXPECT_EQ(Get("/api/v1/records/tail?wait_ms=60001").status, 400);
}

TEST_F(ApiRepository, ATailThatWaitsIsAnsweredByTheNextRecord) {
  std::string body;
  std::thread waiting([&] { body = Get("/api/v1/records/tail?wait_ms=60000").body; });
  ASSERT_TRUE(store_->Store(RecordOf("a", 1)));
  waiting.join();
  EXPECT_THAT(body, HasSubstr(R"("next_seq":2})"));
  EXPECT_EQ(Get("/api/v1/records/tail?from_seq=2&wait_ms=1").body,
            R"({"facts":[],"damaged":0,"withheld":0,"next_seq":2})");
}

TEST_F(ApiRepository, WhoWaitsIsAnsweredWhenTheServerStops) {
  std::string body;
  std::thread waiting([&] { body = Get("/api/v1/records/tail?wait_ms=60000").body; });
  api_.Drain();
  waiting.join();
  EXPECT_EQ(body, R"({"facts":[],"damaged":0,"withheld":0,"next_seq":1})");
}

TEST_F(ApiRepository, TheStoreIsKeptInOrder) {
  Put({RecordOf("orders", 1)});
  EXPECT_THAT(Get("/api/v1/stats").body, HasSubstr(R"("records":1,"last_seq":1)"));
  EXPECT_EQ(Ask("POST", "/api/v1/admin/seal").body, R"({"done":true})");
  EXPECT_EQ(Ask("POST", "/api/v1/admin/rebuild").body, R"({"done":true})");
  EXPECT_THAT(Get("/api/v1/admin/verify").body, HasSubstr(R"("records":1,"damage":[])"));
  const ServerResponse dump = Get("/api/v1/admin/dump");
  EXPECT_THAT(dump.content_type, HasSubstr("text/plain"));
  EXPECT_THAT(dump.body, HasSubstr("orders"));
  EXPECT_EQ(Get("/api/v1/admin/seal").status, 405);
}

}  // namespace
}  // namespace cairn
