#include "server/hot_answers.h"

#include <algorithm>
#include <cstring>
#include <span>

namespace cairn {
namespace {

constexpr std::uint64_t kBytes = 32U << 20;
// An answer about more is seldom asked twice before one of them changes.
constexpr std::size_t kAboutMax = 4096;
// An answer that was overtaken by a fact is made again so often before it is given as it is, for this one alone.
constexpr int kTries = 3;

/// Whose answer it is: what he may see, in a text.
std::string SeenBy(const Exchange& exchange) {
  const Principal& principal = exchange.principal();
  std::string out = principal.service.tenant();
  if (principal.grant == nullptr) return out;
  for (const auto* list : {&principal.grant->namespaces, &principal.grant->kinds}) {
    out += '\n';
    for (const std::string& one : *list) (out += one) += '\t';
  }
  return out;
}

template <typename T>
void Append(std::string& out, const T* values, std::size_t count) {
  const std::size_t before = out.size();
  out.resize(before + count * sizeof(T));
  if (count != 0) std::memcpy(out.data() + before, values, count * sizeof(T));
}

}  // namespace

/// An answer as it is kept: mark, number of places, places, body.
struct HotAnswers::Kept {
  std::uint64_t mark = 0;
  std::vector<std::uint16_t> places;
  std::string_view body;

  static std::string Encode(std::uint64_t mark, std::span<const std::uint16_t> places, std::string_view body) {
    std::string out;
    out.reserve(sizeof(mark) + sizeof(std::uint32_t) + places.size_bytes() + body.size());
    const auto count = static_cast<std::uint32_t>(places.size());
    Append(out, &mark, 1);
    Append(out, &count, 1);
    Append(out, places.data(), places.size());
    return out.append(body);
  }
  explicit Kept(std::string_view value) {
    std::uint32_t count = 0;
    std::memcpy(&mark, value.data(), sizeof(mark));
    std::memcpy(&count, value.data() + sizeof(mark), sizeof(count));
    places.resize(count);
    const std::size_t head = sizeof(mark) + sizeof(count);
    if (count != 0) std::memcpy(places.data(), value.data() + head, count * sizeof(std::uint16_t));
    body = value.substr(head + count * sizeof(std::uint16_t));
  }
};

HotAnswers::HotAnswers(Repository& repository) : changes_(ChangesOf(repository)) {
  if (changes_ == nullptr) return;
  CacheOptions options;
  options.disk.enabled = false;
  options.memory.bytes = kBytes;
  options.threads = 1;
  auto cache = Cache::Open(std::move(options));
  if (!cache) return;
  CachePolicy policy;
  policy.ttl = std::chrono::hours(1);
  policy.negative_ttl = {};
  policy.jitter = 0;
  policy.early_refresh_beta = 0;
  policy.levels = {true, false, false};
  auto operation = (*cache)->Define("answer", "lineage", policy);
  if (!operation) return;
  operation_ = *operation;
  cache_ = std::move(*cache);
}

// `is_current` becomes false where it was made before this call began, and may have been overtaken.
Result<std::string> HotAnswers::Load(const CacheKey& key, const Make& make, bool* is_current) {
  bool is_mine = false;
  const auto load = [&](const CacheLoad& /*load*/) {
    is_mine = true;
    const auto mark = changes_->Mark();
    if (!mark) return CacheLoaded::Failed(mark.error());
    auto made = make();
    if (!made) return CacheLoaded::Failed(made.error());
    std::optional<std::vector<std::uint16_t>> places;
    if (made->is_kept && made->about.size() <= kAboutMax) places = changes_->PlacesOf(made->about);
    if (places) {
      std::sort(places->begin(), places->end());
      places->erase(std::unique(places->begin(), places->end()), places->end());
      return CacheLoaded::Value(Kept::Encode(*mark, *places, made->body));
    }
    CacheLoaded out = CacheLoaded::Value(Kept::Encode(0, {}, made->body));
    out.ttl = std::chrono::nanoseconds(0);
    return out;
  };
  const auto found = cache_->GetOrLoad(key, load);
  *is_current = is_mine;
  if (!found) return found.error();
  const Kept kept(found->value());
  if (!is_mine && kept.mark != 0) {
    const auto touched = changes_->Touched(kept.mark, kept.places);
    *is_current = touched && !*touched;
  }
  return std::string(kept.body);
}

Result<std::string> HotAnswers::Ask(const Exchange& exchange, std::string_view question, const Make& make) {
  if (cache_ != nullptr) {
    const std::string seen = SeenBy(exchange);
    const auto key = operation_->Key({{"by", seen}, {"q", question}});
    for (int i = 0; key && i < kTries; ++i) {
      bool is_current = false;
      auto body = Load(*key, make, &is_current);
      if (is_current) return body;
      if (body) (void)cache_->Remove(CacheSelector::Key(*key));
    }
  }
  auto made = make();
  if (!made) return made.error();
  return std::move(made->body);
}

}  // namespace cairn
