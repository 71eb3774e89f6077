#include "cli/subject.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

namespace cairn {
namespace {

using testing::HasSubstr;

TEST(Subject, IsToldByHowItIsWritten) {
  for (const char* instant : {"2026-01-10", "2026-01-10T05:00:00Z", "2026-01-10T05:00:00.5+02:00"}) {
    EXPECT_EQ(SubjectOf(instant), Subject::kInstant) << instant;
  }
  for (const char* file : {"/data/a.csv", "./2026-01-10", "../x", "~/notes.md", ".", ".."}) {
    EXPECT_EQ(SubjectOf(file), Subject::kFile) << file;
  }
  // What has a slash, or is what a file may be called, is still a name that nodes have.
  for (const char* node :
       {"orders", "dataset:crm:public.orders", "warehouse/orders.csv", "file:crm:a.csv", ".hidden", ""}) {
    EXPECT_EQ(SubjectOf(node), Subject::kNode) << node;
  }
}

TEST(Subject, WhatIsSomethingElseIsRefusedByWhatItIs) {
  EXPECT_TRUE(InstantOf("2026-01-10"));
  EXPECT_THAT(InstantOf("orders").status().message(), HasSubstr("--node"));
  EXPECT_THAT(InstantOf("./a.csv").status().message(), HasSubstr("path of a file"));
  EXPECT_EQ(NodeOf("2026-01-10"), "2026-01-10") << "a node may be called so";
}

TEST(Subject, APathIsTheNodeOfItsFile) {
  EXPECT_EQ(NodeOf("/data/../a b.csv"), "file:file:/a b.csv");
  EXPECT_EQ(NodeOf("./a.csv"), "file:file:" + (std::filesystem::current_path() / "a.csv").string());
  EXPECT_EQ(NodesOf({"orders", "/a"}), (std::vector<std::string>{"orders", "file:file:/a"}));
}

}  // namespace
}  // namespace cairn
