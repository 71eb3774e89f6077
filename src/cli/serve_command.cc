#include <fmt/format.h>
#include <malloc.h>
#include <poll.h>

#include <filesystem>

#include "access/tokens.h"
#include "base/descriptor_limit.h"
#include "base/file_system.h"
#include "base/service_address.h"
#include "cli/commands.h"
#include "cli/exit_code.h"
#include "cli/interrupt.h"
#include "cli/lookup_session.h"
#include "cli/safe_text.h"
#include "server/access_log.h"
#include "server/api.h"
#include "server/http_server.h"
#include "server/listen_address.h"

namespace cairn {
namespace {

struct ServeArguments {
  HttpServerOptions http;
  std::vector<std::string> listen;
  std::vector<std::string> scan_roots;
  bool no_auth = false;
  std::string access_log;
};

/// Where nobody is asked for a token, everybody who reaches the server may do everything.
Status CheckAddresses(const std::vector<std::string>& listen) {
  for (const std::string& text : listen) {
    auto address = ParseListenAddress(text);
    if (!address) return address.error();
    if (address->is_local()) continue;
    return {
        StatusCode::kPermissionDenied,
        fmt::format("{} can be reached from other machines: --no-auth is for 127.0.0.1, [::1] and unix sockets alone",
                    text)};
  }
  return Status::Ok();
}

/// Folders below which scans may be begun from afar, as they are without symbolic links.
Result<std::vector<std::string>> RealFolders(const std::vector<std::string>& folders) {
  std::vector<std::string> out;
  for (const std::string& folder : folders) {
    std::error_code failed;
    out.push_back(std::filesystem::canonical(folder, failed).string());
    if (!failed) continue;
    return Status(StatusCode::kInvalidArgument, fmt::format("--scan-root {}: {}", folder, failed.message()));
  }
  return out;
}

void PrintTries(Session& session, const std::string& address, bool no_auth) {
  const bool is_unix = address.starts_with("unix:");
  const std::string token = no_auth ? "" : "-H \"Authorization: Bearer $CAIRN_TOKEN\" ";
  const std::string curl = is_unix ? fmt::format("curl -s {}--unix-socket {} http://cairn", token, address.substr(5))
                                   : fmt::format("curl -s {}{}", token, address);
  session.out().Line("try:");
  if (!is_unix) session.out().Line(fmt::format("  {}/ in a browser", address));
  session.out().Line(fmt::format("  {}/api/v1/nodes?q=orders", curl));
  session.out().Line(fmt::format("  {}/api/v1/records?limit=3", curl));
  session.out().Line(fmt::format("  {}/api/v1/lineage -H 'Content-Type: application/json' -d @event.json", curl));
}

// Answers of some 50 kB at the top of the heap were given back to the system and taken from it again, page by page, for
// each request: 13 us of 38, or nothing, as the heap happened to lie. What is freed stays up to so much.
void KeepFreedMemory() {
  ::mallopt(M_TRIM_THRESHOLD, 16 << 20);
  ::mallopt(M_MMAP_THRESHOLD, 4 << 20);
}

int RunServe(Session& session, ServeArguments arguments) {
  KeepFreedMemory();
  if (!arguments.listen.empty()) arguments.http.listen = arguments.listen;
  if (arguments.no_auth) {
    if (Status status = CheckAddresses(arguments.http.listen); !status.ok()) return session.Fail(status);
  } else if (!session.tenant().empty()) {
    return session.Fail(
        {StatusCode::kInvalidArgument, "--tenant is for --no-auth: each token says itself which tenant it is of"});
  }
  const std::atomic<bool>& stop = CatchInterrupt();
  auto settings = session.Settings();
  if (!settings) return session.Fail(settings.error());
  if (IsServiceAddress((*settings)->store_path)) {
    return session.Fail(
        {StatusCode::kInvalidArgument,
         fmt::format("{} is a service already; a folder is served: --store DIR", (*settings)->store_path)});
  }
  auto service = session.Open(true);
  if (!service) return session.Fail(service.error());
  RaiseDescriptorLimit();  // One for each connection.
  Api::Options options;
  options.splitting = {(*settings)->store.record_bytes_max, (*settings)->store.depth_max};
  options.access = {arguments.no_auth, service->tenant(), nullptr};
  options.webhooks_folder = JoinPath((*settings)->store_path, "webhooks");
  if (!arguments.no_auth) {
    auto tokens = Tokens(*service->repository(), *Clock::Default()).List();
    if (!tokens) return session.Fail(tokens.error());
    if (tokens->empty()) {
      session.Note(
          "there is no token yet, so nobody is let in: `cairn token create NAME --scope read,write` makes one, "
          "--no-auth asks for none");
    }
  }
  auto roots = RealFolders(arguments.scan_roots);
  if (!roots) return session.Fail(roots.error());
  options.scans.store_path = std::filesystem::absolute((*settings)->store_path).string();
  options.scans.roots = std::move(*roots);
  Result<std::unique_ptr<LookupService>> lookups = std::unique_ptr<LookupService>();
  if (!(*settings)->sources.empty() && (*settings)->cache.enabled) lookups = OpenLookups(session, {.goes_on = true});
  if (!lookups) return session.Fail(lookups.error());
  options.cache.lookups = lookups->get();
  options.cache.cache = (*settings)->cache;
  Api api(service->repository(), options);
  std::unique_ptr<AccessLog> log;
  if (!arguments.access_log.empty()) {
    auto opened = AccessLog::Open(arguments.access_log);
    if (!opened) return session.Fail(opened.error());
    log = std::move(*opened);
  }
  auto server = HttpServer::Start(
      arguments.http,
      [&api](const ServerRequest& request, const std::string& request_id, Suspender& suspender) {
        return api.Answer(request, request_id, suspender);
      },
      [&api, &log](const HttpDone& done) {
        api.Observe(done);
        if (log != nullptr) log->Add(done, Clock::Default()->Now());
      });
  if (!server) return session.Fail(server.error());
  api.SetServer(server->get());
  for (const std::string& address : (*server)->addresses()) {
    session.out().Line(session.paint()(Style::kGreen, "listening at ") + Visible(address));
  }
  PrintTries(session, (*server)->addresses().front(), arguments.no_auth);
  session.out().Flush();
  // A signal may come between the look and the wait, so that a wait is short.
  constexpr int kLookEveryMs = 200;
  constexpr int kLooksPerSave = 300;
  const auto save = [&] {
    if (Status status = api.Save(); !status.ok()) session.Note("what tokens used was not kept: " + status.message());
  };
  for (int looks = 1; !stop; ++looks) {
    (void)::poll(nullptr, 0, kLookEveryMs);
    if (log != nullptr) log->Flush();
    if (looks % kLooksPerSave == 0) save();
  }
  session.Note("stopping: what is under way is answered first");
  api.Drain();
  (*server)->Stop();
  save();
  return kExitDone;
}

}  // namespace

void AddServe(Commands& commands) {
  auto arguments = std::make_shared<ServeArguments>();
  CLI::App& command = commands.Add("serve", "Answer over HTTP: records, lineage, OpenLineage events",
                                   {"cairn serve", "cairn serve --listen 127.0.0.1:0 --listen unix:/run/cairn.sock",
                                    "cairn serve --tls-certificate cert.pem --tls-key key.pem"},
                                   [arguments](Session& session) { return RunServe(session, *arguments); });
  AddList(command, "--listen", arguments->listen,
          "Where: an IP address of this machine with a port, or unix:PATH; else 127.0.0.1:8137")
      ->type_name("ADDRESS");
  command.add_flag("--no-auth", arguments->no_auth,
                   "Ask nobody for a token; only where no other machine reaches the service");
  AddList(command, "--scan-root", arguments->scan_roots,
          "A folder below which administrators may begin scans over HTTP")
      ->type_name("DIR");
  command
      .add_option("--access-log", arguments->access_log,
                  "A line of JSON for each request, into this file; - for standard error")
      ->type_name("FILE");
  command.add_option("--tls-certificate", arguments->http.tls_certificate, "Speak TLS, with this certificate (PEM)")
      ->type_name("FILE");
  command.add_option("--tls-key", arguments->http.tls_key, "The certificate's key (PEM)")->type_name("FILE");
  command.add_option("--threads", arguments->http.threads, "Threads that read and write")
      ->check(CLI::Range(1, 256))
      ->type_name("N")
      ->capture_default_str();
}

}  // namespace cairn
