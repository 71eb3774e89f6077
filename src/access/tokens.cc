#include "access/tokens.h"

#include <fmt/format.h>
#include <simdjson.h>
#include <sodium.h>

#include <algorithm>
#include <array>
#include <mutex>

#include "base/json.h"

namespace cairn {
namespace {

constexpr std::string_view kPrefix = "cairn_";
constexpr std::size_t kIdBytes = 8;
constexpr std::size_t kSecretBytes = 32;
constexpr std::size_t kTokensMax = 100'000;  // Listed.

NodeKey NodeOf(std::string id) { return {std::string(kSystemTenant), "token", "", std::move(id), ""}; }

std::string RandomHex(std::size_t bytes) {
  std::string raw(bytes, '\0');
  randombytes_buf(raw.data(), raw.size());
  std::string hex(bytes * 2 + 1, '\0');
  sodium_bin2hex(hex.data(), hex.size(), reinterpret_cast<const unsigned char*>(raw.data()), raw.size());
  hex.pop_back();
  sodium_memzero(raw.data(), raw.size());
  return hex;
}

std::string HashOf(std::string_view secret) {
  std::array<unsigned char, crypto_hash_sha256_BYTES> hash{};
  crypto_hash_sha256(hash.data(), reinterpret_cast<const unsigned char*>(secret.data()), secret.size());
  std::string hex(hash.size() * 2 + 1, '\0');
  sodium_bin2hex(hex.data(), hex.size(), hash.data(), hash.size());
  hex.pop_back();
  return hex;
}

Status CheckLibrary() {
  return sodium_init() < 0 ? Status(StatusCode::kInternal, "libsodium cannot be used on this machine") : Status::Ok();
}

Status NotLetIn(std::string message) { return {StatusCode::kUnauthenticated, std::move(message)}; }

std::string ListJson(const std::vector<std::string>& texts) {
  std::string out = "[";
  for (const std::string& text : texts) {
    if (out.size() > 1) out += ',';
    AppendJsonString(out, text);
  }
  return out + "]";
}

std::vector<std::string> TextsOf(simdjson::dom::element payload, const char* key) {
  std::vector<std::string> out;
  simdjson::dom::array list;
  if (payload[key].get_array().get(list) != simdjson::SUCCESS) return out;
  for (const simdjson::dom::element item : list) {
    std::string_view text;
    if (item.get_string().get(text) == simdjson::SUCCESS) out.emplace_back(text);
  }
  return out;
}

std::string TextOf(simdjson::dom::element payload, const char* key) {
  std::string_view text;
  return payload[key].get_string().get(text) == simdjson::SUCCESS ? std::string(text) : std::string();
}

std::uint64_t NumberOf(simdjson::dom::element payload, const char* key) {
  std::uint64_t number = 0;
  return payload[key].get_uint64().get(number) == simdjson::SUCCESS ? number : 0;
}

}  // namespace

std::string_view TokenInfo::StateAt(Timestamp now) const {
  if (revoked) return "revoked";
  return expires_at && *expires_at <= now ? "expired" : "active";
}

Status Tokens::Write(const TokenInfo& info, const std::string& hash, Timestamp at) {
  RecordDraft draft;
  draft.kind = kKindAccessToken;
  draft.target = NodeOf(info.id);
  draft.produced_at = at;
  draft.producer_id = "cairn.token";
  draft.payload = fmt::format(
      R"({{"name":{},"sha256":"{}","scopes":{},"tenant":{},"namespaces":{},"kinds":{},"created_at":"{}","expires_at":{},)"
      R"("revoked":{},"requests_per_second":{},"records_per_day":{},"changed_by":{}}})",
      JsonString(info.name), hash, ListJson(ScopeNames(info.grant.scopes)), JsonString(info.grant.tenant),
      ListJson(info.grant.namespaces), ListJson(info.grant.kinds), FormatTimestamp(info.created_at),
      info.expires_at ? '"' + FormatTimestamp(*info.expires_at) + '"' : "null", info.revoked, info.requests_per_second,
      info.records_per_day, JsonString(info.changed_by));
  auto stored = repository_.Store(draft.ToJson());
  return stored ? Status::Ok() : stored.error();
}

Result<Tokens::Created> Tokens::Create(TokenInfo info) {
  if (Status status = CheckLibrary(); !status.ok()) return status;
  const auto wrong = [](std::string message) { return Status(StatusCode::kInvalidArgument, std::move(message)); };
  if (info.name.empty()) return wrong("a token needs a name that says what it is for");
  if (info.grant.scopes == 0) return wrong("a token needs a scope: read, write or admin");
  if (info.grant.tenant == kSystemTenant)
    return wrong(fmt::format("the tenant {} is the service's own", kSystemTenant));
  info.created_at = clock_.Now();
  if (info.expires_at && *info.expires_at <= info.created_at) return wrong("the token would have expired already");
  info.id = RandomHex(kIdBytes);
  info.revoked = false;
  const std::string secret = RandomHex(kSecretBytes);
  if (Status status = Write(info, HashOf(secret), info.created_at); !status.ok()) return status;
  std::string whole = fmt::format("{}{}_{}", kPrefix, info.id, secret);
  return Created{std::move(info), std::move(whole)};
}

Result<Tokens::Known> Tokens::Read(const std::string& id) {
  auto fact = repository_.Latest(kKindAccessToken, NodeOf(id));
  if (!fact) return fact.error();
  {
    const std::shared_lock lock(mutex_);
    const auto found = known_.find(id);
    if (found != known_.end() && found->second.seq == fact->seq()) return found->second;
  }
  auto details = fact->Parse();
  if (!details) return details.error();
  simdjson::dom::parser parser;
  simdjson::dom::element payload;
  if (parser.parse(details->payload).get(payload) != simdjson::SUCCESS) {
    return Status(StatusCode::kDataLoss, fmt::format("the record of the token {} cannot be read", id));
  }
  TokenInfo info;
  info.id = id;
  info.name = TextOf(payload, "name");
  auto scopes = ParseScopes(TextsOf(payload, "scopes"));
  if (!scopes) return scopes.error();
  info.grant = {*scopes, TextOf(payload, "tenant"), TextsOf(payload, "namespaces"), TextsOf(payload, "kinds")};
  if (auto created = ParseTimestamp(TextOf(payload, "created_at"))) info.created_at = *created;
  if (const std::string expires = TextOf(payload, "expires_at"); !expires.empty()) {
    auto time = ParseTimestamp(expires);
    if (!time) return time.error();
    info.expires_at = *time;
  }
  // What is not said is not granted.
  bool revoked = true;
  info.revoked = payload["revoked"].get_bool().get(revoked) != simdjson::SUCCESS || revoked;
  info.requests_per_second = NumberOf(payload, "requests_per_second");
  info.records_per_day = NumberOf(payload, "records_per_day");
  info.changed_by = TextOf(payload, "changed_by");
  Known known{fact->seq(), TextOf(payload, "sha256"), std::make_shared<const TokenInfo>(std::move(info))};
  const std::unique_lock lock(mutex_);
  return known_[id] = std::move(known);
}

Result<TokenInfo> Tokens::Revoke(const std::string& id, const std::string& by) {
  auto known = Read(id);
  if (!known && known.error().code() == StatusCode::kNotFound) {
    return Status(StatusCode::kNotFound, fmt::format("there is no token {}", id));
  }
  if (!known) return known.error();
  TokenInfo info = *known->info;
  if (info.revoked) {
    return Status(StatusCode::kFailedPrecondition, fmt::format("the token {} ({}) is revoked already", id, info.name));
  }
  info.revoked = true;
  info.changed_by = by;
  // Clocks go back; this must be the newest.
  const Timestamp at = std::max(clock_.Now(), Timestamp{info.created_at.ns + 1});
  if (Status status = Write(info, known->hash, at); !status.ok()) return status;
  return info;
}

bool Tokens::Holds(const TokenInfo& token) {
  const auto known = Read(token.id);
  return known && known->info.get() == &token && token.StateAt(clock_.Now()) == "active";
}

Result<std::vector<TokenInfo>> Tokens::List() {
  auto nodes = repository_.FindNodes(kSystemTenant, "token:", kTokensMax);
  if (!nodes) return nodes.error();
  std::vector<TokenInfo> out;
  for (const NodeKey& node : *nodes) {
    if (node.type != "token") continue;
    auto known = Read(node.name);
    if (!known) return known.error();
    out.push_back(*known->info);
  }
  std::sort(out.begin(), out.end(), [](const TokenInfo& a, const TokenInfo& b) { return a.created_at > b.created_at; });
  return out;
}

Result<std::shared_ptr<const TokenInfo>> Tokens::Check(std::string_view secret) {
  if (Status status = CheckLibrary(); !status.ok()) return status;
  constexpr std::size_t kSecretAt = kPrefix.size() + 2 * kIdBytes + 1;
  const bool is_shaped = secret.size() == kSecretAt + 2 * kSecretBytes && secret.starts_with(kPrefix);
  const std::string id(is_shaped ? secret.substr(kPrefix.size(), 2 * kIdBytes) : std::string_view());
  const auto known = id.empty() ? Result<Known>(Status(StatusCode::kNotFound, "")) : Read(id);
  if (!known && known.error().code() != StatusCode::kNotFound) return known.error();
  const std::string hash = HashOf(is_shaped ? secret.substr(kSecretAt) : secret);
  const std::string expected = known && known->hash.size() == hash.size() ? known->hash : std::string(hash.size(), '0');
  const bool is_same = sodium_memcmp(expected.data(), hash.data(), hash.size()) == 0;
  if (!known || !is_same) return NotLetIn("the token is not one of this store; see `cairn token`");
  if (known->info->revoked) return NotLetIn(fmt::format("the token {} is revoked", id));
  if (known->info->StateAt(clock_.Now()) == "expired") return NotLetIn(fmt::format("the token {} has expired", id));
  return known->info;
}

}  // namespace cairn
