#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "cairn/repository.h"
#include "cairn/status.h"

namespace cairn {

/// Whether bodies are packed with zstd on their way to the service and back.
enum class Packing : std::uint8_t {
  kAuto,  ///< Unless the service is on this machine.
  kOn,
  kOff,
};

/// How a service is spoken to.
struct RemoteOptions {
  /// Sent as `Authorization: Bearer TOKEN`; empty: none. Never logged, nor a part of any message.
  std::string token;
  /// PEM file of the authorities that a TLS certificate is held against; empty: the system's.
  std::string ca_file;
  std::chrono::milliseconds connect_timeout{5'000};
  /// Of one request, answer included. What reads or folds the whole log (`Verify`, `Rebuild`, `Seal`, `Dump`) may take
  /// an hour.
  std::chrono::milliseconds request_timeout{60'000};
  /// How long a store is tried again while the service cannot be reached or asks to come later; then UNAVAILABLE.
  std::chrono::milliseconds store_patience{30'000};
  /// The same for a question.
  std::chrono::milliseconds read_patience{5'000};
  /// The longest pause between two tries, doubled up to this from 50 ms and drawn at random below (full jitter).
  std::chrono::milliseconds backoff_max{2'000};
  /// Connections that are kept while nothing is asked. Any number of threads may ask at once.
  std::size_t connections = 8;
  /// `BulkStore` sends at most so much at once, each a commit of its own.
  std::size_t body_bytes = std::size_t{4} << 20;
  std::size_t body_records = 10'000;
  Packing packing = Packing::kAuto;
};

/// The repository behind a service (`cairn serve`): `http://127.0.0.1:8137`, `https://cairn.example.org/base`,
/// `unix:/run/cairn.sock`. It keeps every promise of `Repository`, and answers with the same codes and messages as one
/// that is opened in this process; beside those any method returns UNAVAILABLE where the service cannot be reached or
/// its answer was cut off (the message says what happened, and where), PERMISSION_DENIED where the token does not
/// suffice, UNAUTHENTICATED where it is none or the service's certificate is not trusted.
/// A request that failed on its way is sent again until the patience is over. That stores nothing twice, since the same
/// bytes are one record; `Stored::known` may then be true for what this call itself stored.
/// Connects when first asked. Any thread may call it; a forked child makes connections of its own.
/// Returns INVALID_ARGUMENT for what is no such address, or names a user or password (a token is given apart);
/// FAILED_PRECONDITION where libcurl is not installed.
Result<std::unique_ptr<Repository>> ConnectRepository(const std::string& address, const RemoteOptions& options = {});

/// Opens what `store` names: a service where it begins with `http://`, `https://` or `unix:` (`options` are not used
/// then), else a folder. Returns what `ConnectRepository` or `OpenRepository` returns.
Result<std::unique_ptr<Repository>> OpenStore(const std::string& store, const StoreOptions& options = {},
                                              const RemoteOptions& remote = {});

/// How a `RecordWriter` works. Sizes count the records' own bytes.
struct RecordWriterOptions {
  /// A batch is sent when it has so many records or bytes, or its first record is `linger` old.
  std::size_t batch_records = 1'000;
  std::size_t batch_bytes = std::size_t{1} << 20;
  std::chrono::milliseconds linger{20};
  /// Records that wait in memory, the batch under way included.
  std::size_t queue_bytes = std::size_t{64} << 20;
  enum class WhenFull : std::uint8_t { kBlock, kRefuse };
  WhenFull when_full = WhenFull::kBlock;
  /// Where records wait while the service is away; empty: in memory alone. One writer at a time has a folder; the next
  /// one of any process sends what it finds there first.
  std::string spill_folder;
  /// On disk at most; beyond it records wait in memory, and when that is full `when_full` holds.
  std::uint64_t spill_bytes = std::uint64_t{1} << 30;
  std::uint64_t spill_segment_bytes = std::uint64_t{16} << 20;
  /// The longest pause before the service is tried again, doubled up to this from 50 ms.
  std::chrono::milliseconds backoff_max{2'000};
  /// Told of each record that the service will never take, and why. Called on the writer's thread; short.
  std::function<void(std::string_view json, const Status& why)> on_refused;
};

/// What has become of the records of a `RecordWriter`, since it was opened.
struct RecordWriterStats {
  std::uint64_t added = 0;
  std::uint64_t stored = 0;  ///< Answered by the service, what it knew already included.
  std::uint64_t refused = 0;
  std::uint64_t spilled = 0;        ///< Written to disk.
  std::uint64_t waiting = 0;        ///< In memory.
  std::uint64_t waiting_bytes = 0;  ///< In memory.
  std::uint64_t on_disk_bytes = 0;  ///< With what frames them.
  bool is_away = false;             ///< The service could not be reached when it was last tried.
  Status last_error;                ///< Of the last try that failed.
};

/// Stores records in the background: `Add` returns at once, and a thread sends them in batches, in their order, again
/// and again until the service has answered. While the service is away they wait on disk.
/// Owned by whoever opened it; any thread may call it. After a crash of the process what was on disk is sent by the
/// next writer of the folder, and what was only in memory is gone: `Flush` says when nothing is. Nothing is stored
/// twice.
class RecordWriter {
 public:
  /// Best over a repository with a short `RemoteOptions::store_patience` (a second): the writer has its own.
  /// Returns UNAVAILABLE where another writer has the spill folder, or it cannot be used. What is damaged there is put
  /// to its folder `damaged`, and a torn tail is left out.
  static Result<std::unique_ptr<RecordWriter>> Open(std::shared_ptr<Repository> repository,
                                                    const RecordWriterOptions& options = {});
  RecordWriter(const RecordWriter&) = delete;
  RecordWriter& operator=(const RecordWriter&) = delete;
  /// As `Close`, with a second.
  ~RecordWriter();

  /// Takes a copy of one record or event. Returns RESOURCE_EXHAUSTED where the queue is full and `when_full` refuses,
  /// or the record alone is longer than the queue; FAILED_PRECONDITION after `Close`.
  Status Add(std::string_view json);

  /// Waits until every record added before is answered, `timeout` at most. Returns UNAVAILABLE where after that some
  /// wait on disk, and the rest is answered: nothing is lost with the process; DEADLINE_EXCEEDED where some still wait
  /// in memory.
  Status Flush(std::chrono::milliseconds timeout);

  /// Sends what waits, spills what is not answered after `timeout`, and ends the thread; a request under way is
  /// awaited. Returns as `Flush`; with DEADLINE_EXCEEDED the records that waited in memory are given up, and the
  /// message says how many. Calls after the first return the same.
  Status Close(std::chrono::milliseconds timeout);

  [[nodiscard]] RecordWriterStats Stats() const;

 private:
  struct Impl;
  explicit RecordWriter(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace cairn
