#include "query/aggregate.h"

#include <algorithm>
#include <boost/unordered/unordered_flat_map.hpp>
#include <thread>

#include "log/line.h"
#include "store/embedded_repository.h"
#include "store/selection.h"

namespace cairn {

namespace {

constexpr std::uint32_t kNobody = 0xFFFFFFFF;
constexpr std::uint32_t kStretch = 8192;  // Records that a thread takes at a time.

// What of one segment is looked at, in the order of the log, so that its bytes are read once from end to end.
struct SegmentWork {
  std::shared_ptr<Segment> segment;
  std::vector<Location> locations;    // Unsealed: by record.
  std::vector<std::uint32_t> series;  // By record: the series whose whole record it is, or kNobody.
  std::vector<std::int64_t> times;    // By record.
  struct FacetPosting {
    std::uint32_t record;
    std::uint32_t facet;
    std::uint32_t series;
  };
  std::vector<FacetPosting> facets;  // Sorted by record.
};

struct SeriesInfo {
  std::uint32_t node = 0;
  std::uint32_t kind = 0;
};

}  // namespace

/// One aggregate over a store: gathers, under the lock, which records count, then reads them in several threads.
class AggregateRunner {
 public:
  AggregateRunner(EmbeddedRepository& store, const AggregateSpec& spec, Selection selection)
      : store_(store), spec_(spec), selection_(std::move(selection)) {}

  Result<AggregateResult> Run() {
    threads_ = ThreadsOf(store_.options_);
    AggregateSpec share = spec_;
    share.memory_bytes = spec_.memory_bytes / threads_;
    for (std::size_t i = 0; i < threads_; ++i) {
      auto aggregator = Aggregator::Create(share, i);
      if (!aggregator) return aggregator.error();
      aggregators_.push_back(std::move(*aggregator));
    }
    wants_run_ =
        std::any_of(spec_.by.begin(), spec_.by.end(), [](const GroupBy& by) { return by.key == GroupBy::Key::kRun; });
    if (wants_run_) {
      auto path = Path::Parse("context.run_id");
      if (!path) return path.error();
      run_paths_.Add(*path);
    }
    needs_document_ =
        wants_run_ || selection_.reads_records() ||
        std::any_of(spec_.measures.begin(), spec_.measures.end(), [](const Measure& m) { return !m.path.empty(); }) ||
        std::any_of(spec_.by.begin(), spec_.by.end(), [](const GroupBy& by) { return by.key == GroupBy::Key::kPath; });
    if (Status status = GatherSeries(); !status.ok()) return status;
    for (const auto& segment : segments_) {
      auto work = Gather(segment);
      if (Status status = Read(work); !status.ok()) return status;
    }
    for (std::size_t i = 1; i < threads_; ++i) {
      if (Status status = aggregators_[0]->Merge(std::move(*aggregators_[i])); !status.ok()) return status;
    }
    const std::shared_lock lock(store_.views_mutex_);
    const Views& views = store_.state_.views;
    boost::unordered_flat_map<std::uint32_t, std::string> ids;  // Each is asked for once for every group.
    const auto id_of = [&](std::uint32_t node) {
      std::string& id = ids[node];
      if (id.empty()) id = NodeId(views.nodes().at(node));
      return id;
    };
    auto result =
        aggregators_[0]->Finish({id_of, [&](std::uint32_t kind) { return std::string(views.texts().at(kind)); }});
    if (result) result->damaged = damaged_;
    return result;
  }

 private:
  Status GatherSeries() {
    const std::shared_lock lock(store_.views_mutex_);
    const Views& views = store_.state_.views;
    segments_ = store_.state_.segments;
    last_ = store_.state_.place.tail.last;
    wanted_ = selection_.SeriesOf(views);
    for (const std::uint32_t number : wanted_) {
      const Series& series = views.series().at(number);
      infos_.push_back({series.node, series.kind});
      keys_.push_back(SeriesKeyBytes(views.texts().at(series.kind), views.nodes().at(series.node)));
      kind_names_.emplace_back(views.texts().at(series.kind));
    }
    if (spec_.where.run_id.empty()) return Status::Ok();
    if (const RunFold* run = views.FindRun(spec_.where.tenant, spec_.where.run_id)) of_run_ = store_.SeqsOf(*run);
    return Status::Ok();
  }

  void Take(SegmentWork& work, std::uint32_t index, Seq seq, std::int64_t time, std::uint32_t facet) const {
    if (!selection_.Wants(facet)) return;
    if (!spec_.where.run_id.empty() && !std::binary_search(of_run_.begin(), of_run_.end(), seq)) return;
    const auto record = static_cast<std::uint32_t>(seq.value - work.segment->first().value);
    if (record >= work.series.size()) return;
    work.times[record] = time;
    if (facet == Fact::kWholeRecord) {
      work.series[record] = index;
    } else {
      work.facets.push_back({record, facet, index});
    }
  }

