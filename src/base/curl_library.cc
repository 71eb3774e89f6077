#include "base/curl_library.h"

#include <dlfcn.h>

namespace cairn {
namespace {

constexpr const char* kFile = "libcurl.so.4";

template <typename Function>
bool Find(void* library, const char* name, Function& out) {
  out = reinterpret_cast<Function>(::dlsym(library, name));
  return out != nullptr;
}

bool FindAll(void* library, CurlLibrary& out) {
  return Find(library, "curl_global_init", out.global_init) && Find(library, "curl_easy_init", out.easy_init) &&
         Find(library, "curl_easy_cleanup", out.easy_cleanup) && Find(library, "curl_easy_reset", out.easy_reset) &&
         Find(library, "curl_easy_setopt", out.easy_setopt) && Find(library, "curl_easy_perform", out.easy_perform) &&
         Find(library, "curl_easy_getinfo", out.easy_getinfo) &&
         Find(library, "curl_easy_strerror", out.easy_strerror) &&
         Find(library, "curl_slist_append", out.slist_append) &&
         Find(library, "curl_slist_free_all", out.slist_free_all) && Find(library, "curl_getdate", out.getdate);
}

}  // namespace

Result<const CurlLibrary*> CurlLibrary::Load() {
  static CurlLibrary all;
  static const bool kIsLoaded = [] {
    void* library = ::dlopen(kFile, RTLD_NOW | RTLD_LOCAL);
    return library != nullptr && FindAll(library, all) && all.global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
  }();
  if (!kIsLoaded) {
    return Status(StatusCode::kFailedPrecondition, "libcurl cannot be loaded: install it (Debian: libcurl4)");
  }
  return &all;
}

}  // namespace cairn
