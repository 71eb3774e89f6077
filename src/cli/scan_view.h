#pragma once

#include <string>

#include "cli/session.h"
#include "produce/runner.h"
#include "scan/folder_reader.h"
#include "scan/scan_report.h"
#include "service/file_service.h"

namespace cairn {

/// Scans and files, printed for a person or a program.

/// `record`, `skip` or `follow`.
LinkPolicy ReadLinkPolicy(std::string_view text);

void PrintScanReport(Session& session, const ScanReport& report);
/// How the scan is that runs, or the last one was.
void PrintScanStatus(Session& session, const ScanStatus& status);
void PrintScanProblems(Session& session, const std::vector<ScanProblem>& problems);
void PrintSlowFiles(Session& session, const std::vector<SlowFile>& files);
/// What each worker did.
void PrintWorkers(Session& session, const RunnerStats& workers);
/// How far a scan is, in a line.
std::string ScanProgress(const ScanCounts& counts, double seconds);
/// The same as an object.
std::string ScanProgressEvent(const ScanCounts& counts, double seconds);

void PrintFileView(Session& session, const FileView& view);
void PrintFileReason(Session& session, const FileReason& reason);
void PrintFileVersions(Session& session, const FileVersions& versions);
void PrintFileDifference(Session& session, const FileDifference& difference);

}  // namespace cairn
