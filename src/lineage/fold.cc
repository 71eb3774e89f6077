#include "lineage/fold.h"

#include <algorithm>

namespace cairn {
namespace {

constexpr Interval kNoSpan{};

}  // namespace

void LineageFold::SetPart(NodeNumber part, NodeNumber whole) {
  if (parts_.contains(part) && parts_[part].whole != kNoNumber) return;
  Parts& above = parts_[whole];
  const NodeNumber next = above.first_part;
  above.first_part = part;
  Parts& own = parts_[part];
  own.whole = whole;
  own.next_part = next;
}

NodeNumber LineageFold::WholeOf(NodeNumber node) const {
  const auto found = parts_.find(node);
  return found == parts_.end() || found->second.whole == kNoNumber ? node : found->second.whole;
}

void LineageFold::State(const ScopeKey& scope, Stamp stamp, std::uint32_t run, std::vector<Claim>& claims) {
  std::sort(claims.begin(), claims.end());
  claims.erase(std::unique(claims.begin(), claims.end()), claims.end());
  const std::uint32_t number = ScopeOf(scope);
  const std::uint32_t shape = ShapeOf(number, kNoSpan, claims);
  Put(number, {stamp.time, stamp.hash, shape, run, ++arrived_});
}

void LineageFold::Declare(Claim claim, Stamp stamp, Interval span, bool stands) {
  const std::uint32_t scope = ScopeOf({ClaimScope::kDeclared, claim.edge, kNoNumber});
  // Also what says that it stands no more is a claim about the edge: with an empty span.
  if (!stands) span.until = span.from;
  const std::uint32_t number = ShapeOf(scope, span, {claim});
  SetStated(number, stamp.time);
  std::vector<Entry>& entries = SortedEntries(scope);
  const Entry entry{stamp.time, stamp.hash, number, kNoNumber, ++arrived_};
  entries.insert(std::upper_bound(entries.begin(), entries.end(), entry), entry);
  Refold(claim.edge);
}

void LineageFold::SetStated(std::uint32_t number, std::int64_t time) {
  Shape& shape = shapes_[number];
  if (time >= shape.first && time <= shape.last) return;
  shapes_past_.Keep(number, {shape.first, shape.last});
  shape.first = std::min(shape.first, time);
  shape.last = std::max(shape.last, time);
}

void LineageFold::Put(std::uint32_t scope, const Entry& entry) {
  const Shape& shape = shapes_[entry.shape];
  const bool earlier = entry.time < shape.first;
  SetStated(entry.shape, entry.time);
  if (!Adds(scopes_[scope].what)) return PutReplacing(scope, entry);
  AddEntry(scope, entry);
  if (!earlier && endings_.empty()) return;
  const ClaimsView claims = ClaimsOf(shape);
  if (scopes_[scope].what == ClaimScope::kInputsOutputs && HasMany(scopes_[scope])) NoteFirst(claims, entry.time);
  for (std::uint32_t i = 0; i < claims.count; ++i) {
    const EdgeNumber number = claims.at(i).edge;
    if (!endings_.empty() && HasEndings(number)) {
      // What adds takes nothing away: the edge stands as it did, and from now on too.
      ++gone_through_;
      Interval room;
      const auto had = graph_.ValidityOf(number, &room);
      gathered_.assign(had.begin(), had.end());
      GatherEndings(number);
      Gather(entry.stamp(), kForever);
      PublishGathered(number);
    } else if (earlier && entry.time < graph_.edge(number).begun) {
      // What adds holds for ever from its first statement on, whatever others say later.
      graph_.SetBegun(number, entry.time);
    } else if (earlier && graph_.edge(number).has_history != 0) {
      Refold(number);
    }
  }
}

// What the scope said before this entry no longer holds from here on, and this holds until the next.
void LineageFold::PutReplacing(std::uint32_t scope, const Entry& entry) {
  std::vector<Entry>& entries = SortedEntries(scope);
  const auto place = std::upper_bound(entries.begin(), entries.end(), entry);
  const std::uint32_t before = place == entries.begin() ? kNoNumber : (place - 1)->shape;
  const std::int64_t next = place == entries.end() ? kForever : place->time;
  entries.insert(place, entry);
  const auto holder = holders_.find({scopes_[scope].what, scopes_[scope].holder});
  const bool plain = endings_.empty() && (holder == holders_.end() || holder->second.deleted.empty());
  if (plain) return PutBetween(before, entry, next);
  RefoldShape(entry.shape);
  if (before != kNoNumber && before != entry.shape) RefoldShape(before);
}

// Whether several facets state the edge.
bool LineageFold::StatedElsewhere(EdgeNumber edge) const { return stated_in_.find(edge)->second.of_several; }

std::int64_t LineageFold::FirstAsInputOrOutput(EdgeNumber edge) {
  std::int64_t first = kForever;
  const Graph::Edge& ends = graph_.edge(edge);
  for (const NodeNumber end : std::array<NodeNumber, 2>{ends.from, ends.to}) {
    if (end >= io_scopes_.size() || io_scopes_[end] == kNoNumber) continue;
    const Scope& scope = scopes_[io_scopes_[end]];
    if (HasMany(scope)) {
      const auto found = first_io_.find(edge);
      if (found != first_io_.end()) first = std::min(first, found->second);
      continue;
    }
    for (std::uint32_t at = scope.first_shape; at != kNoNumber; at = shapes_[at].next) {
      ++gone_through_;
      if (StepIn(shapes_[at], edge) != kNoNumber) first = std::min(first, shapes_[at].first);
    }
  }
  return first;
}

// The common case without going through the scope's past: what this says and the one before did not holds until the
// next, and what the one before says and this does not holds no more between them.
void LineageFold::PutBetween(std::uint32_t before, const Entry& entry, std::int64_t next) {
  if (before == entry.shape || entry.time >= next) return;  // Saying again what was said last changes nothing.
  const auto each = [&](std::uint32_t shape, bool begins) {
    const ClaimsView claims = ClaimsOf(shapes_[shape]);
    const std::uint32_t other = begins ? before : entry.shape;
    for (std::uint32_t i = 0; i < claims.count; ++i) {
      const EdgeNumber edge = claims.at(i).edge;
      ++gone_through_;
      if (other != kNoNumber && StepIn(shapes_[other], edge) != kNoNumber) continue;
      if (RefoldContested(edge, entry.shape)) continue;
      Interval room;
      const auto had = graph_.ValidityOf(edge, &room);
      if (begins) {
        gathered_.assign(had.begin(), had.end());
        gathered_.push_back({entry.time, next});
      } else if (StatedElsewhere(edge)) {
        Refold(edge);
        continue;
      } else {
        gathered_.clear();
        for (const Interval& one : had) {
          if (one.from < entry.time) gathered_.push_back({one.from, std::min(one.until, entry.time)});
          if (one.until > next) gathered_.push_back({std::max(one.from, next), one.until});
        }
        // What a job read or wrote stands for ever.
        if (const std::int64_t first = FirstAsInputOrOutput(edge); first != kForever) {
          gathered_.push_back({first, kForever});
        }
      }
      PublishGathered(edge);
    }
  };
  each(entry.shape, true);
  if (before != kNoNumber) each(before, false);
}

void LineageFold::Delete(ClaimScope what, NodeNumber holder, Stamp stamp) {
  Holder& one = holders_[{what, holder}];
  one.deleted.insert(std::upper_bound(one.deleted.begin(), one.deleted.end(), stamp), stamp);
  for (std::uint32_t at = one.first_scope; at != kNoNumber; at = scopes_[at].next_of_holder) {
    for (std::uint32_t shape = scopes_[at].first_shape; shape != kNoNumber; shape = shapes_[shape].next) {
      RefoldShape(shape);
    }
  }
}

void LineageFold::End(NodeNumber node, Stamp stamp, bool emptied) {
  const Ending ending{stamp, emptied};
  const auto put = [&](NodeNumber of) {
    auto& endings = endings_[of];
    const auto place = std::lower_bound(endings.begin(), endings.end(), ending);
    if (place == endings.end() || *place != ending) endings.insert(place, ending);
  };
  put(node);
  std::vector<NodeNumber> ended{node};
  for (NodeNumber part = FirstPart(node); part != kNoNumber; part = NextPart(part)) ended.push_back(part);
  if (!emptied) RefoldNamesOf(node);
  for (const NodeNumber one : ended) {
    for (const Adjacency* side : {&graph_.in(), &graph_.out()}) {
      if (emptied && side == &graph_.out()) continue;
      const Adjacency::List list = side->At(one);
      const std::vector<EdgeNumber> edges(list.edges, list.edges + list.count);
      for (const EdgeNumber edge : edges) {
        if (graph_.edge(edge).type != EdgeType::kSame) Refold(edge);
      }
    }
  }
}

bool LineageFold::HasEndings(EdgeNumber edge) const {
  const Graph::Edge& ends = graph_.edge(edge);
  return endings_.contains(WholeOf(ends.from)) || endings_.contains(WholeOf(ends.to));
}

void LineageFold::GatherEndings(EdgeNumber edge) {
  edge_endings_.clear();
  if (endings_.empty()) return;
  const Graph::Edge& ends = graph_.edge(edge);
  for (const NodeNumber end : {WholeOf(ends.from), WholeOf(ends.to)}) {
    const auto found = endings_.find(end);
    if (found == endings_.end()) continue;
    for (const Ending& ending : found->second) {
      // Emptying a thing does not touch what was made of it, nor what it is called.
      const bool is_made = ends.type != EdgeType::kSame && end == WholeOf(ends.to);
      if (!ending.emptied || is_made) edge_endings_.push_back(&ending);
    }
  }
  std::sort(edge_endings_.begin(), edge_endings_.end(), [](const Ending* a, const Ending* b) { return *a < *b; });
}

// A statement holds from its time until `until`, or until what ends its nodes after it.
void LineageFold::Gather(Stamp from, std::int64_t until) {
  for (const Ending* ending : edge_endings_) {
    // What is dropped is dropped with what the same event says of it; what is emptied is emptied first.
    if (ending->stamp < from || (ending->emptied && ending->stamp == from)) continue;
    until = std::min(until, ending->stamp.time);
    break;
  }
  if (from.time < until) gathered_.push_back({from.time, until});
}

void LineageFold::GatherAdding(std::uint32_t scope, EdgeNumber edge) {
  if (edge_endings_.empty()) {
    std::int64_t first = kForever;
    for (std::uint32_t at = scopes_[scope].first_shape; at != kNoNumber; at = shapes_[at].next) {
      if (StepIn(shapes_[at], edge) != kNoNumber) first = std::min(first, shapes_[at].first);
    }
    if (first != kForever) gathered_.push_back({first, kForever});
    return;
  }
  ForEachEntry(scope, [&](const Entry& entry) {
    ++gone_through_;
    if (StepIn(shapes_[entry.shape], edge) != kNoNumber) Gather(entry.stamp(), kForever);
  });
}

void LineageFold::GatherReplacing(std::uint32_t scope, EdgeNumber edge) {
  const std::vector<Entry>& entries = SortedEntries(scope);
  const auto holder = holders_.find({scopes_[scope].what, scopes_[scope].holder});
  const std::span<const Stamp> deleted = holder == holders_.end() ? std::span<const Stamp>() : holder->second.deleted;
  gone_through_ += entries.size();
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const std::uint32_t shape = entries[i].shape;
    if (StepIn(shapes_[shape], edge) == kNoNumber) continue;
    // Statements of the same set follow each other: all of them hold as long as the last.
    std::size_t last = i;
    while (last + 1 < entries.size() && entries[last + 1].shape == shape) ++last;
    const std::int64_t next = last + 1 < entries.size() ? entries[last + 1].time : kForever;
    for (std::size_t at = i; at <= last; ++at) {
      const Stamp stamp = entries[at].stamp();
      // A deletion by the same event is none: one event has a facet once.
      const auto cut = std::upper_bound(deleted.begin(), deleted.end(), stamp);
      Gather(stamp, std::min(next, cut == deleted.end() ? kForever : cut->time));
      if (edge_endings_.empty() && deleted.empty()) break;  // The first reaches as far as any.
    }
    i = last;
  }
}

