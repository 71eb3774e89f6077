#pragma once

#include <boost/unordered/unordered_flat_set.hpp>
#include <cstdint>
#include <functional>
#include <span>
#include <utility>
#include <vector>

#include "lineage/metadata.h"
#include "lineage/reader.h"

namespace cairn {

/// How a field of a node's metadata goes on to what is made of the node.
enum class InheritPolicy : std::uint8_t {
  kReplace,  ///< The nearest value counts, whole.
  kUnion,    ///< Of lists: the elements of all, each once.
  kNever,
};

/// What inheriting asks of whoever owns names and rules.
struct InheritRules {
  std::function<InheritPolicy(std::uint32_t key)> policy;
  /// For equal distance: the greater goes first. Null where no edge has one.
  std::function<std::int32_t(EdgeNumber)> priority;
  /// Whether a node's name goes before another's.
  std::function<bool(NodeNumber, NodeNumber)> name_before;
};

/// A value, or an element of a list by union, and where it comes from.
struct Inherited {
  std::uint32_t key;
  std::uint32_t value;
  NodeNumber source;
  std::uint64_t seq;
  std::uint32_t distance;
};

/// The metadata of a node merged over what it comes from. A nearer value wins; at equal distance the one whose edge has
/// the higher priority, then the newer, then the one of the first name. A field that somebody took back (null) keeps
/// out whatever is farther. Distance counts things, not jobs, and jobs have nothing to give.
/// Keeps its memory from one question to the next. One thread.
class Inheritance {
 public:
  /// False where the question must be asked anew.
  bool Run(GraphReader& reader, MetadataReader& metadata, NodeNumber node, std::uint32_t depth,
           const InheritRules& rules);

  /// Nearest first; distance 0 is the node's own.
  [[nodiscard]] const std::vector<Inherited>& values() const { return values_; }
  /// Fields that the node itself took back.
  [[nodiscard]] const std::vector<std::uint32_t>& blocked() const { return blocked_; }
  /// Every node that was looked at: the answer holds until one of them changes.
  [[nodiscard]] const std::vector<NodeNumber>& looked_at() const { return order_; }

 private:
  struct Candidate {
    const MetadataValue* value;
    NodeNumber node;
    std::int32_t priority;
  };
  struct Field {
    std::uint32_t key;
    InheritPolicy policy;
    bool closed = false;          // Nothing farther counts.
    std::vector<Candidate> here;  // At this distance.
  };

  void Offer(MetadataReader& metadata, NodeNumber node, std::int32_t priority, const InheritRules& rules);
  void Settle(const MetadataReader& metadata, Field& field, std::span<const Candidate> here, std::uint32_t distance);
  void SettleAlone(MetadataReader& metadata, NodeNumber node, std::uint32_t distance, const InheritRules& rules);
  void Close(const MetadataReader& metadata, std::uint32_t distance, const InheritRules& rules);
  Field& FieldOf(std::uint32_t key, const InheritRules& rules);
  void AddOnce(const Inherited& item);

  std::vector<Inherited> values_;
  GrowArray<std::uint64_t> items_;  // Elements of lists in values_: key and text.
  boost::unordered_flat_set<std::uint64_t> many_items_;
  std::vector<std::uint32_t> blocked_;
  std::vector<NodeNumber> order_;
  std::vector<std::int32_t> priorities_;  // Of order_.
  std::vector<std::pair<NodeNumber, std::int32_t>> next_;
  std::vector<Field> fields_;
  std::size_t fields_used_ = 0;
  GrowArray<std::uint32_t> marks_;
  std::uint32_t mark_ = 0;
};

}  // namespace cairn
