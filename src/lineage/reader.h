#pragma once

#include <algorithm>
#include <array>
#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "lineage/graph.h"

namespace cairn {

/// The stretch of event time that a question is about: an edge counts that stood at any instant of it.
struct Moment {
  std::int64_t from = kForever - 1;
  std::int64_t until = kForever;

  static Moment Present() { return {}; }
  static Moment At(Timestamp time) { return time.ns >= kForever ? Present() : Moment{time.ns, time.ns + 1}; }
  [[nodiscard]] bool present() const { return from == kForever - 1; }
  [[nodiscard]] bool Meets(const Interval& interval) const { return interval.from < until && interval.until > from; }
};

/// Lets writers in during a long question, where its owner holds a lock.
class Pause {
 public:
  virtual ~Pause() = default;
  /// Called every few hundred nodes. False where the state that was being read is gone; the question must be asked
  /// anew.
  virtual bool Tick() = 0;
  /// Called when nothing more is read, or before something slow.
  virtual void Release() = 0;
  /// After `Release`, to read on: as `Tick`.
  virtual bool Again() = 0;
};

/// The edges of a graph as a question sees them: of one moment, of the wanted classes and types, and those alone that
/// stood in the graph when the question began. One thread; the graph must not be written but in `Rest`.
class GraphReader {
 public:
  static constexpr std::uint32_t kAllTypes = 0xFF;
  static constexpr std::uint32_t kThings = 1U << static_cast<unsigned>(EdgeClass::kThings);
  static constexpr std::uint32_t kFields = 1U << static_cast<unsigned>(EdgeClass::kFields);
  static constexpr std::uint32_t kSameThings = 1U << static_cast<unsigned>(EdgeClass::kSameThing);
  static constexpr std::uint32_t kAllClasses = kThings | kFields | kSameThings;

  struct Wanted {
    Moment moment;
    std::uint32_t classes = kAllClasses;
    std::uint32_t types = kAllTypes;  ///< A bit for each EdgeType.
    bool names_apart = false;         ///< Names of one thing are neighbours of each other like any others.
  };

  GraphReader(const Graph& graph, const Wanted& wanted, Pause* pause = nullptr)
      : graph_(graph),
        wanted_(wanted),
        edge_bound_(graph.edges()),
        node_bound_(std::max(graph.node_bound(), graph.classes())),
        not_over_(kNotOver[wanted.classes & kAllClasses]),
        wanted_flags_(kAny[wanted.classes & kAllClasses]) {
    exact_ = (wanted.types & kAllTypes) != kAllTypes;
    if (exact_) {
      coarse_ = Coarse{};
    } else if (!wanted.moment.present()) {
      coarse_ = Coarse::Of(wanted.moment);
    }
    if (pause != nullptr) sharing_.reset(new Sharing{pause, graph.EnterReader(), graph.undo().size()});
  }
  GraphReader(const GraphReader&) = delete;
  GraphReader& operator=(const GraphReader&) = delete;

  /// Calls `visit(neighbour, edge, edge class)` for each edge of the node that counts, against the flow with `up`.
  template <typename Visit>
  void ForEach(bool up, NodeNumber node, Visit&& visit) const {
    const Adjacency::List list = (up ? graph_.in() : graph_.out()).At(node);
    VisitSome(list, 0, list.count, visit);
  }

