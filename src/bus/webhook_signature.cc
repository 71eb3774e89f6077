#include "bus/webhook_signature.h"

#include <sodium.h>

#include <array>

namespace cairn {
namespace {

constexpr std::string_view kPrefix = "whsec_";
constexpr std::size_t kKeyBytes = 32;
constexpr std::size_t kKeyBytesMin = 24;
constexpr std::size_t kKeyBytesMax = 64;
constexpr int kVariant = sodium_base64_VARIANT_ORIGINAL;

const unsigned char* Bytes(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

std::string Base64(const unsigned char* bytes, std::size_t size) {
  std::string out(sodium_base64_ENCODED_LEN(size, kVariant), '\0');
  sodium_bin2base64(out.data(), out.size(), bytes, size, kVariant);
  out.pop_back();
  return out;
}

Status CheckLibrary() {
  return sodium_init() < 0 ? Status(StatusCode::kInternal, "libsodium cannot be used on this machine") : Status::Ok();
}

}  // namespace

Result<WebhookSecret> WebhookSecret::Make() {
  if (Status status = CheckLibrary(); !status.ok()) return status;
  std::string key(kKeyBytes, '\0');
  randombytes_buf(key.data(), key.size());
  std::string text = std::string(kPrefix) + Base64(Bytes(key), key.size());
  return WebhookSecret(std::move(text), std::move(key));
}

Result<WebhookSecret> WebhookSecret::Parse(std::string_view text) {
  if (Status status = CheckLibrary(); !status.ok()) return status;
  constexpr std::string_view kBlanks = " \t\r\n";
  const std::size_t begin = std::min(text.find_first_not_of(kBlanks), text.size());
  text = text.substr(begin, text.find_last_not_of(kBlanks) + 1 - begin);
  std::string key(kKeyBytesMax + 1, '\0');
  std::size_t size = 0;
  const std::string_view base64 = text.starts_with(kPrefix) ? text.substr(kPrefix.size()) : std::string_view();
  const int failed = sodium_base642bin(reinterpret_cast<unsigned char*>(key.data()), key.size(), base64.data(),
                                       base64.size(), nullptr, &size, nullptr, kVariant);
  if (failed != 0 || size < kKeyBytesMin || size > kKeyBytesMax) {
    // Without the text.
    return Status(StatusCode::kInvalidArgument, "a secret is whsec_ and the base64 of 24 to 64 bytes");
  }
  key.resize(size);
  return WebhookSecret(std::string(text), std::move(key));
}

std::string WebhookSecret::Sign(std::string_view id, std::string_view timestamp, std::string_view body) const {
  crypto_auth_hmacsha256_state state;
  crypto_auth_hmacsha256_init(&state, Bytes(key_), key_.size());
  for (const std::string_view part : {id, std::string_view("."), timestamp, std::string_view("."), body}) {
    crypto_auth_hmacsha256_update(&state, Bytes(part), part.size());
  }
  std::array<unsigned char, crypto_auth_hmacsha256_BYTES> mac{};
  crypto_auth_hmacsha256_final(&state, mac.data());
  return "v1," + Base64(mac.data(), mac.size());
}

}  // namespace cairn
