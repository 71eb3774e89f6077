#include "client/fate.h"

#include <algorithm>

namespace cairn {
namespace {

constexpr std::size_t kUsualBytes = std::size_t{1} << 20;
constexpr int kUsualDepth = 64;

bool IsUnusual(std::string_view record) {
  if (record.size() > kUsualBytes) return true;
  int depth = 0;
  for (const char c : record) {
    if (c == '{' || c == '[') ++depth;
    if (c == '}' || c == ']') --depth;
    if (depth > kUsualDepth) return true;
  }
  return false;
}

}  // namespace

std::vector<Fate> FatesOf(const std::vector<std::string_view>& records, const std::vector<Result<Stored>>& results) {
  const bool some_taken =
      std::any_of(results.begin(), results.end(), [](const auto& each) { return each.has_value(); });
  std::vector<Fate> fates;
  for (std::size_t i = 0; i < records.size(); ++i) {
    switch (results[i].status().code()) {
      case StatusCode::kOk:
        fates.push_back(Fate::kStored);
        break;
      case StatusCode::kInvalidArgument:
      case StatusCode::kOutOfRange:
      case StatusCode::kPermissionDenied:
      case StatusCode::kAlreadyExists:
      case StatusCode::kNotFound:
        fates.push_back(Fate::kRefused);
        break;
      case StatusCode::kResourceExhausted:
        fates.push_back(some_taken || IsUnusual(records[i]) ? Fate::kRefused : Fate::kAgain);
        break;
      default:
        fates.push_back(Fate::kAgain);
    }
  }
  return fates;
}

}  // namespace cairn