// Each declaration replaces what those before it say from its beginning on.
void LineageFold::GatherDeclared(std::uint32_t scope) {
  std::vector<Interval> spans;
  ForEachEntry(scope, [&](const Entry& entry) {
    const Interval span = SpanOf(entry.shape);
    for (Interval& earlier : spans) earlier.until = std::min(earlier.until, span.from);
    spans.push_back(span);
  });
  for (const Interval& span : spans) {
    if (span.from < span.until) Gather({span.from, ~0U}, span.until);
  }
}

void LineageFold::RefoldShape(std::uint32_t shape) {
  const ClaimsView claims = ClaimsOf(shapes_[shape]);
  for (std::uint32_t i = 0; i < claims.count; ++i) Refold(claims.at(i).edge);
}

void LineageFold::Refold(EdgeNumber edge) {
  if (graph_.edge(edge).type == EdgeType::kSame) return RefoldNames(edge);
  gathered_.clear();
  edge_scopes_.clear();
  GatherEndings(edge);
  ForEachShapeOf(edge, [&](std::uint32_t shape, std::uint32_t) { edge_scopes_.push_back(shapes_[shape].scope); });
  std::sort(edge_scopes_.begin(), edge_scopes_.end());
  edge_scopes_.erase(std::unique(edge_scopes_.begin(), edge_scopes_.end()), edge_scopes_.end());
  for (const std::uint32_t scope : edge_scopes_) {
    if (Adds(scopes_[scope].what)) {
      GatherAdding(scope, edge);
    } else if (scopes_[scope].what == ClaimScope::kDeclared) {
      GatherDeclared(scope);
    } else {
      GatherReplacing(scope, edge);
    }
  }
  PublishGathered(edge);
}

