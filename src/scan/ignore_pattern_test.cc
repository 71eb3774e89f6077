#include "scan/ignore_pattern.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <random>
#include <sstream>

#include "program.h"
#include "scan/ignore_rules.h"
#include "temp_dir.h"

namespace cairn {
namespace {

bool Means(std::string_view line, std::string_view path, bool is_folder = false) {
  const auto pattern = ParseIgnorePattern(line);
  return pattern && PatternMeans(*pattern, path, is_folder);
}

TEST(IgnorePatternTest, ANameMeansItAnywhere) {
  EXPECT_TRUE(Means("a.txt", "a.txt"));
  EXPECT_TRUE(Means("a.txt", "deep/down/a.txt"));
  EXPECT_FALSE(Means("a.txt", "b.txt"));
  EXPECT_TRUE(Means("*.log", "x/y.log"));
  EXPECT_FALSE(Means("*.log", "x.log/y"));
}

TEST(IgnorePatternTest, ASlashAnchors) {
  EXPECT_TRUE(Means("/a", "a"));
  EXPECT_FALSE(Means("/a", "b/a"));
  EXPECT_TRUE(Means("b/a", "b/a"));
  EXPECT_FALSE(Means("b/a", "c/b/a"));
  EXPECT_FALSE(Means("b*a", "b/a")) << "a star does not mean a slash";
}

TEST(IgnorePatternTest, ASlashAtTheEndMeansFolders) {
  EXPECT_TRUE(Means("build/", "x/build", true));
  EXPECT_FALSE(Means("build/", "x/build", false));
}

TEST(IgnorePatternTest, TwoStarsMeanAnyFolders) {
  EXPECT_TRUE(Means("**/a", "a"));
  EXPECT_TRUE(Means("**/a", "x/y/a"));
  EXPECT_TRUE(Means("a/**", "a/b/c"));
  EXPECT_FALSE(Means("a/**", "a", true));
  EXPECT_TRUE(Means("a/**/b", "a/b"));
  EXPECT_TRUE(Means("a/**/b", "a/x/y/b"));
  EXPECT_FALSE(Means("a/**/b", "a/x/y/c"));
}

TEST(IgnorePatternTest, CommentsBlanksAndEscapes) {
  EXPECT_FALSE(ParseIgnorePattern("# words").has_value());
  EXPECT_FALSE(ParseIgnorePattern("").has_value());
  EXPECT_FALSE(ParseIgnorePattern("/").has_value());
  EXPECT_TRUE(Means("\\#a", "#a"));
  EXPECT_TRUE(Means("\\!a", "!a"));
  EXPECT_TRUE(Means("a   ", "a"));
  EXPECT_TRUE(Means("a\\ ", "a "));
  EXPECT_TRUE(ParseIgnorePattern("!a")->negated);
}

TEST(IgnorePatternTest, Brackets) {
  EXPECT_TRUE(Means("[a-c]x", "bx"));
  EXPECT_FALSE(Means("[!a-c]x", "bx"));
  EXPECT_TRUE(Means("[]x]", "]"));
  EXPECT_TRUE(Means("[[:digit:]]*", "7up"));
  EXPECT_FALSE(Means("[a", "a"));
}

TEST(IgnorePatternTest, ManyStarsTakeNoLongerThanTheProduct) {
  std::string pattern;
  for (int i = 0; i < 200; ++i) pattern += "*a";
  EXPECT_FALSE(SegmentMeans(pattern + "b", std::string(20'000, 'a')));
}

TEST(IgnoreRulesTest, TheDeeperFileAndTheLaterLineGoBefore) {
  const auto top = IgnoreRules::Make(nullptr, "*.log\n!keep.log\n", "");
  const auto deep = IgnoreRules::Make(top, "!x.log\n/only\n", "sub");
  EXPECT_TRUE(IgnoreRules::Ignores(top.get(), "x.log", false));
  EXPECT_FALSE(IgnoreRules::Ignores(top.get(), "sub/keep.log", false));
  EXPECT_FALSE(IgnoreRules::Ignores(deep.get(), "sub/x.log", false));
  EXPECT_TRUE(IgnoreRules::Ignores(deep.get(), "sub/y.log", false));
  EXPECT_TRUE(IgnoreRules::Ignores(deep.get(), "sub/only", true));
  EXPECT_FALSE(IgnoreRules::Ignores(deep.get(), "sub/more/only", true));
}

TEST(PathFilterTest, ExcludeGoesBeforeInclude) {
  const PathFilter filter({"*.pdf", "/books/"}, {"draft*"});
  EXPECT_TRUE(filter.Takes("a/b.pdf", false));
  EXPECT_TRUE(filter.Takes("books/deep/b.epub", false));
  EXPECT_FALSE(filter.Takes("a/b.epub", false));
  EXPECT_FALSE(filter.Takes("a/draft1.pdf", false));
  EXPECT_TRUE(filter.Takes("a", true));
  EXPECT_FALSE(filter.Takes("drafts", true));
}

// Git itself is the oracle.
TEST(IgnoreRulesTest, AsGitReadsIt) {
  TempDir dir;
  ASSERT_EQ(RunProgram("/usr/bin/git", {{"init", "-q", dir.path()}, "", {}, dir.path()}).code, 0) << "./dev setup test";
  const std::uint64_t seed = std::random_device{}();
  std::mt19937_64 random(seed);
  // Git's own oddities are left out: stars that touch letters on one side only of a slash, and empty segments.
  const std::vector<std::string> pieces = {"a", "b", "ab", "*", "?", "[ab]", "[!a]", "\\a", "*b"};
  const std::vector<std::string> names = {"a", "b", "ab", "ba", "aab"};
  for (int round = 0; round < 40; ++round) {
    std::string text;
    for (int line = 0; line < 4; ++line) {
      if (random() % 5 == 0) text += '!';
      if (random() % 4 == 0) text += '/';
      for (auto segments = 1 + random() % 3; segments != 0; --segments) {
        if (random() % 4 == 0) {
          text += "**";
        } else {
          for (auto n = 1 + random() % 2; n != 0; --n) text += pieces[random() % pieces.size()];
        }
        if (segments > 1 || random() % 4 == 0) text += '/';
      }
      text += '\n';
    }
    dir.Write(".gitignore", text);
    const auto rules = IgnoreRules::Make(nullptr, text, "");
    std::string input;
    std::vector<std::string> paths;
    for (int i = 0; i < 40; ++i) {
      std::string path = names[random() % names.size()];
      for (auto depth = random() % 3; depth != 0; --depth) path += "/" + names[random() % names.size()];
      paths.push_back(path);
      input += path + "\n";
    }
    const ProgramEnd end =
        RunProgram("/usr/bin/git", {{"check-ignore", "--no-index", "--stdin", "-v", "-n"}, input, {}, dir.path()});
    std::stringstream lines(end.out);
    for (const std::string& path : paths) {
      std::string said;
      ASSERT_TRUE(std::getline(lines, said)) << end.err;
      // `<file>:<line>:<pattern>\t<path>`: nothing before the tab where no pattern means it. A path that is not there
      // is no folder; a folder above it is one.
      const std::string pattern = said.substr(0, said.find('\t'));
      const bool ignored_by_git =
          pattern != "::" && pattern.substr(pattern.find(':', pattern.find(':') + 1) + 1)[0] != '!';
      bool ignored = false;
      for (std::size_t slash = path.find('/'); slash != std::string::npos && !ignored;
           slash = path.find('/', slash + 1)) {
        ignored = IgnoreRules::Ignores(rules.get(), path.substr(0, slash), true);
      }
      ignored = ignored || IgnoreRules::Ignores(rules.get(), path, false);
      EXPECT_EQ(ignored, ignored_by_git) << path << " by " << said << "\n" << text << "seed " << seed;
    }
  }
}

}  // namespace
}  // namespace cairn
