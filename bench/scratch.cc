#include "scratch.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <thread>

namespace cairn::bench {
namespace {

namespace fs = std::filesystem;

// What `EndProcess` removes; set once, before any other thread starts.
std::string& ScratchPath() {
  static std::string path;
  return path;
}

void Remove(const std::string& path) {
  std::error_code ignored;  // A folder that stays is no reason to lose the figures.
  if (!path.empty()) fs::remove_all(path, ignored);
}

// Signals are taken by a thread that waits for them: a handler may not remove folders.
void RemoveOnInterrupt() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::thread([signals] {
    int signal = 0;
    if (sigwait(&signals, &signal) == 0) EndProcess(128 + signal);
  }).detach();
}

}  // namespace

Result<Scratch> Scratch::Create(const std::string& parent) {
  std::error_code error;
  fs::create_directories(parent, error);
  if (error) return Status(StatusCode::kUnavailable, "making " + parent + ": " + error.message());
  struct statfs info {};
  if (::statfs(parent.c_str(), &info) != 0) {
    return Status(StatusCode::kUnavailable, "asking for the file system of " + parent + ": " + std::strerror(errno));
  }
  if (info.f_type == TMPFS_MAGIC || info.f_type == RAMFS_MAGIC) {
    return Status(StatusCode::kFailedPrecondition, parent + " is in memory; give a folder on a disk with --dir");
  }
  std::string path = fs::absolute(parent).string() + "/bench-XXXXXX";
  if (::mkdtemp(path.data()) == nullptr) {
    return Status(StatusCode::kUnavailable, "making a folder in " + parent + ": " + std::strerror(errno));
  }
  ScratchPath() = path;
  RemoveOnInterrupt();
  return Scratch(std::move(path));
}

Scratch::Scratch(Scratch&& other) noexcept : path_(std::move(other.path_)) { other.path_.clear(); }

Scratch::~Scratch() { Remove(path_); }

void EndProcess(int exit_code) {
  std::fflush(stdout);
  Remove(ScratchPath());
  std::_Exit(exit_code);
}

void Fail(std::string_view what) {
  std::fprintf(stderr, "cairn_bench: %.*s\n", static_cast<int>(what.size()), what.data());
  EndProcess(1);
}

void SettleDisk(const std::string& path) {
  const int folder = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder < 0) return;
  ::syncfs(folder);
  ::close(folder);
}

std::uintmax_t FolderBytes(const std::string& path) {
  std::uintmax_t bytes = 0;
  for (const auto& entry : fs::recursive_directory_iterator(path)) {
    if (entry.is_regular_file()) bytes += entry.file_size();
  }
  return bytes;
}

}  // namespace cairn::bench
