// A store behind a service in this process, for the suites of the contract (`AnyRepository`).

#include "base/curl_library.h"
#include "client/remote_repository.h"
#include "served_store.h"
#include "store/store_for_test.h"

namespace cairn {
namespace {

/// Carries requests to a service that lives as long as it does.
class ServedCaller final : public HttpCaller {
 public:
  explicit ServedCaller(std::unique_ptr<Repository> store)
      : served_(std::move(store)), caller_(*ParseServiceAddress(served_.address()), {}) {
    EXPECT_TRUE(CurlLibrary::Load());
  }
  Result<HttpReply> Call(const HttpCall& call) override { return caller_.Call(call); }

 private:
  ServedStore served_;
  CurlCaller caller_;
};

std::unique_ptr<Repository> Serve(std::unique_ptr<Repository> store) {
  return std::make_unique<RemoteRepository>(std::make_unique<ServedCaller>(std::move(store)), ServiceAddress(),
                                            RemoteOptions(), RetryTime::Default());
}

[[maybe_unused]] const bool kIsRegistered = [] {
  AroundServed() = Serve;
  return true;
}();

}  // namespace
}  // namespace cairn
