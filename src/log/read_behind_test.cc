#include "log/read_behind.h"

#include <gtest/gtest.h>

#include <fstream>
#include <string>

#include "base/file_system.h"
#include "log/log_for_test.h"
#include "temp_dir.h"

namespace cairn {
namespace {

// Kilobytes of the mapping at `address` that are in this process's memory.
std::size_t Resident(const void* address) {
  std::ifstream maps("/proc/self/smaps");
  const std::string begin = fmt::format("{:x}-", reinterpret_cast<std::uintptr_t>(address));
  std::string line;
  bool is_here = false;
  while (std::getline(maps, line)) {
    is_here = is_here || line.starts_with(begin);
    if (is_here && line.starts_with("Rss:")) return std::stoul(line.substr(4));
  }
  return 0;
}

TEST(ReadBehindTest, WhatWasReadLeavesMemoryAndIsStillThere) {
  constexpr std::size_t kBytes = std::size_t{40} << 20;
  const TempDir temp;
  std::string bytes(kBytes, 'a');
  for (std::size_t i = 0; i < kBytes; i += 1000) bytes[i] = static_cast<char>('b' + i / 1000 % 20);
  WriteFileBytes(temp.path() + "/lines", bytes);
  auto map = FileSystem::Default()->Map(temp.path() + "/lines", kBytes);
  ASSERT_TRUE(map.has_value()) << map.error();
  const std::string_view mapped((*map)->data(), kBytes);
  EXPECT_TRUE(mapped == bytes);
  ASSERT_GE(Resident(mapped.data()), kBytes >> 10);
  ReadBehind behind(mapped);
  std::size_t most = 0;
  std::uint64_t sum = 0;
  for (std::size_t at = 0; at < kBytes; at += 4096) {
    sum += static_cast<unsigned char>(mapped[at]);
    behind.Passed(mapped.data() + at);
    if (at > kBytes / 2 && at % (1 << 20) == 0) most = std::max(most, Resident(mapped.data()));
  }
  EXPECT_NE(sum, 0U);
  EXPECT_LT(most, (kBytes >> 10) * 3 / 4);
  behind.Passed(mapped.data() + kBytes);
  EXPECT_LT(Resident(mapped.data()), std::size_t{9} << 10);
  EXPECT_TRUE(mapped == bytes);
}

TEST(ReadBehindTest, BytesOfNoFileStay) {
  const std::string bytes(std::size_t{20} << 20, 'x');
  ReadBehind behind;
  behind.Passed(bytes.data() + bytes.size());
  EXPECT_EQ(bytes.find_first_not_of('x'), std::string::npos);
}

}  // namespace
}  // namespace cairn
