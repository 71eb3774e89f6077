#include "base/nearest.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cairn {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const std::vector<std::string> kWords = {"latest", "history", "lineage", "query", "stats", "tail"};

TEST(Nearest, WrongMissingTooManyAndChangedLetters) {
  EXPECT_THAT(Nearest("latast", kWords, 3), ElementsAre("latest"));
  EXPECT_THAT(Nearest("qury", kWords, 3), ElementsAre("query"));
  EXPECT_THAT(Nearest("statts", kWords, 3), ElementsAre("stats"));
  EXPECT_THAT(Nearest("tial", kWords, 3), ElementsAre("tail"));
  EXPECT_THAT(Nearest("LINAEGE", kWords, 3), ElementsAre("lineage"));
}

TEST(Nearest, FarWordsAreNotOffered) {
  EXPECT_THAT(Nearest("frobnicate", kWords, 3), IsEmpty());
  EXPECT_THAT(Nearest("", kWords, 3), IsEmpty());
  EXPECT_THAT(Nearest(std::string(1000, 'a'), kWords, 3), IsEmpty());
}

}  // namespace
}  // namespace cairn
