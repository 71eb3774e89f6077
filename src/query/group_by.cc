#include "query/group_by.h"

#include <array>
#include <utility>

#include "query/path.h"

namespace cairn {
namespace {

constexpr std::array<std::pair<std::string_view, GroupBy::Key>, 8> kWords = {{{"target", GroupBy::Key::kTarget},
                                                                              {"kind", GroupBy::Key::kKind},
                                                                              {"run", GroupBy::Key::kRun},
                                                                              {"minute", GroupBy::Key::kMinute},
                                                                              {"hour", GroupBy::Key::kHour},
                                                                              {"day", GroupBy::Key::kDay},
                                                                              {"week", GroupBy::Key::kWeek},
                                                                              {"month", GroupBy::Key::kMonth}}};

GroupBy FromText(std::string_view text, const Path& path) {
  for (const auto& [word, key] : kWords) {
    if (text == word) return {key, ""};
  }
  return {GroupBy::Key::kPath, path.ToString()};
}

}  // namespace

Result<std::vector<GroupBy>> ParseGroupBy(std::string_view text) {
  if (const auto invalid = FindInvalidUtf8(text)) return MistakeStatus("grouping", text, {*invalid, "not UTF-8"});
  std::vector<GroupBy> by;
  std::size_t at = 0;
  const auto skip = [&] {
    while (at < text.size() && text[at] == ' ') ++at;
  };
  for (;;) {
    skip();
    const std::size_t begin = at;
    Path path;
    if (auto mistake = ReadPath(text, at, path)) {
      if (mistake->offset == begin)
        mistake->what = "expected target, kind, run, minute, hour, day, week, month or a path";
      return MistakeStatus("grouping", text, *mistake);
    }
    by.push_back(FromText(text.substr(begin, at - begin), path));
    skip();
    if (at == text.size()) return by;
    if (text[at] != ',') return MistakeStatus("grouping", text, {at, "expected ',' or the end"});
    ++at;
  }
}

}  // namespace cairn
