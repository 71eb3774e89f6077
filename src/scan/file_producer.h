#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/clock.h"
#include "produce/producer.h"
#include "produce/worker.h"
#include "scan/file_record.h"
#include "scan/folder_work.h"
#include "scan/known_results.h"

namespace cairn {

struct FileProducerOptions {
  std::size_t workers = 1;
  std::string state_folder;
  LinkPolicy links = LinkPolicy::kRecord;
  std::uint64_t hash_bytes_max = std::uint64_t{256} << 20;  ///< What is longer is hashed by samples.
  RecordFrame frame;
  /// Called before and after a file is read, with its path: tests change it there.
  std::function<void(const std::string&)> while_reading;
};

/// Reads files: hashes them, finds their type, takes the result that stands for that content or has a worker make one.
/// A `FileTask` in, a `FileFound` and records out; no records where what there is to say did not change.
class FileProducer : public Producer {
 public:
  /// Zygote, repository, methods and clock must outlive it.
  FileProducer(Zygote& zygote, KnownResults& results, MethodTable& methods, Clock& clock, FileProducerOptions options);

  std::string_view name() const override { return "cairn.scan"; }
  std::chrono::nanoseconds ExpectedCost(const ProduceRequest& request) const override;
  /// A file that cannot be read is an answer that says so. Returns ABORTED where it changed while it was read,
  /// UNAVAILABLE for a fault that may pass, CANCELLED when stopped.
  Result<Produced> Produce(const ProduceRequest& request, const ProduceContext& context) override;
  /// Those that need a worker are handed to it together.
  std::vector<Result<Produced>> ProduceAll(std::span<const ProduceRequest* const> requests,
                                           const ProduceContext& context) override;
  [[nodiscard]] std::size_t most_at_once() const override;

  /// The answer for a file that was given up for that reason.
  Produced GivenUp(const FileTask& task, const Status& why);

 private:
  struct Place {
    std::unique_ptr<Worker> worker;
    std::unique_ptr<LazyStateDb> state;
    std::unique_ptr<char[]> buffer;  // To hash with.
  };
  struct Reading;

  // The answer where there is no more to be done than that.
  std::optional<Result<Produced>> Begin(Reading& reading, const ProduceContext& context);
  std::optional<Result<Produced>> Open(Reading& reading);
  Status Identify(Reading& reading, const ProduceContext& context);
  // What is known of the same content read in the same way.
  bool FindKnown(Reading& reading, LazyStateDb& state);
  void Extract(std::span<Reading* const> readings, const ProduceContext& context);
  static Result<std::string> PartOf(Reading& reading, Worker::Answer answer);
  Result<Produced> Finish(Reading& reading);
  // Records of the tables in it, and of what it holds, where that is not what it held.
  void AddParts(const Reading& reading, Produced& out);
  Result<Produced> ReadLink(const FileTask& task, const std::string& path);
  Produced Answer(const FileTask& task, const std::string& path, std::shared_ptr<FileFound> found, std::string payload);

  KnownResults& results_;
  MethodTable& methods_;
  Clock& clock_;
  const FileProducerOptions options_;
  std::vector<Place> places_;
};

}  // namespace cairn
