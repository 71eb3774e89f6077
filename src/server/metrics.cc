#include "server/metrics.h"

#include <fmt/format.h>

#include <algorithm>

#include "server/http_server.h"

namespace cairn {
namespace {

constexpr auto kRelaxed = std::memory_order_relaxed;

void AppendHead(std::string& out, std::string_view name, std::string_view type, std::string_view help) {
  out += fmt::format("# HELP {0} {2}\n# TYPE {0} {1}\n", name, type, help);
}

void AppendOne(std::string& out, std::string_view name, std::string_view type, std::string_view help,
               std::uint64_t value) {
  AppendHead(out, name, type, help);
  out += fmt::format("{} {}\n", name, value);
}

}  // namespace

Metrics::Metrics(const std::vector<std::unique_ptr<HttpRoute>>& routes) {
  for (const auto& route : routes) {
    routes_.push_back(std::make_unique<OfRoute>());
    routes_.back()->route = route.get();
    places_[route.get()] = routes_.back().get();
  }
  routes_.push_back(std::make_unique<OfRoute>());
}

void Metrics::Count(const HttpRoute* route, int status, std::chrono::nanoseconds took) {
  const auto found = places_.find(route);
  OfRoute& one = found == places_.end() ? *routes_.back() : *found->second;
  one.by_class[static_cast<std::size_t>(std::clamp(status / 100, 1, 5))].fetch_add(1, kRelaxed);
  const auto us = std::chrono::duration_cast<std::chrono::microseconds>(took).count();
  const auto* bucket = std::lower_bound(kBucketsUs.begin(), kBucketsUs.end(), us);
  one.by_time[static_cast<std::size_t>(bucket - kBucketsUs.begin())].fetch_add(1, kRelaxed);
  one.time_ns.fetch_add(static_cast<std::uint64_t>(took.count()), kRelaxed);
}

void Metrics::AppendRoutes(std::string& out) const {
  const auto labels = [](const OfRoute& one) {
    if (one.route == nullptr) return std::string(R"(method="",route="")");
    return fmt::format(R"(method="{}",route="{}")", one.route->method, one.route->pattern);
  };
  AppendHead(out, "cairn_http_requests_total", "counter", "Requests answered, by route and class of status.");
  for (const auto& one : routes_) {
    for (std::size_t i = 1; i < one->by_class.size(); ++i) {
      const std::uint64_t count = one->by_class[i].load(kRelaxed);
      if (count != 0)
        out += fmt::format("cairn_http_requests_total{{{},status=\"{}xx\"}} {}\n", labels(*one), i, count);
    }
  }
  AppendHead(out, "cairn_http_request_duration_seconds", "histogram",
             "From the whole request to the answer, before it is written.");
  for (const auto& one : routes_) {
    std::uint64_t sum = 0;
    std::string lines;
    for (std::size_t i = 0; i < one->by_time.size(); ++i) {
      sum += one->by_time[i].load(kRelaxed);
      const std::string edge =
          i == kBucketsUs.size() ? "+Inf" : fmt::format("{}", static_cast<double>(kBucketsUs[i]) / 1e6);
      lines += fmt::format("cairn_http_request_duration_seconds_bucket{{{},le=\"{}\"}} {}\n", labels(*one), edge, sum);
    }
    if (sum == 0) continue;
    out += lines;
    out += fmt::format("cairn_http_request_duration_seconds_sum{{{}}} {}\n", labels(*one),
                       static_cast<double>(one->time_ns.load(kRelaxed)) / 1e9);
    out += fmt::format("cairn_http_request_duration_seconds_count{{{}}} {}\n", labels(*one), sum);
  }
}

std::string Metrics::Text(const RepositoryStats& store, const HttpServerStats& server) const {
  std::string out;
  AppendRoutes(out);
  AppendOne(out, "cairn_http_connections", "gauge", "Connections open.", server.connections);
  AppendOne(out, "cairn_http_connections_total", "counter", "Connections taken.", server.connections_all);
  AppendOne(out, "cairn_http_connections_refused_total", "counter", "Connections that were one too many.",
            server.connections_refused);
  AppendOne(out, "cairn_http_requests_in_flight", "gauge", "Requests that are being answered.", server.in_flight);
  AppendOne(out, "cairn_http_body_bytes", "gauge", "Bytes of requests' bodies in memory.", server.bodies_bytes);
  AppendOne(out, "cairn_records_stored_total", "counter", "Records stored over HTTP, known ones too.",
            stored_.load(kRelaxed));
  AppendOne(out, "cairn_records_refused_total", "counter", "Records refused over HTTP.", refused_.load(kRelaxed));
  AppendOne(out, "cairn_store_records", "gauge", "Records in the log.", store.records);
  AppendOne(out, "cairn_store_series", "gauge", "Series: kinds of facts of each node.", store.series);
  AppendOne(out, "cairn_store_nodes", "gauge", "Nodes.", store.nodes);
  AppendOne(out, "cairn_store_runs", "gauge", "Runs.", store.runs);
  AppendOne(out, "cairn_store_edges", "gauge", "Edges of the lineage.", store.edges);
  AppendOne(out, "cairn_store_damaged_batches", "gauge", "Batches of the log that are damaged.", store.damaged_batches);
  AppendHead(out, "cairn_store_bytes", "gauge", "Bytes of the log on disk.");
  out += fmt::format("cairn_store_bytes{{segments=\"open\"}} {}\n", store.bytes_open);
  out += fmt::format("cairn_store_bytes{{segments=\"sealed\"}} {}\n", store.bytes_sealed);
  out += fmt::format("cairn_store_bytes{{segments=\"kept_lines\"}} {}\n", store.bytes_kept);
  return out;
}

}  // namespace cairn
