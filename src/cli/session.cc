#include "cli/session.h"

#include <unistd.h>

#include <cstdlib>

#include "cli/exit_code.h"
#include "cli/safe_text.h"

namespace cairn {

Session::Session(const GlobalOptions& options)
    : options_(options),
      out_(STDOUT_FILENO),
      err_(STDERR_FILENO),
      paint_(WantsColor(options.color, out_.terminal()) && !options.json),
      paint_err_(WantsColor(options.color, err_.terminal())) {}

Result<const Config*> Session::Settings() { return Load(true); }

Result<const Config*> Session::SettingsOfStore() { return Load(false); }

Result<const Config*> Session::Load(bool sources) {
  if (config_ == nullptr || (sources && !has_sources_)) {
    ConfigInputs inputs;
    inputs.needs_sources = sources;
    inputs.environment = [](const char* name) { return std::getenv(name); };
    inputs.path = options_.config;
    inputs.settings = options_.settings;
    inputs.store_path = options_.store;
    auto config = LoadConfig(inputs);
    if (!config) return config.error();
    if (config_ == nullptr) config_ = std::make_unique<Config>();
    *config_ = std::move(*config);
    has_sources_ = sources;
  }
  return config_.get();
}

Result<Service> Session::Open(bool create) {
  auto config = SettingsOfStore();
  if (!config) return config.error();
  opened_store_ = true;
  StoreOptions options = (*config)->store;
  options.create = create;
  // A command that only asks leaves no work behind for its own end to wait for.
  options.seal = options.seal && create;
  return Service::Open((*config)->store_path, options, options_.tenant, (*config)->remote);
}

int Session::Fail(const Status& status) {
  out_.Flush();
  err_.Line(paint_err_(Style::kRed, "cairn: ") + Visible(status.message(), true));
  if (status.code() == StatusCode::kDataLoss && opened_store_) err_.Line("cairn: `cairn verify` shows what is damaged");
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
