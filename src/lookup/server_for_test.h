#pragma once

#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace cairn {

/// An HTTP server on a free port of this host that answers as it is told, well or badly. Any thread may call it.
class TestServer {
 public:
  struct Request {
    std::string target;                          ///< Path and query.
    std::map<std::string, std::string> headers;  ///< Names in small letters.
    std::string body;                            ///< By its Content-Length.
  };

  struct Reply {
    int status = 200;
    std::string body;
    std::vector<std::pair<std::string, std::string>> headers;
    std::string etag;              ///< A request that has it already is answered 304.
    bool cut = false;              ///< Half of the body is sent, then the connection closed.
    bool cut_head = false;         ///< The same within the head, behind its first line.
    bool silent = false;           ///< No answer until the server ends: the client's patience is tried.
    bool held = false;             ///< The answer waits for `Release`.
    std::size_t endless_body = 0;  ///< So many bytes follow the body, without a length said.
  };

  TestServer();
  TestServer(const TestServer&) = delete;
  TestServer& operator=(const TestServer&) = delete;
  ~TestServer();

  /// `http://127.0.0.1:PORT`.
  [[nodiscard]] std::string url() const;

  /// What the path (with its query) is answered, in turn; the last again and again. Others are answered 404.
  void AnswerInTurn(const std::string& target, std::vector<Reply> replies);
  void Answer(const std::string& target, Reply reply) { AnswerInTurn(target, {std::move(reply)}); }

  /// Waits until `count` answers are held.
  void AwaitHeld(std::size_t count);
  /// Lets what is held go, and whatever would be held from now on.
  void Release();

  [[nodiscard]] std::vector<Request> requests() const;
  [[nodiscard]] std::size_t connections() const;

 private:
  void Accept();
  void Serve(int fd);
  /// False where the connection is to be closed.
  bool Send(int fd, const Request& request, const Reply& reply);
  Reply ReplyTo(const Request& request);

  int listen_fd_ = -1;
  int port_ = 0;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  bool ending_ = false;  // The rest is guarded by mutex_.
  bool released_ = false;
  std::size_t held_ = 0;
  std::size_t connections_ = 0;
  std::vector<Request> requests_;
  std::map<std::string, std::deque<Reply>> replies_;
  std::vector<int> open_;
  std::vector<std::thread> threads_;
  std::thread acceptor_;
};

}  // namespace cairn
