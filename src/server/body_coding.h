#pragma once

#include <cstddef>
#include <string_view>

#include "cairn/status.h"
#include "server/http_message.h"
#include "server/http_parser.h"

namespace cairn {

/// Unpacks the body of a request by its Content-Encoding: gzip, deflate, zstd, identity. Never makes more than
/// `bytes_max`. Returns UNIMPLEMENTED for another coding, RESOURCE_EXHAUSTED where it would be longer, INVALID_ARGUMENT
/// where the bytes are broken or cut off.
Status UnpackBody(HttpParser& request, std::size_t bytes_max);

/// Packs an answer that is worth it, with what the peer takes: zstd, else gzip.
void PackBody(std::string_view accept_encoding, ServerResponse& response);

}  // namespace cairn
