#pragma once

#include <atomic>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "scan/lazy_store.h"
#include "scan/method_table.h"
#include "scan/state_db.h"

namespace cairn {

/// The key of a result: what is the same in all of it has the same result.
ContentHash ResultKey(const ContentHash& content, const ReadMethod& method);

/// Results by key: of this scan in memory, of all time in the log, found through the state. Any thread.
class KnownResults {
 public:
  explicit KnownResults(LazyStore& store) : store_(store) {}

  /// The content part of a payload (see file_record.h). `state` is the calling thread's; null where results of earlier
  /// scans are not wanted. `hash_text` is what the payload must say of the content, in case that the state belongs to
  /// another store.
  std::optional<std::string> Find(const ContentHash& key, LazyStateDb* state, std::string_view hash_text);
  /// The state has results: until then it is not asked.
  void NoteInState() { in_state_.store(true, std::memory_order_relaxed); }
  /// The store is made by this scan: it is not asked, nor waited for, about files that the scan sees for the first
  /// time. Before any thread asks.
  void NoteNewStore() { is_new_store_ = true; }
  /// The record that says the same of that file already, and is the newest about it; a scan whose state was lost finds
  /// it.
  std::optional<std::uint64_t> Standing(const NodeKey& node, std::string_view payload);
  /// The payload of the newest `contents` record about a file; `kContentsNone` where it has none. `was_known`: an
  /// earlier scan, or an earlier look of this one, recorded the file.
  std::string Contents(const NodeKey& node, bool was_known);
  void Add(const ContentHash& key, std::string part);

 private:
  static constexpr std::size_t kBytesEach = 160;
  static constexpr std::size_t kBytesMax = std::size_t{4} << 20;

  LazyStore& store_;
  std::atomic<bool> in_state_ = false;
  bool is_new_store_ = false;
  std::mutex mutex_;
  std::map<ContentHash, std::string> recent_;  // Guarded by mutex_, as are those below.
  std::list<ContentHash> order_;               // Oldest first.
  std::size_t bytes_ = 0;                      // With what keeping one costs.
};

}  // namespace cairn
