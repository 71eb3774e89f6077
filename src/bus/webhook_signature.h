#pragma once

#include <string>
#include <string_view>

#include "cairn/status.h"

namespace cairn {

/// What deliveries are signed with, as *Standard Webhooks* has it: `whsec_` and the base64 of 24 to 64 bytes. It is
/// never part of a message.
class WebhookSecret {
 public:
  /// Of 32 random bytes.
  static Result<WebhookSecret> Make();
  /// Returns INVALID_ARGUMENT for another form; blanks around it do not count.
  static Result<WebhookSecret> Parse(std::string_view text);

  /// `whsec_...`
  [[nodiscard]] const std::string& text() const { return text_; }
  /// The header `webhook-signature`: `v1,` and the base64 of HMAC-SHA256 over `id.timestamp.body`, the timestamp being
  /// seconds since 1970.
  [[nodiscard]] std::string Sign(std::string_view id, std::string_view timestamp, std::string_view body) const;

 private:
  WebhookSecret(std::string text, std::string key) : text_(std::move(text)), key_(std::move(key)) {}

  std::string text_;
  std::string key_;
};

}  // namespace cairn
