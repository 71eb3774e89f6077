#pragma once

#include <CLI/CLI.hpp>
#include <optional>
#include <string>

#include "cairn/time.h"

namespace cairn {

/// An option that is a time, RFC 3339 or a part of it.
inline CLI::Option* AddTime(CLI::App& command, const std::string& flags, std::optional<Timestamp>& out,
                            const std::string& help) {
  const auto read = [&out](const std::string& text) {
    auto time = ParseTimestamp(text);
    if (!time) throw CLI::ValidationError(time.error().message());
    out = *time;
  };
  return command.add_option_function<std::string>(flags, read, help)->type_name("TIME");
}

}  // namespace cairn
