#include "base/curl_library.h"
#include "base/service_address.h"
#include "cairn/client.h"
#include "client/remote_repository.h"

namespace cairn {

Result<std::unique_ptr<Repository>> ConnectRepository(const std::string& address, const RemoteOptions& options) {
  auto parsed = ParseServiceAddress(address);
  if (!parsed) return parsed.error();
  for (const char c : options.token) {
    if (static_cast<unsigned char>(c) <= ' ' || static_cast<unsigned char>(c) >= 0x7F) {
      return Status(StatusCode::kInvalidArgument,
                    "the token holds a space or another character that no token has; copy it anew");
    }
  }
  if (auto loaded = CurlLibrary::Load(); !loaded) return loaded.error();
  auto caller = std::make_unique<CurlCaller>(*parsed, options);
  return std::unique_ptr<Repository>(
      std::make_unique<RemoteRepository>(std::move(caller), *parsed, options, RetryTime::Default()));
}

Result<std::unique_ptr<Repository>> OpenStore(const std::string& store, const StoreOptions& options,
                                              const RemoteOptions& remote) {
  return IsServiceAddress(store) ? ConnectRepository(store, remote) : OpenRepository(store, options);
}

}  // namespace cairn
