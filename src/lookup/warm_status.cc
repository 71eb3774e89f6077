#include "lookup/warm_status.h"

#include <fmt/format.h>
#include <simdjson.h>
#include <unistd.h>

#include "base/json.h"

namespace cairn {
namespace {

std::string StatusPath(const std::string& location) { return JoinPath(location, "warm.json"); }
std::string LockPath(const std::string& location) { return JoinPath(location, "warm.lock"); }

struct Number {
  const char* name;
  std::uint64_t WarmProgress::*number;
};
constexpr Number kNumbers[] = {{"total", &WarmProgress::total},         {"done", &WarmProgress::done},
                               {"loaded", &WarmProgress::loaded},       {"fresh", &WarmProgress::fresh},
                               {"not_found", &WarmProgress::not_found}, {"failed", &WarmProgress::failed},
                               {"skipped", &WarmProgress::skipped}};

}  // namespace

Result<std::unique_ptr<WarmStatusFile>> WarmStatusFile::Begin(FileSystem& files, const std::string& location) {
  if (Status made = files.MakeDirs(location); !made.ok()) return made;
  auto lock = files.OpenLock(LockPath(location));
  if (!lock) return lock.error();
  if (Status taken = (*lock)->TryLock(); !taken.ok()) {
    if (taken.code() != StatusCode::kUnavailable) return taken;
    const auto other = Read(files, location);
    const std::string who = other && *other ? fmt::format(" (process {}, {} of {} done)", (*other)->pid,
                                                          (*other)->progress.done, (*other)->progress.total)
                                            : "";
    return Status(StatusCode::kAlreadyExists, "this cache is being warmed already" + who);
  }
  return std::unique_ptr<WarmStatusFile>(new WarmStatusFile(files, StatusPath(location), *std::move(lock)));
}

Status WarmStatusFile::Write(const WarmProgress& progress, const std::string& ended) {
  std::string text = fmt::format("{{\"pid\":{}", ::getpid());
  for (const Number& one : kNumbers) text += fmt::format(",\"{}\":{}", one.name, progress.*one.number);
  text += fmt::format(",\"ended\":{}}}\n", JsonString(ended));
  return WriteFileDurably(files_, path_, text);
}

Result<std::optional<WarmStatus>> WarmStatusFile::Read(FileSystem& files, const std::string& location) {
  auto text = files.Read(StatusPath(location));
  if (!text) {
    if (text.error().code() == StatusCode::kNotFound) return std::optional<WarmStatus>();
    return text.error();
  }
  auto lock = files.OpenLock(LockPath(location));
  if (!lock) return lock.error();
  const bool is_running = (*lock)->TryLock().code() == StatusCode::kUnavailable;
  if (!is_running) {
    (*lock)->Unlock();
    // It may have ended just now, and this is its last word.
    text = files.Read(StatusPath(location));
    if (!text) return text.error();
  }
  WarmStatus out;
  simdjson::dom::parser parser;
  const simdjson::padded_string padded(*text);
  simdjson::dom::object object;
  std::string_view ended;
  bool is_read = parser.parse(padded).get(object) == simdjson::SUCCESS &&
                 object["pid"].get(out.pid) == simdjson::SUCCESS && object["ended"].get(ended) == simdjson::SUCCESS;
  for (const Number& one : kNumbers) {
    is_read = is_read && object[one.name].get(out.progress.*one.number) == simdjson::SUCCESS;
  }
  if (!is_read) return Status(StatusCode::kDataLoss, StatusPath(location) + " is no state of a warming");
  out.ended = ended;
  out.is_running = is_running;
  return std::optional<WarmStatus>(std::move(out));
}

}  // namespace cairn
