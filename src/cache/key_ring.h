#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "cairn/cache_options.h"
#include "cairn/status.h"

namespace cairn {

/// The keys that sensitive values are sealed with (XChaCha20-Poly1305, libsodium). The first seals, all open. Any
/// thread may read it.
class KeyRing {
 public:
  KeyRing() = default;
  KeyRing(const KeyRing&) = delete;
  KeyRing& operator=(const KeyRing&) = delete;
  KeyRing(KeyRing&&) = default;
  KeyRing& operator=(KeyRing&&) = default;
  ~KeyRing();

  /// Returns INVALID_ARGUMENT for what is no key (without repeating it), and what reading the file returns. No file and
  /// no variable: an empty ring.
  static Result<KeyRing> Load(const CacheSealOptions& options, FileSystem& files,
                              const std::function<const char*(const char*)>& environment);
  static Result<KeyRing> Parse(std::string_view text);

  [[nodiscard]] bool empty() const { return keys_.empty(); }

  /// `clear_text` sealed; `beside` is not hidden, but must be the same to open it. Requires a key.
  [[nodiscard]] std::string Seal(std::string_view clear_text, std::string_view beside) const;
  /// Returns UNAUTHENTICATED without the key that sealed it, DATA_LOSS where the bytes or `beside` were changed.
  [[nodiscard]] Result<std::string> Open(std::string_view sealed, std::string_view beside) const;

 private:
  struct Key {
    std::uint64_t id = 0;  ///< Stands before what it sealed. Says nothing of the key.
    std::array<unsigned char, 32> bytes{};
  };
  std::vector<Key> keys_;
};

}  // namespace cairn
