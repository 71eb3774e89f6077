#include <fmt/format.h>

#include <charconv>
#include <limits>

#include "bus/fact_match.h"
#include "server/api.h"
#include "server/parameters.h"
#include "service/answer_json.h"

namespace cairn {
namespace {

constexpr std::size_t kFactsAtOnce = 256;
constexpr std::uint64_t kSeqMax = std::numeric_limits<std::int64_t>::max();

/// The number that a client knows last, out of `Last-Event-ID`; nothing where it sends none.
Result<std::optional<Seq>> LastEventId(const ServerRequest& request) {
  const std::string_view text = request.Header("Last-Event-ID");
  if (text.empty()) return std::optional<Seq>();
  std::uint64_t number = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  if (read.ec != std::errc() || read.ptr != text.data() + text.size() || number > kSeqMax) {
    return Status(StatusCode::kInvalidArgument, fmt::format("Last-Event-ID: \"{}\" is none that was sent", text));
  }
  return std::optional(Seq{number});
}

void AppendEvent(std::string& out, const Fact& fact) {
  std::string json;
  if (!AppendFactJson(json, fact).ok()) return;  // Damaged: `verify` tells.
  out += fmt::format("id: {}\nevent: record\ndata: {}\n\n", fact.seq().value, json);
}

}  // namespace

void Api::AddLive() {
  router_.Add({"GET", "/api/v1/records/live", [this](Exchange& exchange) { return Live(exchange); }});
}

void Api::AwaitNews(Suspender& suspender, Seq last, std::chrono::milliseconds timeout) {
  suspender.Suspend([&](const Suspender::Resume& resume) { news_.Await(last, timeout, resume); });
}

ServerResponse Api::Live(Exchange& exchange) {
  FactMatchSpec wanted;
  std::uint64_t from = 0;
  ParameterReader parameters(exchange.query());
  parameters.List("kind", wanted.kinds).Text("prefix", wanted.prefix).Text("filter", wanted.filter);
  parameters.Number("from_seq", kSeqMax, from);
  if (Status status = parameters.Finish(); !status.ok()) return HttpFailure(status);
  auto match = FactMatch::Create(std::move(wanted));
  if (!match) return HttpFailure(match.error());
  auto last = LastEventId(exchange.request());
  if (!last) return HttpFailure(last.error());
  Seq next{from};
  if (*last) {
    next = Seq{(*last)->value + 1};
  } else if (from == 0) {
    auto stats = repository_->Stats();
    if (!stats) return HttpFailure(stats.error());
    next = Seq{stats->last_seq.value + 1};
  }
  ServerResponse response;
  response.content_type = "text/event-stream";
  response.Set("Cache-Control", "no-store");
  response.stream = [this, next, match = std::move(*match), principal = exchange.shared_principal(),
                     &suspender = exchange.suspender()](BodyWriter& writer) mutable {
    // A comment first: the client knows at once that it listens.
    if (!writer.Write(": listening\n\n")) return;
    auto written = std::chrono::steady_clock::now();
    while (!news_.is_stopped()) {
      auto page = principal->service.repository()->Tail(next, kFactsAtOnce);
      if (!page) {
        writer.Write("event: error\ndata: " + HttpFailure(page.error()).body + "\n\n");
        return;
      }
      // A token that was taken back meanwhile sees nothing more.
      if (!principals_.StillHolds(*principal)) return;
      std::string events;
      for (const Fact& fact : page->facts) {
        if (match.Takes(fact)) AppendEvent(events, fact);
      }
      // Also where there is much, and none of it for this client: else nobody learns that it is gone.
      const auto silent = std::chrono::steady_clock::now() - written;
      if (events.empty() && silent >= options_.heartbeat) events = ": nothing new\n\n";
      if (!events.empty()) {
        if (!writer.Write(events)) return;
        written = std::chrono::steady_clock::now();
      }
      if (page->next > next) {
        next = page->next;
        continue;
      }
      const auto left = options_.heartbeat - (std::chrono::steady_clock::now() - written);
      AwaitNews(suspender, Seq{next.value - 1}, std::chrono::ceil<std::chrono::milliseconds>(left));
    }
  };
  return response;
}

}  // namespace cairn
