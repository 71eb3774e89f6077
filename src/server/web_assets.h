#pragma once

#include <span>
#include <string_view>

namespace cairn {

/// A file of the web page as it was built, whole and packed.
struct WebAsset {
  std::string_view path;  ///< `/index.html`, `/assets/index-4f2a.js`.
  std::string_view content_type;
  std::string_view etag;  ///< Quoted, as the header has it.
  std::string_view plain;
  std::string_view gzip;    ///< Empty where packing saves nothing.
  std::string_view brotli;  ///< The same.
};

/// Made by the build (web/web.cmake). Empty in a build without the page.
std::span<const WebAsset> WebAssets();

}  // namespace cairn
