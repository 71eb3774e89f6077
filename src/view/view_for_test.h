#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "lineage/fold_reader.h"
#include "record/parse.h"
#include "view/views.h"

namespace cairn {

/// For the tests of views only.

inline std::string TestEvent(std::string_view type, std::string_view run, std::string_view time,
                             std::string_view more = R"("job":{"namespace":"etl","name":"load"})") {
  return fmt::format(R"({{"eventType":"{}","eventTime":"{}","producer":"p","run":{{"runId":"{}"}},{}}})", type, time,
                     run, more);
}

inline std::string TestRecord(std::string_view kind, std::string_view name, std::string_view time,
                              std::string_view context = "{}") {
  return fmt::format(R"({{"kind":"{}","target":{{"namespace":"crm","name":"{}"}},"produced_at":"{}","producer_id":"p",)"
                     R"("context":{},"payload":{{}}}})",
                     kind, name, time, context);
}

/// When the edge was stated last.
inline std::int64_t LastStated(const Views& views, EdgeNumber edge) {
  GraphReader reader(views.graph(), {});
  std::int64_t last = 0;
  EXPECT_TRUE(FoldReader(views.lineage(), reader).LastStated(edge, &last));
  return last;
}

/// Views that records were applied to in the order given, numbered from 1. What the records were parsed into is gone
/// after each, so that a view into it is found out.
struct FoldedViews {
  FoldedViews() = default;
  FoldedViews(std::initializer_list<std::string> records) {
    for (const std::string& record : records) Apply(record);
  }

  void Apply(std::string_view json) {
    ParsedBatch batch;
    const Status status = RecordParser().Parse(json, batch);
    ASSERT_TRUE(status.ok()) << status << "\n" << json;
    ++last.value;
    views.Apply(last, {static_cast<std::uint32_t>(last.value * 100), 100}, batch.records.front());
  }

  [[nodiscard]] const Series& SeriesOf(std::string_view kind, const NodeView& node) const {
    static const Series kNothing;
    const Series* series = views.FindSeries(kind, node);
    EXPECT_NE(series, nullptr) << kind << " of " << NodeId(node);
    return series == nullptr ? kNothing : *series;
  }
  [[nodiscard]] const RunFold& Run(std::string_view id, std::string_view tenant = {}) const {
    static const RunFold kNothing;
    const RunFold* run = views.FindRun(tenant, id);
    EXPECT_NE(run, nullptr) << id;
    return run == nullptr ? kNothing : *run;
  }

  Views views;
  Seq last;
};

inline NodeView Dataset(std::string_view name) { return {"", kTypeDataset, "crm", name}; }

/// Sequence numbers of the series' facts, oldest first.
inline std::vector<std::uint64_t> SeqsOf(const Series& series) {
  std::vector<std::uint64_t> out;
  series.open().Read([&](std::span<const Posting> postings) {
    for (const Posting& posting : postings) out.push_back(posting.seq.value);
  });
  return out;
}

inline std::string DescribeRun(const Views& views, const RunFold& run) {
  std::string out = fmt::format(
      "{} state={} at={} started={} seen={}..{} parent={} job={} event={} records={}", views.texts().at(run.id),
      RunStateName(run.state), run.state_at, run.started_at, run.first_seen, run.last_seen,
      run.parent == NumberSet::kNone ? "-" : views.texts().at(run.parent),
      run.job == NumberSet::kNone ? "-" : NodeId(views.nodes().at(run.job)), run.job_from_event, run.records);
  return out;
}

/// All that the views say, in an order that does not depend on how they came to say it.
inline std::string Describe(const Views& views) {
  std::vector<std::string> lines;
  const auto name = [&](std::uint32_t node) {
    return std::string(views.nodes().at(node).tenant) + "@" + NodeId(views.nodes().at(node));
  };
  for (std::uint32_t i = 0; i < views.series().size(); ++i) {
    const Series& series = views.series().at(i);
    std::string line = fmt::format("series {} {} {} {} {} {}", views.texts().at(series.kind), name(series.node),
                                   series.count, series.records, series.first_produced, series.latest.seq.value);
    series.open().Read([&](std::span<const Posting> postings) {
      for (const Posting& at : postings) {
        line += fmt::format(" {}/{}/{}/{}+{}", at.produced_at, at.seq.value, at.facet, at.location.offset,
                            at.location.length);
      }
    });
    lines.push_back(line);
  }
  for (std::uint32_t i = 0; i < views.runs().size(); ++i) {
    const RunFold& run = views.runs().at(i);
    lines.push_back(
        fmt::format("run {} {} {}", views.texts().at(run.tenant), DescribeRun(views, run), fmt::join(run.open, ",")));
  }
  for (EdgeNumber i = 0; i < views.graph().edges(); ++i) {
    const Graph::Edge& edge = views.graph().edge(i);
    std::string line = fmt::format("edge {} {} {} last {}", name(edge.from), EdgeTypeName(edge.type), name(edge.to),
                                   LastStated(views, i));
    Interval room;
    for (const Interval& at : views.graph().ValidityOf(i, &room)) line += fmt::format(" {}..{}", at.from, at.until);
    lines.push_back(line);
  }
  for (std::uint32_t i = 0; i < views.nodes().size(); ++i) {
    std::string line = "node " + name(i);
    if (const NodeStated* said = views.stated(i)) line += fmt::format(" {}..{}", said->first_seen, said->last_seen);
    if (const NodeAttributes* attributes = views.attributes(i)) {
      line += fmt::format(" tags={} owners={}", fmt::join(attributes->tags.values, ","),
                          fmt::join(attributes->owners.values, ","));
    }
    // The chain of a node's series.
    std::vector<std::string_view> kinds;
    const NodeFold* fold = views.node(i);
    for (std::uint32_t at = fold == nullptr ? NumberSet::kNone : fold->first_series; at != NumberSet::kNone;
         at = views.series().at(at).next_of_node) {
      kinds.push_back(views.texts().at(views.series().at(at).kind));
    }
    std::sort(kinds.begin(), kinds.end());
    lines.push_back(line + fmt::format(" kinds={}", fmt::join(kinds, ",")));
  }
  std::sort(lines.begin(), lines.end());
  return fmt::format("{}\nrecords {}\n", fmt::join(lines, "\n"), views.records());
}

}  // namespace cairn
