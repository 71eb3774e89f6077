#pragma once

#include <curl/curl.h>

#include "cairn/status.h"

namespace cairn {

/// The functions of libcurl. It is loaded when it is first asked for: with the twenty libraries that it needs it takes
/// a quarter of the time in which a command starts, and few commands speak HTTP. Any thread.
struct CurlLibrary {
  decltype(&curl_global_init) global_init = nullptr;
  decltype(&curl_easy_init) easy_init = nullptr;
  decltype(&curl_easy_cleanup) easy_cleanup = nullptr;
  decltype(&curl_easy_reset) easy_reset = nullptr;
  decltype(&curl_easy_setopt) easy_setopt = nullptr;
  decltype(&curl_easy_perform) easy_perform = nullptr;
  decltype(&curl_easy_getinfo) easy_getinfo = nullptr;
  decltype(&curl_easy_strerror) easy_strerror = nullptr;
  decltype(&curl_slist_append) slist_append = nullptr;
  decltype(&curl_slist_free_all) slist_free_all = nullptr;
  decltype(&curl_getdate) getdate = nullptr;

  /// The same one each time, initialised. It stays until the process ends. Returns FAILED_PRECONDITION where the
  /// library is not installed.
  static Result<const CurlLibrary*> Load();
};

}  // namespace cairn
