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

/// Whether Accept-Encoding names the coding, and not with `q=0`.
bool TakesCoding(std::string_view accept_encoding, std::string_view coding);

/// Packs an answer that is worth it and not packed already, with what the peer takes: zstd, else gzip.
void PackBody(std::string_view accept_encoding, ServerResponse& response);

}  // namespace cairn
