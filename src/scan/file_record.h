#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "cairn/record.h"
#include "extract/extracted.h"
#include "scan/method_table.h"
#include "scan/state_entry.h"

namespace cairn {

/// Kinds of the records that a scan makes (docs/scan.md).
inline constexpr std::string_view kKindFile = "file_metadata";
inline constexpr std::string_view kKindScan = "file_scan";

/// The part of a file's payload that follows from its bytes alone: `"metadata":{...}` or `"problem":{...}`.
std::string MetadataPart(std::string_view extracted_json);
std::string ProblemPart(const Status& problem);
/// The same part of a payload; empty where it has none.
std::string_view ContentPart(std::string_view payload);

struct FilePayload {
  const StateEntry* entry = nullptr;
  const ReadMethod* method = nullptr;
  std::string_view part;  ///< As above, or empty.
};
/// `{"state":"present","type":...,"size":...,"modified":...,"hash":...,"extractor":"jpeg/3","metadata":{...}}`
std::string PresentPayload(const FilePayload& file);
/// Of a file that could not be read at all.
std::string UnreadablePayload(const StateEntry& entry, const Status& problem);
std::string LinkPayload(std::string_view target);
/// `renamed_to`: paths where the same content appeared.
std::string RemovedPayload(std::string_view reason, const std::vector<std::string>& renamed_to);
/// Of a folder; `problem` empty where it can be read again.
std::string FolderPayload(std::string_view problem);

struct RecordFrame {
  std::string tenant;
  std::string run_id;
};
/// A record about the file at `path`. `why` it was made goes into `extras`; empty for none.
std::string FileRecord(const RecordFrame& frame, std::string_view path, Timestamp now, std::string payload,
                       std::string_view why);
/// `schema_snapshot` and `statistics_snapshot` of the tables in a file: of the dataset with the file's name, or, where
/// a table has a name, with that behind a `#`.
std::vector<std::string> TableRecords(const RecordFrame& frame, std::string_view path, Timestamp now,
                                      const std::vector<Table>& tables);

/// The payload of a `contents` record: the datasets of the tables in a file, and the files in an archive, of these the
/// first `kMembersMax`: more would be more nodes than all files of many trees, and their listing is in `file_metadata`.
std::string ContentsPayload(std::string_view path, const std::vector<Table>& tables,
                            const std::vector<Child>& children);
inline constexpr std::size_t kMembersMax = 1000;
inline constexpr std::string_view kContentsNone = R"({"contains":[]})";
std::string ContentsRecord(const RecordFrame& frame, std::string_view path, Timestamp now, std::string payload);

}  // namespace cairn
