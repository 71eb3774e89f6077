#pragma once

#include <sys/types.h>

#include <functional>
#include <string>
#include <vector>

namespace cairn::bench {

/// A process beside this one; it ends with this object, or with this process.
class Child {
 public:
  static constexpr int kAnyCore = -1;

  /// Runs a program, on one processor or on any; what it prints is thrown away.
  explicit Child(const std::vector<std::string>& words, int core = kAnyCore);
  /// Runs a function of this program, which need not return.
  Child(const std::function<void()>& work, int core);
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child() { Stop(); }

  void Stop();
  /// Whether it still runs.
  [[nodiscard]] bool Runs();
  /// MB that it holds in memory now.
  [[nodiscard]] double ResidentMb() const;

 private:
  pid_t pid_ = -1;
};

/// A port of the loopback address that is free now.
int FreePort();
/// Seconds until a request for `target` is answered with 200; ends this process after half a minute.
double SecondsUntilAnswer(int port, const std::string& target);
/// The answer's body, of a request that is answered with 200; else this process ends.
std::string Ask(int port, const std::string& method, const std::string& target, const std::string& body = "");

}  // namespace cairn::bench
