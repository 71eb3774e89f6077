#include "cache/redis_tls.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>

namespace cairn {
namespace {

struct FreeContext {
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};
struct FreeSsl {
  void operator()(SSL* ssl) const { SSL_free(ssl); }
};

std::string LastError() {
  const unsigned long code = ERR_get_error();
  ERR_clear_error();
  if (code == 0) return "the connection broke";
  std::array<char, 256> text = {};
  ERR_error_string_n(code, text.data(), text.size());
  return text.data();
}

bool IsAddress(const std::string& host) {
  std::array<char, sizeof(in6_addr)> bytes = {};
  return inet_pton(AF_INET, host.c_str(), bytes.data()) == 1 || inet_pton(AF_INET6, host.c_str(), bytes.data()) == 1;
}

/// OpenSSL's own socket BIO writes with write(), which raises SIGPIPE in a host program that never asked for it.
int SendQuietly(BIO* bio, const char* bytes, int size) {
  BIO_clear_retry_flags(bio);
  const auto sent = send(static_cast<const RedisSocket*>(BIO_get_data(bio))->fd(), bytes,
                         static_cast<std::size_t>(size), MSG_NOSIGNAL | MSG_DONTWAIT);
  if (sent < 0 && (errno == EAGAIN || errno == EINTR)) BIO_set_retry_write(bio);
  return static_cast<int>(sent);
}

int ReceiveSome(BIO* bio, char* out, int size) {
  BIO_clear_retry_flags(bio);
  const auto received =
      recv(static_cast<const RedisSocket*>(BIO_get_data(bio))->fd(), out, static_cast<std::size_t>(size), MSG_DONTWAIT);
  if (received < 0 && (errno == EAGAIN || errno == EINTR)) BIO_set_retry_read(bio);
  return static_cast<int>(received);
}

long Control(BIO* /*bio*/, int command, long /*number*/, void* /*pointer*/) {
  return command == BIO_CTRL_FLUSH ? 1 : 0;
}

struct FreeMethod {
  void operator()(BIO_METHOD* method) const { BIO_meth_free(method); }
};

const BIO_METHOD* QuietSocket() {
  static const std::unique_ptr<BIO_METHOD, FreeMethod> method = [] {
    std::unique_ptr<BIO_METHOD, FreeMethod> made(BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "quiet"));
    BIO_meth_set_write(made.get(), SendQuietly);
    BIO_meth_set_read(made.get(), ReceiveSome);
    BIO_meth_set_ctrl(made.get(), Control);
    return made;
  }();
  return method.get();
}

class TlsTransport : public RedisTransport {
 public:
  TlsTransport(RedisSocket socket, std::unique_ptr<SSL, FreeSsl> ssl)
      : socket_(std::move(socket)), ssl_(std::move(ssl)) {
    BIO* bio = BIO_new(QuietSocket());
    BIO_set_data(bio, &socket_);
    BIO_set_init(bio, 1);
    SSL_set_bio(ssl_.get(), bio, bio);
  }

  Status Handshake(RedisDeadline deadline) {
    while (true) {
      ERR_clear_error();
      const int done = SSL_connect(ssl_.get());
      if (done == 1) return Status::Ok();
      if (Status ready = WaitAfter(done, deadline); !ready.ok()) {
        const long verified = SSL_get_verify_result(ssl_.get());
        if (verified == X509_V_OK) return ready;
        return {StatusCode::kUnauthenticated,
                fmt::format("the server's certificate: {}", X509_verify_cert_error_string(verified))};
      }
    }
  }

  Status Send(std::string_view bytes, RedisDeadline deadline) override {
    while (!bytes.empty()) {
      ERR_clear_error();
      std::size_t sent = 0;
      const int done = SSL_write_ex(ssl_.get(), bytes.data(), bytes.size(), &sent);
      if (done == 1) {
        bytes.remove_prefix(sent);
      } else if (Status ready = WaitAfter(done, deadline); !ready.ok()) {
        return ready;
      }
    }
    return Status::Ok();
  }

  Result<std::size_t> Receive(char* out, std::size_t size, RedisDeadline deadline) override {
    while (true) {
      ERR_clear_error();
      std::size_t received = 0;
      const int done = SSL_read_ex(ssl_.get(), out, size, &received);
      if (done == 1) return received;
      if (Status ready = WaitAfter(done, deadline); !ready.ok()) return ready;
    }
  }

  void Interrupt() override { socket_.Shutdown(); }

 private:
  Status WaitAfter(int done, RedisDeadline deadline) {
    switch (SSL_get_error(ssl_.get(), done)) {
      case SSL_ERROR_WANT_READ:
        return socket_.Wait(POLLIN, deadline);
      case SSL_ERROR_WANT_WRITE:
        return socket_.Wait(POLLOUT, deadline);
      case SSL_ERROR_ZERO_RETURN:
        return {StatusCode::kUnavailable, "the server closed the connection"};
      default:
        return {StatusCode::kUnavailable, fmt::format("TLS: {}", LastError())};
    }
  }

  RedisSocket socket_;
  std::unique_ptr<SSL, FreeSsl> ssl_;
};

}  // namespace

Result<std::unique_ptr<RedisTransport>> ConnectRedisTls(const RedisUrl& url, const RedisEndpoint& endpoint,
                                                        RedisSocket socket, RedisDeadline deadline) {
  const auto unreadable = [](const std::string& file) {
    return Status(StatusCode::kInvalidArgument, fmt::format("reading {}: {}", file, LastError()));
  };
  const std::unique_ptr<SSL_CTX, FreeContext> context(SSL_CTX_new(TLS_client_method()));
  if (context == nullptr) return Status(StatusCode::kInternal, LastError());
  SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
  SSL_CTX_set_mode(context.get(), SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  if (url.ca_file.empty()) {
    SSL_CTX_set_default_verify_paths(context.get());
  } else if (SSL_CTX_load_verify_locations(context.get(), url.ca_file.c_str(), nullptr) != 1) {
    return unreadable(url.ca_file);
  }
  if (!url.cert_file.empty() && SSL_CTX_use_certificate_chain_file(context.get(), url.cert_file.c_str()) != 1) {
    return unreadable(url.cert_file);
  }
  if (!url.key_file.empty() &&
      SSL_CTX_use_PrivateKey_file(context.get(), url.key_file.c_str(), SSL_FILETYPE_PEM) != 1) {
    return unreadable(url.key_file);
  }
  std::unique_ptr<SSL, FreeSsl> ssl(SSL_new(context.get()));
  if (ssl == nullptr) return Status(StatusCode::kInternal, LastError());
  if (IsAddress(endpoint.host)) {
    X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl.get()), endpoint.host.c_str());
  } else {
    SSL_set1_host(ssl.get(), endpoint.host.c_str());
    SSL_set_tlsext_host_name(ssl.get(), endpoint.host.c_str());
  }
  auto transport = std::make_unique<TlsTransport>(std::move(socket), std::move(ssl));
  if (Status shaken = transport->Handshake(deadline); !shaken.ok()) {
    return shaken.WithContext(fmt::format("connecting to {} over TLS", endpoint.ToString()));
  }
  return std::unique_ptr<RedisTransport>(std::move(transport));
}

}  // namespace cairn
