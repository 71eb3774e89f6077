#include "record/fact_json.h"

#include <algorithm>
#include <charconv>

#include "record/openlineage_wrap.h"

namespace cairn {
namespace {

// What the line says, with all nine digits of its nanoseconds; empty where it is damaged.
std::string_view IngestedAtIn(std::string_view line) {
  constexpr std::string_view kName = "\"ingested_at\":\"";
  constexpr std::size_t kBytes = 30;
  const std::size_t at = line.substr(0, 64).find(kName);
  if (at == std::string_view::npos || line.size() < at + kName.size() + kBytes) return {};
  const std::string_view text = line.substr(at + kName.size(), kBytes);
  const bool plain = std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= '0' && c <= ':') || c == '-' || c == '.' || c == 'T' || c == 'Z';
  });
  return plain && text[19] == '.' && text.back() == 'Z' ? text : std::string_view();
}

// As `FormatTimestamp` has it, which leaves groups of three zeros out at the end.
void AppendTime(std::string& out, const Fact& fact) {
  const std::string_view text = IngestedAtIn(fact.line());
  if (text.empty()) {
    out += FormatTimestamp(fact.ingested_at());
    return;
  }
  std::size_t size = text.size() - 1;
  while (size > 20 && text.substr(size - 3, 3) == "000") size -= 3;
  out += text.substr(0, size == 20 ? 19 : size);
  out += 'Z';
}

}  // namespace

bool IsOwnJson(const Fact& fact, std::string_view line) {
  constexpr std::string_view kBegin = "{\"seq\":";
  constexpr std::string_view kBetween = "\",\"record\":";
  constexpr std::size_t kTimeBytes = 30;
  if (fact.facet() != Fact::kWholeRecord) return false;
  const auto record = static_cast<std::size_t>(fact.record().data() - fact.line().data());
  if (fact.record().empty() || line.size() != fact.line().size() || record < kBetween.size() + kTimeBytes) return false;
  const std::string_view time = line.substr(record - kBetween.size() - kTimeBytes, kTimeBytes);
  return line.starts_with(kBegin) && line.substr(record - kBetween.size(), kBetween.size()) == kBetween &&
         time.back() == 'Z' && !time.ends_with("000Z") && time[19] == '.' && time.find('"') == std::string_view::npos &&
         !MayWrapEvent(line.substr(record));
}

Status AppendFactJson(std::string& out, const Fact& fact) {
  if (IsOwnJson(fact, fact.line())) {
    out += fact.line();
    return Status::Ok();
  }
  // A facet is put together; what was sent as a whole is copied from where it stands.
  std::string facet;
  std::string_view sent = fact.record();
  if (fact.facet() == Fact::kWholeRecord) {
    if (sent.empty()) return {StatusCode::kDataLoss, "record " + std::to_string(fact.seq().value) + " cannot be read"};
    if (const std::string_view event = WrappedEvent(sent); !event.empty()) sent = event;
  } else {
    auto made = fact.AsSent();
    if (!made) return made.error();
    sent = facet = std::move(*made);
  }
  char digits[20];
  const auto end = std::to_chars(digits, digits + sizeof digits, fact.seq().value).ptr;
  out += "{\"seq\":";
  out.append(digits, end);
  out += ",\"ingested_at\":\"";
  AppendTime(out, fact);
  out += "\",\"record\":";
  out += sent;
  out += '}';
  return Status::Ok();
}

}  // namespace cairn
