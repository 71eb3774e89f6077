#pragma once

#include <memory>
#include <span>
#include <vector>

#include "log/batch_reader.h"
#include "record/parse.h"
#include "view/views.h"

namespace cairn {

/// A batch of the log with what its records state.
struct ParsedLogBatch {
  LogBatch batch;
  std::shared_ptr<ParsedBatch> parsed;  ///< `parsed->records[i]` stands at `lines[i]`.
  struct Line {
    Seq seq;
    Location location;
  };
  std::vector<Line> lines;
  std::vector<Views::Keys> keys;      ///< keys[i] are those of the record at lines[i].
  std::vector<std::string> mistakes;  ///< Records whose checksum holds and which yet cannot be read.
};

ParsedLogBatch ParseLogBatch(const LogBatch& batch, RecordParser& parser);

/// Parses batches in several threads and hands them on in the order of the log. The thread that owns it submits and
/// takes; it helps with parsing rather than wait.
class ParsePipeline {
 public:
  using Sink = std::function<void(ParsedLogBatch&&)>;

  /// `threads` counts the calling one.
  ParsePipeline(std::size_t threads, Sink sink);
  ~ParsePipeline();
  ParsePipeline(const ParsePipeline&) = delete;
  ParsePipeline& operator=(const ParsePipeline&) = delete;

  void Submit(const LogBatch& batch);
  /// Returns when everything submitted went through the sink.
  void Drain();

 private:
  struct Unit;
  void Flush();
  void TakeOldest();
  void Work();
  static void Parse(Unit& unit, RecordParser& parser);

  struct Shared;
  std::unique_ptr<Shared> shared_;
  Sink sink_;
  RecordParser parser_;
};

}  // namespace cairn
