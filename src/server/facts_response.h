#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "cairn/record.h"
#include "server/http_message.h"

namespace cairn {

ServerResponse FactResponse(const Fact& fact);

/// What is not among the facts of an answer.
struct LeftOut {
  std::uint64_t damaged = 0;
  std::uint64_t withheld = 0;
};

/// `{"facts":[...],"damaged":N,"withheld":N` and `more`; facts whose bytes are damaged are counted and left out.
ServerResponse FactsResponse(const std::vector<Fact>& facts, LeftOut left_out, std::string_view more = {});

}  // namespace cairn
