#include "base/curl_handles.h"

#include <gtest/gtest.h>

namespace cairn {
namespace {

TEST(HeaderLine, IsANameAndAValueWithoutTheSpaceAround) {
  const auto line = HeaderLine::Read("Retry-After: \t 17 \r\n");
  ASSERT_TRUE(line);
  EXPECT_TRUE(line->Is("retry-after"));
  EXPECT_FALSE(line->Is("retry-afte"));
  EXPECT_FALSE(line->Is("retry-after:"));
  EXPECT_EQ(line->value, "17");
  EXPECT_EQ(HeaderLine::Read("ETag:")->value, "");
  EXPECT_FALSE(HeaderLine::Read("HTTP/1.1 200 OK\r\n"));
  EXPECT_FALSE(HeaderLine::Read("\r\n"));
}

TEST(CurlHandles, KeepsThoseUsedLast) {
  ASSERT_TRUE(CurlLibrary::Load());
  CurlHandles handles(1);
  bool is_new = false;
  auto first = handles.Take(&is_new);
  EXPECT_TRUE(is_new);
  auto second = handles.Take(&is_new);
  EXPECT_TRUE(is_new);
  void* const kept = first.get();
  handles.GiveBack(std::move(first));
  handles.GiveBack(std::move(second));
  auto again = handles.Take(&is_new);
  EXPECT_FALSE(is_new);
  EXPECT_EQ(again.get(), kept) << "one is kept, as was asked for";
  auto more = handles.Take(&is_new);
  EXPECT_TRUE(is_new);
}

}  // namespace
}  // namespace cairn
