#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "view/names.h"
#include "view/postings.h"

namespace cairn {

/// The facts of one kind about one node.
struct Series {
  std::uint32_t kind = 0;
  std::uint32_t node = 0;
  std::uint32_t next_of_node = NumberSet::kNone;  ///< The node's next series.
  bool is_latest_open = false;                    ///< The only one in unsealed segments is `latest`.
  std::uint32_t count = 0;    ///< Of its facts: what is beyond 4,294,967,295 is not counted.
  std::uint32_t records = 0;  ///< Of them, those that are no facet.
  std::int64_t first_produced = 0;
  Posting latest;

  /// Those in unsealed segments. Most series have one, which is `latest`, and no list.
  [[nodiscard]] OpenPostings open() const {
    return list_ ? list_->View() : OpenPostings{{&latest, is_latest_open ? 1U : 0U}, {}};
  }
  /// Counts a fact in.
  void Add(const Posting& posting);
  void Prune(Seq first, Seq last);
  void SetOpen(std::vector<Posting> postings);

 private:
  std::unique_ptr<PostingList> list_;
};

std::uint64_t HashSeries(std::string_view kind, const NodeView& node);

/// Every series, by (kind, node). One probe finds one.
class SeriesTable {
 public:
  [[nodiscard]] const Series* Find(std::string_view kind, const NodeView& node, const TextTable& kinds,
                                   const NodeTable& nodes) const;
  /// The number of a series, added where it is new; `added` says so. `hash` is its HashSeries.
  std::uint32_t Intern(std::string_view kind, const NodeView& node, std::uint64_t hash, TextTable& kinds,
                       NodeTable& nodes, bool* added);
  void Prefetch(std::uint64_t hash) const { set_.Prefetch(hash); }
  [[nodiscard]] std::uint32_t NumberOf(const Series& series) const {
    return static_cast<std::uint32_t>(&series - series_.data());
  }
  [[nodiscard]] Series& at(std::uint32_t number) { return series_[number]; }
  [[nodiscard]] const Series& at(std::uint32_t number) const { return series_[number]; }
  [[nodiscard]] std::uint32_t size() const { return set_.size(); }

 private:
  std::vector<Series> series_;
  NumberSet set_;
};

}  // namespace cairn
