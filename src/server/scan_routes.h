#pragma once

#include <string>
#include <vector>

#include "server/router.h"
#include "server/scan_process.h"

namespace cairn {

/// `/api/v1/scans`: how scans into the store are, what went wrong in them, and scans begun from afar.
class ScanRoutes {
 public:
  struct Parts {
    std::string store_path;
    std::vector<std::string> roots;  ///< Absolute paths of folders below which scans may be begun; none: nowhere.
    std::string program;             ///< Of the scan; empty: this one.
  };
  explicit ScanRoutes(Parts parts);
  /// Outlives the router's use.
  void Add(Router& router);

 private:
  ServerResponse State(Exchange& exchange);
  ServerResponse Start(Exchange& exchange);
  ServerResponse Stop(Exchange& exchange);
  ServerResponse Problems(Exchange& exchange);
  ServerResponse Slow(Exchange& exchange);
  [[nodiscard]] std::string StateJson();
  /// The path without symbolic links, below one of the roots.
  [[nodiscard]] Result<std::string> Allowed(const std::string& path) const;

  const Parts parts_;
  const std::string state_folder_;
  ScanProcess process_;
};

}  // namespace cairn