  /// Calls `visit(neighbour)` for those of a node's edges that count. False, without a call, where there are more than
  /// `edges_max`, standing or not. `is_plain` is what `plain` says.
  template <bool is_plain, typename Visit>
  [[gnu::always_inline]] bool ForEachOfFew(bool up, NodeNumber node, std::uint32_t edges_max, Visit&& visit) const {
    const Adjacency& lists = up ? graph_.in() : graph_.out();
    const std::span<const std::uint32_t> entries = lists.EntriesAt(node);
    if (entries.size() > edges_max) return false;
    ForEachOf<is_plain>(lists, node, entries, 0, visit);
    return true;
  }
  /// The neighbour of a node that has one edge: `kNone` where it does not count, or there is no edge; `kMore` where
  /// there are more. Only where `plain`.
  static constexpr NodeNumber kNone = kNodesMax;
  static constexpr NodeNumber kMore = kNodesMax + 1;
  [[nodiscard, gnu::always_inline]] NodeNumber OnlyOne(bool up, NodeNumber node) const {
    const std::span<const std::uint32_t> entries = (up ? graph_.in() : graph_.out()).EntriesAt(node);
    if (entries.size() != 1) return entries.empty() ? kNone : kMore;
    const std::uint32_t entry = entries.front();
    return (not_over_ >> (entry >> neighbour::kFlagShift) & 1) != 0 ? entry & neighbour::kNode : kNone;
  }
  /// The same of `entries`, which `lists` has at the node. `flags` is what `PrefetchList` said since the last `Rest`,
  /// or 0.
  template <bool is_plain, typename Visit>
  [[gnu::always_inline]] void ForEachOf(const Adjacency& lists, NodeNumber node, std::span<const std::uint32_t> entries,
                                        std::uint32_t flags, Visit&& visit) const {
    if (is_plain) flags = not_over_;
    if (!is_plain && flags == 0) flags = SureFlags(lists.SteadyAt(node));
    if constexpr (!is_plain) {
      if (flags == 0) {
        const auto node_alone = [&](NodeNumber other, EdgeNumber, EdgeClass) { visit(other); };
        const Adjacency::List list = lists.At(node);
        return VisitSome(list, 0, list.count, node_alone);
      }
    }
    for (const std::uint32_t entry : entries) {
      if ((flags >> (entry >> neighbour::kFlagShift) & 1) != 0) visit(entry & neighbour::kNode);
    }
  }

  /// The same for a node that may have very many, with rests in between: what `visit` keeps must outlast those. False:
  /// the question must be asked anew.
  template <typename Visit>
  bool ForEachResting(bool up, NodeNumber node, Visit&& visit) {
    const Adjacency::List list = (up ? graph_.in() : graph_.out()).At(node);
    VisitSome(list, 0, std::min(list.count, kEdgesPerRest), visit);
    return list.count <= kEdgesPerRest || VisitRest(up, node, list.count, visit);
  }

  /// Whether an edge of the node counts that `named(neighbour, edge class)` says; rests as `ForEachResting`.
  template <typename Named>
  bool HasAny(bool up, NodeNumber node, Named&& named, bool* out) {
    *out = false;
    return ForEachResting(up, node,
                          [&](NodeNumber other, EdgeNumber, EdgeClass what) { *out = *out || named(other, what); });
  }

  /// Calls `visit(name)` for each further name of the node that counts.
  template <typename Visit>
  void ForEachName(NodeNumber node, Visit&& visit) const {
    if (!graph_.has_names() || wanted_.names_apart) return;
    for (const EdgeNumber edge : graph_.NamesAt(node)) {
      if (IsName(edge)) visit(graph_.edge(edge).to);
    }
  }

  /// Whether an edge `same` makes its ends names of one thing: of a window its last instant counts, for what had a name
  /// at one time is not what has it at another.
  [[nodiscard]] bool IsName(EdgeNumber edge) const;
  /// Whether edges of that class join names of one thing, so that they lead nowhere.
  [[nodiscard]] bool Joins(EdgeClass what) const { return what == EdgeClass::kSameThing && !wanted_.names_apart; }

  /// Whether the edge counts.
  [[nodiscard]] bool Stands(EdgeNumber edge) const;
  /// Its intervals as they were when the question began; `room` serves where there is but one.
  [[nodiscard]] std::span<const Interval> ValidityOf(EdgeNumber edge, Interval* room) const;

  /// To be called every few hundred nodes. False: the question must be asked anew.
  bool Rest();

  /// Lets writers in while `work` is done, which must not look at the graph: what memory is made room in is got from
  /// the system, which may take longer than a writer shall wait. As `Rest`.
  template <typename Work>
  bool WhileLetGo(Work&& work) {
    if (sharing_ == nullptr) {
      work();
      return true;
    }
    if (sharing_->lost) return false;
    sharing_->pause->Release();
    work();
    return Resumed(sharing_->pause->Again());
  }

  /// Lets writers in for good: from here on neither this nor the graph is looked at.
  void Release() {
    if (const auto sharing = std::move(sharing_)) sharing->pause->Release();
  }

