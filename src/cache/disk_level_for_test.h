#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "base/hash.h"
#include "cache/cache_for_test.h"
#include "cache/disk_level.h"
#include "temp_dir.h"

namespace cairn {

/// Disk levels in one folder, on a clock that the test moves.
class DiskLevelTest : public ::testing::Test {
 protected:
  DiskLevel::Options OptionsOf(std::string location) {
    DiskLevel::Options options;
    options.location = std::move(location);
    options.files = FileSystem::Default();
    options.clock = &clock;
    options.random = SeededRandom(1);
    options.has_thread = false;
    return options;
  }
  std::unique_ptr<DiskLevel> Open() { return *DiskLevel::Open(OptionsOf(dir.Sub("cache"))); }
  static EntryKey KeyOf(std::string_view text) { return {Hash64(text) + 5, Hash64(text), text, 0}; }

  DiskWrite WriteOf(DiskLevel& level, std::string_view text, std::string bytes, std::vector<std::uint64_t> tags = {}) {
    DiskWrite write;
    write.hash = KeyOf(text).hash;
    write.text_hash = KeyOf(text).text_hash;
    write.text = text;
    write.bytes = std::move(bytes);
    write.sequence = level.generations().applied();
    write.tags = std::move(tags);
    write.drop_after = {clock.Now().ns + 3'600'000'000'000};
    return write;
  }
  static std::string Read(DiskLevel& level, std::string_view text) {
    auto found = level.Read(KeyOf(text));
    return found ? found->bytes : found.error().ToString();
  }
  Status Remove(DiskLevel& level, std::vector<std::string> keys, std::vector<std::uint64_t> tags = {}) {
    return level.Invalidate({CacheVerb::kRemove, std::move(keys), std::move(tags), {}}).status();
  }
  std::string Path(const char* name) const { return dir.Sub("cache/") + name; }

  std::int64_t Pages() const { return *(*SqliteConnection::Open(Path("cache.db"), 0))->Number("PRAGMA page_count"); }

  TempDir dir;
  ManualCacheClock clock;
};

}  // namespace cairn
