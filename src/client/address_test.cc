#include "client/address.h"

#include <gtest/gtest.h>

#include "base/service_address.h"
#include "cairn/client.h"

namespace cairn {
namespace {

TEST(ServiceAddress, IsAUrlOrASocket) {
  auto address = ParseServiceAddress("http://127.0.0.1:8137/");
  ASSERT_TRUE(address) << address.status();
  EXPECT_EQ(address->base, "http://127.0.0.1:8137");
  EXPECT_TRUE(address->is_local());
  address = ParseServiceAddress("https://cairn.example.org/base/");
  ASSERT_TRUE(address);
  EXPECT_EQ(address->base, "https://cairn.example.org/base");
  EXPECT_FALSE(address->is_local());
  address = ParseServiceAddress("unix:/run/cairn.sock");
  ASSERT_TRUE(address);
  EXPECT_EQ(address->unix_path, "/run/cairn.sock");
  EXPECT_TRUE(address->is_local());
}

TEST(ServiceAddress, AFolderIsNone) {
  for (const char* store : {"./metadata", "/http", "httpd", "http:", "unixes", "https", ""}) {
    EXPECT_FALSE(IsServiceAddress(store)) << store;
  }
}

TEST(ServiceAddress, MistakesAreToldWithoutWhatMayBeSecret) {
  for (const char* text : {"http://", "http://:80", "https://ann:s3cret@host", "http://host/?a", "http://host/#a",
                           "http://ho st", "http://host\r\nX: y", "unix:", "ftp://host"}) {
    const auto address = ConnectRepository(text);
    ASSERT_FALSE(address) << text;
    EXPECT_EQ(address.error().code(), StatusCode::kInvalidArgument) << text;
    EXPECT_EQ(address.error().message().find("s3cret"), std::string::npos);
  }
  EXPECT_FALSE(ConnectRepository("unix:/" + std::string(107, 'x')));
}

TEST(ServiceAddress, ATokenHasNoSpacesAndIsNotTold) {
  for (const char* token : {"a b", "a\r\nX-Other: 1", "\x7F"}) {
    const auto repository = ConnectRepository("http://127.0.0.1:1", {.token = token, .ca_file = ""});
    ASSERT_FALSE(repository);
    EXPECT_EQ(repository.error().code(), StatusCode::kInvalidArgument);
    EXPECT_EQ(repository.error().message().find(token), std::string::npos);
  }
}

}  // namespace
}  // namespace cairn
