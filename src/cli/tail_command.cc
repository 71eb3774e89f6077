#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/exit_code.h"
#include "cli/fact_view.h"
#include "cli/interrupt.h"
#include "cli/safe_text.h"

namespace cairn {
namespace {

struct TailArguments {
  bool follow = false;
  std::uint64_t from = 0;
  std::size_t number = 10;
  CLI::Option* number_option = nullptr;
};

// A line by itself: a table would have to know the rows to come.
Status PrintTailLine(Session& session, const Fact& fact) {
  auto details = fact.Parse();
  if (!details) return details.error();
  const Painter& paint = session.paint();
  const std::string head = fmt::format("{:>7}  {:<24}  ", fact.seq().value, FormatTimestamp(fact.produced_at()));
  const std::string kind = Visible(details->kind);
  const std::string node = Visible(NodeId(details->node));
  std::string payload = Summary(*details);
  if (session.out().columns() > 0) {
    const std::size_t used = DisplayWidth(head) + DisplayWidth(kind) + DisplayWidth(node) + 4;
    payload = CutToWidth(payload, session.out().columns() > used ? session.out().columns() - used : 0);
  }
  session.out().Line(paint(Style::kDim, head) + paint(Style::kCyan, kind) + "  " + paint(Style::kBold, node) + "  " +
                     payload);
  return Status::Ok();
}

int RunTail(Session& session, const TailArguments& arguments) {
  auto service = session.Open();
  if (!service) return session.Fail(service.error());
  const bool numbered = arguments.number_option->count() > 0;
  Seq from{arguments.from};
  // With --from so many from there on, without it the last so many and, with -f, all that come.
  std::size_t limit = arguments.from > 0 && numbered ? arguments.number : 0;
  if (arguments.from == 0) {
    auto stats = service->Stats();
    if (!stats) return session.Fail(stats.error());
    const std::uint64_t last = stats->last_seq.value;
    from = Seq{last > arguments.number ? last - arguments.number + 1 : 1};
    if (arguments.number == 0 && !arguments.follow) return kExitDone;
  } else if (numbered && arguments.number == 0) {
    return kExitDone;
  }
  static const std::atomic<bool> never = false;
  const std::atomic<bool>& stop = arguments.follow ? CatchInterrupt() : never;
  Status printed;
  const Status tailed = service->Tail(from, limit, arguments.follow, stop, [&](const Fact& fact) {
    printed = session.json() ? PrintFactJson(session, fact) : PrintTailLine(session, fact);
    if (arguments.follow) session.out().Flush();
    return printed.ok() && !session.out().closed();
  });
  if (!tailed.ok()) return session.Fail(tailed);
  return printed.ok() ? kExitDone : session.Fail(printed);
}

}  // namespace

void AddTail(Commands& commands) {
  auto arguments = std::make_shared<TailArguments>();
  CLI::App& command = commands.Add("tail", "The newest records in the order of the log; -f waits for more",
                                   {"cairn tail -n 20", "cairn tail -f --json --meta", "cairn tail --from 1000 -n 50"},
                                   [arguments](Session& session) { return RunTail(session, *arguments); });
  command.add_flag("-f,--follow", arguments->follow, "Wait for more, until Ctrl-C");
  command.add_option("--from", arguments->from, "Begin at this sequence number")
      ->type_name("SEQ")
      ->check([](const std::string& text) { return text == "0" ? "sequence numbers begin at 1" : ""; });
  arguments->number_option =
      command.add_option("-n,--number", arguments->number, "So many (with --from: all, unless given)")
          ->type_name("N")
          ->capture_default_str();
}

}  // namespace cairn
