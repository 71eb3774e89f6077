// What a person seeks, over every node.
#include <algorithm>
#include <cctype>
#include <tuple>

#include "store/embedded_repository.h"
#include "store/lock_pause.h"

namespace cairn {
namespace {

constexpr std::size_t kLimitMax = 1'000;
// As many matches are put in order; where there are more, the newest.
constexpr std::size_t kMatchesMax = 10'000;
constexpr std::uint32_t kNodesAtOnce = 16'384;
constexpr std::size_t kNodesPerTick = 256;
constexpr std::size_t kFamiliesMax = 20'000;

bool SameLetter(char a, char b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  return lower(a) == lower(b);
}

/// How well a name fits: 0 where it is the text, then where it begins so, a word of it does, it contains it.
std::optional<int> FitOf(std::string_view name, std::string_view text) {
  if (text.empty()) return 3;
  auto found = std::search(name.begin(), name.end(), text.begin(), text.end(), SameLetter);
  if (found == name.end()) return std::nullopt;
  if (found == name.begin()) return name.size() == text.size() ? 0 : 1;
  while (found != name.end()) {
    if (std::isalnum(static_cast<unsigned char>(*(found - 1))) == 0) return 2;
    found = std::search(found + 1, name.end(), text.begin(), text.end(), SameLetter);
  }
  return 3;
}

bool Has(const std::vector<std::string>& values, const std::string& value) {
  return std::find(values.begin(), values.end(), value) != values.end();
}

struct Match {
  int after;  // Fields and runs stand behind things.
  int fit;
  std::size_t length;
  std::uint32_t number;  // The newest first.

  bool operator<(const Match& other) const {
    return std::tie(after, fit, length, other.number) < std::tie(other.after, other.fit, other.length, number);
  }
};

/// One search under the lock on the views. What is asked of a node's family is asked once for each family.
class Seeker {
 public:
  Seeker(const SearchSpec& spec, const Views& views) : spec_(spec), views_(views), families_(views.nodes().families()) {
    for (std::uint32_t i = 0; i < families_.size(); ++i) families_[i] = LookAt(views.nodes().FamilyAt(i));
  }

  [[nodiscard]] bool WantsAny() const {
    return std::any_of(families_.begin(), families_.end(), [](const FamilyFit& fit) { return fit.wanted; });
  }
  [[nodiscard]] bool NamesANamespace() const {
    return std::any_of(families_.begin(), families_.end(),
                       [](const FamilyFit& fit) { return fit.wanted && fit.named; });
  }
  void Look(std::uint32_t number, std::vector<Match>& out) const {
    const FamilyFit& family = families_[views_.nodes().FamilyOf(number)];
    if (!family.wanted) return;
    const NodeView node = views_.nodes().at(number);
    std::optional<int> fit = FitOf(node.part.empty() ? node.name : node.part, spec_.text);
    if (!fit && !node.part.empty() && FitOf(node.name, spec_.text)) fit = 4;
    if (!fit && family.named) fit = 4;
    if (!fit || !HasAttributes(number) || views_.IsDeleted(number)) return;
    out.push_back({family.after, *fit, node.name.size() + node.part.size(), number});
  }
  /// Those of that very name, wherever they are.
  void LookExactly(std::vector<Match>& out) const {
    const std::size_t count = std::min<std::size_t>(kFamiliesMax, families_.size());
    for (std::uint32_t i = 0; i < count && !spec_.text.empty(); ++i) {
      if (!families_[i].wanted) continue;
      NodeView node = views_.nodes().FamilyAt(i);
      node.name = spec_.text;
      if (const std::uint32_t number = views_.nodes().Find(node); number != NumberSet::kNone) Look(number, out);
    }
  }

 private:
  struct FamilyFit {
    bool wanted = false;
    bool named = false;  // Its namespace contains the text.
    int after = 0;
  };

  [[nodiscard]] FamilyFit LookAt(const NodeView& family) const {
    const bool is_run = family.type == kTypeRun;
    FamilyFit fit;
    fit.wanted = family.tenant == spec_.tenant && (!spec_.type || family.type == *spec_.type) &&
                 (!spec_.ns || family.ns == *spec_.ns) &&
                 // Who sees a run follows from its job, which its family does not tell.
                 (spec_.sees == nullptr || (!is_run && spec_.sees->Sees(family)));
    fit.named = FitOf(family.ns, spec_.text).has_value();
    fit.after = is_run ? 2 : family.type == kTypeField ? 1 : 0;
    return fit;
  }
  [[nodiscard]] bool HasAttributes(std::uint32_t number) const {
    if (!spec_.tag && !spec_.owner) return true;
    const NodeAttributes* attributes = views_.attributes(number);
    if (attributes == nullptr) return false;
    return (!spec_.tag || Has(attributes->tags.values, *spec_.tag)) &&
           (!spec_.owner || Has(attributes->owners.values, *spec_.owner));
  }

  const SearchSpec& spec_;
  const Views& views_;
  std::vector<FamilyFit> families_;
};

}  // namespace

Result<SearchPage> EmbeddedRepository::Search(const SearchSpec& spec) {
  if (Status status = CatchUp(); !status.ok()) return status;
  SearchPage out;
  InSlices([&](LockPause& pause) {
    out = {};
    return SearchNodes(spec, pause, &out);
  });
  return out;
}

// Under views_mutex_. False: anew.
bool EmbeddedRepository::SearchNodes(const SearchSpec& spec, LockPause& pause, SearchPage* out) {
  const Views& views = state_.views;
  while (!signatures_.Follow(views.nodes(), state_.versions.epoch)) {
    if (!pause.Tick()) return false;
  }
  const Seeker seeker(spec, views);
  if (!seeker.WantsAny()) return true;
  TextSignature wanted;
  // Where a namespace contains it, every name of it is found, whatever letters it has.
  if (!seeker.NamesANamespace()) wanted.Add(spec.text);
  std::vector<Match> matches;
  std::vector<std::uint32_t> candidates;
  for (std::uint32_t end = views.nodes().size(); end > 0 && !out->partial; end -= std::min(end, kNodesAtOnce)) {
    candidates.clear();
    signatures_.Find(wanted, end, kNodesAtOnce, candidates);
    for (std::size_t i = 0; i < candidates.size() && !out->partial; ++i) {
      if (i % kNodesPerTick == 0 && !pause.Tick()) return false;
      seeker.Look(candidates[i], matches);
      out->partial = matches.size() >= kMatchesMax;
    }
    if (!pause.Tick()) return false;
  }
  if (out->partial) seeker.LookExactly(matches);
  std::sort(matches.begin(), matches.end());
  const auto same = [](const Match& a, const Match& b) { return a.number == b.number; };
  matches.erase(std::unique(matches.begin(), matches.end(), same), matches.end());
  out->total = matches.size();
  const std::size_t limit = std::min(spec.limit, kLimitMax);
  for (std::size_t i = 0; i < std::min(limit, matches.size()); ++i) out->entities.push_back(InfoOf(matches[i].number));
  return true;
}

}  // namespace cairn
