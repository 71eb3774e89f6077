#include "bus/webhook.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "access/tokens.h"
#include "base/json.h"
#include "lookup/http.h"
#include "query/filter.h"

namespace cairn {
namespace {

constexpr std::size_t kNameBytesMax = 64;
constexpr std::size_t kUrlBytesMax = 2'000;
constexpr std::size_t kTextBytesMax = 4'000;
constexpr std::size_t kKindsMax = 100;

Status Wrong(std::string message) { return {StatusCode::kInvalidArgument, std::move(message)}; }

bool IsPlain(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.';
}

/// 127.0.0.0/8, ::1 and localhost, as written: no name is looked up.
bool IsLoopback(std::string_view host) {
  if (host == "localhost" || host == "[::1]") return true;
  constexpr std::string_view kNet = "127.";
  return host.starts_with(kNet) && std::count(host.begin(), host.end(), '.') == 3 &&
         std::all_of(host.begin(), host.end(), [](char c) { return (c >= '0' && c <= '9') || c == '.'; });
}

Status CheckUrl(const std::string& url, bool allows_plain) {
  // Without the text where a password may stand in it.
  const auto is_odd = [](char c) { return static_cast<unsigned char>(c) <= ' ' || c == '\x7F' || c == '\\'; };
  if (url.size() > kUrlBytesMax) return Wrong(fmt::format("url: longer than {} bytes", kUrlBytesMax));
  if (std::any_of(url.begin(), url.end(), is_odd)) {
    return Wrong("url: holds a space, a backslash or a control character");
  }
  const std::string scheme = HttpScheme(url);
  if (scheme.empty()) return Wrong("url: is not http://... or https://...");
  const std::string origin = HttpOrigin(url);
  std::string_view authority = std::string_view(origin).substr(scheme.size() + 3);
  if (authority.find('@') != std::string_view::npos) {
    return Wrong("url: names a user or password; the signature says who sends");
  }
  if (url.find('#') != std::string::npos) return Wrong("url: ends before #");
  const std::size_t bracket = authority.find(']');
  const std::size_t colon = authority.find(':', bracket == std::string_view::npos ? 0 : bracket);
  const std::string_view host = authority.substr(0, colon);
  if (host.empty()) return Wrong("url: names no host");
  if (scheme == "http" && !allows_plain && !IsLoopback(host)) {
    return Wrong("url: http to another machine is readable on its way; use https, or allow it (--allow-plain)");
  }
  return Status::Ok();
}

}  // namespace

std::string_view WebhookStateName(WebhookState state) {
  constexpr std::array<std::string_view, 3> kNames{"active", "paused", "off"};
  return kNames[static_cast<std::size_t>(state)];
}

std::string_view DeadLetterStateName(DeadLetter::State state) {
  constexpr std::array<std::string_view, 3> kNames{"dead", "retry", "delivered"};
  return kNames[static_cast<std::size_t>(state)];
}

Status CheckWebhook(const Webhook& hook) {
  if (hook.name.empty() || hook.name.size() > kNameBytesMax ||
      !std::all_of(hook.name.begin(), hook.name.end(), IsPlain)) {
    return Wrong("name: is 1 to 64 letters, digits, _ - .");
  }
  if (hook.tenant == kSystemTenant) return Wrong(fmt::format("tenant: {} is the service's own", kSystemTenant));
  if (Status status = CheckUrl(hook.url, hook.allows_plain); !status.ok()) return status;
  if (hook.kinds.size() > kKindsMax) return Wrong(fmt::format("kinds: more than {}", kKindsMax));
  for (const std::string& text : hook.kinds) {
    if (text.empty() || text.size() > kTextBytesMax || !IsUtf8(text)) return Wrong("kinds: each is a text");
  }
  for (const std::string* text : {&hook.tenant, &hook.prefix, &hook.filter}) {
    if (text->size() > kTextBytesMax || !IsUtf8(*text)) {
      return Wrong(fmt::format("prefix, filter, tenant: UTF-8 of at most {} bytes", kTextBytesMax));
    }
  }
  if (auto filter = Filter::Parse(hook.filter); !filter) return filter.error();
  const auto within = [](std::string_view name, std::uint64_t value, std::uint64_t most) {
    return value >= 1 && value <= most ? Status::Ok() : Wrong(fmt::format("{}: is from 1 to {}", name, most));
  };
  if (Status status = within("batch_records", hook.batch_records, Webhook::kBatchRecordsMax); !status.ok())
    return status;
  if (Status status = within("attempts", hook.attempts, Webhook::kAttemptsMax); !status.ok()) return status;
  return within("timeout_ms", hook.timeout_ms, Webhook::kTimeoutMsMax);
}

std::string DeadLetter::id() const { return fmt::format("{}-{}", first.value, last.value); }

}  // namespace cairn
