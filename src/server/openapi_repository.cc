#include <array>
#include <deque>
#include <string>
#include <utility>

#include "server/openapi.h"

namespace cairn {
namespace {

constexpr std::string_view kGroup = "The repository itself";
constexpr std::array<std::pair<std::string_view, std::string_view>, 21> kQuestions{{
    {"latest", "The newest fact of a kind about a node"},
    {"history", "All facts of a kind about a node"},
    {"query", "Facts that match, page by page"},
    {"aggregate", "Counts, sums and quantiles over facts"},
    {"run", "One run"},
    {"runs", "Runs, the newest first"},
    {"run-records", "What a run said"},
    {"entity", "What is known of a node"},
    {"nodes", "Nodes by a part of their id"},
    {"newest", "The newest fact of each kind about a node"},
    {"namespaces", "Namespaces of things"},
    {"entities", "Things of a type, page by page"},
    {"search", "What a person seeks: the best matches of a name first"},
    {"tags", "Tags in use"},
    {"lineage", "Where it comes from, and what it leads to"},
    {"impact", "What must be made anew if this changes"},
    {"paths", "How one leads to another"},
    {"shared", "What several have in common upstream"},
    {"diff", "What came, went and changed between two instants"},
    {"why", "The facts that state an edge"},
    {"inherit", "Metadata, merged over all that it is made of"},
}};

}  // namespace

const std::vector<RouteDoc>& RepositoryRouteDocs() {
  static const std::deque<std::string> patterns = [] {
    std::deque<std::string> out;
    for (const auto& [name, summary] : kQuestions) out.push_back("/api/v1/repository/" + std::string(name));
    return out;
  }();
  static const std::vector<RouteDoc> docs = [] {
    std::vector<RouteDoc> out;
    for (std::size_t i = 0; i < kQuestions.size(); ++i) {
      out.push_back({"GET", patterns[i], kGroup, kQuestions[i].second, "Any", ""});
      out.push_back({"POST", patterns[i], kGroup, kQuestions[i].second, "Any", kFormBody});
    }
    constexpr std::string_view kUpkeep = "Upkeep";
    out.push_back({"GET", "/api/v1/stats", kUpkeep, "How much the store holds", "Any", ""});
    out.push_back({"GET", "/api/v1/admin/verify", kUpkeep, "Every byte held against its checksum", "Any", ""});
    out.push_back({"GET", "/api/v1/admin/dump", kUpkeep, "The views as text", "text/plain", ""});
    out.push_back({"POST", "/api/v1/admin/rebuild", kUpkeep, "Every view again, from the log", "Any", ""});
    out.push_back({"POST", "/api/v1/admin/seal", kUpkeep, "All that is unsealed is sealed", "Any", ""});
    return out;
  }();
  return docs;
}

}  // namespace cairn
