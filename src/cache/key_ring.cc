#include "cache/key_ring.h"

#include <sodium.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "base/file_system.h"

namespace cairn {
namespace {

constexpr std::size_t kIdBytes = sizeof(std::uint64_t);
constexpr std::size_t kNonceBytes = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t kTagBytes = crypto_aead_xchacha20poly1305_ietf_ABYTES;
constexpr std::size_t kHexBytes = 64;

const unsigned char* Bytes(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

}  // namespace

KeyRing::~KeyRing() {
  for (Key& key : keys_) sodium_memzero(key.bytes.data(), key.bytes.size());
}

Result<KeyRing> KeyRing::Load(const CacheSealOptions& options, FileSystem& files,
                              const std::function<const char*(const char*)>& environment) {
  if (!options.key_file.empty()) {
    auto text = files.Read(options.key_file);
    if (!text) return text.error().WithContext("the cache's sealing key");
    auto ring = Parse(*text);
    sodium_memzero(text->data(), text->size());
    if (!ring) return ring.error().WithContext(options.key_file);
    if (ring->empty()) return {StatusCode::kInvalidArgument, options.key_file + " holds no sealing key"};
    return ring;
  }
  const char* name = options.key_environment.c_str();
  const char* text = environment ? environment(name) : std::getenv(name);
  auto ring = Parse(text == nullptr ? "" : text);
  if (!ring) return ring.error().WithContext(options.key_environment);
  return ring;
}

Result<KeyRing> KeyRing::Parse(std::string_view text) {
  if (sodium_init() < 0) return {StatusCode::kInternal, "libsodium cannot be used on this machine"};
  KeyRing ring;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find_first_of(",\r\n"), text.size());
    const std::string_view word = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (word.empty()) continue;
    Key key;
    std::size_t size = 0;
    const bool is_hex = word.size() == kHexBytes && sodium_hex2bin(key.bytes.data(), key.bytes.size(), word.data(),
                                                                   word.size(), nullptr, &size, nullptr) == 0;
    if (!is_hex || size != key.bytes.size()) {
      return {StatusCode::kInvalidArgument, "a sealing key is 64 hex digits, one key a line"};
    }
    unsigned char id[crypto_generichash_BYTES_MIN];
    crypto_generichash(id, sizeof id, key.bytes.data(), key.bytes.size(), nullptr, 0);
    std::memcpy(&key.id, id, sizeof key.id);
    ring.keys_.push_back(key);
  }
  return ring;
}

std::string KeyRing::Seal(std::string_view clear_text, std::string_view beside) const {
  const Key& key = keys_.front();
  std::string sealed(kIdBytes + kNonceBytes + clear_text.size() + kTagBytes, '\0');
  std::memcpy(sealed.data(), &key.id, kIdBytes);
  auto* nonce = reinterpret_cast<unsigned char*>(sealed.data()) + kIdBytes;
  randombytes_buf(nonce, kNonceBytes);
  crypto_aead_xchacha20poly1305_ietf_encrypt(nonce + kNonceBytes, nullptr, Bytes(clear_text), clear_text.size(),
                                             Bytes(beside), beside.size(), nullptr, nonce, key.bytes.data());
  return sealed;
}

Result<std::string> KeyRing::Open(std::string_view sealed, std::string_view beside) const {
  if (sealed.size() < kIdBytes + kNonceBytes + kTagBytes) return {StatusCode::kDataLoss, "a sealed value is too short"};
  std::uint64_t id = 0;
  std::memcpy(&id, sealed.data(), kIdBytes);
  const auto key = std::find_if(keys_.begin(), keys_.end(), [id](const Key& k) { return k.id == id; });
  if (key == keys_.end()) return {StatusCode::kUnauthenticated, "the key that sealed this value is not in the ring"};
  const unsigned char* nonce = Bytes(sealed) + kIdBytes;
  const std::string_view body = sealed.substr(kIdBytes + kNonceBytes);
  std::string clear_text(body.size() - kTagBytes, '\0');
  const int opened = crypto_aead_xchacha20poly1305_ietf_decrypt(reinterpret_cast<unsigned char*>(clear_text.data()),
                                                                nullptr, nullptr, Bytes(body), body.size(),
                                                                Bytes(beside), beside.size(), nonce, key->bytes.data());
  if (opened != 0) return {StatusCode::kDataLoss, "a sealed value was changed"};
  return clear_text;
}

}  // namespace cairn
