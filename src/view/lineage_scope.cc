#include "view/lineage_scope.h"

#include <fmt/format.h>

#include <algorithm>

#include "query/glob.h"

namespace cairn {
namespace {

constexpr std::size_t kPartsPerRest = 256;
constexpr EdgeType kTypes[] = {EdgeType::kReads,      EdgeType::kWrites,  EdgeType::kDerives, EdgeType::kTriggers,
                               EdgeType::kInfluences, EdgeType::kRenames, EdgeType::kSame,    EdgeType::kContains};

Result<std::uint32_t> ReadTypes(const std::vector<std::string>& names) {
  if (names.empty()) return std::uint32_t{GraphReader::kAllTypes};
  std::uint32_t types = 1U << static_cast<unsigned>(EdgeType::kSame);
  for (const std::string& name : names) {
    const auto* found =
        std::find_if(std::begin(kTypes), std::end(kTypes), [&](EdgeType type) { return EdgeTypeName(type) == name; });
    if (found == std::end(kTypes)) {
      return Status(StatusCode::kInvalidArgument,
                    fmt::format("no edge is of the type \"{}\": it is one of reads, writes, derives, triggers, "
                                "influences, renames, contains, same",
                                name));
    }
    types |= 1U << static_cast<unsigned>(*found);
  }
  return types;
}

Result<Moment> ReadMoment(const LineageTime& time) {
  if (time.as_of && (time.from || time.until)) {
    return Status(StatusCode::kInvalidArgument, "an instant (as of) and a window (from, until) exclude each other");
  }
  if (time.as_of) return Moment::At(*time.as_of);
  if (!time.from && !time.until) return Moment::Present();
  Moment moment;
  moment.from = time.from ? time.from->ns : Timestamp::Min().ns;
  moment.until = time.until ? time.until->ns : kForever;
  if (moment.until <= moment.from) {
    return Status(StatusCode::kInvalidArgument, "the window is empty: until is not after from");
  }
  return moment;
}

LineageLevel LevelOf(LineageLevel asked, const NodeView& about) {
  if (asked != LineageLevel::kAuto) return asked;
  if (about.type == kTypeField) return LineageLevel::kFields;
  return about.type == kTypeRun ? LineageLevel::kRuns : LineageLevel::kThings;
}

}  // namespace

NodeNumber FieldsBeside::Also(NodeNumber node) const {
  if (views_.graph().ClassOf(node) != NodeClass::kField) return kNoNumber;
  const NodeNumber whole = views_.lineage().WholeOf(node);
  return whole == node ? kNoNumber : whole;
}

bool FieldsBeside::With(NodeNumber node, std::vector<NodeNumber>* out) const {
  if (views_.graph().ClassOf(node) == NodeClass::kField) return true;
  for (NodeNumber part = views_.lineage().FirstPart(node); part != kNoNumber; part = views_.lineage().NextPart(part)) {
    out->push_back(part);
    if (out->size() % kPartsPerRest == 0 && !reader_.Rest()) return false;
  }
  return true;
}

// The same field under the other names of its dataset.
void FieldsBeside::Names(NodeNumber node, std::vector<NodeNumber>* out) const {
  if (!views_.graph().has_names() || views_.graph().ClassOf(node) != NodeClass::kField) return;
  const NodeView own = views_.nodes().at(node);
  reader_.ForEachName(views_.lineage().WholeOf(node), [&](NodeNumber other) {
    const NodeView name = views_.nodes().at(other);
    const std::uint32_t twin = views_.nodes().Find({own.tenant, own.type, name.ns, name.name, own.part});
    // One that came later is not of this question.
    if (twin != NumberSet::kNone && twin < reader_.node_bound()) out->push_back(twin);
  });
}

LineageScope::LineageScope(LineageScope&& other) noexcept
    : views_(other.views_), level_(other.level_), wanted_(other.wanted_), exclude_(std::move(other.exclude_)) {
  MakeEnter();
}

void LineageScope::MakeEnter() {
  enter_ = [this](NodeNumber node) { return !MatchesAny(exclude_, views_.nodes().at(node)); };
}

Result<LineageScope> LineageScope::Make(const Views& views, const LineageFilter& filter, const NodeView& about) {
  LineageScope out(views);
  out.level_ = LevelOf(filter.level, about);
  const auto types = ReadTypes(filter.edge_types);
  if (!types) return types.error();
  const auto moment = ReadMoment(filter.time);
  if (!moment) return moment.error();
  out.wanted_.types = *types;
  out.wanted_.moment = *moment;
  const std::string_view same = EdgeTypeName(EdgeType::kSame);
  out.wanted_.names_apart =
      std::find(filter.edge_types.begin(), filter.edge_types.end(), same) != filter.edge_types.end();
  const bool fields = out.level_ == LineageLevel::kFields;
  out.wanted_.classes = GraphReader::kSameThings | (fields ? GraphReader::kFields : GraphReader::kThings);
  out.exclude_ = filter.exclude;
  return Result<LineageScope>(std::move(out));
}

Result<std::vector<NodeNumber>> LineageScope::StartsOf(const NodeView& node) const {
  const std::uint32_t number = views_.nodes().Find(node);
  if (number == NumberSet::kNone) return NoSuchNode(node);
  const bool field = views_.graph().ClassOf(number) == NodeClass::kField;
  std::vector<NodeNumber> out;
  // A field stands for its dataset where fields are not looked at.
  out.push_back(field && level_ == LineageLevel::kThings ? views_.lineage().WholeOf(number) : number);
  return out;
}

bool MatchesAny(const std::vector<std::string>& globs, const NodeView& node) {
  if (globs.empty()) return false;
  const std::string id = NodeId(node);
  return std::any_of(globs.begin(), globs.end(), [&](const std::string& glob) { return GlobMatch(glob, id); });
}

std::string DescribeStep(const StepStatement& step) {
  std::string out(step.subtype);
  if (!step.description.empty()) out += fmt::format("{}{}", out.empty() ? "" : ": ", step.description);
  if (step.masking) out += out.empty() ? "masked" : ", masked";
  return out;
}

Status NoSuchNode(const NodeView& node) { return {StatusCode::kNotFound, fmt::format("no node {}", NodeId(node))}; }

Status AskAnew() { return {StatusCode::kAborted, "the views were replaced meanwhile; ask again"}; }

}  // namespace cairn
