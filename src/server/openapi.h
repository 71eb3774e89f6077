#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "server/router.h"

namespace cairn {

/// What a route is for, in words: all that cannot be told from the code.
struct RouteDoc {
  std::string_view method;
  std::string_view pattern;
  std::string_view group;
  std::string_view summary;
  std::string_view answer;  ///< Of 200 or 201: the name of a schema; empty: no body.
  std::string_view takes;   ///< The request's body: the name of a schema, or `text/plain`; empty: none.
};

/// One for each route, in the order in which they are told.
const std::vector<RouteDoc>& RouteDocs();
/// Those of `/api/v1/repository/` and of what keeps a store in order.
const std::vector<RouteDoc>& RepositoryRouteDocs();
/// A body that holds the parameters of the query as a form.
inline constexpr std::string_view kFormBody = "form";
/// A body of Marquez's shape, which may be left out.
inline constexpr std::string_view kMarquezBody = "MarquezBody";
/// The group of Marquez's routes.
inline constexpr std::string_view kMarquezGroup = "As Marquez";
/// Those of Marquez's routes, a part of the above.
const std::vector<RouteDoc>& MarquezRouteDocs();
/// Those of the cache and of scans, a part of the above.
const std::vector<RouteDoc>& CacheAndScanRouteDocs();
/// The schemas that only they name.
std::string_view CacheAndScanSchemas();
/// What parameters of a name mean, wherever they stand. Empty for a name that nobody has described.
std::string_view ParameterMeaning(std::string_view name);
/// The schemas that are named above, as members of a JSON object.
std::string_view OpenApiSchemas();

/// A route with the parameters of its query, as its handler reads them.
struct DescribedRoute {
  const HttpRoute* route = nullptr;
  const RouteDoc* doc = nullptr;     ///< Null: nobody has described it.
  std::vector<ParameterInfo> query;  ///< Or of its form.
};

/// The document of OpenAPI 3.1 about these routes.
std::string OpenApiDocument(const std::vector<DescribedRoute>& routes);
/// The same as a page for people, without scripts.
std::string OpenApiPage(const std::vector<DescribedRoute>& routes);

}  // namespace cairn
