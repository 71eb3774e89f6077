#include <fmt/format.h>
#include <poll.h>
#include <sys/resource.h>

#include "cli/commands.h"
#include "cli/exit_code.h"
#include "cli/interrupt.h"
#include "cli/safe_text.h"
#include "server/api.h"
#include "server/http_server.h"
#include "server/listen_address.h"

namespace cairn {
namespace {

struct ServeArguments {
  HttpServerOptions http;
  std::vector<std::string> listen;
};

/// One for each connection, as many as the system lets this process have.
void RaiseDescriptorLimit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  (void)::setrlimit(RLIMIT_NOFILE, &limit);
}

/// Without tokens everybody who reaches the server may do everything.
Status CheckAddresses(const std::vector<std::string>& listen) {
  for (const std::string& text : listen) {
    auto address = ParseListenAddress(text);
    if (!address) return address.error();
    if (address->is_local()) continue;
    return {
        StatusCode::kPermissionDenied,
        fmt::format("{} can be reached from other machines, and nobody is asked for a token yet: listen at 127.0.0.1, "
                    "[::1] or a unix socket",
                    text)};
  }
  return Status::Ok();
}

void PrintTries(Session& session, const std::string& address) {
  const bool is_unix = address.starts_with("unix:");
  const std::string curl =
      is_unix ? fmt::format("curl -s --unix-socket {} http://cairn", address.substr(5)) : "curl -s " + address;
  session.out().Line("try:");
  session.out().Line(fmt::format("  {}/api/v1/nodes?q=orders", curl));
  session.out().Line(fmt::format("  {}/api/v1/records?limit=3", curl));
  session.out().Line(fmt::format("  {}/api/v1/lineage -H 'Content-Type: application/json' -d @event.json", curl));
}

int RunServe(Session& session, ServeArguments arguments) {
  if (!arguments.listen.empty()) arguments.http.listen = arguments.listen;
  if (Status status = CheckAddresses(arguments.http.listen); !status.ok()) return session.Fail(status);
  const std::atomic<bool>& stop = CatchInterrupt();
  auto settings = session.Settings();
  if (!settings) return session.Fail(settings.error());
  auto service = session.Open(true);
  if (!service) return session.Fail(service.error());
  RaiseDescriptorLimit();
  Api::Options options;
  options.splitting = {(*settings)->store.record_bytes_max, (*settings)->store.depth_max};
  Api api(service->repository(), service->tenant(), options);
  auto server = HttpServer::Start(
      arguments.http, [&api](const ServerRequest& request, const std::string& request_id, Suspender& suspender) {
        return api.Answer(request, request_id, suspender);
      });
  if (!server) return session.Fail(server.error());
  for (const std::string& address : (*server)->addresses()) {
    session.out().Line(session.paint()(Style::kGreen, "listening at ") + Visible(address));
  }
  PrintTries(session, (*server)->addresses().front());
  session.out().Flush();
  // A signal may come between the look and the wait, so that a wait is short.
  constexpr int kLookEveryMs = 200;
  while (!stop) (void)::poll(nullptr, 0, kLookEveryMs);
  session.Note("stopping: what is under way is answered first");
  api.Drain();
  (*server)->Stop();
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
  command.add_option("--tls-certificate", arguments->http.tls_certificate, "Speak TLS, with this certificate (PEM)")
      ->type_name("FILE");
  command.add_option("--tls-key", arguments->http.tls_key, "The certificate's key (PEM)")->type_name("FILE");
  command.add_option("--threads", arguments->http.threads, "Threads that read and write")
      ->check(CLI::Range(1, 256))
      ->type_name("N")
      ->capture_default_str();
}

}  // namespace cairn
