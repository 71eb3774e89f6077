#include "server/http_server.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <future>
#include <list>
#include <thread>

#include "server/connection_stack.h"
#include "server/http_connection.h"
#include "server/listen_address.h"
#include "server/resume_queue.h"

namespace cairn {
namespace {

namespace asio = boost::asio;
using Error = boost::system::error_code;
using Tcp = asio::ip::tcp;
using Unix = asio::local::stream_protocol;

constexpr std::chrono::milliseconds kLookEvery{250};
/// Handlers run on it too.
constexpr std::size_t kStackBytes = std::size_t{256} << 10;

/// A thread with the connections that it serves.
class Loop {
 public:
  explicit Loop(HttpShared& shared) : shared_(shared), timer_(context_) {}
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;
  ~Loop() { resumes_->Close(); }

  asio::io_context& context() { return context_; }
  void Begin() {
    LookLater();
    thread_ = std::thread([this] { context_.run(); });
  }
  /// From any thread.
  void Serve(std::unique_ptr<HttpStream> stream) {
    auto connection = std::make_shared<HttpConnection>(shared_, *resumes_, std::move(stream));
    asio::post(context_, [this, connection] {
      const auto at = connections_.insert(connections_.end(), connection);
      asio::spawn(
          context_, std::allocator_arg, ConnectionStack(kStackBytes),
          [this, connection, at](const asio::yield_context& yield) {
            connection->Run(yield);
            connections_.erase(at);
          },
          [](const std::exception_ptr& thrown) {
            if (thrown) std::rethrow_exception(thrown);
          });
    });
  }
  /// Ends once no connection is left, at the latest at `deadline`.
  void Stop(HttpConnection::Clock::time_point deadline) {
    asio::post(context_, [this, deadline] {
      stop_at_ = deadline;
      Look();
    });
  }
  void Join() {
    if (thread_.joinable()) thread_.join();
  }

 private:
  void LookLater() {
    timer_.expires_after(kLookEvery);
    timer_.async_wait([this](Error error) {
      if (!error) Look();
    });
  }
  void Look() {
    const auto now = HttpConnection::Clock::now();
    for (const auto& connection : connections_) connection->Look(now);
    if (stop_at_ != HttpConnection::Clock::time_point::max()) {
      if (connections_.empty()) {
        context_.stop();
        return;
      }
      if (now >= stop_at_) {
        for (const auto& connection : connections_) connection->Close();
      }
      constexpr std::chrono::milliseconds kSoon{5};
      timer_.expires_after(kSoon);
      timer_.async_wait([this](Error error) {
        if (!error) Look();
      });
      return;
    }
    LookLater();
  }

  HttpShared& shared_;
  asio::io_context context_{1};
  const std::shared_ptr<ResumeQueue> resumes_ = std::make_shared<ResumeQueue>(context_);
  asio::steady_timer timer_;
  std::list<std::shared_ptr<HttpConnection>> connections_;
  HttpConnection::Clock::time_point stop_at_ = HttpConnection::Clock::time_point::max();
  std::thread thread_;
};

Status Unavailable(const std::string& address, const Error& error) {
  return {StatusCode::kUnavailable, fmt::format("cannot listen at {}: {}", address, error.message())};
}

}  // namespace

struct HttpServer::Impl {
  HttpShared shared;
  std::vector<std::unique_ptr<Loop>> loops;
  asio::io_context accepting{1};
  std::thread accepting_thread;
  std::unique_ptr<asio::ssl::context> tls;
  std::vector<std::unique_ptr<Tcp::acceptor>> tcp;
  std::vector<std::unique_ptr<Unix::acceptor>> local;
  std::vector<std::string> local_paths;
  std::vector<std::string> addresses;
  std::size_t next_loop = 0;
  bool is_stopped = false;

  Status LoadTls() {
    const HttpServerOptions& options = shared.options;
    if (options.tls_certificate.empty() != options.tls_key.empty()) {
      return {StatusCode::kInvalidArgument, "TLS needs both a certificate and its key"};
    }
    if (options.tls_certificate.empty()) return Status::Ok();
    tls = std::make_unique<asio::ssl::context>(asio::ssl::context::tls_server);
    tls->set_options(asio::ssl::context::default_workarounds | asio::ssl::context::no_tlsv1 |
                     asio::ssl::context::no_tlsv1_1);
    Error error;
    tls->use_certificate_chain_file(options.tls_certificate, error);
    if (error) {
      return {StatusCode::kInvalidArgument,
              fmt::format("\"{}\" is no certificate in PEM: {}", options.tls_certificate, error.message())};
    }
    tls->use_private_key_file(options.tls_key, asio::ssl::context::pem, error);
    if (error) {
      return {StatusCode::kInvalidArgument,
              fmt::format("\"{}\" is no key in PEM that fits the certificate: {}", options.tls_key, error.message())};
    }
    return Status::Ok();
  }

  Status Listen(const std::string& text) {
    auto address = ParseListenAddress(text);
    if (!address) return address.error();
    return address->unix_path.empty() ? ListenTcp(*address, text) : ListenUnix(address->unix_path, text);
  }

