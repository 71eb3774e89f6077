#include <fmt/format.h>
#include <gtest/gtest.h>

#include <random>

#include "fixtures.h"
#include "record/openlineage_testing.h"
#include "record/openlineage_wrap.h"

namespace cairn {
namespace {

/// Where keys and values stand in a document.
struct Spans {
  std::vector<std::string_view> keys;
  std::vector<std::string_view> values;
};

bool Collect(JsonCursor& cursor, Spans* out) {
  const char* begin = cursor.at;
  const auto inner = [&] { return Collect(cursor, out); };
  const char first = cursor.Peek();
  const bool ok = first == '{'   ? WalkObject(cursor,
                                              [&](std::string_view key) {
                                              out->keys.push_back(key);
                                              return inner();
                                            })
                  : first == '[' ? WalkArray(cursor, inner)
                                 : SkipValue(cursor);
  out->values.emplace_back(begin, static_cast<std::size_t>(cursor.at - begin));
  return ok;
}

/// The event with one place changed: a value replaced by another type, or by a value from elsewhere in it, or a key
/// renamed, which drops its member.
std::string Mutate(const std::string& json, std::mt19937& random) {
  static const std::vector<std::string> kOther = {"null",
                                                  "true",
                                                  "7",
                                                  "-1.5e300",
                                                  R"("")",
                                                  R"("text")",
                                                  "[]",
                                                  "{}",
                                                  "[null]",
                                                  R"([{"namespace":"n","name":"x"}])",
                                                  R"({"name":"x"})",
                                                  R"([[[[]]]])",
                                                  R"({"_deleted":true})",
                                                  R"({"inputFields":[{"name":1}]})"};
  Spans spans;
  JsonCursor cursor(json);
  EXPECT_TRUE(Collect(cursor, &spans));
  // The outermost value comes last and is left alone.
  const std::string_view at = random() % 4 == 0 && !spans.keys.empty()
                                  ? spans.keys[random() % spans.keys.size()]
                                  : spans.values[random() % std::max<std::size_t>(spans.values.size() - 1, 1)];
  const bool is_key = at.data()[-1] == '"' && at.data()[at.size()] == '"';
  std::string with;
  if (is_key) {
    with = "dropped_" + std::to_string(random() % 1000);
  } else if (random() % 3 == 0) {
    const std::string_view other = spans.values[random() % spans.values.size()];
    with = other.size() < 4096 ? std::string(other) : "null";
  } else {
    with = kOther[random() % kOther.size()];
  }
  std::string out = json;
  return out.replace(static_cast<std::size_t>(at.data() - json.data()), at.size(), with);
}

TEST(OpenLineageFuzz, AnyShapeIsTakenOrRefused) {
  CAIRN_NEED_FIXTURES(fixtures);
  const char* given = std::getenv("CAIRN_SEED");
  const unsigned seed = given != nullptr ? static_cast<unsigned>(std::stoul(given)) : std::random_device{}();
  SCOPED_TRACE(fmt::format("seed {} (CAIRN_SEED replays it)", seed));
  std::mt19937 random(seed);
  std::vector<std::string> events;
  for (const auto& fixture : FixtureEvents(fixtures)) {
    if (fixture.json.size() < 10'000) events.push_back(fixture.json);
  }
  for (const auto& sample : FacetSamples(fixtures)) {
    events.push_back(fmt::format(
        R"({{"eventTime":"2026-01-10","producer":"p","job":{{"namespace":"n","name":"j","facets":{{"{0}":{1}}}}},
            "outputs":[{{"namespace":"n","name":"d","facets":{{"{0}":{1}}}}}]}})",
        sample.key, sample.json));
    events.back() = Minified(events.back());
  }
  int taken = 0;
  int refused = 0;
  for (int i = 0; i < 6000; ++i) {
    std::string json = events[random() % events.size()];
    for (unsigned n = 1 + random() % 4; n > 0; --n) json = Mutate(json, random);
    const EventUnderTest event(json);
    if (event.status.code() == StatusCode::kInvalidArgument) {
      ++refused;
      continue;
    }
    if (event.status.code() == StatusCode::kNotFound) continue;  // No run, job or dataset was left.
    ASSERT_TRUE(event.status.ok()) << event.status << "\n" << json;
    ++taken;
    ASSERT_EQ(WrappedEvent(Wrapped(event, "t")), event.json);
    for (const auto& edge : event.statements.edges) {
      ASSERT_LT(std::max(edge.from, edge.to), event.statements.nodes.size());
    }
    for (std::uint32_t f = 0; f < event.statements.facets.size(); ++f) {
      FacetRef ref;
      const auto facet = FacetAt(event.json, f, &ref);
      ASSERT_TRUE(facet) << facet.error() << "\n" << json;
      ASSERT_EQ(NodeView(ref.node), event.statements.nodes[event.statements.facets[f].node]) << json;
      ASSERT_EQ(ref.deleted, event.statements.facets[f].deleted) << json;
    }
    ASSERT_EQ(FacetAt(event.json, static_cast<std::uint32_t>(event.statements.facets.size()), nullptr).status().code(),
              StatusCode::kOutOfRange)
        << json;
  }
  EXPECT_GT(taken, 1000);
  EXPECT_GT(refused, 500);
}

}  // namespace
}  // namespace cairn