  SegmentWork Gather(const std::shared_ptr<Segment>& segment) const {
    SegmentWork work;
    work.segment = segment;
    const std::int64_t from = selection_.from();
    const std::int64_t until = selection_.until();
    if (segment->sealed()) {
      const auto& index = static_cast<const SealedSegment&>(*segment).index();
      work.series.assign(index.records(), kNobody);
      work.times.resize(index.records());
      for (std::uint32_t i = 0; i < wanted_.size(); ++i) {
        const auto postings = index.FindSeries(keys_[i]);
        for (std::size_t j = 0; j < postings.times.size(); ++j) {
          if (postings.times[j] < from || postings.times[j] >= until) continue;
          Take(work, i, {segment->first().value + postings.records[j]}, postings.times[j], postings.facet(j));
        }
      }
    } else {
      const std::shared_lock lock(store_.views_mutex_);
      work.locations = static_cast<const OpenSegment&>(*segment).locations();
      const Seq first = segment->first();
      const Seq last{std::min(last_.value, first.value + work.locations.size() - 1)};
      work.series.assign(work.locations.size(), kNobody);
      work.times.resize(work.locations.size());
      for (std::uint32_t i = 0; i < wanted_.size() && !work.locations.empty(); ++i) {
        store_.state_.views.series().at(wanted_[i]).open.Read([&](std::span<const Posting> postings) {
          for (const Posting& posting : postings) {
            if (posting.seq < first || posting.seq > last) continue;
            if (posting.produced_at < from || posting.produced_at >= until) continue;
            Take(work, i, posting.seq, posting.produced_at, posting.facet);
          }
        });
      }
    }
    std::sort(work.facets.begin(), work.facets.end(), [](const auto& a, const auto& b) {
      return a.record != b.record ? a.record < b.record : FacetOrdinal(a.facet) < FacetOrdinal(b.facet);
    });
    return work;
  }

  Status Read(const SegmentWork& work) {
    std::atomic<std::uint32_t> next{0};
    std::vector<Status> statuses(threads_);
    const auto run = [&](std::size_t thread) {
      const auto records = static_cast<std::uint32_t>(work.series.size());
      PathScratch scratch;
      while (statuses[thread].ok()) {
        const std::uint32_t begin = next.fetch_add(kStretch, std::memory_order_relaxed);
        if (begin >= records) return;
        statuses[thread] =
            ReadStretch(work, begin, std::min(begin + kStretch, records), *aggregators_[thread], scratch);
      }
    };
    std::vector<std::thread> workers;
    for (std::size_t i = 1; i < threads_; ++i) workers.emplace_back(run, i);
    run(0);
    for (std::thread& worker : workers) worker.join();
    for (Status& status : statuses) {
      if (!status.ok()) return std::move(status);
    }
    return Status::Ok();
  }

  Status ReadStretch(const SegmentWork& work, std::uint32_t begin, std::uint32_t end, Aggregator& aggregator,
                     PathScratch& scratch) {
    auto facet = std::lower_bound(work.facets.begin(), work.facets.end(), begin,
                                  [](const auto& posting, std::uint32_t record) { return posting.record < record; });
    for (std::uint32_t record = begin; record < end; ++record) {
      if (work.series[record] != kNobody) {
        Status status = Count(work, record, Fact::kWholeRecord, work.series[record], aggregator, scratch);
        if (!status.ok()) return status;
      }
      for (; facet != work.facets.end() && facet->record == record; ++facet) {
        if (Status status = Count(work, record, facet->facet, facet->series, aggregator, scratch); !status.ok())
          return status;
      }
    }
    return Status::Ok();
  }

  Status Count(const SegmentWork& work, std::uint32_t record, std::uint32_t facet, std::uint32_t series,
               Aggregator& aggregator, PathScratch& scratch) {
    Row row;
    row.target = infos_[series].node;
    row.kind = infos_[series].kind;
    row.produced_at = {work.times[record]};
    if (!needs_document_) return aggregator.Add(row);
    const Seq seq{work.segment->first().value + record};
    // The pin is kept to the end of the row; an unsealed line needs none.
    PinnedLine line;
    if (work.segment->sealed()) {
      auto read = static_cast<const SealedSegment&>(*work.segment).LineOfRecord(record);
      if (!read || RecordOf(read->line, seq).empty()) {
        damaged_.fetch_add(1, std::memory_order_relaxed);
        return Status::Ok();
      }
      line = std::move(*read);
    } else {
      line.line = static_cast<const OpenSegment&>(*work.segment).BytesAt(work.locations[record]);
    }
    const auto document = DocumentOf(seq, line.line, facet, kind_names_[series]);
    if (!document) {
      damaged_.fetch_add(1, std::memory_order_relaxed);
      return Status::Ok();
    }
    if (selection_.reads_records() && !selection_.Matches(*document, scratch)) return Status::Ok();
    if (wants_run_) {
      run_paths_.Read(*document, scratch);
      row.run_id = scratch.values[0].type == Value::Type::kString ? scratch.values[0].text : std::string_view();
    }
    row.document = &*document;
    return aggregator.Add(row);
  }

  EmbeddedRepository& store_;
  const AggregateSpec& spec_;
  Selection selection_;
  std::size_t threads_ = 1;
  std::atomic<std::uint64_t> damaged_{0};
  bool wants_run_ = false;
  bool needs_document_ = false;
  PathSet run_paths_;
  std::vector<std::unique_ptr<Aggregator>> aggregators_;
  SegmentList segments_;
  Seq last_;
  std::vector<std::uint32_t> wanted_;
  std::vector<SeriesInfo> infos_;
  std::vector<std::string> keys_;
  std::vector<std::string> kind_names_;
  std::vector<Seq> of_run_;
};

Result<AggregateResult> EmbeddedRepository::Aggregate(const AggregateSpec& spec) {
  auto selection = Selection::Create(spec.where);
  if (!selection) return selection.error();
  if (Status status = CatchUp(); !status.ok()) return status;
  return AggregateRunner(*this, spec, std::move(*selection)).Run();
}

}  // namespace cairn
