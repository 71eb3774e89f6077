#pragma once

#include <string>

#include "server/http_message.h"

namespace cairn {

/// What one request is called in logs and answers: the trace id of its `traceparent` header (W3C Trace Context), else
/// its `X-Request-Id` if that is short and plain, else a number of our own. The same text goes back as `X-Request-Id`.
std::string RequestIdOf(const ServerRequest& request);

}  // namespace cairn
