#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "store/embedded_repository.h"
#include "store/lock_pause.h"

namespace cairn {
namespace {

constexpr std::size_t kNodesPerTick = 256;

}  // namespace

Result<std::vector<NodeKey>> EmbeddedRepository::FindNodes(std::string_view tenant, std::string_view text,
                                                           std::size_t limit) {
  if (Status status = CatchUp(); !status.ok()) return status;
  struct Found {
    int rank;  // Whole name, whole part, else a piece of the id.
    std::string id;
    std::uint32_t number;
    bool operator<(const Found& other) const { return std::tie(rank, id) < std::tie(other.rank, other.id); }
  };
  std::shared_lock lock(views_mutex_);
  while (true) {
    std::set<Found> best;
    LockPause pause(lock, state_.versions.epoch, hold_);
    const NodeTable& nodes = state_.views.nodes();
    const std::uint32_t count = nodes.size();
    bool whole = true;
    for (std::uint32_t i = 0; i < count && whole; ++i) {
      if (i % kNodesPerTick == 0) whole = pause.Tick();
      if (!whole) break;
      const NodeView node = nodes.at(i);
      if (node.tenant != tenant) continue;
      int rank = 2;
      if (node.name == text && node.part.empty()) rank = 0;
      if (!node.part.empty() && node.part == text) rank = 1;
      std::string id = NodeId(node);
      if (rank == 2 && id.find(text) == std::string::npos && node.name.find(text) == std::string_view::npos &&
          node.ns.find(text) == std::string_view::npos) {
        continue;
      }
      best.insert({rank, std::move(id), i});
      if (limit != 0 && best.size() > limit) best.erase(std::prev(best.end()));
    }
    if (!whole) continue;
    std::vector<NodeKey> out;
    for (const Found& found : best) {
      if (out.size() % kNodesPerTick == 0) whole = whole && pause.Tick();
      if (!whole) break;
      out.push_back(nodes.at(found.number).Own());
    }
    if (whole) return out;
  }
}

Result<TailPage> EmbeddedRepository::Tail(Seq from, std::size_t limit) {
  if (Status status = CatchUp(); !status.ok()) return status;
  constexpr std::uint64_t kRecordsAtOnce = 512;
  TailPage out;
  Seq last;
  {
    const std::shared_lock lock(views_mutex_);
    last = state_.place.tail.last;
  }
  Seq seq{std::max<std::uint64_t>(from.value, 1)};
  while (seq <= last && out.facts.size() < limit) {
    std::vector<Seq> seqs;
    for (Seq next = seq; next <= last && seqs.size() < std::min(kRecordsAtOnce, limit - out.facts.size());
         ++next.value) {
      seqs.push_back(next);
    }
    SegmentList segments;
    std::vector<Location> locations;
    InSlices([&](LockPause& pause) {
      segments = state_.segments;
      locations.clear();
      return TakeLocations(seqs, pause, &locations);
    });
    for (std::size_t i = 0; i < seqs.size(); ++i) {
      auto fact = segments.RecordAt(seqs[i], locations[i]);
      if (fact) {
        out.facts.push_back(std::move(*fact));
      } else if (fact.error().code() != StatusCode::kDataLoss) {
        return fact.error();
      }
      // What a damaged batch held is passed over here; Verify tells it.
    }
    seq.value += seqs.size();
  }
  out.next = seq;
  return out;
}

Status EmbeddedRepository::WaitFor(Seq last, std::chrono::milliseconds timeout) {
  // What other processes write comes without a signal, so it is looked for.
  constexpr std::chrono::milliseconds kLook{20};
  const auto deadline = std::chrono::steady_clock::now() + timeout;
  while (true) {
    if (Status status = CatchUp(); !status.ok()) return status;
    {
      const std::shared_lock lock(views_mutex_);
      if (state_.place.tail.last > last) return Status::Ok();
    }
    const auto now = std::chrono::steady_clock::now();
    if (now >= deadline) return {StatusCode::kDeadlineExceeded, fmt::format("nothing new after record {}", last.value)};
    std::unique_lock lock(news_mutex_);
    news_.wait_until(lock, std::min(deadline, now + kLook));
  }
}

Result<RepositoryStats> EmbeddedRepository::Stats() {
  if (Status status = CatchUp(); !status.ok()) return status;
  RepositoryStats out;
  SegmentList segments;
  {
    const std::shared_lock lock(views_mutex_);
    const Views& views = state_.views;
    segments = state_.segments;
    out.records = views.records();
    out.last_seq = state_.place.tail.last;
    out.series = views.series().size();
    out.nodes = views.nodes().size();
    out.runs = views.runs().size();
    out.edges = views.graph().edges();
    out.damaged_batches = state_.damage.size();
    for (std::uint32_t i = 0; i < views.kind_counts().size(); ++i) {
      if (views.kind_counts()[i] != 0) out.kinds.emplace_back(views.texts().at(i), views.kind_counts()[i]);
    }
  }
  for (const auto& segment : segments) {
    if (segment->sealed()) {
      ++out.segments_sealed;
      const auto& sealed = static_cast<const SealedSegment&>(*segment);
      out.bytes_sealed += sealed.file_bytes();
      if (const auto kept = sealed.kept_lines()) out.bytes_kept += kept->file_bytes();
    } else {
      ++out.segments_open;
      const auto bytes = static_cast<const OpenSegment&>(*segment).FileBytes();
      if (bytes) out.bytes_open += *bytes;
    }
  }
  std::sort(out.kinds.begin(), out.kinds.end(), [](const auto& a, const auto& b) {
    return a.second != b.second ? a.second > b.second : a.first < b.first;
  });
  return out;
}
}  // namespace cairn
