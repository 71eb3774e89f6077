#pragma once

#include <memory>
#include <string>

#include "cli/session.h"
#include "service/file_service.h"

namespace cairn {

/// Opens the store that is configured for questions about files.
Result<std::unique_ptr<FileService>> OpenFiles(Session& session);

// What is asked of files by a word that is asked of nodes, too.

/// `cairn history FILE`.
int RunFileHistory(Session& session, const std::string& file);
/// `cairn why FILE`. `links`: record, skip or follow, as it was scanned.
int RunFileWhy(Session& session, const std::string& file, const std::string& links);
/// `cairn diff FILE`; 0: the newest version, and the one before the other.
int RunFileDiff(Session& session, const std::string& file, std::size_t before, std::size_t after);

}  // namespace cairn
