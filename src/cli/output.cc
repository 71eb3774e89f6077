#include "cli/output.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

namespace cairn {
namespace {

constexpr std::size_t kBlockBytes = std::size_t{64} << 10;

std::size_t Columns(int fd) {
  const char* given = std::getenv("COLUMNS");
  const int columns = given != nullptr ? std::atoi(given) : 0;
  if (columns > 0) return static_cast<std::size_t>(columns);
  winsize size{};
  return ::ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

}  // namespace

Output::Output(int fd) : fd_(fd), terminal_(::isatty(fd) == 1) {
  if (terminal_) columns_ = Columns(fd);
}

void Output::Write(std::string_view text) {
  if (closed_) return;
  buffer_ += text;
  if (buffer_.size() >= kBlockBytes) Flush();
}

void Output::Line(std::string_view text) {
  Write(text);
  Write("\n");
}

void Output::Flush() {
  std::string_view rest = buffer_;
  while (!closed_ && !rest.empty()) {
    const ssize_t wrote = ::write(fd_, rest.data(), rest.size());
    if (wrote >= 0) {
      rest.remove_prefix(static_cast<std::size_t>(wrote));
    } else if (errno != EINTR) {
      closed_ = true;
      if (errno != EPIPE)
        status_ = Status(StatusCode::kUnavailable, std::string("cannot write the output: ") + std::strerror(errno));
    }
  }
  buffer_.clear();
}

int OutputBuffer::overflow(int c) {
  if (c == traits_type::eof()) return 0;
  const char byte = static_cast<char>(c);
  output_.Write({&byte, 1});
  return output_.closed() ? traits_type::eof() : c;
}

std::streamsize OutputBuffer::xsputn(const char* text, std::streamsize size) {
  output_.Write({text, static_cast<std::size_t>(size)});
  return output_.closed() ? 0 : size;
}

}  // namespace cairn
