#pragma once

#include <cstdint>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace cairn {

/// What became of a call. The numbers are gRPC's, so that a code crosses every edge unchanged.
enum class StatusCode : std::uint8_t {
  kOk = 0,
  kCancelled = 1,
  kUnknown = 2,          ///< It may or may not have happened (a failed fdatasync).
  kInvalidArgument = 3,  ///< The caller's input is wrong, whatever the state of the store.
  kDeadlineExceeded = 4,
  kNotFound = 5,  ///< Missing: there is no such fact.
  kAlreadyExists = 6,
  kPermissionDenied = 7,
  kResourceExhausted = 8,  ///< A bound was reached: bytes, depth, disk.
  kFailedPrecondition = 9,
  kAborted = 10,
  kOutOfRange = 11,
  kUnimplemented = 12,
  kInternal = 13,     ///< A broken promise of our own.
  kUnavailable = 14,  ///< Could not be asked: locked, unreadable, on a network file system.
  kDataLoss = 15,     ///< Damaged: the bytes stand, but they are not what was written.
  kUnauthenticated = 16,
};

/// The code's name as gRPC spells it, e.g. `NOT_FOUND`.
std::string_view StatusCodeName(StatusCode code);

/// The outcome of a fallible call: a code and, unless it is `kOk`, a message for a person that says what, where and
/// what to do. A value type; copying an ok status allocates nothing.
class [[nodiscard]] Status {
 public:
  Status() = default;
  Status(StatusCode code, std::string message) : code_(code), message_(std::move(message)) {}

  static Status Ok() { return {}; }

  [[nodiscard]] bool ok() const { return code_ == StatusCode::kOk; }
  [[nodiscard]] StatusCode code() const { return code_; }
  [[nodiscard]] const std::string& message() const { return message_; }

  /// The same status with `context` put in front: "reading 0001.jsonl: No such file or directory".
  [[nodiscard]] Status WithContext(std::string_view context) const;

  /// `NOT_FOUND: message`, or `OK`.
  [[nodiscard]] std::string ToString() const;

  friend bool operator==(const Status&, const Status&) = default;

 private:
  StatusCode code_ = StatusCode::kOk;
  std::string message_;
};

std::ostream& operator<<(std::ostream& out, const Status& status);

/// A value, or the status that says why there is none. Member names are `std::expected`'s.
template <typename T>
class [[nodiscard]] Result {
 public:
  using value_type = T;

  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}         // NOLINT(google-explicit-constructor)
  Result(Status status) : state_(std::in_place_index<1>, std::move(status)) {}  // NOLINT(google-explicit-constructor)
  Result(StatusCode code, std::string message) : state_(std::in_place_index<1>, code, std::move(message)) {}

  [[nodiscard]] bool has_value() const { return state_.index() == 0; }
  explicit operator bool() const { return has_value(); }

  /// Requires `has_value()`.
  T& value() & { return *std::get_if<0>(&state_); }
  const T& value() const& { return *std::get_if<0>(&state_); }
  T&& value() && { return std::move(*std::get_if<0>(&state_)); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  /// Requires `!has_value()`.
  [[nodiscard]] const Status& error() const { return *std::get_if<1>(&state_); }

  /// The error, or an ok status.
  [[nodiscard]] Status status() const { return has_value() ? Status::Ok() : error(); }

 private:
  std::variant<T, Status> state_;
};

}  // namespace cairn
