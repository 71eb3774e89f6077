#include "service/rejects.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/json.h"
#include "service/inputs.h"

namespace cairn {
namespace {

constexpr std::size_t kInputBytesMax = std::size_t{64} << 10;

void AppendBase64(std::string& out, std::string_view bytes) {
  static constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const auto byte = [&](std::size_t k) {
      return k < bytes.size() ? std::uint32_t{static_cast<unsigned char>(bytes[k])} : 0U;
    };
    const std::uint32_t bits = byte(i) << 16 | byte(i + 1) << 8 | byte(i + 2);
    out += kDigits[bits >> 18];
    out += kDigits[bits >> 12 & 63];
    out += i + 1 < bytes.size() ? kDigits[bits >> 6 & 63] : '=';
    out += i + 2 < bytes.size() ? kDigits[bits & 63] : '=';
  }
}

}  // namespace

std::string RejectLine(const Refusal& refusal, std::string_view input) {
  std::string out = "{\"file\":";
  AppendJsonString(out, refusal.file);
  out += fmt::format(",\"line\":{},\"reason\":", refusal.line);
  AppendJsonString(out, refusal.reason);
  const bool truncated = input.size() > kInputBytesMax;
  if (truncated) {
    input = input.substr(0, kInputBytesMax);
    // Not in the middle of a character.
    std::size_t whole = input.size();
    while (whole > input.size() - 4 && (input[whole - 1] & 0xC0) == 0x80) --whole;
    if ((input[whole - 1] & 0xC0) == 0xC0 && IsUtf8(input.substr(0, whole - 1))) input = input.substr(0, whole - 1);
  }
  if (IsUtf8(input)) {
    out += ",\"input\":";
    AppendJsonString(out, input);
  } else {
    out += ",\"input_base64\":\"";
    AppendBase64(out, input);
    out += '"';
  }
  if (truncated) out += ",\"truncated\":true";
  out += "}\n";
  return out;
}

std::string RejectsFileName(Timestamp now) {
  std::string time = FormatTimestamp({now.ns - now.ns % 1'000'000'000});
  std::erase_if(time, [](char c) { return c == '-' || c == ':'; });
  return fmt::format("{}{}.jsonl", kRejectsPrefix, time);
}

RejectsFile::~RejectsFile() {
  if (fd_ >= 0) ::close(fd_);
}

void RejectsFile::Add(const Refusal& refusal, std::string_view input) {
  const std::string line = RejectLine(refusal, input);
  const std::lock_guard lock(mutex_);
  if (status_.ok()) status_ = Write(line);
}

Status RejectsFile::Write(std::string_view line) {
  if (fd_ < 0) fd_ = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
  while (fd_ >= 0 && !line.empty()) {
    const ssize_t wrote = ::write(fd_, line.data(), line.size());
    if (wrote < 0 && errno != EINTR) break;
    if (wrote > 0) line.remove_prefix(static_cast<std::size_t>(wrote));
  }
  if (line.empty()) return Status::Ok();
  return {StatusCode::kUnavailable, fmt::format("{}: cannot be written: {}", path_, std::strerror(errno))};
}

Status RejectsFile::status() {
  const std::lock_guard lock(mutex_);
  return status_;
}

}  // namespace cairn
