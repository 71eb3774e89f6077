#include <fmt/format.h>

#include <filesystem>

#include "base/json.h"
#include "cli/commands.h"
#include "cli/exit_code.h"
#include "cli/file_commands.h"
#include "cli/lookup_session.h"
#include "cli/safe_text.h"
#include "cli/table.h"
#include "service/book_record.h"
#include "service/book_service.h"

namespace cairn {
namespace {

struct BookArguments {
  BookRequest request;
  std::vector<std::string> prefer;
  bool record = false;
};

std::string Sources(const std::vector<BookSource>& sources) {
  std::string out;
  for (const BookSource source : sources) out += (out.empty() ? "" : ", ") + std::string(BookSourceName(source));
  return out;
}

std::string Shown(const FieldValue& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  if (const auto* integer = std::get_if<std::int64_t>(&value)) return std::to_string(*integer);
  if (const auto* real = std::get_if<double>(&value)) return fmt::format("{}", *real);
  if (const auto* truth = std::get_if<bool>(&value)) return *truth ? "true" : "false";
  std::string out;
  for (const auto& one : std::get<std::vector<std::string>>(value)) out += (out.empty() ? "" : ", ") + one;
  return out;
}

std::string Clock(std::int64_t ns) {
  const std::int64_t seconds = ns / 1'000'000'000;
  return fmt::format("{}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
}

void PrintJson(Session& session, const BookAnswer& answer) {
  std::string line = fmt::format(R"({{"path":{},"values":[)", JsonString(answer.path));
  for (const BookValue& value : answer.book.values) {
    if (line.back() != '[') line += ',';
    line += fmt::format(R"({{"name":{},"value":{},"sources":{}}})", JsonString(value.name), BookValueJson(value.value),
                        BookSourcesJson(value.sources));
  }
  session.out().Line(line + R"(],"chapters":)" + BookChaptersJson(answer.book.chapters) + R"(,"chapter_sources":)" +
                     BookSourcesJson(answer.book.chapter_sources) + "}");
}

void PrintText(Session& session, const BookAnswer& answer) {
  session.out().Line(session.paint()(Style::kBold, Visible(answer.path)));
  RowTable table({{"name"}, {"value"}, {"source", RowTable::Align::kLeft, Style::kDim}});
  for (const BookValue& value : answer.book.values) {
    table.Add({value.name, Shown(value.value), Sources(value.sources)});
  }
  for (const Chapter& chapter : answer.book.chapters) {
    table.Add({std::string("chapter"), fmt::format("{} {}", Clock(chapter.start_ns), chapter.title),
               Sources(answer.book.chapter_sources)});
  }
  table.Print(session.out(), session.paint());
}

int RunBook(Session& session, const BookArguments& arguments) {
  BookRequest request = arguments.request;
  for (const std::string& text : arguments.prefer) {
    if (Status set = request.precedence.Set(text); !set.ok()) return session.Fail(set);
  }
  auto files = OpenFiles(session);
  if (!files) return session.Fail(files.error());
  LookupOpening opening;
  opening.offline = request.offline;
  auto lookups = OpenLookups(session, opening);
  if (!lookups) return session.Fail(lookups.error());
  BookService books(**files, lookups->get(), std::filesystem::current_path().string());
  auto answer = books.Tell(request);
  if (!answer) return session.Fail(answer.error());
  session.json() ? PrintJson(session, *answer) : PrintText(session, *answer);
  for (const std::string& note : answer->notes) session.Note(note);
  if (!arguments.record) return kExitDone;
  auto stored = books.Record(*answer);
  if (!stored) return session.Fail(stored.error());
  const std::string node = NodeId(BookNode(session.tenant(), *answer));
  session.Note(stored->known ? fmt::format("{} says so already (record {})", node, stored->seq.value)
                             : fmt::format("recorded as {} (record {})", node, stored->seq.value));
  return kExitDone;
}

}  // namespace

void AddBook(Commands& commands) {
  auto arguments = std::make_shared<BookArguments>();
  CLI::App& command =
      commands.Add("book", "A book of sound out of its path, its tags and Audnexus, and who says what",
                   {"cairn book 'Tales/The Tower - vol_01 (2010) (Ann Author) {ASIN.B002V1A0WE}'",
                    "cairn book tower.m4b --offline --json", "cairn book tower.m4b --prefer title=embedded,api,path",
                    "cairn book tower.m4b --record"},
                   [arguments](Session& session) { return RunBook(session, *arguments); });
  command.add_option("file", arguments->request.file, "The file, or the folder of its files")
      ->required()
      ->type_name("FILE");
  command.add_option("--asin", arguments->request.asin, "Its number at Audible, instead of the one found")
      ->type_name("ASIN");
  command.add_option("--region", arguments->request.region, "The store whose data is wanted; else us")
      ->type_name("REGION");
  command.add_flag("--offline", arguments->request.offline, "Make no connection: what this host holds, stale or not");
  command.add_flag("--record", arguments->record, "Record it as a node that is made of its files");
  AddList(command, "--prefer", arguments->prefer, "Whom to believe about a field: path, embedded, api, in this order")
      ->type_name("FIELD=SOURCE,...");
}

}  // namespace cairn
