#include "store/embedded_repository.h"
#include "store/lock_pause.h"
#include "view/inherit_question.h"

namespace cairn {
namespace {

// Questions that were interrupted by a rebuild are asked anew so often.
constexpr int kTries = 8;

// Such a question is asked by default, and its answers are worth keeping.
bool IsPlain(const LineageInheritSpec& spec) {
  const LineageTime& time = spec.filter.time;
  return spec.depth == LineageInheritSpec{}.depth && spec.rules.empty() && spec.filter.level == LineageLevel::kAuto &&
         spec.filter.edge_types.empty() && spec.filter.exclude.empty() && !time.as_of && !time.from && !time.until &&
         !time.known_at;
}

}  // namespace

Result<LineageInherited> EmbeddedRepository::Inherit(const LineageInheritSpec& spec) {
  if (Status status = CatchUp(); !status.ok()) return status;
  if (spec.filter.time.known_at) {
    const auto views = KnownAt(*spec.filter.time.known_at);
    if (!views) return views.error();
    return AskInherited(**views, nullptr, spec, nullptr);
  }
  const bool plain = IsPlain(spec);
  Result<LineageInherited> answer(StatusCode::kAborted, "");
  for (int i = 0; i < kTries && !answer && answer.error().code() == StatusCode::kAborted; ++i) {
    std::shared_lock lock(views_mutex_);
    const std::uint32_t node = state_.views.nodes().Find(spec.node);
    if (plain && node != NumberSet::kNone) {
      if (auto kept = inherit_cache_.Find(node)) return std::move(*kept);
    }
    const Seq before = state_.place.tail.last;
    LockPause pause(lock, state_.versions.epoch, hold_);
    std::vector<NodeNumber> looked_at;
    answer = AskInherited(state_.views, &pause, spec, &looked_at);
    if (!answer || !plain || looked_at.size() > kLookedAtMax) continue;
    // What a commit in between changed may be in it no more.
    if (pause.Again() && state_.place.tail.last == before) inherit_cache_.Put(node, *answer, looked_at);
  }
  return answer;
}

void EmbeddedRepository::RebuildInherited() {
  for (const NodeNumber node : inherit_cache_.TakeDropped()) {
    LineageInheritSpec spec;
    {
      const std::shared_lock lock(views_mutex_);
      if (node >= state_.views.nodes().size()) continue;
      spec.node = state_.views.nodes().at(node).Own();
    }
    (void)Inherit(spec);  // What cannot be answered now is answered when it is asked for.
  }
}

}  // namespace cairn
