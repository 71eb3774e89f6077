#pragma once

#include <memory>

#include "cli/session.h"
#include "service/file_service.h"

namespace cairn {

/// Opens the store that is configured for questions about files.
Result<std::unique_ptr<FileService>> OpenFiles(Session& session);

/// `cairn history FILE`.
int RunFileHistory(Session& session, const std::string& file);

}  // namespace cairn
