#include <fmt/format.h>
#include <sodium.h>
#include <xxhash.h>

#include <algorithm>
#include <cmath>

#include "base/hash.h"
#include "base/json.h"
#include "cache/level.h"
#include "cache/mix.h"
#include "cairn/cache_policy.h"

namespace cairn {
namespace {

constexpr std::string_view kUserName = "@=";
constexpr std::size_t kUserHexBytes = 32;

constexpr bool MustEscape(unsigned char c) {
  return c < 0x20 || c == 0x7f || std::string_view("%&=:*@#?[]").find(static_cast<char>(c)) != std::string_view::npos;
}

void AppendByteEscaped(std::string& out, unsigned char c) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  out += '%';
  out += kHex[c >> 4];
  out += kHex[c & 15];
}

void AppendEscaped(std::string& out, std::string_view text) {
  bool is_plain = true;
  bool is_ascii = true;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    is_plain = is_plain && !MustEscape(byte);
    is_ascii = is_ascii && byte < 0x80;
  }
  // Bytes that are no text are escaped, so that a key always is.
  const bool escape_high = !is_ascii && !IsUtf8(text);
  if (is_plain && !escape_high) {
    out += text;
    return;
  }
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (MustEscape(byte) || (escape_high && byte >= 0x80)) {
      AppendByteEscaped(out, byte);
    } else {
      out += c;
    }
  }
}

struct AppendValue {
  std::string& out;
  void operator()(std::nullptr_t) const { out += ":null"; }
  void operator()(bool value) const { out += value ? ":true" : ":false"; }
  void operator()(std::int64_t value) const { fmt::format_to(std::back_inserter(out), ":{}", value); }
  void operator()(double value) const {
    if (value == 0) value = 0;  // -0 equals 0.
    const std::size_t begin = out.size();
    fmt::format_to(std::back_inserter(out), ":{}", value);
    // Shortest text that reads back the same; a whole number still looks like none of the integers.
    if (std::isfinite(value) && out.find_first_of(".e", begin) == std::string::npos) out += ".0";
  }
  void operator()(std::string_view value) const { AppendEscaped(out, value); }
};

}  // namespace

std::string UserHash(std::string_view secret, std::string_view user) {
  unsigned char key[crypto_generichash_KEYBYTES];
  crypto_generichash(key, sizeof key, reinterpret_cast<const unsigned char*>(secret.data()), secret.size(), nullptr, 0);
  unsigned char hash[kUserHexBytes / 2];
  static_assert(sizeof hash >= crypto_generichash_BYTES_MIN);
  crypto_generichash(hash, sizeof hash, reinterpret_cast<const unsigned char*>(user.data()), user.size(), key,
                     sizeof key);
  std::string hex(kUserHexBytes + 1, '\0');
  sodium_bin2hex(hex.data(), hex.size(), hash, sizeof hash);
  hex.pop_back();
  return hex;
}

namespace {

std::uint64_t VersionOf(const CachePolicy& policy) { return MixHash(Hash64(policy.codec), policy.schema_version); }

}  // namespace

std::string_view CacheKey::user() const {
  if (operation_ == nullptr || !operation_->policy().per_user) return {};
  return std::string_view(text_).substr(operation_->full_name().size() + 1 + kUserName.size(), kUserHexBytes);
}

CacheOperation::CacheOperation(std::string source, std::string name, CachePolicy policy, std::size_t index,
                               std::string user_secret)
    : source_(std::move(source)),
      name_(std::move(name)),
      full_name_(source_ + ':' + name_),
      policy_(std::move(policy)),
      version_(VersionOf(policy_)),
      index_(index),
      user_secret_(std::move(user_secret)) {}

Result<CacheKey> CacheOperation::Key(const std::vector<CacheParam>& params) const {
  if (policy_.per_user) return {StatusCode::kInvalidArgument, full_name_ + " is kept per user: say which"};
  return Make({}, params);
}

Result<CacheKey> CacheOperation::KeyOfUser(std::string_view user, const std::vector<CacheParam>& params) const {
  if (!policy_.per_user) return {StatusCode::kInvalidArgument, full_name_ + " is not kept per user"};
  if (user.empty()) return {StatusCode::kInvalidArgument, full_name_ + ": the user is empty"};
  return Make(user, params);
}

Result<CacheKey> CacheOperation::KeyOfText(std::string_view text) const {
  const bool is_ours = text.starts_with(full_name_) && text.substr(full_name_.size()).starts_with(':');
  if (!is_ours) {
    return {StatusCode::kInvalidArgument, fmt::format("the key `{}` is none of {}", text, full_name_)};
  }
  const std::string_view rest = text.substr(full_name_.size() + 1);
  const bool has_user = rest.starts_with(kUserName) && rest.size() >= kUserName.size() + kUserHexBytes;
  if (has_user != policy_.per_user) {
    return {StatusCode::kInvalidArgument, fmt::format("the key `{}` {} a user", text, has_user ? "has" : "lacks")};
  }
  return Finish(std::string(text));
}

Result<CacheKey> CacheOperation::Make(std::string_view user, const std::vector<CacheParam>& params) const {
  constexpr std::size_t kFew = 8;
  const CacheParam* few[kFew];
  std::vector<const CacheParam*> many;
  const CacheParam** sorted = few;
  if (params.size() > kFew) {
    many.resize(params.size());
    sorted = many.data();
  }
  for (std::size_t i = 0; i < params.size(); ++i) sorted[i] = &params[i];
  std::sort(sorted, sorted + params.size(), [](const CacheParam* a, const CacheParam* b) { return a->name < b->name; });

  std::string text;
  text.reserve(full_name_.size() + 2 + params.size() * 24 + (user.empty() ? 0 : kUserHexBytes + 4));
  text += full_name_;
  text += ':';
  const std::size_t begin = text.size();
  if (!user.empty()) {
    text += kUserName;
    text += UserHash(user_secret_, user);
  }
  for (std::size_t i = 0; i < params.size(); ++i) {
    const CacheParam& param = *sorted[i];
    if (param.name.empty()) return {StatusCode::kInvalidArgument, full_name_ + ": a parameter has no name"};
    if (i != 0 && sorted[i - 1]->name == param.name) {
      return {StatusCode::kInvalidArgument, fmt::format("{}: the parameter `{}` comes twice", full_name_, param.name)};
    }
    if (text.size() != begin) text += '&';
    AppendEscaped(text, param.name);
    text += '=';
    std::visit(AppendValue{text}, param.value.kinds());
  }
  return Finish(std::move(text));
}

CacheKey CacheOperation::Finish(std::string text) const {
  CacheKey key;
  key.text_ = std::move(text);
  key.text_hash_ = Hash64(key.text_);
  key.hash_ = MixHash(key.text_hash_, version_);
  key.operation_ = this;
  if (key.text_.size() > CacheKey::kShortBytes) key.short_ = ShortKeyText(key.text_);
  return key;
}

std::string ShortKeyText(std::string_view text) {
  if (text.size() <= CacheKey::kShortBytes) return std::string(text);
  constexpr std::size_t kHexBytes = 32;
  const XXH128_hash_t hash = XXH3_128bits(text.data(), text.size());
  return fmt::format("{}#{:016x}{:016x}", text.substr(0, CacheKey::kShortBytes - kHexBytes - 1), hash.high64,
                     hash.low64);
}

}  // namespace cairn
