// Webhooks over TLS: who cannot prove who he is is told nothing.

#include <gmock/gmock.h>

#include "bus/webhook_sender.h"
#include "certificate_for_test.h"
#include "lookup/curl_transport.h"
#include "server/http_server.h"
#include "temp_dir.h"

namespace cairn {
namespace {

TEST(WebhookTls, ACertificateThatNobodyVouchesForIsRefusedBeforeAnythingIsTold) {
  const TempDir temp;
  MakeCertificate("IP:127.0.0.1", temp.Sub("key.pem"), temp.Sub("cert.pem"));
  HttpServerOptions options;
  options.listen = {"127.0.0.1:0"};
  options.tls_certificate = temp.Sub("cert.pem");
  options.tls_key = temp.Sub("key.pem");
  std::atomic<int> requests = 0;
  auto server = HttpServer::Start(options, [&](const ServerRequest&, const std::string&, Suspender&) {
    ++requests;
    return ServerResponse();
  });
  ASSERT_TRUE(server) << server.error();
  Webhook hook;
  hook.name = "alerts";
  hook.url = (*server)->addresses().front();
  ASSERT_TRUE(hook.url.starts_with("https://")) << hook.url;
  CurlTransport transport;
  const WebhookAnswer answer = PingWebhook(transport, hook, *WebhookSecret::Make(), Timestamp{});
  EXPECT_THAT(answer.error, testing::HasSubstr("certificate"));
  EXPECT_EQ(answer.status, 0);
  EXPECT_EQ(requests, 0);
}

}  // namespace
}  // namespace cairn
