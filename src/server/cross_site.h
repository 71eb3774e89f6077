#pragma once

#include <optional>

#include "server/http_message.h"

namespace cairn {

/// Where nobody is asked for a token, any page that is open in a browser of this machine could ask too, from anywhere:
/// by a form or `fetch` (told by its `Origin`), or by a name of its own that it has led to this machine's address (DNS
/// rebinding, told by `Host`). Refuses what is asked for a host of the open net or by a page of another site; a host is
/// taken for near where it is an address, `localhost`, or a name without dots.
std::optional<ServerResponse> RefuseCrossSite(const ServerRequest& request);

}  // namespace cairn
