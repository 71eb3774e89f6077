#pragma once

#include <atomic>
#include <boost/asio/spawn.hpp>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "server/http_server.h"
#include "server/http_stream.h"
#include "server/resume_queue.h"

namespace cairn {

/// What all connections of a server share.
struct HttpShared {
  HttpServerOptions options;
  HttpServer::Handler handler;
  HttpServer::Observer observer;
  std::atomic<bool> is_stopping = false;
  std::atomic<std::uint64_t> connections = 0;
  std::atomic<std::uint64_t> connections_all = 0;
  std::atomic<std::uint64_t> connections_refused = 0;
  std::atomic<std::uint64_t> in_flight = 0;
  std::atomic<std::uint64_t> bodies_bytes = 0;
};

/// One connection: reads a request, has it answered, writes the answer, and again. Lives on one thread, which also
/// looks after its deadline.
class HttpConnection final : public Suspender {
 public:
  using Clock = std::chrono::steady_clock;

  /// `resumes` is of the thread that it lives on, and outlives it.
  HttpConnection(HttpShared& shared, ResumeQueue& resumes, std::unique_ptr<HttpStream> stream);
  ~HttpConnection() override;

  /// Serves until either side ends.
  void Run(boost::asio::yield_context yield);
  /// Closes it if its time is up, or if the server stops and nothing is under way.
  void Look(Clock::time_point now);
  /// At once.
  void Close() { stream_->Close(); }

  void Suspend(const std::function<void(Resume resume)>& start) override;
  void Later(std::function<void()> call) override;

 private:
  enum class Phase : std::uint8_t { kIdle, kHead, kBody, kAnswering, kWriting, kEnding };

  void ServeAll(boost::asio::yield_context& yield);
  /// Reads one request. False where there is none any more, or the answer to what was wrong has been written.
  bool ReadRequest(HttpParser& parser, boost::asio::yield_context& yield);
  bool ReadMore(boost::asio::yield_context& yield);
  /// Counts the bytes of the body so far among those of all connections; false where they are too many.
  bool CountBody(const HttpParser& parser);
  ServerResponse Answer(HttpParser& parser);
  bool WriteResponse(const ServerResponse& response, bool is_head, bool keep_alive, boost::asio::yield_context& yield);
  class ChunkWriter;
  bool WriteStream(const ServerResponse& response, bool keep_alive, boost::asio::yield_context& yield);
  static void AppendHeaders(const ServerResponse& response, bool keep_alive, std::string& head);
  /// `bytes`: of a body that is to come or an answer that is to go; each takes its time at the slowest rate.
  void Enter(Phase phase, std::uint64_t bytes = 0);
  /// What the peer still sends is read and dropped for a moment: a connection that is closed over unread bytes may take
  /// the answer with it.
  void End(boost::asio::yield_context& yield);

  HttpShared& shared_;
  ResumeQueue& resumes_;
  const std::unique_ptr<HttpStream> stream_;
  const std::string peer_;
  boost::asio::yield_context* yield_ = nullptr;
  std::string buffer_;  // Read and not used yet: from `begin_` on, to `end_`.
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  std::uint64_t body_bytes_ = 0;  // Counted.
  Phase phase_ = Phase::kIdle;
  Clock::time_point deadline_ = Clock::time_point::max();
};

}  // namespace cairn
