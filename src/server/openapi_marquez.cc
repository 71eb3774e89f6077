#include "server/openapi.h"

namespace cairn {

/// Marquez's routes: their shapes are Marquez's.
const std::vector<RouteDoc>& MarquezRouteDocs() {
  constexpr std::string_view kGroup = kMarquezGroup;
  static const std::vector<RouteDoc> docs = {
      {"GET", "/api/v1/namespaces", kGroup, "Namespaces of jobs and datasets", "Any", ""},
      {"GET", "/api/v1/namespaces/{namespace}", kGroup, "One namespace", "Any", ""},
      {"PUT", "/api/v1/namespaces/{namespace}", kGroup, "Declare a namespace", "Any", kMarquezBody},
      {"GET", "/api/v1/sources", kGroup, "Sources", "Any", ""},
      {"GET", "/api/v1/sources/{source}", kGroup, "One source", "Any", ""},
      {"PUT", "/api/v1/sources/{source}", kGroup, "Declare a source", "Any", kMarquezBody},
      {"GET", "/api/v1/tags", kGroup, "Tags", "Any", ""},
      {"PUT", "/api/v1/tags/{tag}", kGroup, "Declare a tag", "Any", kMarquezBody},
      {"GET", "/api/v1/jobs", kGroup, "Jobs", "Any", ""},
      {"GET", "/api/v1/namespaces/{namespace}/jobs", kGroup, "Jobs of a namespace", "Any", ""},
      {"GET", "/api/v1/namespaces/{namespace}/jobs/{job}", kGroup, "One job", "Any", ""},
      {"PUT", "/api/v1/namespaces/{namespace}/jobs/{job}", kGroup, "Declare a job", "Any", kMarquezBody},
      {"DELETE", "/api/v1/namespaces/{namespace}/jobs/{job}", kGroup, "A job is gone", "Any", ""},
      {"GET", "/api/v1/namespaces/{namespace}/jobs/{job}/runs", kGroup, "Runs of a job", "Any", ""},
      {"POST", "/api/v1/namespaces/{namespace}/jobs/{job}/runs", kGroup, "Declare a run", "Any", kMarquezBody},
      {"GET", "/api/v1/namespaces/{namespace}/jobs/{job}/versions", kGroup, "Versions of a job", "Any", ""},
      {"GET", "/api/v1/namespaces/{namespace}/jobs/{job}/versions/{version}", kGroup, "One version of a job", "Any",
       ""},
      {"GET", "/api/v1/jobs/runs/{id}", kGroup, "One run", "Any", ""},
      {"GET", "/api/v1/jobs/runs/{id}/facets", kGroup, "Facets of a run", "Any", ""},
      {"POST", "/api/v1/jobs/runs/{id}/start", kGroup, "A run has changed its state", "Any", ""},
      {"POST", "/api/v1/jobs/runs/{id}/complete", kGroup, "A run has changed its state", "Any", ""},
      {"POST", "/api/v1/jobs/runs/{id}/fail", kGroup, "A run has changed its state", "Any", ""},
      {"POST", "/api/v1/jobs/runs/{id}/abort", kGroup, "A run has changed its state", "Any", ""},
      {"GET", "/api/v1/namespaces/{namespace}/datasets", kGroup, "Datasets of a namespace", "Any", ""},
      {"GET", "/api/v1/namespaces/{namespace}/datasets/{dataset}", kGroup, "One dataset", "Any", ""},
      {"PUT", "/api/v1/namespaces/{namespace}/datasets/{dataset}", kGroup, "Declare a dataset", "Any", kMarquezBody},
      {"DELETE", "/api/v1/namespaces/{namespace}/datasets/{dataset}", kGroup, "A dataset is gone", "Any", ""},
      {"GET", "/api/v1/namespaces/{namespace}/datasets/{dataset}/versions", kGroup, "Versions of a dataset", "Any", ""},
      {"GET", "/api/v1/namespaces/{namespace}/datasets/{dataset}/versions/{version}", kGroup,
       "One version of a dataset", "Any", ""},
      {"GET", "/api/v1/events/lineage", kGroup, "Raw events", "Any", ""},
      {"GET", "/api/v1/lineage", kGroup, "Lineage as Marquez draws it", "Any", ""},
      {"GET", "/api/v1/column-lineage", kGroup, "Lineage of fields", "Any", ""},
      {"GET", "/api/v1/search", kGroup, "Jobs and datasets by a part of their name", "Any", ""},
      {"GET", "/api/v1/runlineage/upstream", kGroup, "The runs that a run depends on", "Any", ""},
      {"GET", "/api/v1/stats/lineage-events", kGroup, "How many, by hour or day", "Any", ""},
      {"GET", "/api/v1/stats/jobs", kGroup, "How many, by hour or day", "Any", ""},
      {"GET", "/api/v1/stats/datasets", kGroup, "How many, by hour or day", "Any", ""},
      {"GET", "/api/v1/stats/sources", kGroup, "How many, by hour or day", "Any", ""},
      {"POST", "/api/v1/namespaces/{namespace}/jobs/{job}/tags/{tag}", kGroup, "Put a tag on", "Any", ""},
      {"DELETE", "/api/v1/namespaces/{namespace}/jobs/{job}/tags/{tag}", kGroup, "Take a tag off", "Any", ""},
      {"POST", "/api/v1/namespaces/{namespace}/datasets/{dataset}/tags/{tag}", kGroup, "Put a tag on", "Any", ""},
      {"DELETE", "/api/v1/namespaces/{namespace}/datasets/{dataset}/tags/{tag}", kGroup, "Take a tag off", "Any", ""},
      {"POST", "/api/v1/namespaces/{namespace}/datasets/{dataset}/fields/{field}/tags/{tag}", kGroup, "Put a tag on",
       "Any", ""},
      {"DELETE", "/api/v1/namespaces/{namespace}/datasets/{dataset}/fields/{field}/tags/{tag}", kGroup,
       "Take a tag off", "Any", ""},
  };
  return docs;
}

}  // namespace cairn
