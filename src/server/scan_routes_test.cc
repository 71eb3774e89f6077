#include "server/scan_routes.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include "server/api_for_test.h"
#include "server/scan_process.h"

namespace cairn {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class ScanRoutesTest : public ApiTestBase {
 protected:
  void SetUp() override {
    std::filesystem::create_directories(temp.Sub("tree/inner"));
    std::ofstream(temp.Sub("tree/a.txt")) << "one";
    std::ofstream(temp.Sub("tree/broken.gif")) << "GIF89a";
    std::ofstream(temp.Sub("outside.txt")) << "two";
    std::filesystem::create_symlink(temp.Sub("outside.txt"), temp.Sub("tree/way_out"));
    Api::Options options;
    options.access.is_open = true;
    options.scans = {temp.Sub("store"), {std::filesystem::canonical(temp.Sub("tree")).string()}, CAIRN_BINARY};
    Start(options);
  }
  ServerResponse Scan(const std::string& path) {
    return Post("/api/v1/scans", R"({"paths":[")" + temp.Sub(path) + R"("]})");
  }
  std::string Await() {
    std::string body;
    do {
      std::this_thread::yield();
      body = Get("/api/v1/scans").body;
    } while (body.find(R"("can_stop":true)") != std::string::npos);
    return body;
  }
};

TEST_F(ScanRoutesTest, AScanIsBegunAndTold) {
  EXPECT_THAT(Get("/api/v1/scans").body, HasSubstr(R"("scan":null,"recent":[])"));
  const ServerResponse begun = Scan("tree");
  EXPECT_EQ(begun.status, 202) << begun.body;
  const std::string body = Await();
  EXPECT_THAT(body, HasSubstr(R"("scan":{"state":"done","running":false)"));
  EXPECT_THAT(body, HasSubstr(R"("read":3)")) << "two files and a link";
  EXPECT_THAT(body, HasSubstr(R"("kind":"file_scan")"));
  EXPECT_THAT(body, Not(HasSubstr("last_error")));
  EXPECT_THAT(Get("/api/v1/records/latest?kind=file_metadata&node=a.txt").body, HasSubstr(R"("state":"present")"));
}

TEST_F(ScanRoutesTest, ProblemsAreToldUntilTheyAreMended) {
  ASSERT_EQ(Scan("tree").status, 202);
  Await();
  const std::string before = Get("/api/v1/scans/problems").body;
  EXPECT_THAT(before, HasSubstr("broken.gif"));
  EXPECT_THAT(before, HasSubstr(R"("code":"INVALID_ARGUMENT")"));
  EXPECT_THAT(before, Not(HasSubstr("a.txt")));
  EXPECT_THAT(Get("/api/v1/scans/problems?quarantined=true").body, HasSubstr(R"("files":[])"));
  std::filesystem::remove(temp.Sub("tree/broken.gif"));
  ASSERT_EQ(Scan("tree").status, 202);
  Await();
  EXPECT_THAT(Get("/api/v1/scans/problems").body, HasSubstr(R"("files":[])"));
}

TEST_F(ScanRoutesTest, SlowFilesAreTold) {
  EXPECT_THAT(Get("/api/v1/scans/slow").body, HasSubstr(R"("files":[])")) << "nothing was scanned yet";
  ASSERT_EQ(Scan("tree").status, 202);
  Await();
  EXPECT_THAT(Get("/api/v1/scans/slow").body, HasSubstr("a.txt"));
  const std::string one = Get("/api/v1/scans/slow?limit=1").body;
  EXPECT_EQ(one.find("\"path\""), one.rfind("\"path\"")) << one;
}

TEST_F(ScanRoutesTest, NothingOutsideIsScanned) {
  for (const char* path : {"outside.txt", "tree/../outside.txt", "tree/way_out", "tree/none", ""}) {
    const ServerResponse refused = Scan(path);
    EXPECT_EQ(refused.status, 403) << path;
    EXPECT_THAT(refused.body, HasSubstr("is no file or folder below what this service may scan"));
  }
  EXPECT_EQ(Post("/api/v1/scans", R"({"paths":["tree"]})").status, 403) << "a relative path";
  EXPECT_EQ(Get("/api/v1/scans").body.find("file_scan"), std::string::npos);
}

TEST_F(ScanRoutesTest, WhatIsWrongWithARequestIsSaid) {
  for (const char* wrong : {"", "[]", "{}", R"({"paths":[]})", R"({"paths":"x"})", R"({"paths":[1]})",
                            R"({"paths":["/"],"more":1})", R"({"paths":["/"],"force":1})",
                            R"({"paths":["/tmp\u0000/x"]})", R"({"paths":["/"],"include":["a\u0000b"]})"}) {
    EXPECT_EQ(Post("/api/v1/scans", wrong).status, 400) << wrong;
  }
  EXPECT_EQ(Ask("DELETE", "/api/v1/scans/current").status, 409) << "none runs";
  EXPECT_EQ(Get("/api/v1/scans?x=1").status, 400);
}

TEST_F(ScanRoutesTest, WhileAnotherProcessScansNoneIsBegun) {
  ScanProcess other(CAIRN_BINARY);
  ASSERT_TRUE(other.Start({"scan", "--store", temp.Sub("store"), "--watch", temp.Sub("tree")}).ok());
  while (Get("/api/v1/scans").body.find(R"("running":true)") == std::string::npos) std::this_thread::yield();
  const ServerResponse refused = Scan("tree");
  EXPECT_EQ(refused.status, 409) << refused.body;
  EXPECT_THAT(refused.body, HasSubstr("a scan runs already, as process"));
  other.Interrupt();
  while (other.is_running()) std::this_thread::yield();
  EXPECT_EQ(Scan("tree").status, 202);
  Await();
}

TEST_F(ScanRoutesTest, AnOptionInAPathIsAPath) {
  std::filesystem::create_directories(temp.Sub("tree/--force"));
  std::ofstream(temp.Sub("tree/--force/b.txt")) << "three";
  ASSERT_EQ(Scan("tree/--force").status, 202);
  EXPECT_THAT(Await(), HasSubstr(R"("read":1)"));
}

class NoScanRootsTest : public OpenApiTest {};

TEST_F(NoScanRootsTest, WhereNoneAreGivenNoScanIsBegun) {
  const ServerResponse refused = Post("/api/v1/scans", R"({"paths":["/"]})");
  EXPECT_EQ(refused.status, 409);
  EXPECT_THAT(refused.body, HasSubstr("--scan-root"));
}

}  // namespace
}  // namespace cairn
