#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "cairn/status.h"
#include "extract/extractor.h"
#include "produce/worker_limits.h"

namespace cairn {

/// What a worker is asked for.
struct ExtractRequest {
  std::string type;
  std::string file_name;
  std::uint64_t size = 0;
};

std::string EncodeExtractRequest(const ExtractRequest& request);

/// The job of the workers of a scan: runs the extractor for the type, answers with canonical JSON.
WorkerJob ExtractJob(const ExtractLimits& limits);

/// What workers of a scan have ready before the first file.
void PrepareExtractors();

}  // namespace cairn
