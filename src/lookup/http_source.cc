#include "lookup/http_source.h"

#include <fmt/format.h>

#include <algorithm>

namespace cairn {
namespace {

using Kind = Fetched::Kind;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;

milliseconds InMs(nanoseconds time) { return std::chrono::ceil<milliseconds>(time); }

Fetched Down(Status status) {
  Fetched out;
  out.status = std::move(status);
  return out;
}

// ETag and Last-Modified as one text.
std::string ValidatorOf(const HttpResponse& response) {
  if (response.etag.empty() && response.last_modified.empty()) return {};
  return response.etag + "\n" + response.last_modified;
}

bool IsIn(const std::vector<std::uint32_t>& statuses, int status) {
  return std::find(statuses.begin(), statuses.end(), static_cast<std::uint32_t>(status)) != statuses.end();
}

// Whether asking again may help.
bool MayPass(const OperationConfig& operation, const Fetched& fetched) {
  if (fetched.kind != Kind::kDown) return false;
  if (fetched.http_status == 0) {
    const StatusCode code = fetched.status.code();
    return code == StatusCode::kUnavailable || code == StatusCode::kDeadlineExceeded;
  }
  if (IsIn(operation.perhaps_not_found, fetched.http_status)) return false;
  return fetched.http_status == 408 || fetched.http_status == 425 || fetched.http_status == 429 ||
         (fetched.http_status >= 500 && fetched.http_status != 501 && fetched.http_status != 505);
}

StatusCode CodeOf(int http_status) {
  switch (http_status) {
    case 400:
    case 405:
    case 406:
    case 414:
    case 422:
      return StatusCode::kInvalidArgument;
    case 401:
      return StatusCode::kUnauthenticated;
    case 403:
    case 451:
      return StatusCode::kPermissionDenied;
    case 501:
      return StatusCode::kUnimplemented;
    default:
      return StatusCode::kUnavailable;
  }
}

// `text` with each `${NAME}` replaced.
Result<std::string> Expanded(std::string_view text, const Environment& environment) {
  std::string out;
  for (;;) {
    const std::size_t open = text.find("${");
    const std::size_t close = open == std::string_view::npos ? open : text.find('}', open);
    out += text.substr(0, close == std::string_view::npos ? std::string_view::npos : open);
    if (close == std::string_view::npos) return out;
    const std::string name(text.substr(open + 2, close - open - 2));
    const char* value = environment ? environment(name.c_str()) : nullptr;
    if (value == nullptr || std::string_view(value).find_first_of("\r\n") != std::string_view::npos) {
      return Status(StatusCode::kInvalidArgument, fmt::format("the environment has no {} of one line", name));
    }
    out += value;
    text.remove_prefix(close + 1);
  }
}

}  // namespace

HttpSource::HttpSource(const SourceConfig& config, HttpSourceTools tools, std::unique_ptr<TokenBucket> bucket)
    : config_(config),
      tools_(std::move(tools)),
      retry_{config.attempts, config.backoff, config.backoff_max, config.retry_after_max},
      bucket_(std::move(bucket)),
      gate_(config.concurrency) {}

Result<std::unique_ptr<HttpSource>> HttpSource::Make(const SourceConfig& config, HttpSourceTools tools,
                                                     std::unique_ptr<TokenBucket> bucket) {
  std::unique_ptr<HttpSource> out(new HttpSource(config, std::move(tools), std::move(bucket)));
  for (const auto& [name, value] : config.headers) {
    auto expanded = Expanded(value, out->tools_.environment);
    if (!expanded) return expanded.error().WithContext(fmt::format("sources.{}.headers.{}", config.name, name));
    out->headers_.emplace_back(name, *std::move(expanded));
  }
  return out;
}

Status HttpSource::AwaitToken(const std::stop_token& stop, nanoseconds& retry_after) {
  if (bucket_ == nullptr) return Status::Ok();
  auto wait = bucket_->Take(tools_.waiter->Now(), config_.rate_wait);
  if (!wait) {
    if (auto blocked = bucket_->Blocked(tools_.waiter->Now()); blocked) retry_after = *blocked;
    return wait.error();
  }
  nanoseconds waited{};
  while (*wait > nanoseconds(0)) {
    waited += *wait;
    if (waited > config_.rate_wait) {
      retry_after = *wait;
      return {StatusCode::kResourceExhausted, config_.name + " asked all to wait"};
    }
    if (!tools_.waiter->Wait(*wait, stop)) return {StatusCode::kCancelled, config_.name + ": cancelled"};
    // Someone may have been told meanwhile to leave the source alone.
    wait = bucket_->Blocked(tools_.waiter->Now());
    if (!wait) return wait.error();
  }
  return Status::Ok();
}

Fetched HttpSource::Judge(const OperationConfig& operation, const HttpResponse& response, bool was_conditional) const {
  Fetched out;
  out.http_status = response.status;
  const std::string said = fmt::format("{} answered HTTP {}", config_.name, response.status);
  if (response.status == 204 || response.status == 200) {
    out.kind = Kind::kBody;
    out.body = response.status == 204 ? "null" : response.body;
    out.validator = ValidatorOf(response);
  } else if (response.status == 304 && was_conditional) {
    out.kind = Kind::kUnchanged;
  } else if (IsIn(operation.not_found, response.status)) {
    out.kind = Kind::kNotFound;
    out.status = {StatusCode::kNotFound, said};
  } else if (IsIn(operation.perhaps_not_found, response.status)) {
    out.status = {StatusCode::kUnavailable,
                  said + ", as it also does for what it does not know: it may be down, or there is no such thing"};
  } else {
    out.status = {CodeOf(response.status), said};
  }
  if (out.kind == Kind::kDown) out.retry_after = ParseRetryAfter(response.retry_after, tools_.clock->Now());
  return out;
}

Fetched HttpSource::Try(const OperationConfig& operation, const std::string& url, const std::string& validator,
                        const std::stop_token& stop) {
  HttpRequest request;
  request.url = url;
  request.connect_timeout = InMs(config_.connect_timeout);
  request.total_timeout = InMs(config_.timeout);
  request.body_bytes_max = config_.response_bytes;
  request.proxy = config_.proxy;
  request.stop = stop;
  std::uint32_t requests = 0;
  for (std::uint32_t redirects = 0;; ++redirects) {
    request.headers = {{"User-Agent", "cairn/0.1"}, {"Accept", "application/json"}};
    // They may be secrets: they are not sent on to another host.
    if (HttpOrigin(request.url) == HttpOrigin(url)) {
      request.headers.insert(request.headers.end(), headers_.begin(), headers_.end());
    }
    const std::size_t line = validator.find('\n');
    if (line != std::string::npos && line > 0) request.headers.emplace_back("If-None-Match", validator.substr(0, line));
    if (line != std::string::npos && line + 1 < validator.size()) {
      request.headers.emplace_back("If-Modified-Since", validator.substr(line + 1));
    }
    nanoseconds retry_after{};
    if (Status token = AwaitToken(stop, retry_after); !token.ok()) {
      Fetched out = Down(std::move(token));
      out.retry_after = retry_after;
      out.requests = requests;
      return out;
    }
    ++requests;
    const auto response = tools_.transport->Send(request);
    Fetched out = response ? Judge(operation, *response, !validator.empty()) : Down(response.error());
    out.requests = requests;
    if (!response || response->status < 300 || response->status == 304 || response->status >= 400) return out;
    if (response->location.empty()) return out;
    if (redirects >= config_.redirects) {
      out.status = {StatusCode::kUnavailable, fmt::format("{}: more than {} redirects", url, config_.redirects)};
      return out;
    }
    if (HttpScheme(response->location) != HttpScheme(url)) {
      out.status = {StatusCode::kPermissionDenied,
                    fmt::format("{} redirects to {}: not within {}", url, response->location, HttpScheme(url))};
      return out;
    }
    request.url = response->location;
  }
}

Fetched HttpSource::Fetch(const OperationConfig& operation, const std::string& url, const std::string& validator,
                          const std::stop_token& stop) {
  std::uint32_t requests = 0;
  for (std::uint32_t failed = 0;;) {
    Fetched out;
    {
      if (!gate_.Enter(config_.rate_wait + config_.timeout, stop)) {
        return Down(stop.stop_requested()
                        ? Status(StatusCode::kCancelled, config_.name + ": cancelled")
                        : Status(StatusCode::kResourceExhausted,
                                 fmt::format("{}: {} requests are under way", config_.name, config_.concurrency)));
      }
      const GatePlace place(gate_);
      out = Try(operation, url, validator, stop);
    }
    out.requests += requests;
    requests = out.requests;
    if (!MayPass(operation, out) || stop.stop_requested()) return out;
    ++failed;
    const auto wait = NextRetry(retry_, failed, out.retry_after, tools_.random());
    // What was said to one holds for all who share the limit. A lock that cannot be had leaves only this one told.
    if (bucket_ != nullptr && (out.http_status == 429 || out.http_status == 503) && out.retry_after.count() > 0) {
      (void)bucket_->Block(tools_.waiter->Now() + out.retry_after);
    }
    if (!wait) {
      if (failed > 1) out.status = out.status.WithContext(fmt::format("after {} attempts", failed));
      return out;
    }
    if (!tools_.waiter->Wait(*wait, stop)) return out;
  }
}

}  // namespace cairn
