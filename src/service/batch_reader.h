#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "service/byte_source.h"
#include "service/inputs.h"
#include "service/json_splitter.h"

namespace cairn {

/// Pieces of inputs that are handed over together, and the bytes that they point into.
class Batch {
 public:
  /// The pieces from `begin` on, up to the next one's, come from `path`.
  struct Origin {
    std::string path;
    std::size_t begin = 0;
  };

  std::vector<JsonPiece> pieces;
  std::vector<Origin> origins;

 private:
  friend class BatchReader;
  void Reset(std::size_t bytes_min);
  void Grow();

  std::unique_ptr<char[]> bytes_;
  std::size_t room_ = 0;
  std::size_t used_ = 0;
};

/// Reads inputs one after the other and cuts them into batches of about 1 MiB. An input that cannot be read is a piece
/// with an error on line 0; what came before stands. One thread at a time.
class BatchReader {
 public:
  BatchReader(Inputs inputs, const JsonSplitter::Options& splitting, const std::atomic<bool>* stop);

  /// Fills `batch`, whose content is given up. False when there is nothing more, or `stop` was set.
  bool Next(Batch& batch);

  [[nodiscard]] std::uint64_t files() const { return files_; }
  /// Bytes read, unpacked.
  [[nodiscard]] std::uint64_t bytes() const { return bytes_; }

 private:
  bool OpenNext(Batch& batch);
  void Close(Batch& batch, const Status& status);

  Inputs inputs_;
  JsonSplitter::Options splitting_;
  const std::atomic<bool>* stop_;
  std::size_t next_ = 0;
  std::unique_ptr<ByteSource> source_;
  std::unique_ptr<JsonSplitter> splitter_;
  std::string carried_;    // The beginning of a document that the batch before did not hold to its end.
  std::size_t begin_ = 0;  // Of what is not cut yet, in the batch's bytes.
  std::uint64_t files_ = 0;
  std::uint64_t bytes_ = 0;
};

}  // namespace cairn
