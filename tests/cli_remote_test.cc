// The commands over a service print what they print over its folder.

#include <gmock/gmock.h>

#include "cli_for_test.h"
#include "served_store.h"
#include "store/store_for_test.h"

namespace cairn {
namespace {

using testing::HasSubstr;
using testing::Not;

class CliRemote : public CliTest {
 protected:
  CliRemote() {
    store_ = Must(OpenRepository(dir_.Sub("metadata")));
    served_ = std::make_unique<ServedStore>(store_);
  }
  ProgramEnd Remote(std::vector<std::string> args, const std::string& input = "") {
    args.insert(args.end(), {"--store", served_->address()});
    return Cairn(std::move(args), input);
  }
  void Same(const std::vector<std::string>& args) {
    const ProgramEnd local = Cairn(args);
    const ProgramEnd remote = Remote(args);
    EXPECT_EQ(remote.code, local.code) << args.front() << remote.err;
    EXPECT_EQ(remote.out, local.out) << args.front();
    EXPECT_EQ(remote.err, local.err) << args.front();
  }

  std::shared_ptr<Repository> store_;
  std::unique_ptr<ServedStore> served_;
};

const char* const kEvent =
    R"({"eventType":"COMPLETE","eventTime":"2026-01-10T05:00:00Z","producer":"p","run":{"runId":"run-10"},)"
    R"("job":{"namespace":"etl","name":"load"},"inputs":[{"namespace":"crm","name":"raw"}],)"
    R"("outputs":[{"namespace":"crm","name":"public.orders","facets":{"schema":{"fields":[{"name":"id"}]}}}]})";

TEST_F(CliRemote, EachCommandAnswersAsOverTheFolder) {
  std::string lines = std::string(kEvent) + "\n";
  for (int day = 10; day < 30; ++day) lines += Record(day, day * 10) + "\n";
  lines += Record(10, 1, "public.lines") + "\n" + Record(10, 100) + "\n";
  const ProgramEnd ingested = Remote({"ingest", "-", "--json"}, lines);
  EXPECT_EQ(ingested.code, 0) << ingested.err;
  EXPECT_THAT(ingested.out, HasSubstr(R"("stored":22,"known":1,"refused":0)"));
  const ProgramEnd refused = Remote({"ingest", "-"}, "{\"kind\":\"x\"}\nnonsense\n");
  EXPECT_EQ(refused.code, 3) << refused.err;
  const ProgramEnd emitted =
      Remote({"emit", "--kind", "note", "--target", "public.orders", "--payload", R"({"text":"hello"})"});
  EXPECT_EQ(emitted.code, 0) << emitted.err;
  for (const std::vector<std::string>& args : std::vector<std::vector<std::string>>{
           {"latest", "schema", "public.orders"},
           {"latest", "schema", "public.orders", "--json", "--meta"},
           {"latest", "shema", "public.orders"},
           {"latest", "schema", "pubic.orders"},
           {"latest", "schema", "public"},
           {"history", "ingestion_volume", "public.orders"},
           {"query", "payload.row_count > 150", "--json"},
           {"query", "payload. > 150"},
           {"query", "--kind", "ingestion_volume", "--avg", "payload.row_count", "--by", "target,day"},
           {"runs"},
           {"runs", "--json"},
           {"lineage", "public.orders"},
           {"lineage", "raw", "--json"},
           {"impact", "raw"},
           {"path", "raw", "public.orders"},
           {"shared", "public.orders", "public.orders"},
           {"why", "raw", "public.orders"},
           {"diff", "--before", "2026-01-01"},
           {"inherit", "public.orders"},
           {"tail"},
           {"tail", "--json"},
           {"stats", "--json"},
           {"verify"},
           {"dump"},
           {"seal"},
           {"rebuild"},
           {"verify", "--json"},
       }) {
    Same(args);
  }
}

TEST_F(CliRemote, TheSwitchIsOneLineOfTheFile) {
  ASSERT_EQ(Remote({"ingest", "-"}, Record(10, 5) + "\n").code, 0);
  dir_.Write("cairn.yaml", "store: " + served_->address() + "\n");
  std::filesystem::rename(dir_.Sub("metadata"), dir_.Sub("elsewhere"));
  ProgramEnd end = Cairn({"latest", "ingestion_volume", "public.orders", "--json"});
  EXPECT_EQ(end.code, 0) << end.err;
  EXPECT_THAT(end.out, HasSubstr("\"row_count\":5"));
  EXPECT_FALSE(std::filesystem::exists(dir_.Sub("metadata")));
  dir_.Write("cairn.yaml", "store:\n  path: " + served_->address() + "\n  packing: on\n");
  end = Cairn({"latest", "ingestion_volume", "public.orders", "--json"});
  EXPECT_EQ(end.code, 0) << end.err;
  dir_.Write("cairn.yaml", "store: ./elsewhere\n");
  end = Cairn({"latest", "ingestion_volume", "public.orders", "--json"});
  EXPECT_EQ(end.code, 0) << end.err;
}

TEST_F(CliRemote, AServiceThatIsAwayIsNamed) {
  const ProgramEnd end =
      Cairn({"latest", "schema", "orders", "--store", "http://127.0.0.1:1", "--set", "read_patience=0"});
  EXPECT_EQ(end.code, 4);
  EXPECT_THAT(end.err, HasSubstr("http://127.0.0.1:1"));
}

TEST_F(CliRemote, WhatNeedsAFolderSaysSo) {
  ProgramEnd end = Remote({"serve", "--listen", "127.0.0.1:0"});
  EXPECT_EQ(end.code, 2);
  EXPECT_THAT(end.err, HasSubstr("a service already"));
  end = Remote({"scan", dir_.path()});
  EXPECT_EQ(end.code, 4);
  EXPECT_THAT(end.err, HasSubstr("cairn scan --store DIR"));
}

TEST_F(CliRemote, TheTokenIsNeverShown) {
  environment_["CAIRN_TOKEN"] = "s3cret-t0ken";
  for (const std::vector<std::string>& args : std::vector<std::vector<std::string>>{
           {"config", "show"},
           {"config", "show", "--json"},
           {"stats"},
           {"latest", "schema", "nothing"},
           {"stats", "--store", "http://127.0.0.1:1", "--set", "read_patience=0"},
           {"stats", "--store", "http://s3cret-t0ken@127.0.0.1:1"},
       }) {
    const ProgramEnd end =
        args.size() > 3 || args.back().find("s3cret") != std::string::npos ? Cairn(args) : Remote(args);
    EXPECT_THAT(end.out, Not(HasSubstr("s3cret")));
    EXPECT_THAT(end.err, Not(HasSubstr("s3cret")));
  }
  environment_["CAIRN_TOKEN"] = "s3cret token";
  const ProgramEnd end = Remote({"stats"});
  EXPECT_EQ(end.code, 2);
  EXPECT_THAT(end.err, Not(HasSubstr("s3cret")));
}

}  // namespace
}  // namespace cairn
