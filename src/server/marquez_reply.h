#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "server/exchange.h"
#include "server/marquez_memory.h"
#include "server/parameters.h"

namespace cairn {

/// What the routes for Marquez's clients have in common.

ServerResponse MarquezJson(std::string body, int status = 200);
/// `{"code":404,"message":"..."}`, which those clients read.
ServerResponse MarquezFailure(const Status& status);

/// Where the questions of one request go, and what they brought already.
struct MarquezAsk {
  explicit MarquezAsk(Exchange& exchange)
      : repository(*exchange.service().repository()), tenant(exchange.service().tenant()) {}
  MarquezAsk(Repository& repository_in, std::string tenant_in)
      : repository(repository_in), tenant(std::move(tenant_in)) {}

  [[nodiscard]] NodeKey Dataset(const std::string& ns, const std::string& name) const {
    return {tenant, std::string(kTypeDataset), ns, name, ""};
  }
  [[nodiscard]] NodeKey Job(const std::string& ns, const std::string& name) const {
    return {tenant, std::string(kTypeJob), ns, name, ""};
  }

  Repository& repository;
  std::string tenant;
  std::shared_ptr<MarquezMemory> memory = std::make_shared<MarquezMemory>();
};

using MarquezAnswer = std::function<Result<std::string>(const MarquezAsk&)>;
/// Runs it on another thread: its JSON, or how it failed.
ServerResponse MarquezElsewhere(Exchange& exchange, const MarquezAnswer& answer);

/// `limit` and `offset`.
struct MarquezPage {
  static constexpr std::uint64_t kMost = 10'000;
  std::uint64_t limit = 100;
  std::uint64_t offset = 0;

  /// Reads those two; parameters that are not known are passed over, as Marquez does.
  Status Read(const HttpParameters& parameters);
};

/// The entity, which is there and not deleted. Returns NOT_FOUND, saying where there are others.
Result<EntityInfo> MarquezEntity(const MarquezAsk& ask, const NodeKey& node);

}  // namespace cairn
