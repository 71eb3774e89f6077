#pragma once

#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/file_system.h"
#include "cairn/repository.h"
#include "step_clock.h"
#include "store/embedded.h"

namespace cairn {

/// What tests of damage do to the files of a closed store.

inline std::string ReadBytes(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

inline void WriteBytes(const std::string& path, std::string_view bytes) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
}

/// `to` becomes a copy of the store `from`; what stood there is gone.
inline void CopyStore(const std::string& from, const std::string& to) {
  std::filesystem::remove_all(to);
  std::filesystem::create_directories(to);
  std::filesystem::copy(from, to, std::filesystem::copy_options::recursive);
}

/// The files of the store's log whose name ends so, sorted by name, so by first sequence number.
inline std::vector<std::string> LogFiles(const std::string& store, std::string_view suffix) {
  std::vector<std::string> out;
  auto names = FileSystem::Default()->List(store + "/log");
  if (!names) return out;
  for (const std::string& name : *names) {
    if (name.ends_with(suffix)) out.push_back(store + "/log/" + name);
  }
  return out;
}

/// What the published sequence number is after a reboot that lost it.
inline void ForgetPublished(const std::string& store) {
  WriteBytes(store + "/LOCK", std::string(std::filesystem::file_size(store + "/LOCK"), '\0'));
}

/// Everything that was cut off as torn.
inline std::string TornBytes(const std::string& store) {
  std::string out;
  if (!std::filesystem::exists(store + "/torn")) return out;
  for (const auto& entry : std::filesystem::directory_iterator(store + "/torn"))
    out += ReadBytes(entry.path().string());
  return out;
}

/// Opens a store on `files` with a clock of its own; nothing happens in the background.
struct OpenedStore {
  std::unique_ptr<StepClock> clock;
  std::unique_ptr<Repository> repository;
  Status status;
};

inline OpenedStore OpenStoreOn(FileSystem& files, const std::string& path, StoreOptions options) {
  options.seal = false;
  options.threads = 1;
  OpenedStore out;
  out.clock = std::make_unique<StepClock>();
  auto opened = OpenEmbedded(path, options, {&files, out.clock.get()});
  out.status = opened.status();
  if (opened) out.repository = std::move(*opened);
  return out;
}

}  // namespace cairn
