#pragma once

#include <simdjson.h>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/marquez_reply.h"

namespace cairn {

/// What is known of a node at present: the newest of each facet, and the newest record of each kind. Each event is read
/// once, however many of them it states. One thread.
class NodeFacts {
 public:
  /// Under all names of the thing. Nothing is known of a node that is not there.
  static Result<NodeFacts> Read(const MarquezAsk& ask, const NodeKey& node);

  /// By its key in events, `schema`.
  [[nodiscard]] std::optional<simdjson::dom::object> Facet(std::string_view key) const;
  /// When the facet was stated.
  [[nodiscard]] std::optional<Timestamp> StatedAt(std::string_view key) const;
  /// The payload of the newest record of that kind, `schema_snapshot`. Not of events.
  [[nodiscard]] std::optional<simdjson::dom::object> Record(std::string_view kind) const;
  /// A text in a facet; empty where there is none.
  [[nodiscard]] std::string_view Text(std::string_view facet, std::string_view member) const;
  /// The JSON of each, by its key.
  [[nodiscard]] std::map<std::string, std::string> Facets() const;
  /// `{"schema":{...},...}`
  [[nodiscard]] std::string FacetsJson() const;

 private:
  struct Stated {
    simdjson::dom::element value;
    Timestamp at;
  };
  void TakeRecord(const KindFact& one);
  void TakeFacets(ReadRecord& event, const NodeKey& node, const std::vector<std::string_view>& kinds, Timestamp at);

  std::vector<std::shared_ptr<ReadRecord>> read_;  // What the others point into.
  std::map<std::string, Stated, std::less<>> facets_;
  std::map<std::string, simdjson::dom::element, std::less<>> records_;
};

/// All names of a dataset (symlinks), its own first; the answer depends on each.
Result<std::vector<NodeKey>> NamesOf(const MarquezAsk& ask, const NodeKey& node);
/// A name of a dataset, or what was one.
struct DatasetName {
  NodeKey key;
  bool is_present = true;
  std::vector<LineageWhy::Span> when = {};  ///< Of what was one.

  /// Whether what was said of the name at that time was said of the dataset: all that was said of a name that it has.
  [[nodiscard]] bool CountsAt(Timestamp time) const;
};
/// The same with those that it had once.
Result<std::vector<DatasetName>> EveryNameOf(const MarquezAsk& ask, const NodeKey& node);

/// The elements of a list; none where it is no list.
std::vector<simdjson::dom::element> ElementsOf(std::optional<simdjson::dom::element> list);

/// Fields of a schema as Marquez tells them: `[{"name","type","tags","description"}]`. Tags are those of the field's
/// node.
std::string MarquezFieldsJson(const MarquezAsk& ask, const NodeKey& dataset,
                              std::optional<simdjson::dom::object> schema);

/// The newest schema: by facet, else by record.
std::optional<simdjson::dom::object> SchemaOf(const NodeFacts& facts);

}  // namespace cairn
