#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cairn/repository.h"

namespace cairn {

// Answers of a repository as JSON with nothing left out, so that they can be read back as what they were (src/client
// does). What a person reads has its forms in answer_json.h and lineage_json.h.

/// `{"produced_at":T,"facet":N,"entry":<the line of the log>}`; `facet` where the fact is one facet of its event.
void AppendLoggedFact(std::string& out, const Fact& fact);

/// Facts that an answer does not hold.
struct FactsLeftOut {
  std::uint64_t damaged = 0;
  std::uint64_t withheld = 0;
};

/// `{"facts":[...],"damaged":N,"withheld":N}`, with `cursor` where there is one.
std::string LoggedFactsJson(const std::vector<Fact>& facts, const FactsLeftOut& left_out, std::string_view cursor = {});

/// `{"kinds":[...],"facts":[...]}`, a kind for each fact.
std::string NewestJson(const std::vector<KindFact>& newest);
/// `{"namespaces":[{"namespace":"db","types":{"dataset":N},"first_seen":T,"last_seen":T}]}`
std::string NamespacesJson(const std::vector<NamespaceInfo>& namespaces);
/// `{"entities":[...],"total":N}`, each as `EntityJson` writes it.
std::string EntitiesJson(const EntitiesPage& page);
std::string SearchJson(const SearchPage& page);
/// `{"tags":[{"tag":"pii","nodes":N}]}`
std::string TagsJson(const std::vector<TagUse>& tags);

/// `{"rows":[{"keys":[...],"values":[...]}],"facts":N,"spilled_groups":N,"damaged":N}`; a value is null where no fact
/// had a number there, and a text (`"inf"`, `"-inf"`, `"nan"`) where JSON has no number for it.
std::string AggregateJson(const AggregateResult& result);

/// `{"graph":{...},"paths":[[edge,...]],"partial":false}`; an edge is its place in `graph.edges`.
std::string WholePathsJson(const LineagePaths& paths);

/// As `LineageWhyJson`, each reason with its `fact` as `AppendLoggedFact` writes it.
std::string WholeWhyJson(const LineageWhy& why);

/// As `LineageInheritedJson`, with `materialised`.
std::string WholeInheritedJson(const NodeKey& node, const LineageInherited& inherited);

/// `{"records":N,"last_seq":N,...,"kinds":{"volume":N}}`
std::string StatsJson(const RepositoryStats& stats);

/// `{"segment":"...","offset":N,"first_seq":N,"last_seq":N,"what":"..."}`
std::string DamageJson(const Damage& damage);

/// `{"segments":N,"batches":N,"records":N,"damage":[...],"notes":[...]}`
std::string VerifyJson(const VerifyReport& report);

}  // namespace cairn
