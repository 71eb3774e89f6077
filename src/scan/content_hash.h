#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "cairn/status.h"
#include "scan/state_entry.h"

namespace cairn {

struct HashedContent {
  ContentHash hash;
  bool sampled = false;
  std::string head;         ///< The first bytes, `kTypeHeadBytes` of them or all.
  std::uint64_t bytes = 0;  ///< Read.
};

/// XXH3-128 over all bytes of the file behind `fd`; where it is longer than `whole_max`, over 256 blocks of 64 KiB,
/// evenly spread, its size and its mtime. `buffer` is working memory, made here and kept by the
/// caller.
/// Returns UNAVAILABLE where it cannot be read, ABORTED where it is shorter than its stamp says, or what `keep_going`
/// returned.
Result<HashedContent> HashContent(int fd, const FileStamp& stamp, std::uint64_t whole_max,
                                  std::unique_ptr<char[]>& buffer, const std::function<Status()>& keep_going);

}  // namespace cairn
