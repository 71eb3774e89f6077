#pragma once

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/file_system.h"
#include "log/batch_reader.h"
#include "log/line.h"
#include "log/segment.h"

namespace cairn {

/// For the tests of the log only.

inline constexpr std::string_view kTestTime = "2026-01-10T05:00:01.000000000Z";

/// A record that the parser takes; another number makes another record.
inline std::string TestRecord(std::uint64_t number) {
  return R"({"kind":"ingestion_volume","target":{"namespace":"crm","name":"orders)" + std::to_string(number % 3) +
         R"("},"produced_at":"2026-01-10T05:00:00Z","producer_id":"test","context":{"run_id":"r)" +
         std::to_string(number % 2) + R"("},"payload":{"row_count":)" + std::to_string(number) + "}}";
}

/// The bytes of a segment, batch by batch, and where each batch stands in them.
struct TestLog {
  struct Batch {
    std::size_t begin;   ///< Of its first record line.
    std::size_t commit;  ///< Of its commit line.
    std::size_t end;
    Commit written;
  };

  std::string bytes;
  std::vector<Batch> batches;
  Seq next{1};
  std::uint32_t crc = 0;

  TestLog() = default;
  /// One batch for each number: so many records.
  TestLog(std::initializer_list<std::uint64_t> batch_sizes) {
    for (const std::uint64_t size : batch_sizes) Add(size);
  }

  void Add(std::uint64_t records) {
    Batch batch{bytes.size(), 0, 0, {}};
    const Seq first = next;
    for (std::uint64_t i = 0; i < records; ++i) {
      AppendRecordLine(bytes, next, kTestTime, TestRecord(next.value));
      ++next.value;
    }
    batch.commit = bytes.size();
    batch.written = AppendCommitLine(bytes, batch.begin, first, {next.value - 1}, crc);
    batch.end = bytes.size();
    crc = batch.written.crc;
    batches.push_back(batch);
  }

  /// The number of the batch that holds the byte at `offset`.
  [[nodiscard]] std::size_t BatchAt(std::size_t offset) const {
    std::size_t i = 0;
    while (batches[i].end <= offset) ++i;
    return i;
  }
  [[nodiscard]] std::string_view Lines(std::size_t batch) const {
    return std::string_view(bytes).substr(batches[batch].begin, batches[batch].commit - batches[batch].begin);
  }
  [[nodiscard]] Seq last() const { return {next.value - 1}; }
};

inline std::string ReadFileBytes(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

inline void WriteFileBytes(const std::string& path, std::string_view bytes) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
}

/// What was visited, as text: `1-2`, or `damaged 3-4: why`.
struct Visits {
  std::vector<std::string> seen;
  std::string lines;  ///< Of the good batches.

  [[nodiscard]] BatchVisitor Visitor() {
    return [this](const LogBatch& batch) {
      const std::string range = std::to_string(batch.first.value) + "-" + std::to_string(batch.last.value);
      seen.push_back(batch.damaged ? "damaged " + range + ": " + batch.what : range);
      lines += batch.lines;
    };
  }
};

/// Bytes that end at a page which may not be touched: reading beyond them ends the test.
class GuardedBytes {
 public:
  explicit GuardedBytes(std::string_view bytes) : size_(bytes.size()) {
    const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
    const std::size_t aligned = (size_ + 7) / 8 * 8;  // What is mapped begins at a multiple of 8.
    const std::size_t pages = (aligned + page - 1) / page * page;
    mapped_ = pages + page;
    base_ = static_cast<char*>(mmap(nullptr, mapped_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    if (base_ == MAP_FAILED) std::abort();
    if (mprotect(base_ + pages, page, PROT_NONE) != 0) std::abort();
    data_ = base_ + pages - aligned;
    std::memcpy(data_, bytes.data(), size_);
  }
  ~GuardedBytes() { munmap(base_, mapped_); }
  GuardedBytes(const GuardedBytes&) = delete;
  GuardedBytes& operator=(const GuardedBytes&) = delete;

  [[nodiscard]] char* data() const { return data_; }
  [[nodiscard]] std::size_t size() const { return size_; }

 private:
  std::size_t size_;
  std::size_t mapped_;
  char* base_;
  char* data_;
};

/// A disk of guarded files, to read only: for what opens files by mapping them.
class GuardedFiles final : public FileSystem {
 public:
  std::map<std::string, std::string> contents;

  Result<std::unique_ptr<Mapping>> Map(const std::string& path, std::uint64_t) override {
    const auto found = contents.find(path);
    if (found == contents.end()) return Missing(path);
    return std::unique_ptr<Mapping>(new GuardedMapping(found->second));
  }
  Result<std::uint64_t> Size(const std::string& path) override {
    const auto found = contents.find(path);
    if (found == contents.end()) return Missing(path);
    return std::uint64_t{found->second.size()};
  }
  Result<std::string> Read(const std::string& path) override {
    const auto found = contents.find(path);
    if (found == contents.end()) return Missing(path);
    return found->second;
  }
  bool Exists(const std::string& path) override { return contents.contains(path); }

  Result<std::unique_ptr<AppendFile>> OpenAppend(const std::string&, bool) override { return ReadOnly(); }
  Result<std::unique_ptr<Mapping>> MapShared(const std::string&, std::uint64_t) override { return ReadOnly(); }
  Result<std::unique_ptr<FileLock>> OpenLock(const std::string&) override { return ReadOnly(); }
  Result<std::vector<std::string>> List(const std::string&) override { return ReadOnly(); }
  Status MakeDirs(const std::string&) override { return ReadOnly(); }
  Status Rename(const std::string&, const std::string&) override { return ReadOnly(); }
  Status Remove(const std::string&) override { return ReadOnly(); }
  Status SyncDir(const std::string&) override { return ReadOnly(); }
  Result<std::string> NetworkKind(const std::string&) override { return std::string(); }

 private:
  class GuardedMapping final : public Mapping {
   public:
    explicit GuardedMapping(std::string_view bytes) : bytes_(bytes) {}
    [[nodiscard]] char* data() const override { return bytes_.data(); }
    [[nodiscard]] std::size_t size() const override { return bytes_.size(); }
    [[nodiscard]] Result<std::uint64_t> FileBytes() const override { return std::uint64_t{bytes_.size()}; }

   private:
    GuardedBytes bytes_;
  };

  static Status Missing(const std::string& path) { return {StatusCode::kNotFound, path}; }
  static Status ReadOnly() { return {StatusCode::kUnavailable, "a disk to read only"}; }
};

}  // namespace cairn
