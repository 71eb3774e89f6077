#include "lineage/fold_reader.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

namespace cairn {
namespace {

using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

constexpr NodeNumber kJob = 0;
constexpr NodeNumber kIn = 1;
constexpr NodeNumber kOut = 2;
constexpr NodeNumber kMore = 10;  // From here on as many as are needed.

/// Lets a writer in at every chance, and counts what is read from one chance to the next.
class CountingPause final : public Pause {
 public:
  bool Tick() override {
    since_ = 0;
    ++ticks;
    if (write) write();
    return true;
  }
  void Release() override {}
  bool Again() override { return true; }
  void Count() { longest = std::max(longest, ++since_); }

  std::function<void()> write;
  std::size_t ticks = 0;
  std::size_t longest = 0;

 private:
  std::size_t since_ = 0;
};

class ManyStatements : public testing::Test {
 protected:
  static constexpr int kStatements = 5000;

  ManyStatements() { fold_.graph().SetClass(kJob, NodeClass::kJob); }

  EdgeNumber Edge(EdgeType type, NodeNumber from, NodeNumber to) { return fold_.graph().Intern(type, from, to); }
  /// The job read `kIn` and, as each of its runs does, something else too.
  void Io(std::int64_t time, NodeNumber other) {
    std::vector<Claim> claims{{Edge(EdgeType::kReads, kIn, kJob), 0}, {Edge(EdgeType::kReads, other, kJob), 0}};
    fold_.State({ClaimScope::kInputsOutputs, kJob, kNoNumber}, {time, ++hash_}, hash_, claims);
  }
  void Facet(std::int64_t time, std::uint32_t step) {
    std::vector<Claim> claims{{Edge(EdgeType::kDerives, kIn, kOut), step}};
    fold_.State({ClaimScope::kColumnLineage, kOut, kJob}, {time, ++hash_}, hash_, claims);
  }
  /// `ask(reader, pause)` gives what it found; it is the same however many writers come in, and they do.
  template <typename Ask>
  void IsOfOneState(const std::function<void()>& write, Ask ask) {
    CountingPause quiet;
    const auto before = ask(quiet);
    ASSERT_THAT(before, Not(IsEmpty()));
    CountingPause pause;
    pause.write = write;
    EXPECT_EQ(ask(pause), before);
    EXPECT_GT(pause.ticks, 3u) << "no writer was let in";
    EXPECT_LE(pause.longest, 1100u) << "so many were read at a stretch";
    CountingPause after;
    EXPECT_NE(ask(after), before) << "what was written changes nothing about it: the test tests nothing";
  }
  std::vector<std::string> Reasons(EdgeNumber edge, CountingPause& pause) {
    GraphReader reader(fold_.graph(), {}, &pause);
    std::vector<std::string> out;
    EXPECT_TRUE(FoldReader(fold_, reader).ForEachReason(edge, [&](const LineageFold::Reason& reason) {
      pause.Count();
      out.push_back(fmt::format("{} {} {} {}", reason.stamp.time, reason.stamp.hash, reason.run, reason.step));
    }));
    std::sort(out.begin(), out.end());
    return out;
  }

  LineageFold fold_;
  std::uint32_t hash_ = 0;
};

TEST_F(ManyStatements, OfOneSetEachAreReadOnce) {
  for (int i = 0; i < kStatements; ++i) Io(i, kMore);
  const EdgeNumber edge = Edge(EdgeType::kReads, kIn, kJob);
  IsOfOneState([&] { Io(2, kMore); }, [&](CountingPause& pause) { return Reasons(edge, pause); });
}

TEST_F(ManyStatements, OfManySetsAreReadOnceEach) {
  for (int i = 0; i < kStatements; ++i) Io(i, kMore + i % 500);
  const EdgeNumber edge = Edge(EdgeType::kReads, kIn, kJob);
  CountingPause quiet;
  EXPECT_THAT(Reasons(edge, quiet), SizeIs(kStatements));
  // Of sets that were stated before, and of new ones.
  NodeNumber fresh = kMore + 500;
  const auto write = [&] {
    Io(kStatements / 2, kMore + 7);
    Io(kStatements / 2, fresh++);
  };
  IsOfOneState(write, [&](CountingPause& pause) { return Reasons(edge, pause); });
}

TEST_F(ManyStatements, ThatReplaceEachOtherAreReadOnceThoughOthersComeBetween) {
  for (int i = 0; i < kStatements; ++i) Facet(2 * i, 1 + i % 3);
  const EdgeNumber edge = Edge(EdgeType::kDerives, kIn, kOut);
  int at = 0;
  const auto write = [&] {
    Facet(1, 2);  // Before all that was read,
    Facet(2 * kStatements + 1, 3);
    Facet(2 * (at += 700) + 1, 4);  // between,
  };
  IsOfOneState(write, [&](CountingPause& pause) { return Reasons(edge, pause); });
}

TEST_F(ManyStatements, OfAJobAreReadOnce) {
  for (int i = 0; i < kStatements; ++i) Io(i, kMore + i % 3);
  IsOfOneState(
      [&] { Io(7, kMore + 1); },
      [&](CountingPause& pause) {
        GraphReader reader(fold_.graph(), {}, &pause);
        std::vector<std::string> out;
        EXPECT_TRUE(
            FoldReader(fold_, reader).ForEachOfJob(kJob, [&](Stamp stamp, std::uint32_t run, const auto& claims) {
              pause.Count();
              out.push_back(fmt::format("{} {} {}", stamp.time, run, claims.count));
            }));
        return out;
      });
}

TEST_F(ManyStatements, WhatWasStatedLastIsOfThatState) {
  for (int i = 0; i < 1000; ++i) Io(i, kMore + i);
  for (int i = 0; i < 1000; ++i) Facet(i, 1 + i);
  const EdgeNumber reads = Edge(EdgeType::kReads, kIn, kJob);
  const EdgeNumber derives = Edge(EdgeType::kDerives, kIn, kOut);
  std::int64_t later = 5000;
  const auto write = [&] {
    Io(++later, kMore + 3);
    ++later;
    Io(later, kMore + static_cast<NodeNumber>(later));
    Facet(++later, 7);
    ++later;
    Facet(later, static_cast<std::uint32_t>(later));
  };
  IsOfOneState(write, [&](CountingPause& pause) {
    GraphReader reader(fold_.graph(), {}, &pause);
    FoldReader stated(fold_, reader);
    EXPECT_TRUE(reader.Rest());
    std::vector<std::int64_t> out(1);
    EXPECT_TRUE(stated.LastStated(reads, &out.front()));
    EXPECT_TRUE(stated.ForEachStep(derives, [&](std::uint32_t step, const Interval& span) {
      out.insert(out.end(), {step, span.from, span.until});
    }));
    return out;
  });
}

}  // namespace
}  // namespace cairn
