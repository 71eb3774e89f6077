#include "lookup/curl_transport.h"

#include <fmt/format.h>

namespace cairn {
namespace {

struct Transfer {
  const HttpRequest& request;
  HttpResponse response;
  AnswerHead head;
  bool too_large = false;
};

// The callbacks return another number than they were given to end the transfer; nothing is thrown through the C code
// but where memory is gone.
std::size_t OnBody(char* data, std::size_t size, std::size_t count, void* user) noexcept {
  auto& transfer = *static_cast<Transfer*>(user);
  const std::size_t bytes = size * count;
  if (!transfer.request.keeps_body) return bytes;
  if (bytes > transfer.request.body_bytes_max - transfer.response.body.size()) {
    transfer.too_large = true;
    return 0;
  }
  transfer.response.body.append(data, bytes);
  return bytes;
}

std::size_t OnHeader(char* data, std::size_t size, std::size_t count, void* user) noexcept {
  auto& transfer = *static_cast<Transfer*>(user);
  const std::size_t bytes = size * count;
  if (!transfer.head.Take({data, bytes})) {
    transfer.too_large = true;
    return 0;
  }
  const auto line = HeaderLine::Read({data, bytes});
  if (!line) return bytes;
  HttpResponse& response = transfer.response;
  if (line->Is("etag")) {
    response.etag = line->value;
  } else if (line->Is("last-modified")) {
    response.last_modified = line->value;
  } else if (line->Is("retry-after")) {
    response.retry_after = line->value;
  } else if (line->Is("content-type")) {
    response.content_type = line->value;
  }
  return bytes;
}

int OnProgress(void* user, curl_off_t, curl_off_t, curl_off_t, curl_off_t) noexcept {
  return static_cast<Transfer*>(user)->request.stop.stop_requested() ? 1 : 0;
}

// For what was made with it, and is there only where it could be loaded.
const CurlLibrary& Curl() { return **CurlLibrary::Load(); }

Status WhyNot(CURLcode code, const Transfer& transfer, const char* detail) {
  const HttpRequest& request = transfer.request;
  if (transfer.too_large) {
    return {StatusCode::kResourceExhausted,
            fmt::format("the answer of {} is larger than {} bytes", request.url, request.body_bytes_max)};
  }
  const std::string what =
      fmt::format("{}: {}", request.url, detail != nullptr && *detail != '\0' ? detail : Curl().easy_strerror(code));
  switch (code) {
    case CURLE_OPERATION_TIMEDOUT:
      return {StatusCode::kDeadlineExceeded, what};
    case CURLE_ABORTED_BY_CALLBACK:
      return {StatusCode::kCancelled, what};
    case CURLE_URL_MALFORMAT:
    case CURLE_UNSUPPORTED_PROTOCOL:
      return {StatusCode::kInvalidArgument, what};
    case CURLE_OUT_OF_MEMORY:
      return {StatusCode::kResourceExhausted, what};
    default:
      return {StatusCode::kUnavailable, what};
  }
}

}  // namespace

Result<HttpResponse> CurlTransport::Send(const HttpRequest& request) {
  const std::string scheme = HttpScheme(request.url);
  if (scheme.empty()) return Status(StatusCode::kInvalidArgument, request.url + " is no http or https URL");
  if (request.stop.stop_requested()) return Status(StatusCode::kCancelled, request.url + ": cancelled");
  if (auto loaded = CurlLibrary::Load(); !loaded) return loaded.error();
  bool is_new = false;
  CurlHandles::Handle handle = handles_.Take(&is_new);
  if (handle == nullptr) return Status(StatusCode::kResourceExhausted, "libcurl gives no handle");
  CURL* curl = handle.get();

  Transfer transfer{request, {}};
  char detail[CURL_ERROR_SIZE] = "";
  CurlHeaders headers;
  for (const auto& [name, value] : request.headers) {
    if (!headers.Add(fmt::format("{}: {}", name, value))) {
      return Status(StatusCode::kResourceExhausted, "out of memory");
    }
  }
  if (request.post) {
    // Without it curl waits for a word before it sends a longer body.
    if (!headers.Add("Expect:")) return Status(StatusCode::kResourceExhausted, "out of memory");
    Curl().easy_setopt(curl, CURLOPT_POST, 1L);
    Curl().easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.post->size()));
    Curl().easy_setopt(curl, CURLOPT_POSTFIELDS, request.post->empty() ? "" : request.post->data());
  }
  Curl().easy_setopt(curl, CURLOPT_URL, request.url.c_str());
  Curl().easy_setopt(curl, CURLOPT_PROTOCOLS_STR, scheme.c_str());
  Curl().easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
  Curl().easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  Curl().easy_setopt(curl, CURLOPT_ACCEPT_ENCODING, "");
  Curl().easy_setopt(curl, CURLOPT_HTTPHEADER, headers.get());
  Curl().easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(request.connect_timeout.count()));
  Curl().easy_setopt(curl, CURLOPT_TIMEOUT_MS, static_cast<long>(request.total_timeout.count()));
  Curl().easy_setopt(curl, CURLOPT_WRITEFUNCTION, OnBody);
  Curl().easy_setopt(curl, CURLOPT_WRITEDATA, &transfer);
  Curl().easy_setopt(curl, CURLOPT_HEADERFUNCTION, OnHeader);
  Curl().easy_setopt(curl, CURLOPT_HEADERDATA, &transfer);
  Curl().easy_setopt(curl, CURLOPT_ERRORBUFFER, detail);
  if (request.proxy != "environment") {
    Curl().easy_setopt(curl, CURLOPT_PROXY, request.proxy == "none" ? "" : request.proxy.c_str());
  }
  if (request.stop.stop_possible()) {
    Curl().easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
    Curl().easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, OnProgress);
    Curl().easy_setopt(curl, CURLOPT_XFERINFODATA, &transfer);
  }
  const CURLcode code = Curl().easy_perform(curl);
  const bool is_cut = code == CURLE_OK && !transfer.head.is_whole();
  if (is_cut) kHeadCutShort.copy(detail, sizeof(detail) - 1);
  if (is_cut || code != CURLE_OK) {
    // Its connection is in an unknown state; curl closed it. The handle itself is sound.
    Status why = WhyNot(code, transfer, detail);
    Curl().easy_reset(curl);
    handles_.GiveBack(std::move(handle));
    return why;
  }
  long status = 0;
  Curl().easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
  transfer.response.status = static_cast<int>(status);
  const char* location = nullptr;
  Curl().easy_getinfo(curl, CURLINFO_REDIRECT_URL, &location);
  if (location != nullptr) transfer.response.location = location;
  Curl().easy_reset(curl);  // Keeps connections, names and sessions, and no pointer of this request.
  handles_.GiveBack(std::move(handle));
  return std::move(transfer.response);
}

}  // namespace cairn
