#include "view/inherit_question.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace cairn {
namespace {

struct NamedPolicy {
  std::string_view name;
  InheritPolicy policy;
};
constexpr std::array kPolicies = {NamedPolicy{"replace", InheritPolicy::kReplace},
                                  NamedPolicy{"union", InheritPolicy::kUnion},
                                  NamedPolicy{"never", InheritPolicy::kNever}};
constexpr std::size_t kValuesPerRest = 64;
// What is said of the thing itself, and not of what it holds.
constexpr std::array<std::string_view, 5> kNever = {"schema", "schema_snapshot", "statistics", "statistics_snapshot",
                                                    "ingestion_volume"};

Result<std::pair<std::string, InheritPolicy>> ReadRule(const std::string& text) {
  const std::size_t equals = text.rfind('=');
  if (equals != std::string::npos && equals != 0) {
    for (const NamedPolicy& known : kPolicies) {
      if (text.substr(equals + 1) == known.name) return std::make_pair(text.substr(0, equals), known.policy);
    }
  }
  return Status(StatusCode::kInvalidArgument,
                fmt::format("\"{}\" is no rule: FIELD=replace, FIELD=union or FIELD=never", text));
}

Inheritance& ThreadInheritance() {
  static thread_local Inheritance inheritance;
  return inheritance;
}

}  // namespace

Result<InheritRules> RulesOf(const Views& views, FoldReader& stated, const std::vector<std::string>& texts) {
  std::vector<std::pair<std::string, InheritPolicy>> own;
  for (const std::string& text : texts) {
    auto rule = ReadRule(text);
    if (!rule) return rule.error();
    own.push_back(std::move(*rule));
  }
  InheritRules out;
  out.policy = [&views, own = std::move(own)](std::uint32_t key) {
    const std::string_view name = views.texts().at(key);
    for (const auto& [field, policy] : own) {
      if (field == name) return policy;
    }
    if (std::find(kNever.begin(), kNever.end(), name) != kNever.end()) return InheritPolicy::kNever;
    return name == "tags" ? InheritPolicy::kUnion : InheritPolicy::kReplace;
  };
  if (views.steps().has_priorities()) {
    out.priority = [&views, &stated](EdgeNumber edge, std::int32_t* priority) {
      *priority = 0;
      std::int64_t newest = Timestamp::Min().ns;
      return stated.ForEachStep(edge, [&](std::uint32_t step, const Interval& span) {
        if (span.until < newest) return;
        newest = span.until;
        *priority = views.steps().at(step).priority;
      });
    };
  }
  out.name_before = [&views](NodeNumber a, NodeNumber b) {
    return NodeId(views.nodes().at(a)) < NodeId(views.nodes().at(b));
  };
  return out;
}

Result<LineageInherited> AskInherited(const Views& views, Pause* pause, const LineageInheritSpec& spec,
                                      std::vector<NodeNumber>* looked_at) {
  LineageFilter filter = spec.filter;
  if (filter.level == LineageLevel::kRuns) {
    return Status(StatusCode::kInvalidArgument, "runs inherit nothing: ask for things or fields");
  }
  auto scope = LineageScope::Make(views, filter, spec.node);
  if (!scope) return scope.error();
  const auto starts = scope->StartsOf(spec.node);
  if (!starts) return starts.error();
  GraphReader reader(views.graph(), scope->wanted(), pause);
  FoldReader stated(views.lineage(), reader);
  auto rules = RulesOf(views, stated, spec.rules);
  if (!rules) return rules.error();
  rules->enter = scope->enter();
  Inheritance& inheritance = ThreadInheritance();
  MetadataReader metadata(views.metadata(), pause != nullptr);
  if (!inheritance.Run(reader, metadata, starts->front(), spec.depth, *rules)) return AskAnew();
  LineageInherited out;
  const auto values = inheritance.values();
  const auto is_own = [](const Inherited& value) { return value.distance == 0; };
  const auto own = static_cast<std::size_t>(std::find_if_not(values.begin(), values.end(), is_own) - values.begin());
  out.own.reserve(own);
  out.inherited.reserve(values.size() - own);
  std::size_t told = 0;
  for (const Inherited& value : values) {
    if (++told % kValuesPerRest == 0 && !reader.Rest()) return AskAnew();
    InheritedValue one{std::string(views.texts().at(value.key)), std::string(views.texts().at(value.value)),
                       views.nodes().at(value.source).Own(), value.seq, value.distance};
    (value.distance == 0 ? out.own : out.inherited).push_back(std::move(one));
  }
  for (const std::uint32_t key : inheritance.blocked()) out.blocked.emplace_back(views.texts().at(key));
  if (looked_at != nullptr) {
    const auto looked = inheritance.looked_at();
    const std::size_t told_of = std::min(looked.size(), kLookedAtMax + 1);
    looked_at->assign(looked.begin(), looked.begin() + static_cast<std::ptrdiff_t>(told_of));
  }
  reader.Release();
  std::sort(out.blocked.begin(), out.blocked.end());
  const auto by_key = [](const InheritedValue& a, const InheritedValue& b) { return a.key < b.key; };
  std::stable_sort(out.own.begin(), out.own.end(), by_key);
  std::stable_sort(out.inherited.begin(), out.inherited.end(), by_key);
  return out;
}

}  // namespace cairn
