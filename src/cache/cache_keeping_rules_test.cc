#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <random>

#include "cache/cache_test_base.h"

// How entries must be kept: what the rules say of keys, versions, secrets and promotion.

namespace cairn {
namespace {

using std::chrono::seconds;

TEST_F(CacheRules, Rule6PerUserEntriesNeverCrossUsers) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE(seed);
  std::mt19937 random(seed);
  auto cache = Open(OnDisk());
  CachePolicy policy = Exact();
  policy.per_user = true;
  const auto& operation = Define(*cache, policy);
  const std::vector<std::string> users = {"ann", "bob", "ann&id=1", "", "a", "@=x", "ann\n"};
  for (int i = 0; i < 3000; ++i) {
    const std::string& user = users[random() % users.size()];
    const auto key = operation.KeyOfUser(user, {{"id", static_cast<int>(random() % 4)}});
    if (user.empty()) {
      EXPECT_FALSE(key);
      continue;
    }
    const auto result = cache->GetOrLoad(*key, [&](const CacheLoad&) { return CacheLoaded::Value("of " + user); });
    ASSERT_EQ(ValueOf(result), "of " + user);
    if (random() % 50 == 0) {
      ASSERT_TRUE(cache->Remove(CacheSelector::User(user)));
      EXPECT_EQ(GetValue(*cache, *key), "(miss)");
    }
  }
}

TEST_F(CacheRules, Rule11TwoVersionsOfAProgramDoNotFight) {
  auto old_program = Open(OnDisk());
  auto new_program = Open(OnDisk());
  CachePolicy newer = Exact();
  newer.schema_version = 2;
  CachePolicy other_codec = Exact();
  other_codec.codec = "msgpack";
  const CacheKey old_key = KeyOf(Define(*old_program));
  const CacheKey new_key = KeyOf(Define(*new_program, newer));
  ASSERT_EQ(ValueOf(old_program->GetOrLoad(old_key, Loads("v1"))), "v1");
  ASSERT_TRUE(old_program->Flush().ok());
  EXPECT_EQ(GetValue(*new_program, new_key), "(miss)");
  ASSERT_EQ(ValueOf(new_program->GetOrLoad(new_key, Loads("v2"))), "v2");
  ASSERT_TRUE(new_program->Flush().ok());
  for (int i = 0; i < 3; ++i) {
    auto a = Open(OnDisk());
    auto b = Open(OnDisk());
    auto c = Open(OnDisk());
    EXPECT_EQ(GetValue(*a, KeyOf(Define(*a))), "v1");
    EXPECT_EQ(GetValue(*b, KeyOf(Define(*b, newer))), "v2");
    EXPECT_EQ(GetValue(*c, KeyOf(Define(*c, other_codec))), "(miss)");
  }
  // A removal means the key in every version.
  ASSERT_TRUE(new_program->Remove(CacheSelector::Key(new_key)));
  EXPECT_EQ(GetValue(*old_program, old_key), "(miss)");
}

constexpr const char* kKeyA = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
constexpr const char* kKeyB = "ff0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

std::string AllBytes(const std::string& dir) {
  std::string all;
  for (const auto& file : std::filesystem::directory_iterator(dir)) {
    std::ifstream in(file.path(), std::ios::binary);
    all += std::string(std::istreambuf_iterator<char>(in), {});
  }
  return all;
}

TEST_F(CacheRules, Rule12SensitiveValuesAreSealedOrStayInMemory) {
  CachePolicy policy = Exact();
  policy.sensitive = true;
  policy.compress_above = 0;
  const std::string secret = "attack at dawn";
  {
    Host host = OpenHost("bare");
    const CacheKey key = KeyOf(Define(*host.cache, policy));
    ASSERT_EQ(ValueOf(host.cache->GetOrLoad(key, Loads(secret))), secret);
    EXPECT_EQ(host.cache->Get(key).level, CacheLevel::kMemory);
    ASSERT_TRUE(host.cache->Flush().ok());
    EXPECT_EQ(AllBytes(dir.Sub("bare")).find(secret), std::string::npos);
    EXPECT_TRUE(shared.values.empty());
  }
  environment["CAIRN_CACHE_KEY"] = kKeyA;
  {
    Host host = OpenHost("sealed");
    ASSERT_EQ(ValueOf(host.cache->GetOrLoad(KeyOf(Define(*host.cache, policy)), Loads(secret))), secret);
    ASSERT_TRUE(host.cache->Flush().ok());
    EXPECT_EQ(AllBytes(dir.Sub("sealed")).find(secret), std::string::npos);
    ASSERT_EQ(shared.values.size(), 1U);
    EXPECT_EQ(shared.values.begin()->second.bytes.find(secret), std::string::npos);
  }
  const auto read_with = [&](const std::string& keys) {
    environment["CAIRN_CACHE_KEY"] = keys;
    CacheOptions options = Options();
    options.location = dir.Sub("sealed");
    auto cache = Open(options);
    return GetValue(*cache, KeyOf(Define(*cache, policy)));
  };
  EXPECT_EQ(read_with(kKeyA), secret);
  EXPECT_EQ(read_with(std::string(kKeyB) + "," + kKeyA), secret) << "a new key in front: the old one still opens";
  EXPECT_EQ(read_with(kKeyB), "(miss)");
}

TEST_F(CacheRules, Rule13PromotionKeepsTheRemainingTtl) {
  {
    auto cache = Open(OnDisk());
    ASSERT_EQ(ValueOf(cache->GetOrLoad(KeyOf(Define(*cache, Exact(seconds(60)))), Loads("x"))), "x");
  }
  clock.Advance(seconds(50));
  auto cache = Open(OnDisk());
  const CacheKey key = KeyOf(Define(*cache, Exact(seconds(60))));
  const auto from_disk = cache->Get(key);
  EXPECT_EQ(from_disk.level, CacheLevel::kDisk);
  EXPECT_EQ(from_disk.age, seconds(50));
  EXPECT_EQ(cache->Get(key).level, CacheLevel::kMemory);
  clock.Advance(seconds(10));
  EXPECT_EQ(cache->Get(key).state, CacheState::kMiss);
}

TEST_F(CacheRules, Rule13PromotionFromTheSharedLevelToo) {
  Host a = OpenHost("a");
  ASSERT_EQ(ValueOf(a.cache->GetOrLoad(KeyOf(Define(*a.cache, Exact(seconds(60)))), Loads("x"))), "x");
  clock.Advance(seconds(50));
  Host b = OpenHost("b");
  const CacheKey key = KeyOf(Define(*b.cache, Exact(seconds(60))));
  EXPECT_EQ(b.cache->Get(key).level, CacheLevel::kShared);
  ASSERT_TRUE(b.cache->Flush().ok());
  clock.Advance(seconds(10));
  {
    const std::lock_guard lock(shared.mutex);
    shared.is_down = true;
  }
  EXPECT_EQ(b.cache->Get(key).state, CacheState::kMiss) << "neither its disk nor its memory made it younger";
}

}  // namespace
}  // namespace cairn
