#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cairn/repository.h"
#include "data.h"
#include "measure.h"
#include "rival_lmdb.h"
#include "rival_map.h"
#include "rival_sqlite.h"

namespace cairn::bench {

struct LabOptions {
  std::size_t records = 1'000'000;
  std::size_t repeat = 3;
};

/// What workloads work on: the records, and stores that several of them only read, each made when first asked for.
/// One thread at a time.
class Lab {
 public:
  /// Stores stand in `folder`.
  Lab(LabOptions options, std::string folder) : options_(options), folder_(std::move(folder)) {}

  [[nodiscard]] const LabOptions& options() const { return options_; }
  const Dataset& data();

  /// A new, empty folder.
  std::string NewFolder();
  void Remove(const std::string& folder);

  /// A closed store of ours with all records as JSON lines.
  const std::string& UnsealedStore();
  /// A closed store of ours with all records, sealed, in segments of 64 MiB.
  const std::string& SealedStore();
  /// Rivals for reading, in the layouts that read fastest.
  SqliteRival& Sqlite();
  LmdbRival& Lmdb();
  MapRival& Map();

 private:
  LabOptions options_;
  std::string folder_;
  std::size_t folders_ = 0;
  std::optional<Dataset> data_;
  std::string unsealed_;
  std::string sealed_;
  std::optional<SqliteRival> sqlite_;
  std::optional<LmdbRival> lmdb_;
  std::optional<MapRival> map_;
};

/// Options of a store whose segments stay JSON lines.
StoreOptions Unsealed();

std::unique_ptr<Repository> OpenStore(const std::string& path, const StoreOptions& options = {});

/// The seconds in which `store` takes all of `data` in batches of 1,000 from `callers` threads. Ends the process where
/// a record is refused, or where it is not as `known` says that all of them are.
double IngestInto(Repository& store, const Dataset& data, std::size_t callers, bool known = false);

inline NodeView NodeOf(const Series& series) { return {"", kTypeDataset, series.ns, series.name}; }

/// Repeats `pass` up to `repeat` times, as long as it is cheap: one of more than 15 s is not repeated.
class Passes {
 public:
  /// Runs `pass`, which returns what it measured, unless enough was spent on it.
  void Run(const std::function<double()>& pass);
  [[nodiscard]] Spread spread() const { return SpreadOf(values_); }

 private:
  std::vector<double> values_;
  bool slow_ = false;
};

}  // namespace cairn::bench
