#include <fmt/format.h>

#include <chrono>
#include <thread>

#include "base/clock.h"
#include "base/json.h"
#include "cli/cache_view.h"
#include "cli/commands.h"
#include "cli/exit_code.h"
#include "cli/interrupt.h"
#include "cli/lookup_session.h"
#include "obs/cache_selector.h"

namespace cairn {
namespace {

constexpr const char* kSelectorHelp =
    "all, stale, source:S, operation:S:O, user:U, tag:T, key:K, prefix:P or pattern:GLOB";

int RunStats(Session& session, double watch_s) {
  auto lookups = OpenLookups(session);
  if (!lookups) return session.Fail(lookups.error());
  if (watch_s == 0) {
    PrintCacheStats(session, (*lookups)->Stats());
    return kExitDone;
  }
  const std::atomic<bool>& stop = CatchInterrupt();
  CacheStats before;
  for (bool is_first = true; !stop && !session.out().closed(); is_first = false) {
    CacheStats now = (*lookups)->cache().Stats();
    PrintCacheStats(session, MakeCacheReport(now, is_first ? nullptr : &before));
    if (!session.json()) {
      session.out().Line(
          session.paint()(Style::kDim, fmt::format("{}  {}\n", FormatTimestamp(Clock::Default()->Now()),
                                                   is_first ? "in all" : fmt::format("in the last {} s", watch_s))));
    }
    session.out().Flush();
    before = std::move(now);
    const auto until = std::chrono::steady_clock::now() + std::chrono::duration<double>(watch_s);
    while (!stop && std::chrono::steady_clock::now() < until) {
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
  }
  return kExitDone;
}

// A key's text alone, or a source, an operation and `name=value`s.
Result<Inspected> Inspect(LookupService& lookups, const std::vector<std::string>& words, const std::string& user) {
  if (words.size() == 1) {
    if (const auto parsed = ParseKeyText(words.front()); !parsed) return parsed.error();
    return lookups.Get(words.front());
  }
  Question question{words.at(0), words.at(1), {}};
  for (std::size_t i = 2; i < words.size(); ++i) {
    if (Status added = AddParam(words[i], question.params); !added.ok()) return added;
  }
  return lookups.Get(question, user);
}

struct GetArguments {
  std::vector<std::string> words;
  std::string user;
};

int RunGet(Session& session, const GetArguments& arguments) {
  auto lookups = OpenLookups(session);
  if (!lookups) return session.Fail(lookups.error());
  auto inspected = Inspect(**lookups, arguments.words, arguments.user);
  if (!inspected) return session.Fail(inspected.error());
  bool found = false;
  for (const CacheInspected& level : inspected->levels) {
    PrintInspected(session, inspected->key, level);
    found = found || level.entry != nullptr;
  }
  return found ? kExitDone : kExitNotFound;
}

int RunList(Session& session, const std::vector<std::string>& selectors) {
  auto lookups = OpenLookups(session);
  if (!lookups) return session.Fail(lookups.error());
  CacheListing listing(session);
  const Status listed = (*lookups)->List(selectors, [&](const CacheListed& entry) {
    listing.Add(entry);
    return !session.out().closed();
  });
  if (!listed.ok()) return session.Fail(listed);
  listing.Print();
  return kExitDone;
}

int RunClear(Session& session, const std::vector<std::string>& selectors, bool expire) {
  if (selectors.empty()) {
    return session.Fail({StatusCode::kInvalidArgument, fmt::format("say what to clear: {}", kSelectorHelp)});
  }
  auto lookups = OpenLookups(session);
  if (!lookups) return session.Fail(lookups.error());
  auto cleared = (*lookups)->Clear(selectors, expire ? ClearVerb::kExpire : ClearVerb::kRemove);
  if (!cleared) return session.Fail(cleared.error());
  const auto config = session.Settings();
  const bool has_hosts = config && !(*config)->cache.shared.url.empty();
  bool is_pending = false;
  for (const Cleared& one : *cleared) {
    PrintInvalidated(session, FormatCacheSelector(one.selector), one.done, expire, has_hosts);
    is_pending = is_pending || one.done.is_shared_pending;
  }
  if (Status flushed = (*lookups)->cache().Flush(); !flushed.ok()) return session.Fail(flushed);
  return is_pending ? kExitInPart : kExitDone;
}

int RunExport(Session& session, const std::string& path, const std::string& selector) {
  auto lookups = OpenLookups(session);
  if (!lookups) return session.Fail(lookups.error());
  auto written = (*lookups)->Export(selector, path);
  if (!written) return session.Fail(written.error());
  if (session.json()) {
    session.out().Line(fmt::format(R"({{"exported":{},"file":{}}})", *written, JsonString(path)));
  } else {
    session.out().Line(fmt::format("{} {} in {}", *written, *written == 1 ? "entry" : "entries", path));
  }
  return kExitDone;
}

int RunImport(Session& session, const std::string& path) {
  auto lookups = OpenLookups(session);
  if (!lookups) return session.Fail(lookups.error());
  auto imported = (*lookups)->Import(path);
  if (!imported) return session.Fail(imported.error());
  if (Status flushed = (*lookups)->cache().Flush(); !flushed.ok()) return session.Fail(flushed);
  if (session.json()) {
    session.out().Line(
        fmt::format(R"({{"stored":{},"kept":{},"skipped":{}}})", imported->stored, imported->kept, imported->skipped));
  } else {
    session.out().Line(
        fmt::format("{} stored, {} kept (as new or newer), {} skipped (past their grace, too large, or sealed with "
                    "another key)",
                    imported->stored, imported->kept, imported->skipped));
  }
  return kExitDone;
}

void AddSelectors(CLI::App& command, std::vector<std::string>& selectors) {
  command.add_option("what", selectors, kSelectorHelp)->type_name("SELECTOR");
}

}  // namespace

void AddCache(Commands& commands) {
  CLI::App& family = commands.AddFamily("cache", "What is kept of look-ups");

  auto watch = std::make_shared<double>(0);
  CLI::App& stats = commands.AddTo(family, "stats", "Hits, misses, loads, time saved, by level and operation",
                                   {"cairn cache stats", "cairn cache stats --watch 2"},
                                   [watch](Session& session) { return RunStats(session, *watch); });
  stats.add_option("--watch", *watch, "Again every so many seconds, until interrupted")
      ->expected(0, 1)
      ->default_str("2")
      ->check(CLI::Range(0.1, 86400.0))
      ->type_name("SECONDS");

  auto got = std::make_shared<GetArguments>();
  CLI::App& get = commands.AddTo(
      family, "get", "An entry at each level: value, state, age, tags, and why",
      {"cairn cache get audnexus book asin=B002V1A0WE", "cairn cache get 'audnexus:book:asin=B002V1A0WE&region=us'"},
      [got](Session& session) { return RunGet(session, *got); });
  get.add_option("key", got->words, "A key, or a source, an operation and parameters")->required()->type_name("KEY");
  get.add_option("--user", got->user, "Whose, for operations that are kept per user")->type_name("NAME");

  auto listed = std::make_shared<std::vector<std::string>>();
  CLI::App& list = commands.AddTo(family, "list", "The entries on this host",
                                  {"cairn cache list source:audnexus", "cairn cache list stale"},
                                  [listed](Session& session) { return RunList(session, *listed); });
  AddSelectors(list, *listed);

  AddWarm(commands, family);

  struct Clear {
    std::vector<std::string> selectors;
    bool expire = false;
  };
  auto cleared = std::make_shared<Clear>();
  CLI::App& clear =
      commands.AddTo(family, "clear", "Remove entries, at every level and on every host that shares one",
                     {"cairn cache clear operation:audnexus:book", "cairn cache clear tag:asin:B002V1A0WE",
                      "cairn cache clear 'pattern:audnexus:*:*region=uk*' --expire", "cairn cache clear all"},
                     [cleared](Session& session) { return RunClear(session, cleared->selectors, cleared->expire); });
  AddSelectors(clear, cleared->selectors);
  clear.add_flag("--expire", cleared->expire, "Only make them stale: they may still be served within their grace");

  struct Export {
    std::string path;
    std::string selector;
  };
  auto exported = std::make_shared<Export>();
  CLI::App& export_command =
      commands.AddTo(family, "export", "Write entries to a file that another host can import",
                     {"cairn cache export cache.jsonl", "cairn cache export books.jsonl operation:audnexus:book"},
                     [exported](Session& session) { return RunExport(session, exported->path, exported->selector); });
  export_command.add_option("file", exported->path, "The file")->required()->type_name("FILE");
  export_command.add_option("what", exported->selector, kSelectorHelp)->type_name("SELECTOR");

  auto imported = std::make_shared<std::string>();
  CLI::App& import_command = commands.AddTo(
      family, "import", "Merge such a file; of two entries for a key the newer one stands",
      {"cairn cache import cache.jsonl"}, [imported](Session& session) { return RunImport(session, *imported); });
  import_command.add_option("file", *imported, "The file")->required()->type_name("FILE");
}

}  // namespace cairn
