#include "base/uuid.h"

#include <openssl/evp.h>

#include <array>
#include <cstdint>

namespace cairn {
namespace {

// NameUuid's namespace; drawn once.
constexpr std::string_view kNamespace("\x6f\x0c\x1e\x52\x9b\x3d\x4a\x7c\x8e\x21\x5d\xf4\xa0\x93\xc6\x17", 16);
constexpr std::size_t kUuidBytes = 16;

bool IsHyphenAt(std::size_t at) { return at == 8 || at == 13 || at == 18 || at == 23; }

}  // namespace

std::string NameUuid(std::string_view name) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> hash{};
  unsigned int size = 0;
  const std::string bytes = std::string(kNamespace) + std::string(name);
  EVP_Digest(bytes.data(), bytes.size(), hash.data(), &size, EVP_sha1(), nullptr);
  hash[6] = static_cast<unsigned char>((hash[6] & 0x0F) | 0x50);  // The version.
  hash[8] = static_cast<unsigned char>((hash[8] & 0x3F) | 0x80);  // The variant.
  std::string out;
  for (std::size_t i = 0; i < kUuidBytes; ++i) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    if (IsHyphenAt(out.size())) out += '-';
    out += kDigits[hash[i] >> 4];
    out += kDigits[hash[i] & 0x0F];
  }
  return out;
}

bool IsUuid(std::string_view text) {
  if (text.size() != 36) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool is_digit = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
    if (IsHyphenAt(i) ? c != '-' : !is_digit) return false;
  }
  return true;
}

}  // namespace cairn
