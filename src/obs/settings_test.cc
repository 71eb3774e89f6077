#include "obs/settings.h"

#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <sstream>

namespace cairn {
namespace {

TEST(Settings, EveryOneReadsWhatItPrints) {
  for (const Setting& setting : StoreSettings()) {
    StoreOptions options;
    const std::string value = setting.get(options);
    EXPECT_TRUE(SetStoreSetting(setting.name, value, options).ok()) << setting.name << "=" << value;
    EXPECT_EQ(setting.get(options), value);
    EXPECT_EQ(setting.set(options, "nonsense").code(), StatusCode::kInvalidArgument) << setting.name;
  }
}

TEST(Settings, NumbersTakeUnits) {
  StoreOptions options;
  ASSERT_TRUE(SetStoreSetting("segment_bytes", "64M", options).ok());
  EXPECT_EQ(options.segment_bytes, std::uint64_t{64} << 20);
  ASSERT_TRUE(SetStoreSetting("frame_bytes", "8k", options).ok());
  EXPECT_EQ(options.frame_bytes, 8192u);
  EXPECT_FALSE(SetStoreSetting("frame_bytes", "8x", options).ok());
  EXPECT_FALSE(SetStoreSetting("frame_bytes", "-1", options).ok());
  EXPECT_FALSE(SetStoreSetting("segment_bytes", "3G", options).ok());
  EXPECT_FALSE(SetStoreSetting("snapshot_records", "99999999999999999G", options).ok());
}

TEST(Settings, AnUnknownNameIsToldWithTheKnownOnes) {
  StoreOptions options;
  const Status status = SetStoreSetting("segmentbytes", "1", options);
  EXPECT_EQ(status.code(), StatusCode::kInvalidArgument);
  EXPECT_NE(status.message().find("segment_bytes"), std::string::npos);
}

TEST(Settings, TheEnvironmentSetsThem) {
  const std::map<std::string, const char*> set = {
      {"CAIRN_SYNC", "never"}, {"CAIRN_DEPTH_MAX", "64"}, {"CAIRN_SEAL", ""}};
  const auto environment = [&](const char* name) { return set.contains(name) ? set.at(name) : nullptr; };
  StoreOptions options;
  ASSERT_TRUE(TakeEnvironment(environment, options).ok());
  EXPECT_EQ(options.sync, Sync::kNever);
  EXPECT_EQ(options.depth_max, 64u);
  EXPECT_TRUE(options.seal);
  const auto wrong = [](const char* name) { return std::string_view(name) == "CAIRN_SYNC" ? "often" : nullptr; };
  EXPECT_NE(TakeEnvironment(wrong, options).message().find("CAIRN_SYNC"), std::string::npos);
}

TEST(Settings, TheDocumentIsTheirs) {
  const std::ifstream file(CAIRN_SOURCE_DIR "/docs/settings.md");
  std::stringstream text;
  text << file.rdbuf();
  EXPECT_EQ(text.str(), SettingsMarkdown()) << "write it anew with: cairn help settings --markdown > docs/settings.md";
}

}  // namespace
}  // namespace cairn
