#pragma once

#include <optional>
#include <span>

#include "server/http_message.h"
#include "server/web_assets.h"

namespace cairn {

/// The web page for a GET or HEAD that no route takes: one of its files, or for a path of a page the page itself, which
/// reads in the browser what it is about. Nothing for what belongs to the API, a file that is not there, and an unknown
/// path that is not asked for as HTML.
std::optional<ServerResponse> AnswerWebPage(const ServerRequest& request,
                                            std::span<const WebAsset> assets = WebAssets());

}  // namespace cairn
