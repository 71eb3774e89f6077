#include "server/web_page.h"

#include <algorithm>
#include <array>

#include "server/body_coding.h"

namespace cairn {
namespace {

constexpr std::string_view kIndex = "/index.html";
constexpr std::string_view kHashed = "/assets/";
// Nothing but files of its own: no script or style within the page, no other origin.
constexpr std::string_view kPolicy =
    "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; object-src 'none'";
constexpr std::array<std::string_view, 5> kOfTheApi = {"api", "docs", "health", "metrics", "openapi.json"};
constexpr std::array<std::string_view, 8> kPages = {"", "search", "node", "run", "lineage", "cache", "scans", "signin"};

constexpr std::string_view kNoPage =
    "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>Cairn</title></head><body>\n"
    "<h1>Cairn</h1>\n<p>This program was built without its web page (-DCAIRN_WEB=OFF). The service answers all the "
    "same: <a href=\"/docs\">what can be asked</a>.</p>\n</body></html>\n";

std::string_view FirstSegment(std::string_view path) {
  path.remove_prefix(1);
  return path.substr(0, path.find('/'));
}

template <typename List>
bool Holds(const List& list, std::string_view text) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

ServerResponse FileOf(const WebAsset& asset, const ServerRequest& request) {
  ServerResponse response;
  response.content_type = asset.content_type;
  response.Set("ETag", std::string(asset.etag));
  // The name of a hashed file changes with its content.
  response.Set("Cache-Control",
               asset.path.starts_with(kHashed) ? "public, max-age=31536000, immutable" : "public, no-cache");
  response.Set("X-Content-Type-Options", "nosniff");
  response.Set("Referrer-Policy", "no-referrer");
  response.Set("Content-Security-Policy", std::string(kPolicy));
  response.Set("Cross-Origin-Opener-Policy", "same-origin");
  response.Set("Vary", "Accept-Encoding");
  if (request.Header("If-None-Match").find(asset.etag) != std::string_view::npos) {
    response.status = 304;
    return response;
  }
  const std::string_view accepted = request.Header("Accept-Encoding");
  if (!asset.brotli.empty() && TakesCoding(accepted, "br")) {
    response.Set("Content-Encoding", "br");
    response.body = asset.brotli;
  } else if (!asset.gzip.empty() && TakesCoding(accepted, "gzip")) {
    response.Set("Content-Encoding", "gzip");
    response.body = asset.gzip;
  } else {
    response.body = asset.plain;
  }
  return response;
}

}  // namespace

std::optional<ServerResponse> AnswerWebPage(const ServerRequest& request, std::span<const WebAsset> assets) {
  if (request.method() != "GET" && request.method() != "HEAD") return std::nullopt;
  const std::string_view path = request.target().substr(0, request.target().find('?'));
  if (!path.starts_with('/')) return std::nullopt;
  const std::string_view first = FirstSegment(path);
  if (Holds(kOfTheApi, first)) return std::nullopt;
  const auto named = [&](std::string_view name) {
    return std::find_if(assets.begin(), assets.end(), [&](const WebAsset& asset) { return asset.path == name; });
  };
  if (const auto file = named(path); file != assets.end()) return FileOf(*file, request);
  const bool is_file = path.starts_with(kHashed) || (first.size() + 1 == path.size() && first.find('.') != first.npos);
  const bool is_page = Holds(kPages, first) || request.Header("Accept").find("text/html") != std::string_view::npos;
  if (is_file || !is_page) return std::nullopt;
  if (const auto index = named(kIndex); index != assets.end()) return FileOf(*index, request);
  ServerResponse response;
  response.content_type = "text/html; charset=utf-8";
  response.Set("Content-Security-Policy", "default-src 'none'");
  response.body = kNoPage;
  return response;
}

}  // namespace cairn
