#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/file_system.h"
#include "cairn/record.h"

namespace cairn {

/// How far a webhook has got, as its file keeps it.
struct WebhookProgress {
  Seq position;  ///< The first record that was not looked at yet, or is under way.
  /// The first record behind the batch that is under way, none being where it is 0: so that after a crash the same
  /// batch is sent again, under the same id.
  Seq batch_end;
  std::uint32_t failures = 0;    ///< Attempts at the batch that is under way.
  std::uint64_t records = 0;     ///< Delivered.
  std::uint64_t deliveries = 0;  ///< Batches.
  std::uint64_t failed = 0;      ///< Attempts, of all batches.
  std::uint64_t dead = 0;        ///< Batches that were given up.
  int last_status = 0;           ///< Of the last answer; 0: none came.
  std::optional<Timestamp> last_at;
  std::string last_error;  ///< Of the last attempt; empty: it was taken.
};

/// The members of a JSON object, without its braces.
std::string WebhookProgressJson(const WebhookProgress& progress);

/// Returns NOT_FOUND where there is no such file, DATA_LOSS where it cannot be read.
Result<WebhookProgress> ReadWebhookProgress(FileSystem& files, const std::string& path);
/// When it returns, the file is on the disk, whole.
Status WriteWebhookProgress(FileSystem& files, const std::string& path, const WebhookProgress& progress);

}  // namespace cairn
