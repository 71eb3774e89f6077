#include <algorithm>

#include "lineage/fold.h"

namespace cairn {
namespace {

constexpr std::uint8_t kManyShapes = 255;
constexpr Interval kNoSpan{};

std::uint64_t HashClaims(std::uint32_t scope, const Interval& span, const std::vector<Claim>& claims) {
  std::uint64_t hash = (scope + 1) * 0x9E3779B97F4A7C15;
  hash = (hash ^ static_cast<std::uint64_t>(span.from)) * 0xD6E8FEB86659FD93;
  hash = (hash ^ static_cast<std::uint64_t>(span.until)) * 0xD6E8FEB86659FD93;
  for (const Claim& claim : claims) {
    hash ^= std::uint64_t{claim.edge} << 32 | claim.step;
    hash *= 0xD6E8FEB86659FD93;
    hash ^= hash >> 29;
  }
  return hash;
}

}  // namespace

std::uint32_t LineageFold::ScopeOf(const ScopeKey& key) {
  std::uint32_t* number = nullptr;
  if (key.what == ClaimScope::kInputsOutputs) {
    if (key.holder >= io_scopes_.size()) io_scopes_.resize(key.holder + 1, kNoNumber);
    number = &io_scopes_[key.holder];
  } else {
    number = &facet_scopes_.try_emplace(key, kNoNumber).first->second;
  }
  if (*number != kNoNumber) return *number;
  *number = static_cast<std::uint32_t>(scopes_.size());
  std::uint32_t next = kNoNumber;
  if (key.what != ClaimScope::kInputsOutputs) {
    Holder& holder = holders_[{key.what, key.holder}];
    next = holder.first_scope;
    holder.first_scope = *number;
  }
  scopes_.push_back({key.holder, key.by, kNoNumber, kNoNumber, next, key.what, 0, 0, kNoNumber, kNoNumber, 0, 0});
  return *number;
}

Interval LineageFold::SpanOf(std::uint32_t shape) const {
  const auto found = spans_.find(shape);
  return found == spans_.end() ? kNoSpan : found->second;
}

bool LineageFold::ShapeIs(std::uint32_t number, const Interval& span, const std::vector<Claim>& claims) const {
  const Shape& shape = shapes_[number];
  if (shape.count != claims.size()) return false;
  if (scopes_[shape.scope].what == ClaimScope::kDeclared && SpanOf(number) != span) return false;
  const ClaimsView view = ClaimsOf(shape);
  for (std::uint32_t i = 0; i < view.count; ++i) {
    if (view.at(i) != claims[i]) return false;
  }
  return true;
}

std::uint32_t LineageFold::ShapeOf(std::uint32_t scope, const Interval& span, const std::vector<Claim>& claims) {
  const std::uint32_t had = scopes_[scope].shapes;
  const std::uint64_t hash = had >= kShapesLookedThrough ? HashClaims(scope, span, claims) : 0;
  if (had > kShapesLookedThrough) {
    const auto found = many_shapes_.find(hash);
    if (found != many_shapes_.end() && ShapeIs(found->second, span, claims)) return found->second;
  } else {
    for (std::uint32_t at = scopes_[scope].first_shape; at != kNoNumber; at = shapes_[at].next) {
      if (ShapeIs(at, span, claims)) return at;
    }
  }
  if (had == kShapesLookedThrough) {
    // From here on they are many: all are looked up by hash.
    std::vector<Claim> room;
    for (std::uint32_t at = scopes_[scope].first_shape; at != kNoNumber; at = shapes_[at].next) {
      const ClaimsView view = ClaimsOf(shapes_[at]);
      room.clear();
      for (std::uint32_t i = 0; i < view.count; ++i) room.push_back(view.at(i));
      many_shapes_[HashClaims(scope, SpanOf(at), room)] = at;
      if (scopes_[scope].what == ClaimScope::kInputsOutputs) NoteFirst(view, shapes_[at].first);
    }
  }
  const auto number = static_cast<std::uint32_t>(shapes_.size());
  Scope& owner = scopes_[scope];
  if (had >= kShapesLookedThrough) many_shapes_[hash] = number;
  Shape shape{Timestamp::Max().ns, Timestamp::Min().ns, scope, 0, static_cast<std::uint32_t>(claims.size()),
              owner.first_shape};
  owner.first_shape = number;
  if (owner.shapes != kManyShapes) ++owner.shapes;
  if (owner.what == ClaimScope::kDeclared) spans_[number] = span;
  if (owner.what == ClaimScope::kInputsOutputs) {
    shape.begin = static_cast<std::uint32_t>(io_edges_.Extend(claims.size()));
    for (std::size_t i = 0; i < claims.size(); ++i) io_edges_[shape.begin + i] = claims[i].edge;
  } else {
    shape.begin = static_cast<std::uint32_t>(claims_.Extend(claims.size()));
    std::copy(claims.begin(), claims.end(), claims_.data() + shape.begin);
    for (std::size_t i = 0; i < claims.size(); ++i) {
      if (i == 0 || claims[i - 1].edge != claims[i].edge) NoteStated(number, scope, claims[i].edge);
    }
  }
  shapes_.push_back(shape);
  return number;
}

void LineageFold::NoteStated(std::uint32_t shape, std::uint32_t scope, EdgeNumber edge) {
  StatedIn& stated = stated_in_[edge];
  if (!stated.shapes.empty() && shapes_[stated.shapes.front()].scope != scope) stated.of_several = true;
  stated.shapes.push_back(shape);
}

void LineageFold::NoteFirst(const ClaimsView& claims, std::int64_t time) {
  for (std::uint32_t i = 0; i < claims.count; ++i) {
    const auto [first, is_new] = first_io_.try_emplace(claims.at(i).edge, time);
    if (!is_new) first->second = std::min(first->second, time);
  }
}

std::uint32_t LineageFold::StepIn(const Shape& shape, EdgeNumber edge) const {
  if (scopes_[shape.scope].what == ClaimScope::kInputsOutputs) {
    const EdgeNumber* begin = io_edges_.data() + shape.begin;
    return std::binary_search(begin, begin + shape.count, edge) ? 0 : kNoNumber;
  }
  const Claim* begin = claims_.data() + shape.begin;
  const Claim* found = std::lower_bound(begin, begin + shape.count, Claim{edge, 0});
  return found != begin + shape.count && found->edge == edge ? found->step : kNoNumber;
}

// Appends; the entries of a scope that adds are sorted only when somebody asks for their order.
void LineageFold::AddEntry(std::uint32_t scope, const Entry& entry) {
  Scope& owner = scopes_[scope];
  if (owner.shape == kNoNumber && owner.more == kNoNumber) {
    owner.time = entry.time;
    owner.hash = entry.hash;
    owner.shape = entry.shape;
    owner.run = entry.run;
    owner.arrived = entry.arrived;
    return;
  }
  if (owner.more == kNoNumber) {
    owner.more = static_cast<std::uint32_t>(more_.size());
    more_.push_back({owner.entry()});
    unsorted_.push_back(false);
  }
  std::vector<Entry>& entries = more_[owner.more];
  if (entry < entries.back()) unsorted_[owner.more] = true;
  entries.push_back(entry);
}

std::vector<LineageFold::Entry>& LineageFold::SortedEntries(std::uint32_t scope) {
  Scope& owner = scopes_[scope];
  if (owner.more == kNoNumber) {
    owner.more = static_cast<std::uint32_t>(more_.size());
    more_.emplace_back();
    if (owner.shape != kNoNumber) more_.back().push_back(owner.entry());
    unsorted_.push_back(false);
  }
  std::vector<Entry>& entries = more_[owner.more];
  if (unsorted_[owner.more]) {
    std::sort(entries.begin(), entries.end());
    unsorted_[owner.more] = false;
  }
  return entries;
}

void LineageFold::Index() {
  for (auto& entries : more_) {
    for (Entry& entry : entries) entry.arrived = 0;
  }
  for (std::uint32_t i = 0; i < scopes_.size(); ++i) {
    Scope& scope = scopes_[i];
    scope.arrived = 0;
    if (scope.what != ClaimScope::kInputsOutputs) {
      facet_scopes_[scope.key()] = i;
      continue;
    }
    if (scope.holder >= io_scopes_.size()) io_scopes_.resize(scope.holder + 1, kNoNumber);
    io_scopes_[scope.holder] = i;
  }
  std::vector<Claim> room;
  for (std::uint32_t i = 0; i < shapes_.size(); ++i) {
    const Shape& shape = shapes_[i];
    const ClaimsView view = ClaimsOf(shape);
    room.clear();
    for (std::uint32_t at = 0; at < view.count; ++at) room.push_back(view.at(at));
    if (HasMany(scopes_[shape.scope])) many_shapes_[HashClaims(shape.scope, SpanOf(i), room)] = i;
    if (scopes_[shape.scope].what == ClaimScope::kInputsOutputs) {
      if (HasMany(scopes_[shape.scope])) NoteFirst(view, shape.first);
      continue;
    }
    for (std::size_t at = 0; at < room.size(); ++at) {
      if (at == 0 || room[at - 1].edge != room[at].edge) NoteStated(i, shape.scope, room[at].edge);
    }
  }
}

}  // namespace cairn
