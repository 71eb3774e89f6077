#include "log/control.h"

#include <fmt/format.h>

#include <charconv>

namespace cairn {
namespace {

constexpr std::uint64_t kFormatVersion = 1;
constexpr std::uint64_t kPageBytes = 64;

// The first 64 bits of the random id that the system gave itself when the machine started.
std::uint64_t BootOf(FileSystem& files) {
  const auto id = files.Read("/proc/sys/kernel/random/boot_id");
  std::string digits = id ? *id : std::string();
  std::erase(digits, '-');
  std::uint64_t out = 0;
  constexpr std::size_t kDigits = 16;
  if (digits.size() < kDigits) return 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + kDigits, out, 16);
  return error == std::errc() && end == digits.data() + kDigits ? out : 0;
}

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
    control->boot_ = BootOf(files);
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

bool ControlFile::exact() const {
  const auto word = [&](std::size_t index) { return Word(index).load(std::memory_order_acquire); };
  return Known() && boot_ != 0 && word(kBoot) == boot_ && IsChecked(word(kDurable)) && IsChecked(word(kActive));
}

void ControlFile::Publish(Seq durable, Seq active) {
  Word(kVersion).store(kFormatVersion, std::memory_order_relaxed);
  Word(kMagic).store(kMagicWord, std::memory_order_release);
  Word(kActive).store(Checked(active.value), std::memory_order_release);
  Word(kDurable).store(Checked(durable.value), std::memory_order_release);
  Word(kBoot).store(boot_, std::memory_order_release);
}

}  // namespace cairn
