#include "rival_append.h"

#include <fcntl.h>
#include <unistd.h>

#include "measure.h"
#include "scratch.h"

namespace cairn::bench {

AppendRival::AppendRival(const std::string& folder)
    : file_(::open((folder + "/append.jsonl").c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600)) {
  if (file_ < 0) Fail("opening a file to append to in " + folder);
}

AppendRival::~AppendRival() { ::close(file_); }

void AppendRival::Append(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(file_, bytes.data(), bytes.size());
    if (written < 0) Fail("appending");
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  if (::fdatasync(file_) != 0) Fail("syncing an append");
}

double AppendRival::Ingest(const Dataset& data) {
  const Stopwatch watch;
  for (std::size_t b = 0; b < data.batches(); ++b) Append(data.batch_lines(b));
  return watch.Seconds();
}

}  // namespace cairn::bench