  [[nodiscard]] const Graph& graph() const { return graph_; }
  [[nodiscard]] const Wanted& wanted() const { return wanted_; }
  /// Whether the flags alone decide on every edge.
  [[nodiscard]] bool plain() const { return !coarse_; }
  /// To be called a few nodes ahead of `ForEach`, when the node's block (`Adjacency::PrefetchBlock`) has come. What the
  /// node's edges must have to count, for `ForEachOf`, where that is so far known.
  [[gnu::always_inline]] std::uint32_t PrefetchList(const Adjacency& lists, NodeNumber node) const {
    const std::uint32_t flags = !coarse_ ? not_over_ : SureFlags(lists.SteadyAt(node));
    lists.PrefetchList(node, flags == 0);
    return flags;
  }
  /// Above every node that has an edge for this reader, and every field that there was.
  [[nodiscard]] std::uint32_t node_bound() const { return node_bound_; }
  [[nodiscard]] std::uint32_t edge_bound() const { return edge_bound_; }

 private:
  // What begins before the first and ends after the last surely counts, what begins after the second or ends before the
  // last surely not. As it is made, nothing is sure.
  struct Coarse {
    std::uint32_t surely_before = 0;
    std::uint32_t surely_not_after = ~0U;
    std::uint32_t surely_after = 0;
    std::uint16_t broadly_before = 0;
    std::uint16_t broadly_after = 0xFFFF;

    static Coarse Of(const Moment& moment) {
      const std::uint32_t last = CoarseTime(moment.until - 1);
      const std::uint32_t first = CoarseTime(moment.from);
      return {last, last, first, BroadTime(last), BroadTime(first)};
    }
  };
  enum class Answer : std::uint8_t { kNo, kYes, kUnsure };
  // What coarse time says of an edge of a list that has stands, where it is not that it surely counts.
  [[nodiscard, gnu::noinline]] Answer ElseOf(const CoarseStands& stands) const {
    const std::uint32_t ended = stands.last.until & ~1U;
    // The last ended at `ended` or a step after.
    if (Of(stands.first) == Answer::kUnsure || ended == (coarse_->surely_after & ~1U)) return Answer::kUnsure;
    if (Of({stands.last.from, ended}) == Answer::kUnsure) return Answer::kUnsure;
    const bool more = (stands.last.until & 1) != 0;
    const bool between = more && stands.first.from < coarse_->surely_before && ended > coarse_->surely_after;
    return between ? Answer::kUnsure : Answer::kNo;
  }
  // The flags of a list's edges that count, where flags alone decide, else none. Which of the two reasons it is there
  // is no guessing, so no branch hangs on it; where both hold they say the same.
  [[nodiscard]] std::uint32_t SureFlags(const Steady& steady) const {
    const std::uint32_t settled = 0U - static_cast<std::uint32_t>(steady.settled < coarse_->surely_after);
    const std::uint32_t all = 0U - (static_cast<std::uint32_t>(steady.all_from < coarse_->broadly_before) &
                                    static_cast<std::uint32_t>(steady.all_until > coarse_->broadly_after));
    return (settled & not_over_) | (all & wanted_flags_);
  }
  // Of any edge, without a branch that depends on whether it has ended.
  [[nodiscard]] Answer Coarsely(const Adjacency::List& list, std::uint32_t i) const {
    if (list.stands == nullptr) return Of({list.begun[i], ~0U});
    const CoarseStands& stands = list.stands[i];
    const std::uint32_t ended = stands.last.until & ~1U;
    const int in_first = static_cast<int>(stands.first.from < coarse_->surely_before) &
                         static_cast<int>(stands.first.until > coarse_->surely_after);
    const int in_last =
        static_cast<int>(stands.last.from < coarse_->surely_before) & static_cast<int>(ended > coarse_->surely_after);
    if ((in_first | in_last) != 0) return Answer::kYes;
    const int out_of_first = static_cast<int>(stands.first.from > coarse_->surely_not_after) |
                             static_cast<int>(stands.first.until < coarse_->surely_after);
    const int out_of_last = static_cast<int>(stands.last.from > coarse_->surely_not_after) |
                            static_cast<int>(ended < (coarse_->surely_after & ~1U));
    const int there_are_others = static_cast<int>(stands.last.until & 1);
    if ((out_of_first & out_of_last & ~there_are_others) != 0) return Answer::kNo;
    return ElseOf(stands);
  }
  [[nodiscard]] Answer Of(const CoarseInterval& one) const {
    if (one.from < coarse_->surely_before && one.until > coarse_->surely_after) return Answer::kYes;
    return one.from > coarse_->surely_not_after || one.until < coarse_->surely_after ? Answer::kNo : Answer::kUnsure;
  }
  static constexpr std::uint32_t kEdgesPerRest = 1024;

