#include "server/openapi.h"

#include <gmock/gmock.h>

#include <set>

#include "server/api_for_test.h"

namespace cairn {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST_F(OpenApiTest, EveryRouteIsDescribedAndNothingElse) {
  std::set<std::pair<std::string, std::string>> routes;
  for (const DescribedRoute& one : api->Describe()) {
    if (one.route->pattern.ends_with('/')) continue;  // The same as without it.
    routes.emplace(one.route->method, one.route->pattern);
    EXPECT_NE(one.doc, nullptr) << one.route->method << ' ' << one.route->pattern << " is not in RouteDocs";
    for (const ParameterInfo& parameter : one.query) {
      EXPECT_FALSE(ParameterMeaning(parameter.name).empty()) << parameter.name << " of " << one.route->pattern;
    }
  }
  for (const RouteDoc& doc : RouteDocs()) {
    EXPECT_TRUE(routes.contains({std::string(doc.method), std::string(doc.pattern)})) << doc.pattern << " is no route";
  }
}

TEST_F(OpenApiTest, TheDocumentNamesEveryRouteParameterAndSchema) {
  const ServerResponse response = Get("/openapi.json");
  ASSERT_EQ(response.status, 200);
  simdjson::dom::parser parser;
  simdjson::dom::element document;
  ASSERT_EQ(parser.parse(response.body).get(document), simdjson::SUCCESS) << response.body;
  EXPECT_EQ(std::string_view(document["openapi"]), "3.1.0");
  std::set<std::string> ids;
  for (const DescribedRoute& one : api->Describe()) {
    if (one.doc == nullptr) continue;
    simdjson::dom::element operation;
    std::string method = one.route->method;
    for (char& c : method) c = static_cast<char>(c - 'A' + 'a');
    ASSERT_EQ(document["paths"][one.route->pattern][method].get(operation), simdjson::SUCCESS) << one.route->pattern;
    EXPECT_TRUE(ids.emplace(std::string_view(operation["operationId"])).second) << one.route->pattern;
    std::set<std::string> names;
    for (const auto parameter : simdjson::dom::array(operation["parameters"])) {
      names.emplace(std::string_view(parameter["name"]));
    }
    simdjson::dom::object form;
    if (operation["requestBody"]["content"]["application/x-www-form-urlencoded"]["schema"]["properties"].get(form) ==
        simdjson::SUCCESS) {
      for (const auto [name, schema] : form) names.emplace(name);
    }
    for (const ParameterInfo& parameter : one.query) EXPECT_TRUE(names.contains(parameter.name)) << parameter.name;
  }
  // Every reference leads somewhere.
  for (std::size_t at = response.body.find("#/components/schemas/"); at != std::string::npos;
       at = response.body.find("#/components/schemas/", at + 1)) {
    const std::size_t begin = at + std::string_view("#/components/schemas/").size();
    const std::string name = response.body.substr(begin, response.body.find('"', begin) - begin);
    EXPECT_EQ(document["components"]["schemas"][name].error(), simdjson::SUCCESS) << name;
  }
}

TEST_F(OpenApiTest, ThePageTellsTheSameWithoutScripts) {
  const ServerResponse response = Get("/docs");
  EXPECT_EQ(response.content_type, "text/html; charset=utf-8");
  for (const DescribedRoute& one : api->Describe()) {
    if (one.doc != nullptr) {
      EXPECT_THAT(response.body, HasSubstr(one.route->pattern));
    }
  }
  EXPECT_THAT(response.body, Not(HasSubstr("<script")));
}

TEST_F(OpenApiTest, AParameterThatARouteDoesNotReadIsRefusedEverywhere) {
  for (const DescribedRoute& one : api->Describe()) {
    // Marquez passes over what it does not know.
    const bool is_own = one.doc != nullptr && one.doc->group != kMarquezGroup;
    if (!is_own || one.route->method != "GET" || one.route->needs != HttpRoute::Needs::kByMethod) continue;
    EXPECT_EQ(Get(one.route->pattern + "?zebra=1").status, 400) << one.route->pattern;
  }
}

}  // namespace
}  // namespace cairn
