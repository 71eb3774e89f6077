#include "store_ledger.h"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>
#include <string_view>
#include <utility>

namespace cairn {
namespace {

constexpr std::size_t kPage = 100;

std::string Short(const std::string& json) { return json.size() <= 120 ? json : json.substr(0, 120) + "..."; }

bool MayHaveHappened(StatusCode code) { return code == StatusCode::kUnknown || code == StatusCode::kUnavailable; }

}  // namespace

Result<std::map<std::uint64_t, std::string>> ReadLog(Repository& repository) {
  std::map<std::uint64_t, std::string> log;
  Seq from{1};
  while (true) {
    auto page = repository.Tail(from, kPage);
    if (!page) return page.error();
    if (page->facts.empty()) return log;
    if (page->next <= from) return Status(StatusCode::kInternal, fmt::format("Tail stays at {}", from.value));
    for (const Fact& fact : page->facts) {
      auto sent = fact.AsSent();
      const bool fresh = log.emplace(fact.seq().value, sent ? *sent : sent.error().ToString()).second;
      if (!fresh) return Status(StatusCode::kInternal, fmt::format("Tail gives seq {} twice", fact.seq().value));
    }
    from = page->next;
  }
}

std::string DumpOf(Repository& repository) {
  std::ostringstream out;
  if (Status status = repository.Dump(out); !status.ok()) return status.ToString();
  return out.str();
}

std::string Difference(const std::string& expected, const std::string& actual) {
  std::istringstream a(expected);
  std::istringstream b(actual);
  std::string wanted;
  std::string found;
  while (true) {
    const bool more_wanted = static_cast<bool>(std::getline(a, wanted));
    const bool more_found = static_cast<bool>(std::getline(b, found));
    if (!more_wanted && !more_found) return "";
    if (more_wanted != more_found || wanted != found) {
      return fmt::format("expected: {}\nfound:    {}", more_wanted ? wanted : "(end)", more_found ? found : "(end)");
    }
  }
}

std::string Difference(const std::map<std::uint64_t, std::string>& expected,
                       const std::map<std::uint64_t, std::string>& actual) {
  const auto [a, b] = std::mismatch(expected.begin(), expected.end(), actual.begin(), actual.end());
  if (a == expected.end() && b == actual.end()) return "";
  return fmt::format("{} records expected, {} found; expected: {}\nfound:    {}", expected.size(), actual.size(),
                     a == expected.end() ? "(end)" : fmt::format("{} {}", a->first, Short(a->second)),
                     b == actual.end() ? "(end)" : fmt::format("{} {}", b->first, Short(b->second)));
}

std::vector<Result<Stored>> StoreLedger::Send(Repository& repository, const std::vector<std::string>& batch) {
  const std::vector<std::string_view> views(batch.begin(), batch.end());
  std::vector<Result<Stored>> results = repository.BulkStore(views);
  if (results.size() != batch.size()) {
    Complain(fmt::format("{} answers to {} records", results.size(), batch.size()));
  } else {
    Note(batch, results);
  }
  return results;
}

void StoreLedger::Note(const std::vector<std::string>& batch, const std::vector<Result<Stored>>& results) {
  std::unordered_map<std::string, std::size_t> first;
  std::vector<std::string> group;
  bool stored_new = false;
  for (std::size_t i = 0; i < batch.size(); ++i) {
    const std::string& json = batch[i];
    const Result<Stored>& result = results[i];
    const bool again = !first.emplace(json, i).second;
    const auto standing = stands_.find(json);
    if (standing != stands_.end()) {
      if (result && result->seq.value != standing->second) {
        Complain(
            fmt::format("stands as {} and is answered as {}: {}", standing->second, result->seq.value, Short(json)));
      }
      if (result && !result->known) Complain("stood already and is answered as new: " + Short(json));
      continue;
    }
    if (again) {
      if (result) Complain("twice in a batch, with two fates: " + Short(json));
      continue;
    }
    if (result) {
      const bool was_maybe = maybe_.erase(json) != 0;
      if (result->known && !was_maybe) Complain("answered as known, but was never stored: " + Short(json));
      if (!result->known && result->seq.value <= last_seq_) {
        Complain(fmt::format("answered {} after {}: {}", result->seq.value, last_seq_, Short(json)));
      }
      stored_new = stored_new || !result->known;
      last_seq_ = std::max(last_seq_, result->seq.value);
      stands_[json] = result->seq.value;
    } else if (MayHaveHappened(result.error().code())) {
      group.push_back(json);
    } else if (result.error().code() != StatusCode::kResourceExhausted) {
      Complain("answered " + result.error().ToString() + ": " + Short(json));
    }
  }
  std::sort(group.begin(), group.end());
  group.erase(std::unique(group.begin(), group.end()), group.end());
  if (stored_new && !group.empty()) Complain("one batch was stored in part");
  for (const std::string& json : group) ++maybe_[json];
  if (!group.empty()) groups_.push_back(std::move(group));
}

std::vector<std::string> StoreLedger::Check(Repository& repository, bool reopened) {
  auto log = ReadLog(repository);
  if (!log) Complain("reading the log: " + log.status().ToString());
  std::unordered_map<std::string, std::uint64_t> seen;
  std::uint64_t expected = 1;
  if (log) {
    for (const auto& [seq, json] : *log) {
      if (seq != expected) Complain(fmt::format("after seq {} comes {}", expected - 1, seq));
      expected = seq + 1;
      const auto [other, fresh] = seen.emplace(json, seq);
      if (!fresh) Complain(fmt::format("twice: {} and {}: {}", other->second, seq, Short(json)));
      const auto standing = stands_.find(json);
      if (standing == stands_.end() && !maybe_.contains(json)) {
        Complain(fmt::format("holds what was refused, lost or never sent: {}: {}", seq, Short(json)));
      }
      if (standing != stands_.end() && standing->second != seq) {
        Complain(fmt::format("answered as {}, stands as {}: {}", standing->second, seq, Short(json)));
      }
    }
    for (const auto& [json, seq] : stands_) {
      if (!seen.contains(json)) Complain(fmt::format("lost: {}: {}", seq, Short(json)));
    }
    if (reopened) {
      CheckGroups(seen);
      stands_ = std::move(seen);
      last_seq_ = expected - 1;
      maybe_.clear();
      groups_.clear();
    }
  }
  constexpr std::size_t kShown = 5;
  if (complaints_.size() > kShown) {
    complaints_[kShown] = fmt::format("and {} more", complaints_.size() - kShown);
    complaints_.resize(kShown + 1);
  }
  return std::exchange(complaints_, {});
}

void StoreLedger::CheckGroups(const std::unordered_map<std::string, std::uint64_t>& seen) {
  for (const std::vector<std::string>& group : groups_) {
    std::size_t alone = 0;
    std::size_t found = 0;
    for (const std::string& json : group) {
      const auto maybe = maybe_.find(json);
      if (maybe == maybe_.end() || maybe->second != 1) continue;  // Sent again since.
      ++alone;
      found += seen.contains(json) ? 1U : 0U;
    }
    if (found != 0 && found != alone) Complain(fmt::format("half: {} of {} records of a batch stand", found, alone));
  }
}

}  // namespace cairn
