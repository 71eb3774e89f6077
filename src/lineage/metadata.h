#pragma once

#include <algorithm>
#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <optional>
#include <span>
#include <tuple>
#include <vector>

#include "base/grow_array.h"
#include "base/past.h"
#include "lineage/adjacency.h"

namespace cairn {

/// A field of a node's metadata: the newest statement, whole. Texts are numbers that the owner gives meaning to.
struct MetadataValue {
  std::uint32_t key = 0;
  std::uint32_t value = kNoNumber;  ///< JSON text; kNoNumber where it was taken back.
  std::uint32_t first_item = 0;     ///< The elements of a list, each JSON text, in the table's items.
  std::uint32_t items = 0;
  bool is_list = false;
  std::uint32_t field = 0;  ///< The table's number for the key.
  std::int64_t produced_at = 0;
  std::uint64_t seq = 0;
};

/// The metadata of nodes. Whoever owns it guards it.
class MetadataTable {
 public:
  /// Counts a statement in, and numbers its field. True where it is the newest of its field.
  bool State(NodeNumber node, MetadataValue value) {
    value.field = fields_.try_emplace(value.key, static_cast<std::uint32_t>(fields_.size())).first->second;
    if (node >= places_.size()) places_.resize(node + 1, kNothing);
    if (places_[node] == kNothing) {
      places_[node] = static_cast<std::uint32_t>(values_.size());
      values_.emplace_back();
    }
    auto& values = values_[places_[node]];
    past_.Keep(node, values);
    const auto place = std::lower_bound(values.begin(), values.end(), value.key,
                                        [](const MetadataValue& one, std::uint32_t key) { return one.key < key; });
    if (place == values.end() || place->key != value.key) {
      values.insert(place, value);
      return true;
    }
    if (std::tie(value.produced_at, value.seq) < std::tie(place->produced_at, place->seq)) return false;
    *place = value;
    return true;
  }
  /// By key; empty where nothing is known.
  [[nodiscard]] const std::vector<MetadataValue>& Of(NodeNumber node) const {
    return values_[node < places_.size() ? places_[node] : kNothing];
  }
  std::uint32_t AddItem(std::uint32_t text) {
    items_.push_back(text);
    return static_cast<std::uint32_t>(items_.size() - 1);
  }
  [[nodiscard]] std::uint32_t item(std::uint32_t number) const { return items_[number]; }
  [[nodiscard]] std::span<const std::uint32_t> ItemsOf(const MetadataValue& list) const {
    return {items_.data() + list.first_item, list.items};
  }
  [[nodiscard]] std::uint32_t items() const { return static_cast<std::uint32_t>(items_.size()); }
  /// How many keys there are: the bound of `MetadataValue::field`.
  [[nodiscard]] std::uint32_t fields() const { return static_cast<std::uint32_t>(fields_.size()); }
  [[nodiscard]] std::uint32_t nodes() const { return static_cast<std::uint32_t>(places_.size()); }

  [[nodiscard]] const PastLog<std::vector<MetadataValue>>& past() const { return past_; }

 private:
  static constexpr std::uint32_t kNothing = 0;
  GrowArray<std::uint32_t> places_;                                               // By node.
  std::vector<std::vector<MetadataValue>> values_{std::vector<MetadataValue>()};  // The first is empty.
  GrowArray<std::uint32_t> items_;
  boost::unordered_flat_map<std::uint32_t, std::uint32_t> fields_;  // By key.
  PastLog<std::vector<MetadataValue>> past_;
};

/// The metadata as it stood when a question began that may let writers in.
class MetadataReader {
 public:
  MetadataReader(const MetadataTable& table, bool lets_in) : table_(table) {
    if (lets_in) past_.emplace(table.past());
  }
  [[nodiscard, gnu::always_inline]] const std::vector<MetadataValue>& Of(NodeNumber node) {
    return past_ ? OfPast(node) : table_.Of(node);
  }
  [[nodiscard]] std::span<const std::uint32_t> ItemsOf(const MetadataValue& list) const { return table_.ItemsOf(list); }
  [[nodiscard]] std::uint32_t fields() const { return table_.fields(); }

 private:
  [[gnu::noinline]] const std::vector<MetadataValue>& OfPast(NodeNumber node) {
    const auto* was = past_->Find(node);
    return was != nullptr ? *was : table_.Of(node);
  }

  const MetadataTable& table_;
  std::optional<PastReader<std::vector<MetadataValue>>> past_;
};

}  // namespace cairn
