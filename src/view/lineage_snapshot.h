#pragma once

#include <vector>

#include "lineage/fold.h"
#include "lineage/metadata.h"

namespace cairn {

/// The lineage fold as a snapshot holds it: what was stated, and when each edge stands; whatever follows from these is
/// made anew. `Out` and `In` are the snapshot's encoder and decoder.
class LineageSnapshot {
 public:
  template <typename Out>
  static void Write(const LineageFold& fold, Out& out) {
    const Graph& graph = fold.graph();
    out.Count(graph.classes());
    for (NodeNumber node = 0; node < graph.classes(); ++node) out.Put(graph.ClassOf(node));
    out.Put(graph.edges());
    Interval room;
    for (EdgeNumber number = 0; number < graph.edges(); ++number) {
      const Graph::Edge& edge = graph.edge(number);
      out.Put(edge.from);
      out.Put(edge.to);
      out.Put(edge.type);
      const auto intervals = graph.ValidityOf(number, &room);
      out.Array(intervals.data(), intervals.size());
    }
    out.Array(fold.scopes_.data(), fold.scopes_.size());
    out.Array(fold.shapes_.data(), fold.shapes_.size());
    out.Array(fold.io_edges_.data(), fold.io_edges_.size());
    out.Array(fold.claims_.data(), fold.claims_.size());
    out.Put(static_cast<std::uint32_t>(fold.more_.size()));
    for (const auto& entries : fold.more_) out.Array(entries.data(), entries.size());
    WriteMap(fold.spans_, out);
    WriteMap(fold.parts_, out);
    out.Put(static_cast<std::uint32_t>(fold.endings_.size()));
    for (const auto& [node, endings] : fold.endings_) {
      out.Put(node);
      out.Array(endings.data(), endings.size());
    }
    out.Put(static_cast<std::uint32_t>(fold.holders_.size()));
    for (const auto& [key, holder] : fold.holders_) {
      out.Put(key);
      out.Put(holder.first_scope);
      out.Array(holder.deleted.data(), holder.deleted.size());
    }
  }

  template <typename In>
  static void Read(In& in, LineageFold& fold) {
    Graph& graph = fold.graph();
    NodeNumber node = 0;
    for (const NodeClass what : in.template Array<NodeClass>()) graph.SetClass(node++, what);
    const auto edges = in.template Get<std::uint32_t>();
    for (std::uint32_t i = 0; i < edges && in.good(); ++i) {
      const auto from = in.template Get<NodeNumber>();
      const auto to = in.template Get<NodeNumber>();
      const EdgeNumber edge = graph.Intern(in.template Get<EdgeType>(), from, to);
      graph.SetValidity(edge, in.template Array<Interval>());
    }
    ReadArray(in, fold.scopes_);
    ReadArray(in, fold.shapes_);
    ReadArray(in, fold.io_edges_);
    ReadArray(in, fold.claims_);
    const auto more = in.template Get<std::uint32_t>();
    for (std::uint32_t i = 0; i < more && in.good(); ++i) {
      fold.more_.push_back(in.template Array<LineageFold::Entry>());
      fold.unsorted_.push_back(!std::is_sorted(fold.more_.back().begin(), fold.more_.back().end()));
    }
    ReadMap(in, fold.spans_);
    ReadMap(in, fold.parts_);
    const auto ended = in.template Get<std::uint32_t>();
    for (std::uint32_t i = 0; i < ended && in.good(); ++i) {
      const auto of = in.template Get<NodeNumber>();
      fold.endings_[of] = in.template Array<LineageFold::Ending>();
    }
    const auto holders = in.template Get<std::uint32_t>();
    for (std::uint32_t i = 0; i < holders && in.good(); ++i) {
      auto& holder = fold.holders_[in.template Get<LineageFold::HolderKey>()];
      holder.first_scope = in.template Get<std::uint32_t>();
      holder.deleted = in.template Array<Stamp>();
    }
    if (in.good()) fold.Index();
  }

  template <typename Out>
  static void Write(const MetadataTable& table, Out& out) {
    out.Count(table.items());
    for (std::uint32_t i = 0; i < table.items(); ++i) out.Put(table.item(i));
    out.Put(table.nodes());
    for (NodeNumber node = 0; node < table.nodes(); ++node) {
      const auto& values = table.Of(node);
      out.Array(values.data(), values.size());
    }
  }

  template <typename In>
  static void Read(In& in, MetadataTable& table) {
    for (const std::uint32_t item : in.template Array<std::uint32_t>()) table.AddItem(item);
    const auto nodes = in.template Get<std::uint32_t>();
    for (NodeNumber node = 0; node < nodes && in.good(); ++node) {
      for (const MetadataValue& value : in.template Array<MetadataValue>()) table.State(node, value);
    }
  }

 private:
  template <typename Map, typename Out>
  static void WriteMap(const Map& map, Out& out) {
    out.Put(static_cast<std::uint32_t>(map.size()));
    for (const auto& [key, value] : map) {
      out.Put(key);
      out.Put(value);
    }
  }
  template <typename In, typename Map>
  static void ReadMap(In& in, Map& map) {
    const auto size = in.template Get<std::uint32_t>();
    for (std::uint32_t i = 0; i < size && in.good(); ++i) {
      const auto key = in.template Get<typename Map::key_type>();
      map[key] = in.template Get<typename Map::mapped_type>();
    }
  }
  template <typename In, typename T>
  static void ReadArray(In& in, GrowArray<T>& to) {
    const auto values = in.template Array<T>();
    const std::size_t at = to.Extend(values.size());
    std::copy(values.begin(), values.end(), to.data() + at);
  }
};

}  // namespace cairn
