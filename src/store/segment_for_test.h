#pragma once

#include <gtest/gtest.h>

#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "log/batch_reader.h"
#include "log/line.h"
#include "log/seal.h"
#include "log/sealed_segment.h"
#include "record/parse.h"
#include "temp_dir.h"

namespace cairn {

/// For the tests of the store only: a segment of given records, one batch, in a folder of its own.
class TestSegment {
 public:
  TestSegment(Seq first, std::vector<std::string> records) : first_(first), records_(std::move(records)) {
    Seq seq = first;
    for (const std::string& record : records_) {
      const auto begin = static_cast<std::uint32_t>(bytes_.size());
      AppendRecordLine(bytes_, seq, "2026-01-10T05:00:01.000000000Z", record);
      locations_.push_back({begin, static_cast<std::uint32_t>(bytes_.size()) - begin - 1});
      ++seq.value;
    }
    lines_bytes_ = bytes_.size();
    (void)AppendCommitLine(bytes_, 0, first, {seq.value - 1}, 0);
    std::ofstream(path(), std::ios::binary) << bytes_;
  }

  [[nodiscard]] std::shared_ptr<OpenSegment> Open() const {
    auto segment = OpenSegment::Open(*FileSystem::Default(), path(), first_);
    EXPECT_TRUE(segment) << segment.status();
    return *segment;
  }
  /// Removes the lines.
  [[nodiscard]] std::shared_ptr<SealedSegment> Seal() const {
    const Status status =
        SealSegment(*FileSystem::Default(), temp_.path(), *Open(), bytes_.size(), {.frame_bytes = 300});
    EXPECT_TRUE(status.ok()) << status;
    auto segment = SealedSegment::Open(*FileSystem::Default(), temp_.path(), first_);
    EXPECT_TRUE(segment) << segment.status();
    return *segment;
  }
  /// What reading the log gives; valid as long as this segment.
  [[nodiscard]] LogBatch Batch() {
    padded_ = bytes_ + std::string(kJsonPadding, '\0');
    LogBatch batch;
    batch.segment = Open();
    batch.lines = std::string_view(padded_).substr(0, lines_bytes_);
    batch.first = first_;
    batch.last = {first_.value + records_.size() - 1};
    batch.end = bytes_.size();
    return batch;
  }

  [[nodiscard]] std::string path() const { return temp_.Sub(SegmentName(first_) + std::string(kOpenSuffix)); }
  [[nodiscard]] Seq first() const { return first_; }
  [[nodiscard]] const std::vector<std::string>& records() const { return records_; }
  [[nodiscard]] Location location(std::size_t i) const { return locations_[i]; }

 private:
  TempDir temp_;
  Seq first_;
  std::vector<std::string> records_;
  std::vector<Location> locations_;
  std::string bytes_;
  std::string padded_;
  std::size_t lines_bytes_ = 0;
};

}  // namespace cairn
