#pragma once

#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/arena.h"
#include "produce/producer.h"
#include "scan/method_table.h"
#include "scan/state_entry.h"
#include "scan/walker.h"

namespace cairn {

/// A folder whose row of the state is to be written when all its files are done.
struct FolderWork {
  std::string path;
  Arena names{std::size_t{4} << 10};
  std::vector<StateEntry> entries;        ///< By name; names stand in `names`.
  std::vector<char> is_gone;              ///< As long as `entries`: not to be written after all.
  std::size_t pending = 0;                ///< Files under way.
  std::vector<Removal> removals;          ///< Of files that stood here.
  std::vector<std::string> lost_folders;  ///< Of folders that stood here, with all below them.
  std::string lost_reason;
  std::string problem;
  std::string problem_before;
};

/// A file to be read.
struct FileTask : ProduceDetail {
  std::shared_ptr<FolderWork> folder;
  std::size_t at = 0;  ///< Into its entries, which say how it was before.
  bool was_known = false;
  bool anew = false;  ///< Asked for: what earlier scans found is no answer.
  std::string why;
  FileKind kind = FileKind::kFile;
};

/// What was found out about it.
struct FileFound : ProduceDetail {
  StateEntry entry;  ///< Without its name.
  bool gone = false;
  bool extracted = false;  ///< By a worker, just now.
  bool reused = false;     ///< The result was known.
  bool is_problem = false;
  std::uint64_t bytes = 0;  ///< Read to hash it.
  ContentHash result_key;   ///< Zeros: nothing that others could use.
};

struct ComparedFolder {
  std::uint64_t unchanged = 0;
  std::shared_ptr<FolderWork> work;  ///< Null where nothing is to be done or written.
  std::vector<std::shared_ptr<FileTask>> tasks;
};

struct CompareOptions {
  bool force = false;  ///< Everything is read again.
  /// Only these names are looked at, where it is not null; the others stay as they are remembered.
  const std::set<std::string, std::less<>>* only = nullptr;
};

/// Why a known file is to be read again; empty where it is not.
std::string WhyAgain(const StateEntry& before, const Listed& now, const MethodTable& methods, bool force);

/// Holds a folder against what is remembered of it: what is to be read, and why; what is gone. Files that are as they
/// were cost a comparison of 40 bytes each.
ComparedFolder CompareFolder(const WalkedFolder& walked, const StoredFolder* stored, const MethodTable& methods,
                             const CompareOptions& options);

}  // namespace cairn
