#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "cairn/repository.h"
#include "service/inputs.h"
#include "service/json_splitter.h"
#include "service/rejects.h"

namespace cairn {

struct IngestOptions {
  /// Callers of `BulkStore` at once: one's fdatasync overlaps the other's parsing. With 1, records stand in the order
  /// of the inputs; with more, batches of one input (about 1 MiB each) may change places.
  std::size_t threads = 2;
  /// Where refusals are kept.
  std::string rejects_path;
  JsonSplitter::Options splitting;
  /// Ends the ingest behind the batches under way; null for never.
  const std::atomic<bool>* stop = nullptr;
};

struct IngestReport {
  std::uint64_t stored = 0;
  std::uint64_t known = 0;  ///< Stood in the store already.
  std::uint64_t refused = 0;
  std::uint64_t warned = 0;  ///< Of those stored or known: not as their schema says, which only warns.
  std::uint64_t files = 0;
  std::uint64_t passed_over = 0;  ///< Files of folders that are no input by their name.
  std::uint64_t bytes = 0;        ///< Unpacked.
  std::vector<Refusal> refusals;  ///< The first `kRefusalsKept`.
  std::vector<Refusal> warnings;  ///< The same, of those that were stored.
  Status rejects;                 ///< Whether all refusals could be written to the rejects file.
  Status status;                  ///< Why the store took no more; ok where everything was offered to it.
  bool stopped = false;

  static constexpr std::size_t kRefusalsKept = 5;
};

/// Called between batches, by one thread at a time, with the counts so far.
using IngestProgress = std::function<void(const IngestReport&)>;

/// Puts every record and event of the inputs into the store. What is no record costs itself alone. When it
/// returns, what it counts as stored is durable. Doing it again stores nothing twice.
IngestReport Ingest(Repository& repository, Inputs inputs, const IngestOptions& options,
                    const IngestProgress& progress = {});

}  // namespace cairn
