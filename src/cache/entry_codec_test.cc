#include "cache/entry_codec.h"

#include <gtest/gtest.h>

#include <cstring>
#include <random>

namespace cairn {
namespace {

constexpr const char* kKeyA = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
constexpr const char* kKeyB = "ff0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

CacheEntry Entry(std::string value) {
  CacheEntry entry;
  entry.key = "source:op:a=:1";
  entry.value = std::move(value);
  entry.tags = {"author:42", "series"};
  entry.created = {1'700'000'000'000'000'000};
  entry.ttl = std::chrono::seconds(60);
  entry.grace = std::chrono::seconds(600);
  entry.load_time = std::chrono::milliseconds(30);
  entry.validator = "\"etag\"";
  entry.structure = 77;
  return entry;
}

void ExpectSame(const CacheEntry& a, const CacheEntry& b) {
  EXPECT_EQ(a.key, b.key);
  EXPECT_EQ(a.value, b.value);
  EXPECT_EQ(a.fields, b.fields);
  EXPECT_EQ(a.tags, b.tags);
  EXPECT_EQ(a.created, b.created);
  EXPECT_EQ(a.ttl, b.ttl);
  EXPECT_EQ(a.grace, b.grace);
  EXPECT_EQ(a.load_time, b.load_time);
  EXPECT_EQ(a.is_negative, b.is_negative);
  EXPECT_EQ(a.validator, b.validator);
  EXPECT_EQ(a.structure, b.structure);
}

std::string Noise(std::size_t size) {
  std::mt19937 random(1);
  std::string out(size, '\0');
  for (char& c : out) c = static_cast<char>(random());
  return out;
}

TEST(EntryCodec, ReadsBackWhatItWrote) {
  KeyRing ring = *KeyRing::Parse(kKeyA);
  for (const KeyRing* seal : {static_cast<const KeyRing*>(nullptr), static_cast<const KeyRing*>(&ring)}) {
    for (const std::string& value : {std::string(), std::string("0"), std::string("false"), std::string("[]"),
                                     std::string("\0\xff", 2), std::string(5000, 'a'), Noise(5000)}) {
      const CacheEntry entry = Entry(value);
      const std::string bytes = *EncodeEntry(entry, {.version = 5, .stamp = 9, .compress_above = 1024, .seal = seal});
      const auto head = ReadEntryHead(bytes);
      ASSERT_TRUE(head) << head.error();
      EXPECT_EQ(head->version, 5U);
      EXPECT_EQ(head->is_sealed, seal != nullptr);
      EXPECT_EQ(head->is_compressed, value == std::string(5000, 'a'));
      const auto decoded = DecodeEntry(bytes, ring);
      ASSERT_TRUE(decoded) << decoded.error();
      ExpectSame(*decoded, entry);
    }
  }
}

TEST(EntryCodec, TheStampStandsAtByteEight) {
  const std::string bytes = *EncodeEntry(Entry("x"), {.stamp = 0x1122334455667788});
  std::uint64_t stamp = 0;
  std::memcpy(&stamp, bytes.data() + 8, sizeof stamp);
  EXPECT_EQ(stamp, 0x1122334455667788U);
}

TEST(EntryCodec, FieldsKeepTheirDeadlines) {
  CacheEntry entry = Entry("");
  entry.fields = {{"name", "Ann", {5}, std::chrono::seconds(1)}, {"photo", "", {6}, std::chrono::hours(1)}};
  const auto decoded = DecodeEntry(*EncodeEntry(entry, {}), KeyRing());
  ASSERT_TRUE(decoded) << decoded.error();
  ExpectSame(*decoded, entry);
  EXPECT_EQ(decoded->Field("photo")->value, "");
  EXPECT_EQ(decoded->Field("age"), nullptr);
}

TEST(EntryCodec, ANegativeOneIsNoEmptyValue) {
  CacheEntry entry = Entry("");
  entry.is_negative = true;
  EXPECT_TRUE(DecodeEntry(*EncodeEntry(entry, {}), KeyRing())->is_negative);
  EXPECT_FALSE(DecodeEntry(*EncodeEntry(Entry(""), {}), KeyRing())->is_negative);
}

TEST(EntryCodec, EveryCutAndEveryFlippedBitIsNoticed) {
  KeyRing ring = *KeyRing::Parse(kKeyA);
  for (const KeyRing* seal : {static_cast<const KeyRing*>(nullptr), static_cast<const KeyRing*>(&ring)}) {
    const std::string bytes = *EncodeEntry(Entry("value"), {.stamp = 9, .seal = seal});
    for (std::size_t size = 0; size < bytes.size(); ++size) {
      EXPECT_FALSE(DecodeEntry(std::string_view(bytes).substr(0, size), ring)) << size;
    }
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      for (int bit = 0; bit < 8; ++bit) {
        std::string damaged = bytes;
        damaged[i] = static_cast<char>(damaged[i] ^ (1 << bit));
        EXPECT_FALSE(DecodeEntry(damaged, ring)) << i << "." << bit;
      }
    }
  }
}

TEST(EntryCodec, Rule12SealedValuesAreUnreadable) {
  KeyRing ring = *KeyRing::Parse(kKeyA);
  const std::string bytes = *EncodeEntry(Entry("the secret words"), {.seal = &ring});
  EXPECT_EQ(bytes.find("secret"), std::string::npos);
  EXPECT_EQ(bytes.find("etag"), std::string::npos);
  EXPECT_EQ(DecodeEntry(bytes, *KeyRing::Parse(kKeyB)).error().code(), StatusCode::kUnauthenticated);
  EXPECT_EQ(DecodeEntry(bytes, KeyRing()).error().code(), StatusCode::kUnauthenticated);
}

TEST(EntryCodec, KeysRotate) {
  KeyRing only_a = *KeyRing::Parse(kKeyA);
  const std::string by_a = *EncodeEntry(Entry("x"), {.seal = &only_a});
  KeyRing both = *KeyRing::Parse(std::string(kKeyB) + "\n" + kKeyA + "\n");
  EXPECT_EQ(DecodeEntry(by_a, both)->value, "x");
  const std::string by_b = *EncodeEntry(Entry("y"), {.seal = &both});
  EXPECT_EQ(DecodeEntry(by_b, *KeyRing::Parse(kKeyB))->value, "y");
  EXPECT_FALSE(DecodeEntry(by_b, only_a));
}

TEST(EntryCodec, ASealHoldsTheKeyInPlace) {
  KeyRing ring = *KeyRing::Parse(kKeyA);
  CacheEntry mine = Entry("mine");
  const std::string sealed = *EncodeEntry(mine, {.seal = &ring});
  const auto head = ReadEntryHead(sealed);
  std::string moved(head->payload);
  EXPECT_TRUE(DecodeEntry(sealed, ring));
  // The same payload below another key: the checksum can be made to fit, the seal cannot.
  CacheEntry other = Entry("hers");
  other.key = "source:op:a=:2";
  std::string forged = *EncodeEntry(other, {.seal = &ring});
  forged.replace(forged.size() - moved.size(), moved.size(), moved);
  EXPECT_FALSE(DecodeEntry(forged, ring));
}

TEST(KeyRing, RefusesWhatIsNoKey) {
  for (const char* text : {"abc", "zz", "00010203"}) {
    EXPECT_EQ(KeyRing::Parse(text).error().code(), StatusCode::kInvalidArgument);
  }
  EXPECT_TRUE(KeyRing::Parse("")->empty());
  EXPECT_TRUE(KeyRing::Parse("\n\n")->empty());
  EXPECT_EQ(KeyRing::Parse("topsecret").error().message().find("topsecret"), std::string::npos);
}

}  // namespace
}  // namespace cairn
