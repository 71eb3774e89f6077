#pragma once

#include <string_view>

namespace cairn {

/// Whether the text names a service rather than a folder: it begins with `http://`, `https://` or `unix:`.
inline bool IsServiceAddress(std::string_view store) {
  return store.starts_with("http://") || store.starts_with("https://") || store.starts_with("unix:");
}

}  // namespace cairn
