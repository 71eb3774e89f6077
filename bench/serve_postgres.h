#pragma once

#include <optional>
#include <string>

namespace cairn::bench {

/// Rows a second that PostgreSQL 15 takes on the processor `server_core` from 16 connections of pgbench on `load_core`,
/// each an event of its own as a commit that is on disk. None where there is no PostgreSQL.
std::optional<double> PostgresInserts(const std::string& folder, int server_core, int load_core);

}  // namespace cairn::bench