void LineageFold::JoinGathered() {
  std::sort(gathered_.begin(), gathered_.end(), [](const Interval& a, const Interval& b) { return a.from < b.from; });
  std::size_t kept = 0;
  for (const Interval& interval : gathered_) {
    if (kept != 0 && interval.from <= gathered_[kept - 1].until) {
      gathered_[kept - 1].until = std::max(gathered_[kept - 1].until, interval.until);
    } else {
      gathered_[kept++] = interval;
    }
  }
  gathered_.resize(kept);
}

void LineageFold::PublishGathered(EdgeNumber edge) {
  JoinGathered();
  graph_.SetValidity(edge, gathered_);
}

std::size_t LineageFold::bytes() const {
  std::size_t bytes = graph_.bytes() + io_scopes_.size() * sizeof(std::uint32_t) + scopes_.size() * sizeof(Scope) +
                      shapes_.size() * sizeof(Shape) + io_edges_.size() * sizeof(EdgeNumber) +
                      claims_.size() * sizeof(Claim);
  for (const auto& entries : more_) bytes += sizeof(entries) + entries.capacity() * sizeof(Entry);
  for (const auto& [edge, stated] : stated_in_) bytes += sizeof(edge) + sizeof(stated) + stated.shapes.capacity() * 4;
  bytes += first_io_.size() * (sizeof(EdgeNumber) + sizeof(std::int64_t) + 1);
  return bytes + parts_.size() * (sizeof(Parts) + 4);
}

}  // namespace cairn
