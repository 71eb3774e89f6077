#include "server/scan_process.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <thread>

namespace cairn {
namespace {

using ::testing::EndsWith;

// A shell stands for the program: `-c` is its first argument.
constexpr const char* kShell = "/bin/sh";

ScanProcess::Ended Await(ScanProcess& process) {
  while (process.is_running()) std::this_thread::yield();
  return process.ended().value_or(ScanProcess::Ended{});
}

TEST(ScanProcessTest, WhatItSaidIsKept) {
  ScanProcess process(kShell);
  EXPECT_FALSE(process.ended());
  ASSERT_TRUE(process.Start({"-c", "echo report; echo trouble >&2; exit 3"}).ok());
  const ScanProcess::Ended ended = Await(process);
  EXPECT_EQ(ended.code, 3);
  EXPECT_EQ(ended.said, "report\n");
  EXPECT_EQ(ended.wrong, "trouble\n");
}

TEST(ScanProcessTest, ThereIsOneAtATimeAndItCanBeInterrupted) {
  ScanProcess process(kShell);
  EXPECT_FALSE(process.Interrupt()) << "none runs";
  ASSERT_TRUE(process.Start({"-c", "trap 'exit 7' INT; echo begun; while :; do sleep 0.01; done"}).ok());
  EXPECT_EQ(process.Start({"-c", "true"}).code(), StatusCode::kAlreadyExists);
  // Until the trap is set, an interrupt ends it as a signal does.
  EXPECT_TRUE(process.Interrupt());
  EXPECT_THAT(Await(process).code, ::testing::AnyOf(7, 130));
  ASSERT_TRUE(process.Start({"-c", "true"}).ok()) << "the next one may begin";
  EXPECT_EQ(Await(process).code, 0);
}

TEST(ScanProcessTest, DestroyingItEndsIt) {
  ScanProcess process(kShell);
  ASSERT_TRUE(process.Start({"-c", "exec sleep 1000"}).ok());
}

TEST(ScanProcessTest, OfALongSpeechTheEndIsKept) {
  ScanProcess process(kShell);
  ASSERT_TRUE(
      process.Start({"-c", "i=0; while [ $i -lt 20000 ]; do echo 0123456789; i=$((i+1)); done; echo end"}).ok());
  const ScanProcess::Ended ended = Await(process);
  EXPECT_LE(ended.said.size(), 65'536u);
  EXPECT_THAT(ended.said, EndsWith("end\n"));
}

TEST(ScanProcessTest, AProgramThatIsNotThereIsAnError) {
  ScanProcess process("/nonexistent/program");
  EXPECT_EQ(process.Start({}).code(), StatusCode::kUnavailable);
  EXPECT_FALSE(process.is_running());
}

}  // namespace
}  // namespace cairn
