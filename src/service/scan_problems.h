#pragma once

#include <string>
#include <vector>

#include "cairn/repository.h"

namespace cairn {

/// A file or folder of which the newest record says that it could not be read, in whole or part.
struct ScanProblem {
  std::string path;
  NodeKey node;
  Seq seq;  ///< Of that record.
  Timestamp since;
  std::string code;
  std::string reason;
  bool is_quarantined = false;  ///< It ended its workers: it is not tried again until it or its reader changes.
};

struct ScanProblemsSpec {
  std::string tenant;
  bool quarantined = false;  ///< Only those.
  std::size_t limit = 100;  ///< Records looked through for one page; those that hold no more are not among the answers.
  std::string cursor;
};

struct ScanProblems {
  std::vector<ScanProblem> problems;  ///< Newest first.
  std::string cursor;                 ///< Empty at the end.
};

/// Returns what `Repository::Query` does.
Result<ScanProblems> FindScanProblems(Repository& repository, const ScanProblemsSpec& spec);

/// `{"path","node","seq","since","code","reason","quarantined"}`
std::string ScanProblemJson(const ScanProblem& problem);

}  // namespace cairn
