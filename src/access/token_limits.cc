#include "access/token_limits.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>

namespace cairn {
namespace {

constexpr std::int64_t kSecondNs = 1'000'000'000;
constexpr std::int64_t kDayNs = 86'400 * kSecondNs;
constexpr std::string_view kKindUsage = "access_usage";

NodeKey NodeOf(const std::string& id) { return {std::string(kSystemTenant), "token", "", id, ""}; }

}  // namespace

std::optional<std::chrono::nanoseconds> TokenLimits::TakeRequest(const TokenInfo& token) {
  if (token.requests_per_second == 0) return std::nullopt;
  const auto rate = static_cast<double>(token.requests_per_second);
  const std::int64_t now = clock_.Now().ns;
  const std::lock_guard lock(mutex_);
  Count& count = counts_[token.id];
  // A clock that goes back gives nothing.
  const auto passed = count.at == 0 ? kSecondNs : std::max<std::int64_t>(0, now - count.at);
  count.requests = std::min(rate, count.requests + rate * static_cast<double>(passed) / kSecondNs);
  count.at = now;
  if (count.requests >= 1) {
    count.requests -= 1;
    return std::nullopt;
  }
  return std::chrono::nanoseconds(static_cast<std::int64_t>((1 - count.requests) / rate * kSecondNs));
}

// What an earlier process counted.
std::uint64_t TokenLimits::RecordsOf(const std::string& id, std::int64_t day) {
  const auto fact = repository_.Latest(kKindUsage, NodeOf(id));
  if (!fact) return 0;
  const auto details = fact->Parse();
  if (!details) return 0;
  simdjson::dom::parser parser;
  simdjson::dom::element payload;
  std::int64_t of_day = -1;
  std::uint64_t records = 0;
  if (parser.parse(details->payload).get(payload) != simdjson::SUCCESS ||
      payload["day"].get_int64().get(of_day) != simdjson::SUCCESS ||
      payload["records"].get_uint64().get(records) != simdjson::SUCCESS) {
    return 0;
  }
  return of_day == day ? records : 0;
}

std::optional<std::chrono::nanoseconds> TokenLimits::TakeRecords(const TokenInfo& token, std::uint64_t records) {
  if (token.records_per_day == 0) return std::nullopt;
  const std::int64_t now = clock_.Now().ns;
  const std::int64_t day = now / kDayNs;
  const std::lock_guard lock(mutex_);
  Count& count = counts_[token.id];
  if (count.day != day) {
    count.records = count.day < 0 ? RecordsOf(token.id, day) : 0;
    count.day = day;
  }
  if (count.records + records > token.records_per_day) return std::chrono::nanoseconds((day + 1) * kDayNs - now);
  count.records += records;
  count.is_saved = false;
  return std::nullopt;
}

Status TokenLimits::Save() {
  std::vector<std::string> jsons;
  const Timestamp now = clock_.Now();
  {
    const std::lock_guard lock(mutex_);
    for (auto& [id, count] : counts_) {
      if (count.is_saved) continue;
      count.is_saved = true;
      RecordDraft draft;
      draft.kind = kKindUsage;
      draft.target = NodeOf(id);
      draft.produced_at = now;
      draft.producer_id = "cairn.serve";
      draft.payload = fmt::format(R"({{"day":{},"records":{}}})", count.day, count.records);
      jsons.push_back(draft.ToJson());
    }
  }
  const std::vector<std::string_view> views(jsons.begin(), jsons.end());
  if (views.empty()) return Status::Ok();
  for (const auto& stored : repository_.BulkStore(views)) {
    if (!stored) return stored.error();
  }
  return Status::Ok();
}

}  // namespace cairn
