#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include <functional>

#include "cache/cache_test_base.h"

namespace cairn {
namespace {

/// Caches of processes of their own.
class CacheProcessTest : public CacheTest {
 protected:
  /// Runs `body` in a child of this process, which ends without running the test's destructors. Returns what it said.
  static int InChild(const std::function<int()>& body) {
    const pid_t child = ::fork();
    if (child == 0) ::_exit(body());
    int status = 0;
    EXPECT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_TRUE(WIFEXITED(status)) << "signal " << WTERMSIG(status);
    return WEXITSTATUS(status);
  }
  /// With threads of its own, as programs have it.
  CacheOptions Threaded() {
    CacheOptions options = OnDisk();
    options.executor = nullptr;
    options.disk.write_delay = std::chrono::milliseconds(1);
    return options;
  }
};

TEST_F(CacheProcessTest, Rule10AChildAfterForkReadsWritesAndInvalidates) {
  auto cache = Open(Threaded());
  const CacheOperation& operation = Define(*cache);
  ASSERT_EQ(ValueOf(cache->GetOrLoad(KeyOf(operation, 1), Loads("one"))), "one");
  ASSERT_EQ(ValueOf(cache->GetOrLoad(KeyOf(operation, 2), Loads("two"))), "two");
  // What waits to be written by the parent's thread is the parent's to write.
  const int said = InChild([&] {
    if (ValueOf(cache->GetOrLoad(KeyOf(operation, 1), Loads("again"))) == "(miss)") return 1;
    if (ValueOf(cache->GetOrLoad(KeyOf(operation, 3), Loads("three"))) != "three") return 2;
    if (!cache->Remove(CacheSelector::Key(KeyOf(operation, 2)))) return 3;
    if (GetValue(*cache, KeyOf(operation, 2)) != "(miss)") return 4;
    return cache->Flush().ok() ? 0 : 5;
  });
  EXPECT_EQ(said, 0);
  EXPECT_EQ(ValueOf(cache->GetOrLoad(KeyOf(operation, 1), MustNotLoad())), "one");
  EXPECT_EQ(GetValue(*cache, KeyOf(operation, 2)), "(miss)") << "the child removed it";
  EXPECT_EQ(ValueOf(cache->GetOrLoad(KeyOf(operation, 3), MustNotLoad())), "three") << "the child kept it";
}

TEST_F(CacheProcessTest, Rule10AChildThatIsForkedInTheMiddleOfALoadIsNotStuck) {
  auto cache = Open(Threaded());
  const CacheOperation& operation = Define(*cache);
  int said = -1;
  ASSERT_TRUE(cache->GetOrLoad(KeyOf(operation), [&](const CacheLoad&) {
    // The flight of the parent never ends in the child.
    said = InChild([&] { return ValueOf(cache->GetOrLoad(KeyOf(operation, 2), Loads("x"))) == "x" ? 0 : 1; });
    return CacheLoaded::Value("parent's");
  }));
  EXPECT_EQ(said, 0);
}

TEST_F(CacheProcessTest, AKilledProcessLeavesAFileThatOpens) {
  for (int round = 0; round < 5; ++round) {
    int ready[2];
    ASSERT_EQ(::pipe(ready), 0);
    const pid_t child = ::fork();
    if (child == 0) {
      auto cache = Open(Threaded());
      const CacheOperation& operation = Define(*cache);
      for (int i = 0;; ++i) {
        (void)cache->GetOrLoad(KeyOf(operation, i), Loads(std::string(1000, 'x')));
        if (i == 200 && ::write(ready[1], "x", 1) != 1) ::_exit(1);
      }
    }
    char byte = 0;
    ASSERT_EQ(::read(ready[0], &byte, 1), 1);
    ASSERT_EQ(::kill(child, SIGKILL), 0);
    ASSERT_EQ(::waitpid(child, nullptr, 0), child);
    ::close(ready[0]);
    ::close(ready[1]);
    auto cache = Open(OnDisk());
    const CacheOperation& operation = Define(*cache);
    for (int i = 0; i < 200; ++i) {
      const std::string value = GetValue(*cache, KeyOf(operation, i));
      EXPECT_TRUE(value == "(miss)" || value == std::string(1000, 'x')) << value;
    }
    EXPECT_EQ(ValueOf(cache->GetOrLoad(KeyOf(operation, 1'000'000 + round), Loads("goes on"))), "goes on");
    EXPECT_TRUE(cache->Flush().ok());
  }
}

TEST_F(CacheProcessTest, DiskFull) {
  const std::string small = dir.Sub("small");
  ASSERT_TRUE(FileSystem::Default()->MakeDirs(small).ok());
  constexpr int kNoMount = 99;
  const int said = InChild([&] {
    const bool is_alone = ::geteuid() == 0 ? ::unshare(CLONE_NEWNS) == 0 : ::unshare(CLONE_NEWUSER | CLONE_NEWNS) == 0;
    if (!is_alone || ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) return kNoMount;
    // Room for the file's own pages and little more.
    if (::mount("none", small.c_str(), "tmpfs", 0, "size=12m") != 0) return kNoMount;
    CacheOptions options = Threaded();
    options.location = small;
    options.memory.bytes = 1 << 20;
    options.disk.write_delay = {};  // So that each store tells what became of it.
    std::atomic<bool> is_told = false;
    options.log = [&](const CacheEvent& event) {
      if (event.level == CacheLevel::kDisk && event.detail.find("full") != std::string_view::npos) is_told = true;
    };
    auto opened = Cache::Open(options);
    if (!opened) return 1;
    Cache& cache = **opened;
    const CacheOperation& operation = Define(cache);
    for (int i = 0; i < 2000; ++i) {
      // Values that no compression makes small.
      std::string value(10'000, '\0');
      std::mt19937_64 bytes(static_cast<std::uint64_t>(i));
      for (char& c : value) c = static_cast<char>(bytes());
      if (ValueOf(cache.GetOrLoad(KeyOf(operation, i), Loads(value))) != value) return 2;
    }
    // The disk level says what it lacks, and memory serves.
    if (!is_told) return 3;
    if (ValueOf(cache.GetOrLoad(KeyOf(operation, 1999), MustNotLoad())).size() != 10'000) return 4;
    return 0;
  });
  if (said == kNoMount) GTEST_SKIP() << "this process may not mount a small disk";
  EXPECT_EQ(said, 0);
}

}  // namespace
}  // namespace cairn