  // By set of classes, the sets of flags of their edges, a bit for each: over, class (two bits), ends.
  static constexpr std::array<std::uint32_t, 8> FlagsOf(bool over) {
    std::array<std::uint32_t, 8> out{};
    const std::uint32_t of_first = over ? 0x0303 : 0x0101;
    for (std::uint32_t classes = 0; classes < out.size(); ++classes) {
      for (std::uint32_t one = 0; one < 3; ++one) out[classes] |= (classes >> one & 1) * (of_first << (2 * one));
    }
    return out;
  }
  static const std::array<std::uint32_t, 8> kNotOver;
  static const std::array<std::uint32_t, 8> kAny;

  // Edges that come meanwhile are not of this question.
  template <typename Visit>
  [[gnu::noinline]] bool VisitRest(bool up, NodeNumber node, std::uint32_t count, Visit& visit) {
    for (std::uint32_t at = kEdgesPerRest; at < count; at += kEdgesPerRest) {
      if (!Rest()) return false;
      VisitSome((up ? graph_.in() : graph_.out()).At(node), at, std::min(count, at + kEdgesPerRest), visit);
    }
    return true;
  }

  template <typename Visit>
  [[gnu::always_inline]] void VisitSome(const Adjacency::List& list, std::uint32_t begin, std::uint32_t end,
                                        Visit& visit) const {
    const std::uint32_t flags = !coarse_ ? not_over_ : SureFlags(list.steady);
    if (flags != 0) {
      for (std::uint32_t i = begin; i < end; ++i) {
        const std::uint32_t entry = list.nodes[i];
        if ((flags >> (entry >> neighbour::kFlagShift) & 1) == 0) continue;
        visit(entry & neighbour::kNode, list.edges[i], ClassIn(entry));
      }
      return;
    }
    for (std::uint32_t i = begin; i < end; ++i) {
      const std::uint32_t entry = list.nodes[i];
      if ((wanted_flags_ >> (entry >> neighbour::kFlagShift) & 1) == 0) continue;
      const Answer coarse = exact_ ? Answer::kUnsure : Coarsely(list, i);
      if (coarse == Answer::kNo || (coarse == Answer::kUnsure && !Stands(list.edges[i]))) continue;
      visit(entry & neighbour::kNode, list.edges[i], ClassIn(entry));
    }
  }

  // After writers may have come in.
  bool Resumed(bool still_there);

  static EdgeClass ClassIn(std::uint32_t entry) { return static_cast<EdgeClass>(entry >> neighbour::kClassShift & 3U); }

  // What is needed where writers come in between.
  struct Sharing {
    Pause* pause;
    std::shared_ptr<const void> entered;
    std::size_t undo_read;
    bool lost = false;                                                   // The graph is gone.
    boost::unordered_flat_map<EdgeNumber, std::vector<Interval>> was{};  // What they changed, as it was.
  };

  const Graph& graph_;
  Wanted wanted_;
  std::unique_ptr<Sharing> sharing_;  // Null where none do.
  std::uint32_t edge_bound_;
  std::uint32_t node_bound_;
  // A bit for each set of flags: of edges that are not over, and of all.
  std::uint32_t not_over_;
  std::uint32_t wanted_flags_;
  std::optional<Coarse> coarse_;  // None where the flags alone decide.
  bool exact_ = false;            // The flags and coarse times may lie: nothing is sure.
};

inline constexpr std::array<std::uint32_t, 8> GraphReader::kNotOver = FlagsOf(false);
inline constexpr std::array<std::uint32_t, 8> GraphReader::kAny = FlagsOf(true);

}  // namespace cairn
