#include "log/control.h"

#include <fmt/format.h>

namespace cairn {
namespace {

constexpr std::uint64_t kFormatVersion = 1;
constexpr std::uint64_t kPageBytes = 64;

}  // namespace

Result<std::unique_ptr<ControlFile>> ControlFile::Open(FileSystem& files, const std::string& path, bool read_only) {
  auto control = std::unique_ptr<ControlFile>(new ControlFile);
  if (read_only) {
    auto size = files.Size(path);
    if (!size || *size < kPageBytes) return control;
    auto page = files.Map(path, kPageBytes);
    if (!page) return page.error();
    control->page_ = std::move(*page);
  } else {
    auto lock = files.OpenLock(path);
    if (!lock) return lock.error();
    control->lock_ = std::move(*lock);
    auto page = files.MapShared(path, kPageBytes);
    if (!page) return page.error();
    control->page_ = std::move(*page);
  }
  const std::uint64_t version = control->Word(kVersion).load(std::memory_order_acquire);
  if (control->Known() && version > kFormatVersion) {
    return Status(StatusCode::kFailedPrecondition,
                  fmt::format("{}: a newer version of Cairn wrote this store (format {}, this one reads {}); use that "
                              "version",
                              path, version, kFormatVersion));
  }
  return control;
}

void ControlFile::Publish(Seq durable, Seq active) {
  Word(kVersion).store(kFormatVersion, std::memory_order_relaxed);
  Word(kMagic).store(kMagicWord, std::memory_order_release);
  Word(kActive).store(Checked(active.value), std::memory_order_release);
  Word(kDurable).store(Checked(durable.value), std::memory_order_release);
}

}  // namespace cairn
