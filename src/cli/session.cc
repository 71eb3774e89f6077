#include "cli/session.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdlib>

#include "cli/exit_code.h"
#include "cli/safe_text.h"
#include "obs/settings.h"

namespace cairn {
namespace {

std::string StorePath(const std::string& given) {
  if (!given.empty()) return given;
  const char* environment = std::getenv("CAIRN_STORE");
  return environment != nullptr && *environment != '\0' ? environment : "./metadata";
}

}  // namespace

Session::Session(const GlobalOptions& options)
    : options_(options),
      store_path_(StorePath(options.store)),
      out_(STDOUT_FILENO),
      err_(STDERR_FILENO),
      paint_(WantsColor(options.color, out_.terminal()) && !options.json),
      paint_err_(WantsColor(options.color, err_.terminal())) {}

Result<StoreOptions> Session::Settings() const {
  StoreOptions out;
  if (Status taken = TakeEnvironment([](const char* name) { return std::getenv(name); }, out); !taken.ok())
    return taken;
  for (const std::string& setting : options_.settings) {
    const std::size_t equals = setting.find('=');
    if (equals == std::string::npos) {
      return Status(StatusCode::kInvalidArgument,
                    fmt::format("--set {}: it is name=value; see `cairn help settings`", setting));
    }
    if (Status set = SetStoreSetting(setting.substr(0, equals), setting.substr(equals + 1), out); !set.ok()) return set;
  }
  return out;
}

Result<Service> Session::Open(bool create) {
  auto settings = Settings();
  if (!settings) return settings.error();
  settings->create = create;
  // A command that only asks leaves no work behind for its own end to wait for.
  settings->seal = settings->seal && create;
  return Service::Open(store_path_, *settings, options_.tenant);
}

int Session::Fail(const Status& status) {
  out_.Flush();
  err_.Line(paint_err_(Style::kRed, "cairn: ") + Visible(status.message(), true));
  if (status.code() == StatusCode::kDataLoss) err_.Line("cairn: `cairn verify` shows what is damaged");
  err_.Flush();
  return ExitCode(status);
}

void Session::Note(std::string_view text) {
  out_.Flush();
  err_.Line(Visible(text, true));
  err_.Flush();
}

int Session::Finish(int code) {
  out_.Flush();
  return out_.status().ok() ? code : Fail(out_.status());
}

}  // namespace cairn
