// What `./dev fuzz` begins with, and every input that it once found a fault with: each in short, in every build.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <map>

#include "fuzz/read_event.h"
#include "fuzz/read_file.h"
#include "fuzz/read_filter.h"
#include "fuzz/read_http.h"

namespace cairn {
namespace {

namespace fs = std::filesystem;

using Target = std::function<void(std::string_view)>;

Target FileOf(std::string type) {
  return [type = std::move(type)](std::string_view bytes) { fuzz::ReadFile(type, bytes); };
}

const std::map<std::string, Target>& Targets() {
  static const std::map<std::string, Target> targets{{"csv", FileOf("text/csv")},
                                                     {"event", fuzz::ReadEvent},
                                                     {"exif", FileOf("image/tiff")},
                                                     {"filter", fuzz::ReadFilter},
                                                     {"http", fuzz::ReadHttp},
                                                     {"mp4", FileOf("video/mp4")},
                                                     {"parquet", FileOf("application/vnd.apache.parquet")},
                                                     {"png", FileOf("image/png")},
                                                     {"zip", FileOf("application/zip")}};
  return targets;
}

TEST(FuzzCorpus, EveryInputEnds) {
  for (const auto& [name, read] : Targets()) {
    std::size_t inputs = 0;
    for (const auto& entry : fs::directory_iterator(std::string(CAIRN_SOURCE_DIR) + "/tests/fuzz/corpus/" + name)) {
      SCOPED_TRACE(entry.path().string());
      std::ifstream in(entry.path(), std::ios::binary);
      const std::string bytes((std::istreambuf_iterator<char>(in)), {});
      read(bytes);
      // A step from each: cut short, and a byte changed.
      for (std::size_t at = 0; at < bytes.size(); at += 1 + bytes.size() / 64) {
        read(std::string_view(bytes).substr(0, at));
        std::string changed = bytes;
        changed[at] = static_cast<char>(~changed[at]);
        read(changed);
      }
      ++inputs;
    }
    EXPECT_NE(inputs, 0U) << name;
  }
}

TEST(FuzzCorpus, EveryTargetIsBuiltAndRead) {
  std::size_t sources = 0;
  for (const auto& entry : fs::directory_iterator(std::string(CAIRN_SOURCE_DIR) + "/tests/fuzz")) {
    const std::string name = entry.path().stem().string();
    if (!name.starts_with("fuzz_")) continue;
    ++sources;
    EXPECT_EQ(Targets().count(name.substr(5)), 1U) << name;
  }
  EXPECT_EQ(sources, Targets().size());
}

}  // namespace
}  // namespace cairn
