#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "fault_file_system.h"
#include "log/log.h"
#include "log/log_for_test.h"
#include "step_clock.h"
#include "temp_dir.h"

namespace cairn {

/// For the tests of `Log` only: a store of nothing but a log, on a disk that fails and forgets.
class LogTest : public testing::Test {
 public:
  LogTest() { Begin(); }

  /// An empty store.
  void Begin() {
    files_.reset();
    std::filesystem::remove_all(dir_);
    std::filesystem::create_directories(dir_ + "/log");
    Remount();
  }
  /// What stands now counts as durable.
  void Remount() {
    files_.reset();
    files_ = std::make_unique<FaultFileSystem>(dir_);
  }

  [[nodiscard]] std::string SegmentPath(std::uint64_t first) const {
    return dir_ + "/log/" + SegmentName({first}) + ".jsonl";
  }
  [[nodiscard]] std::vector<std::string> Segments() const { return *FileSystem::Default()->List(dir_ + "/log"); }
  void WriteBytes(std::uint64_t segment, std::string_view bytes) { WriteFileBytes(SegmentPath(segment), bytes); }
  void AppendBytes(std::uint64_t segment, std::string_view bytes) {
    WriteBytes(segment, ReadFileBytes(SegmentPath(segment)) + std::string(bytes));
  }
  [[nodiscard]] std::string Torn() const {
    std::string out;
    if (!std::filesystem::exists(dir_ + "/torn")) return out;
    for (const auto& entry : std::filesystem::directory_iterator(dir_ + "/torn")) out += ReadFileBytes(entry.path());
    return out;
  }
  static TestLog Continue(const LogTail& tail) {
    TestLog out;
    out.next = {tail.last.value + 1};
    out.crc = tail.crc;
    return out;
  }

  void FailNext(DiskOp op, std::string path_part = "", bool keeps_failing = false) {
    files_->Fail({op, 1, std::move(path_part), {StatusCode::kUnavailable, "injected"}, keeps_failing});
  }

  /// What a process reads that opens the store now, as the repository reads it: each segment up to where the next
  /// begins.
  std::vector<std::string> Replay();
  /// The first part of that: all but the newest segment, whose first sequence number is returned.
  Seq ReadClosed(LogTail* tail, const BatchVisitor& visit) const;

 protected:
  friend class LogProcess;

  TempDir temp_;
  const std::string dir_ = temp_.Sub("store");
  std::unique_ptr<FaultFileSystem> files_;
  StepClock clock_;
};

struct LogProcessOptions {
  Sync sync = Sync::kAlways;
  std::uint64_t segment_bytes = 1 << 20;
  bool read_only = false;
  std::uint64_t room_bytes = 0;
  std::uint64_t room_after = 0;
  FileSystem* files = nullptr;  ///< Null: the test's.
};

/// A process that has the store open: it knows nothing of the others but what the disk says.
class LogProcess {
 public:
  /// `segment` is where it begins to read; 0: it reads all but the newest segment here, as a repository does.
  explicit LogProcess(LogTest& test, const LogProcessOptions& options = {}, Seq segment = {0}, Clock* clock = nullptr)
      : files_(options.files != nullptr ? *options.files : *test.files_),
        control_(*ControlFile::Open(files_, test.dir_ + "/LOCK", options.read_only)) {
    LogTail tail;
    if (segment.value == 0) segment = test.ReadClosed(&tail, Visits().Visitor());
    LogOptions log_options;
    log_options.sync = options.sync;
    log_options.segment_bytes = options.segment_bytes;
    log_options.read_only = options.read_only;
    log_options.room_bytes = options.room_bytes;
    log_options.room_after = options.room_after;
    log_ = std::move(
        *Log::Open(files_, clock != nullptr ? *clock : test.clock_, test.dir_, log_options, *control_, segment, tail));
  }

  [[nodiscard]] Log& log() { return *log_; }
  [[nodiscard]] ControlFile& control() { return *control_; }

  std::vector<std::string> Follow() {
    Visits visits;
    const Status status = log_->Follow(visits.Visitor());
    EXPECT_TRUE(status.ok()) << status;
    return visits.seen;
  }
  Status FollowStatus() { return log_->Follow(Visits().Visitor()); }
  std::vector<std::string> Lock() {
    Visits visits;
    const Status status = log_->Lock(visits.Visitor());
    EXPECT_TRUE(status.ok()) << status;
    return visits.seen;
  }
  void Unlock() { log_->Unlock(); }

  /// Appends one batch of so many records, as a commit does.
  Status Append(std::uint64_t count) {
    Visits visits;
    if (Status status = log_->Lock(visits.Visitor()); !status.ok()) return status;
    std::vector<std::string> records;
    for (std::uint64_t i = 1; i <= count; ++i) records.push_back(TestRecord(log_->tail().last.value + i));
    const std::vector<std::string_view> views(records.begin(), records.end());
    auto batch = log_->Append(views);
    log_->Unlock();
    return batch.status();
  }
  void AppendEach(std::initializer_list<std::uint64_t> counts) {
    for (const std::uint64_t count : counts) ASSERT_TRUE(Append(count).ok());
  }
  Status Roll() {
    if (Status status = log_->Lock(Visits().Visitor()); !status.ok()) return status;
    Status status = log_->Roll();
    log_->Unlock();
    return status;
  }

 private:
  FileSystem& files_;
  std::unique_ptr<ControlFile> control_;
  std::unique_ptr<Log> log_;
};

inline Seq LogTest::ReadClosed(LogTail* tail, const BatchVisitor& visit) const {
  std::vector<Seq> firsts;
  for (const std::string& name : Segments()) {
    if (name.ends_with(kOpenSuffix)) firsts.push_back(SegmentFirst(name));
  }
  for (std::size_t i = 0; i + 1 < firsts.size(); ++i) {
    const Seq last{firsts[i + 1].value - 1};
    tail->offset = 0;
    ReadBatches(nullptr, ReadFileBytes(SegmentPath(firsts[i].value)), {last, last}, tail, visit);
  }
  tail->offset = 0;
  return firsts.empty() ? Seq{0} : firsts.back();
}

inline std::vector<std::string> LogTest::Replay() {
  Visits visits;
  LogTail tail;
  const Seq newest = ReadClosed(&tail, visits.Visitor());
  const Seq published = LogProcess(*this, {.read_only = true}).control().durable();
  if (newest.value != 0) {
    const std::string bytes = ReadFileBytes(SegmentPath(newest.value));
    ReadBatches(nullptr, bytes, {{~std::uint64_t{0}}, published}, &tail, visits.Visitor());
  }
  return visits.seen;
}

}  // namespace cairn
