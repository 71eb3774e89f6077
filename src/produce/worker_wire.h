#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace cairn {

/// Messages between broker, zygote and workers: 16 bytes of header, then the text, over a local stream socket; a
/// descriptor may go along.
struct WireHeader {
  std::uint32_t bytes = 0;  ///< Of the text.
  std::uint32_t code = 0;   ///< A request's kind, an answer's status.
  std::uint64_t value = 0;  ///< Of an answer: how many microseconds it took.
};

/// Kinds of requests to a worker. Answers may wait until those that follow at once are done too.
enum TaskKind : std::uint32_t { kLastTask, kTaskBeforeOthers };

/// False where the other side is gone. `fd` -1 for none.
bool SendMessage(int socket, const WireHeader& header, std::string_view text, int fd = -1);

/// Reads all of `bytes` into `out`; a descriptor that came along goes to `fd` (-1 for none), where that is not null.
/// False at the end of the stream.
bool ReceiveAll(int socket, char* out, std::size_t bytes, int* fd = nullptr);

/// A message with its text and its descriptor, as a rule by one call of the system: each brings a descriptor, so that
/// none is received together with the next. False as above, or where it is none.
bool ReceiveMessage(int socket, WireHeader& header, std::string& text, int& fd);

}  // namespace cairn
