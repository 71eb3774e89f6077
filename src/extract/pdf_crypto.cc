// What qpdf calls of GnuTLS, by itself: MD5, SHA-2, RC4 and AES-CBC, as encrypted PDF documents use them. libgnutls
// with the eight libraries behind it takes a third of the time in which a program starts, and a worker, which cannot
// open files, could not load it later. OpenSSL's functions of the low level take neither memory nor files.

#define OPENSSL_SUPPRESS_DEPRECATED  // NOLINT: RC4 and MD5 are old, and so are the documents.

#include <gnutls/crypto.h>
#include <openssl/aes.h>
#include <openssl/md5.h>
#include <openssl/rc4.h>
#include <openssl/sha.h>
#include <sys/random.h>

#include <cerrno>
#include <cstring>
#include <new>
#include <variant>

// Functions of C, by the names of GnuTLS and of its types; seen within this program only.
#pragma GCC visibility push(hidden)

struct hash_hd_st {  // NOLINT
  gnutls_digest_algorithm_t algorithm;
  std::variant<MD5_CTX, SHA256_CTX, SHA512_CTX> state;
};

struct api_cipher_hd_st {  // NOLINT
  bool is_rc4;
  RC4_KEY rc4;
  AES_KEY encrypt;
  AES_KEY decrypt;
  unsigned char block[AES_BLOCK_SIZE];  // The last one, which the next is combined with.
};

extern "C" {

int gnutls_hash_init(gnutls_hash_hd_t* out, gnutls_digest_algorithm_t algorithm) {
  auto* made = new (std::nothrow) hash_hd_st{algorithm, {}};
  *out = made;
  if (made == nullptr) return GNUTLS_E_MEMORY_ERROR;
  switch (algorithm) {
    case GNUTLS_DIG_MD5:
      MD5_Init(&made->state.emplace<MD5_CTX>());
      return 0;
    case GNUTLS_DIG_SHA256:
      SHA256_Init(&made->state.emplace<SHA256_CTX>());
      return 0;
    case GNUTLS_DIG_SHA384:
      SHA384_Init(&made->state.emplace<SHA512_CTX>());
      return 0;
    case GNUTLS_DIG_SHA512:
      SHA512_Init(&made->state.emplace<SHA512_CTX>());
      return 0;
    default:
      break;
  }
  delete made;
  *out = nullptr;
  return GNUTLS_E_UNKNOWN_HASH_ALGORITHM;
}

int gnutls_hash(gnutls_hash_hd_t hash, const void* text, size_t size) {
  if (auto* md5 = std::get_if<MD5_CTX>(&hash->state)) MD5_Update(md5, text, size);
  if (auto* sha256 = std::get_if<SHA256_CTX>(&hash->state)) SHA256_Update(sha256, text, size);
  if (auto* sha512 = std::get_if<SHA512_CTX>(&hash->state)) SHA512_Update(sha512, text, size);
  return 0;
}

void gnutls_hash_deinit(gnutls_hash_hd_t hash, void* digest) {
  auto* out = static_cast<unsigned char*>(digest);
  if (out != nullptr) {
    if (auto* md5 = std::get_if<MD5_CTX>(&hash->state)) MD5_Final(out, md5);
    if (auto* sha256 = std::get_if<SHA256_CTX>(&hash->state)) SHA256_Final(out, sha256);
    if (auto* sha512 = std::get_if<SHA512_CTX>(&hash->state)) {
      // It keeps the size of what it was begun for, 48 or 64 bytes.
      SHA512_Final(out, sha512);
    }
  }
  delete hash;
}

int gnutls_cipher_init(gnutls_cipher_hd_t* out, gnutls_cipher_algorithm_t algorithm, const gnutls_datum_t* key,
                       const gnutls_datum_t* block) {
  const bool is_rc4 = algorithm == GNUTLS_CIPHER_ARCFOUR_128;
  *out = nullptr;
  if (!is_rc4 && key->size != gnutls_cipher_get_key_size(algorithm)) return GNUTLS_E_INVALID_REQUEST;
  auto* made = new (std::nothrow) api_cipher_hd_st{};
  if (made == nullptr) return GNUTLS_E_MEMORY_ERROR;
  made->is_rc4 = is_rc4;
  if (is_rc4) {
    RC4_set_key(&made->rc4, static_cast<int>(key->size), key->data);
  } else {
    AES_set_encrypt_key(key->data, static_cast<int>(key->size * 8), &made->encrypt);
    AES_set_decrypt_key(key->data, static_cast<int>(key->size * 8), &made->decrypt);
    if (block != nullptr && block->size == AES_BLOCK_SIZE) std::memcpy(made->block, block->data, AES_BLOCK_SIZE);
  }
  *out = made;
  return 0;
}

int gnutls_cipher_encrypt2(gnutls_cipher_hd_t cipher, const void* text, size_t size, void* out, size_t room) {
  if (room < size || (!cipher->is_rc4 && size % AES_BLOCK_SIZE != 0)) return GNUTLS_E_INVALID_REQUEST;
  const auto* from = static_cast<const unsigned char*>(text);
  if (cipher->is_rc4) {
    RC4(&cipher->rc4, size, from, static_cast<unsigned char*>(out));
  } else {
    AES_cbc_encrypt(from, static_cast<unsigned char*>(out), size, &cipher->encrypt, cipher->block, AES_ENCRYPT);
  }
  return 0;
}

int gnutls_cipher_decrypt2(gnutls_cipher_hd_t cipher, const void* text, size_t size, void* out, size_t room) {
  if (cipher->is_rc4) return gnutls_cipher_encrypt2(cipher, text, size, out, room);
  if (room < size || size % AES_BLOCK_SIZE != 0) return GNUTLS_E_INVALID_REQUEST;
  AES_cbc_encrypt(static_cast<const unsigned char*>(text), static_cast<unsigned char*>(out), size, &cipher->decrypt,
                  cipher->block, AES_DECRYPT);
  return 0;
}

void gnutls_cipher_deinit(gnutls_cipher_hd_t cipher) { delete cipher; }

size_t gnutls_cipher_get_key_size(gnutls_cipher_algorithm_t algorithm) {
  switch (algorithm) {
    case GNUTLS_CIPHER_ARCFOUR_128:
      return 16;
    case GNUTLS_CIPHER_AES_128_CBC:
      return 16;
    case GNUTLS_CIPHER_AES_192_CBC:
      return 24;
    case GNUTLS_CIPHER_AES_256_CBC:
      return 32;
    default:
      return 0;
  }
}

// qpdf asks for a first block at random before it takes that of the document.
int gnutls_rnd(gnutls_rnd_level_t /*level*/, void* data, size_t size) {
  auto* out = static_cast<unsigned char*>(data);
  while (size != 0) {
    const ssize_t got = ::getrandom(out, size, 0);
    if (got < 0 && errno != EINTR) return GNUTLS_E_RANDOM_FAILED;
    if (got < 0) continue;
    out += got;
    size -= static_cast<size_t>(got);
  }
  return 0;
}

const char* gnutls_strerror(int /*error*/) { return "a cipher failed"; }

}  // extern "C"

#pragma GCC visibility pop
