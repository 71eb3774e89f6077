#include "service/repository_json.h"

#include <fmt/format.h>

#include <cmath>

#include "base/json.h"
#include "service/answer_json.h"
#include "service/lineage_json.h"

namespace cairn {
namespace {

/// `[` the texts of all `]`.
template <typename List, typename Write>
std::string ListJson(const List& list, const Write& write) {
  std::string out = "[";
  for (const auto& each : list) {
    if (out.size() > 1) out += ',';
    out += write(each);
  }
  return out + "]";
}

std::string ValueJson(const std::optional<double>& value) {
  if (!value) return "null";
  // The shortest text that reads back as the same number.
  return std::isfinite(*value) ? fmt::format("{}", *value) : fmt::format("\"{}\"", *value);
}

std::string RowJson(const AggregateRow& row) {
  return fmt::format("{{\"keys\":{},\"values\":{}}}", JsonList(row.keys), ListJson(row.values, ValueJson));
}

// Of an object, to be gone on with.
std::string WithoutBrace(std::string json) {
  json.pop_back();
  return json;
}

std::string WholeReasonJson(const EdgeReason& reason) {
  if (!reason.fact) return EdgeReasonJson(reason);
  std::string out = WithoutBrace(EdgeReasonJson(reason)) + ",\"fact\":";
  AppendLoggedFact(out, *reason.fact);
  return out + "}";
}

}  // namespace

void AppendLoggedFact(std::string& out, const Fact& fact) {
  out += "{\"produced_at\":\"";
  out += FormatTimestamp(fact.produced_at());
  out += '"';
  if (fact.facet() != Fact::kWholeRecord) out += fmt::format(",\"facet\":{}", fact.facet());
  out += ",\"entry\":";
  out += fact.line();
  out += '}';
}

std::string LoggedFactsJson(const std::vector<Fact>& facts, const FactsLeftOut& left_out, std::string_view cursor) {
  constexpr std::size_t kAroundBytes = 96;
  std::size_t bytes = kAroundBytes;
  for (const Fact& fact : facts) bytes += fact.line().size() + kAroundBytes;
  std::string out;
  out.reserve(bytes);
  out = "{\"facts\":[";
  for (const Fact& fact : facts) {
    if (out.back() != '[') out += ',';
    AppendLoggedFact(out, fact);
  }
  out += fmt::format("],\"damaged\":{},\"withheld\":{}", left_out.damaged, left_out.withheld);
  if (!cursor.empty()) out += ",\"cursor\":" + JsonString(cursor);
  out += '}';
  return out;
}

std::string NewestJson(const std::vector<KindFact>& newest) {
  std::vector<std::string> kinds;
  std::string facts;
  for (const KindFact& one : newest) {
    kinds.push_back(one.kind);
    if (!facts.empty()) facts += ',';
    AppendLoggedFact(facts, one.fact);
  }
  return fmt::format("{{\"kinds\":{},\"facts\":[{}]}}", JsonList(kinds), facts);
}

std::string NamespacesJson(const std::vector<NamespaceInfo>& namespaces) {
  std::string list;
  for (const NamespaceInfo& one : namespaces) {
    std::string types;
    for (const auto& [type, count] : one.types) {
      types += fmt::format("{}{}:{}", types.empty() ? "" : ",", JsonString(type), count);
    }
    list += fmt::format("{}{{\"namespace\":{},\"types\":{{{}}},\"first_seen\":\"{}\",\"last_seen\":\"{}\"}}",
                        list.empty() ? "" : ",", JsonString(one.ns), types, FormatTimestamp(one.first_seen),
                        FormatTimestamp(one.last_seen));
  }
  return "{\"namespaces\":[" + list + "]}";
}

std::string EntitiesJson(const EntitiesPage& page) {
  std::string list;
  for (const EntityInfo& entity : page.entities) list += (list.empty() ? "" : ",") + EntityJson(entity);
  return fmt::format("{{\"entities\":[{}],\"total\":{}}}", list, page.total);
}

std::string SearchJson(const SearchPage& page) {
  std::string list;
  for (const EntityInfo& entity : page.entities) list += (list.empty() ? "" : ",") + EntityJson(entity);
  return fmt::format("{{\"things\":[{}],\"total\":{},\"partial\":{}}}", list, page.total, page.partial);
}

std::string TagsJson(const std::vector<TagUse>& tags) {
  std::string list;
  for (const TagUse& one : tags) {
    list += fmt::format("{}{{\"tag\":{},\"nodes\":{}}}", list.empty() ? "" : ",", JsonString(one.tag), one.nodes);
  }
  return "{\"tags\":[" + list + "]}";
}

std::string AggregateJson(const AggregateResult& result) {
  return fmt::format("{{\"rows\":{},\"facts\":{},\"spilled_groups\":{},\"damaged\":{}}}",
                     ListJson(result.rows, RowJson), result.facts, result.spilled_groups, result.damaged);
}

std::string WholePathsJson(const LineagePaths& paths) {
  const auto numbers = [](const std::vector<std::uint32_t>& path) {
    return ListJson(path, [](std::uint32_t edge) { return std::to_string(edge); });
  };
  return fmt::format("{{\"graph\":{},\"paths\":{},\"partial\":{},\"hidden\":{}}}", LineageGraphJson(paths.graph),
                     ListJson(paths.paths, numbers), paths.partial, paths.hidden);
}

std::string WholeWhyJson(const LineageWhy& why) {
  return fmt::format("{{\"spans\":{},\"reasons\":{},\"total\":{},\"withheld\":{}}}",
                     ListJson(why.spans, LineageSpanJson), ListJson(why.reasons, WholeReasonJson), why.total,
                     why.withheld);
}

std::string WholeInheritedJson(const NodeKey& node, const LineageInherited& inherited) {
  return WithoutBrace(LineageInheritedJson(node, inherited)) +
         fmt::format(",\"materialised\":{}}}", inherited.materialised);
}

std::string StatsJson(const RepositoryStats& stats) {
  std::string kinds;
  for (const auto& [kind, facts] : stats.kinds) {
    kinds += fmt::format("{}{}:{}", kinds.empty() ? "" : ",", JsonString(kind), facts);
  }
  return fmt::format(
      "{{\"records\":{},\"last_seq\":{},\"segments_open\":{},\"segments_sealed\":{},\"bytes_open\":{},"
      "\"bytes_sealed\":{},\"bytes_kept\":{},\"series\":{},\"nodes\":{},\"edges\":{},\"runs\":{},\"damaged_batches\":{}"
      ",\"kinds\":{{{}}}}"
      "}",
      stats.records, stats.last_seq.value, stats.segments_open, stats.segments_sealed, stats.bytes_open,
      stats.bytes_sealed, stats.bytes_kept, stats.series, stats.nodes, stats.edges, stats.runs, stats.damaged_batches,
      kinds);
}

std::string DamageJson(const Damage& damage) {
  return fmt::format("{{\"segment\":{},\"offset\":{},\"first_seq\":{},\"last_seq\":{},\"what\":{}}}",
                     JsonString(damage.segment), damage.offset, damage.first.value, damage.last.value,
                     JsonString(damage.what));
}

std::string VerifyJson(const VerifyReport& report) {
  return fmt::format("{{\"segments\":{},\"batches\":{},\"records\":{},\"damage\":{},\"notes\":{}}}", report.segments,
                     report.batches, report.records, ListJson(report.damage, DamageJson), JsonList(report.notes));
}

}  // namespace cairn
