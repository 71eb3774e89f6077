#include "scan/scan_status.h"

#include <fmt/format.h>
#include <signal.h>
#include <simdjson.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>

#include "base/json.h"

namespace cairn {
namespace {

constexpr std::chrono::seconds kEvery(1);
// A scan that ends sooner says only how it ended: where little is to be read, more would cost a part of it.
constexpr std::chrono::milliseconds kFirstAfter(20);

std::string PathOf(const std::string& folder) { return JoinPath(folder, "status.json"); }
// Held by who writes it. Not the scan's own lock: a look at that would keep a scan from beginning.
std::string LockOf(const std::string& folder) { return JoinPath(folder, "status.lock"); }

std::string Roots(const std::vector<std::string>& roots) {
  std::string out;
  for (const std::string& root : roots) out += (out.empty() ? "" : ",") + JsonString(root);
  return "[" + out + "]";
}

struct Count {
  const char* name;
  std::uint64_t ScanReport::*count;
};
constexpr Count kCounts[] = {
    {"folders", &ScanReport::folders},     {"unchanged", &ScanReport::unchanged}, {"to_read", &ScanReport::to_read},
    {"read", &ScanReport::read},           {"added", &ScanReport::added},         {"changed", &ScanReport::changed},
    {"same", &ScanReport::same},           {"removed", &ScanReport::removed},     {"renamed", &ScanReport::renamed},
    {"extracted", &ScanReport::extracted}, {"reused", &ScanReport::reused},       {"problems", &ScanReport::problems},
    {"ignored", &ScanReport::ignored},     {"bytes", &ScanReport::bytes_hashed},  {"records", &ScanReport::records}};

bool Read(simdjson::dom::object object, ScanStatus* out) {
  std::string_view began;
  std::string_view ended;
  simdjson::dom::array roots;
  bool is_read = object["pid"].get(out->pid) == simdjson::SUCCESS &&
                 object["began_at"].get(began) == simdjson::SUCCESS &&
                 object["ended"].get(ended) == simdjson::SUCCESS && object["roots"].get(roots) == simdjson::SUCCESS &&
                 object["seconds"].get(out->report.seconds) == simdjson::SUCCESS;
  for (const Count& one : kCounts) {
    is_read = is_read && object[one.name].get(out->report.*one.count) == simdjson::SUCCESS;
  }
  if (!is_read) return false;
  for (const simdjson::dom::element root : roots) {
    std::string_view text;
    if (root.get(text) != simdjson::SUCCESS) return false;
    out->roots.emplace_back(text);
  }
  const auto time = ParseTimestamp(began);
  if (!time) return false;
  out->began = *time;
  out->ended = ended;
  return true;
}

}  // namespace

std::string ScanStatus::state() const { return is_running ? "running" : ended.empty() ? "its process is gone" : ended; }

std::string ScanStatusJson(const ScanStatus& status) {
  std::string out = fmt::format(R"({{"state":{},"running":{},"pid":{},"roots":{},"began_at":"{}","seconds":{:.3f})",
                                JsonString(status.state()), status.is_running, status.pid, Roots(status.roots),
                                FormatTimestamp(status.began), status.report.seconds);
  for (const Count& one : kCounts) out += fmt::format(",\"{}\":{}", one.name, status.report.*one.count);
  return out + "}";
}

Result<std::optional<ScanStatus>> ReadScanStatus(FileSystem& files, const std::string& state_folder) {
  const std::string path = PathOf(state_folder);
  if (!files.Exists(path)) return std::optional<ScanStatus>();
  // Where it may not be looked at, the process is asked for.
  auto lock = files.OpenLock(LockOf(state_folder));
  const bool is_held = lock && (*lock)->TryLock().code() == StatusCode::kUnavailable;
  if (lock && !is_held) (*lock)->Unlock();
  // After the look at the lock: where that is free, the last word stands.
  auto text = files.Read(path);
  if (!text) return text.error();
  ScanStatus out;
  simdjson::dom::parser parser;
  simdjson::dom::object object;
  const simdjson::padded_string padded(*text);
  if (parser.parse(padded).get(object) != simdjson::SUCCESS || !Read(object, &out)) {
    return Status(StatusCode::kDataLoss, path + " is no state of a scan");
  }
  const auto lives = [&out] { return ::kill(static_cast<pid_t>(out.pid), 0) == 0 || errno == EPERM; };
  out.is_running = out.ended.empty() && (lock ? is_held : lives());
  return std::optional<ScanStatus>(std::move(out));
}

ScanStatusWriter::ScanStatusWriter(const Scanner& scanner, std::string state_folder)
    : scanner_(scanner), state_folder_(std::move(state_folder)), began_(Clock::Default()->Now()), thread_([this] {
        std::unique_lock lock(mutex_);
        if (ended_.wait_for(lock, kFirstAfter, [this] { return is_ended_; })) return;
        auto held = FileSystem::Default()->OpenLock(LockOf(state_folder_));
        if (held && (*held)->Lock().ok()) lock_ = std::move(*held);
        do {
          Write(ReportOf(scanner_.Counts()), "");
        } while (!ended_.wait_for(lock, kEvery, [this] { return is_ended_; }));
      }) {}

ScanStatusWriter::~ScanStatusWriter() {
  if (!thread_.joinable()) return;
  Stop();
  Write(ReportOf(scanner_.Counts()), "stopped");
}

void ScanStatusWriter::Stop() {
  {
    const std::lock_guard lock(mutex_);
    is_ended_ = true;
  }
  ended_.notify_all();
  thread_.join();
}

void ScanStatusWriter::End(const Result<ScanReport>& report) {
  Stop();
  Write(report ? *report : ReportOf(scanner_.Counts()), !report           ? report.error().message()
                                                        : report->stopped ? "stopped"
                                                                          : "done");
}

void ScanStatusWriter::Write(const ScanReport& report, const std::string& ended) {
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begun_;
  std::string text =
      fmt::format(R"({{"pid":{},"roots":{},"began_at":"{}","seconds":{:.3f},"ended":{})", ::getpid(),
                  Roots(scanner_.options().roots), FormatTimestamp(began_), seconds.count(), JsonString(ended));
  for (const Count& one : kCounts) text += fmt::format(",\"{}\":{}", one.name, report.*one.count);
  text += "}\n";
  // Renamed into place, so that nobody reads a half; not synced: after a crash of the machine it says nothing that
  // matters.
  const std::string path = PathOf(state_folder_);
  const std::string temporary = path + ".new";
  std::ofstream file(temporary, std::ios::binary | std::ios::trunc);
  file << text;
  file.close();
  if (file.good()) (void)FileSystem::Default()->Rename(temporary, path);
}

}  // namespace cairn