  Status ListenTcp(const ListenAddress& address, const std::string& text) {
    Error error;
    const auto ip = asio::ip::make_address(address.host, error);
    if (error) return Unavailable(text, error);
    auto acceptor = std::make_unique<Tcp::acceptor>(accepting);
    const Tcp::endpoint endpoint(ip, address.port);
    acceptor->open(endpoint.protocol(), error);
    if (!error) acceptor->set_option(Tcp::acceptor::reuse_address(true), error);
    if (!error) acceptor->bind(endpoint, error);
    if (!error) acceptor->listen(asio::socket_base::max_listen_connections, error);
    if (error) return Unavailable(text, error);
    const std::string host = ip.is_v6() ? "[" + ip.to_string() + "]" : ip.to_string();
    addresses.push_back(
        fmt::format("{}://{}:{}", tls == nullptr ? "http" : "https", host, acceptor->local_endpoint().port()));
    tcp.push_back(std::move(acceptor));
    return Status::Ok();
  }

  Status ListenUnix(const std::string& path, const std::string& text) {
    Error error;
    struct stat state {};
    if (::lstat(path.c_str(), &state) == 0) {
      if (!S_ISSOCK(state.st_mode))
        return {StatusCode::kUnavailable, fmt::format("\"{}\" is there and no socket", path)};
      Unix::socket probe(accepting);
      probe.connect(Unix::endpoint(path), error);
      if (!error) return {StatusCode::kUnavailable, fmt::format("another server listens at \"{}\"", path)};
      ::unlink(path.c_str());
      error = {};
    }
    auto acceptor = std::make_unique<Unix::acceptor>(accepting);
    acceptor->open(Unix(), error);
    if (!error) acceptor->bind(Unix::endpoint(path), error);
    if (!error && ::chmod(path.c_str(), S_IRUSR | S_IWUSR) != 0) {
      error = Error(errno, boost::system::system_category());
    }
    if (!error) acceptor->listen(asio::socket_base::max_listen_connections, error);
    if (error) return Unavailable(text, error);
    addresses.push_back("unix:" + path);
    local_paths.push_back(path);
    local.push_back(std::move(acceptor));
    return Status::Ok();
  }

  bool HasRoom() {
    if (shared.connections.load() < shared.options.connections_max) return true;
    ++shared.connections_refused;
    return false;
  }

  template <typename Acceptor>
  void Accept(Acceptor& acceptor) {
    // The socket belongs to the loop that will serve it.
    Loop& loop = *loops[next_loop++ % loops.size()];
    acceptor.async_accept(
        asio::any_io_executor(loop.context().get_executor()), [this, &acceptor, &loop](Error error, auto socket) {
          if (error == asio::error::operation_aborted || !acceptor.is_open()) return;
          if (!error && HasRoom()) {
            if constexpr (std::is_same_v<Acceptor, Tcp::acceptor>) {
              Error ignored;
              socket.set_option(Tcp::no_delay(true), ignored);
              loop.Serve(tls == nullptr ? MakeHttpStream(std::move(socket)) : MakeHttpStream(std::move(socket), *tls));
            } else {
              loop.Serve(MakeHttpStream(std::move(socket)));
            }
          }
          if (error == asio::error::no_descriptors) {
            // Each connection that ends gives one back.
            AcceptLater(acceptor);
          } else {
            Accept(acceptor);
          }
        });
  }

  template <typename Acceptor>
  void AcceptLater(Acceptor& acceptor) {
    constexpr std::chrono::milliseconds kPause{50};
    auto timer = std::make_shared<asio::steady_timer>(accepting, kPause);
    timer->async_wait([this, &acceptor, timer](Error /*error*/) {
      if (acceptor.is_open()) Accept(acceptor);
    });
  }

  void Begin() {
    for (std::size_t i = 0; i < std::max<std::size_t>(1, shared.options.threads); ++i) {
      loops.push_back(std::make_unique<Loop>(shared));
    }
    for (const auto& loop : loops) loop->Begin();
    for (const auto& acceptor : tcp) Accept(*acceptor);
    for (const auto& acceptor : local) Accept(*acceptor);
    accepting_thread = std::thread([this] { accepting.run(); });
  }

  void Stop() {
    if (std::exchange(is_stopped, true) || loops.empty()) return;
    asio::post(accepting, [this] {
      Error ignored;
      for (const auto& acceptor : tcp) acceptor->close(ignored);
      for (const auto& acceptor : local) acceptor->close(ignored);
    });
    accepting_thread.join();
    for (const std::string& path : local_paths) ::unlink(path.c_str());
    shared.is_stopping = true;
    const auto deadline = HttpConnection::Clock::now() + shared.options.stop_timeout;
    for (const auto& loop : loops) loop->Stop(deadline);
    for (const auto& loop : loops) loop->Join();
  }
};

HttpServer::HttpServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

HttpServer::~HttpServer() { Stop(); }

Result<std::unique_ptr<HttpServer>> HttpServer::Start(const HttpServerOptions& options, Handler handler,
                                                      Observer observer) {
  auto impl = std::make_unique<Impl>();
  impl->shared.options = options;
  impl->shared.handler = std::move(handler);
  impl->shared.observer = std::move(observer);
  if (options.listen.empty()) return Status(StatusCode::kInvalidArgument, "no address to listen at");
  if (Status status = impl->LoadTls(); !status.ok()) return status;
  for (const std::string& address : options.listen) {
    if (Status status = impl->Listen(address); !status.ok()) return status;
  }
  impl->Begin();
  return std::unique_ptr<HttpServer>(new HttpServer(std::move(impl)));
}

const std::vector<std::string>& HttpServer::addresses() const { return impl_->addresses; }

HttpServerStats HttpServer::Stats() const {
  const HttpShared& shared = impl_->shared;
  return {shared.connections, shared.connections_all, shared.connections_refused, shared.in_flight,
          shared.bodies_bytes};
}

void HttpServer::Stop() { impl_->Stop(); }

}  // namespace cairn
