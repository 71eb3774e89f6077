#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "cairn/cache_policy.h"

namespace cairn {

enum class ParameterType : std::uint8_t { kText, kInteger, kNumber, kSwitch };

/// A parameter of a look-up.
struct ParameterConfig {
  std::string name;
  ParameterType type = ParameterType::kText;
  bool required = false;
  std::string standard;  ///< Its value where none is given; empty: it is left out then.
  std::string pattern;   ///< An extended regular expression that the whole value matches; empty: any.
  std::string query;     ///< What the URL's query calls it; empty: its own name. Not used where the path holds it.
  std::string help;
};

/// A part of the answer that is kept by itself.
struct FieldConfig {
  std::string name;
  std::string path;                ///< Where it stands in the answer: `series.name`, `[0].asin`.
  std::chrono::nanoseconds ttl{};  ///< Zero: the operation's.
  bool required = false;           ///< An answer without it is broken.
};

/// One kind of question to a source.
struct OperationConfig {
  std::string name;
  std::string path;  ///< `/books/{asin}`: each name in braces is a parameter.
  std::string help;
  std::vector<ParameterConfig> parameters;
  std::vector<FieldConfig> fields;  ///< Empty: the answer is kept whole.
  CachePolicy policy;
  std::vector<std::string> tags;                      ///< `asin:{asin}`: parameters are put in.
  std::vector<std::uint32_t> not_found = {404, 410};  ///< Statuses that say: there is no such thing.
  /// Statuses with which this source also answers a question for what it does not know. They are not kept, not asked
  /// again at once, and the answer says what they may mean.
  std::vector<std::uint32_t> perhaps_not_found;
  std::string record_kind;    ///< Of the records that results become; empty: `lookup.SOURCE.OPERATION`.
  std::string record_target;  ///< What they are about: `{asin}`; empty: the key.
};

/// An HTTP API.
struct SourceConfig {
  std::string name;
  bool enabled = true;
  std::string base_url;
  std::string help;
  std::uint32_t rate_tokens = 0;  ///< Requests in each `rate_window`, of all processes of the host; 0: no limit.
  std::chrono::nanoseconds rate_window{std::chrono::minutes(1)};
  std::chrono::nanoseconds rate_wait{std::chrono::minutes(1)};  ///< How long a look-up waits for its turn.
  std::uint32_t concurrency = 4;                                ///< Requests at once, of one process.
  std::uint32_t attempts = 4;
  std::chrono::nanoseconds backoff{std::chrono::milliseconds(500)};
  std::chrono::nanoseconds backoff_max{std::chrono::seconds(30)};
  std::chrono::nanoseconds retry_after_max{std::chrono::minutes(1)};
  std::chrono::nanoseconds connect_timeout{std::chrono::seconds(5)};
  std::chrono::nanoseconds timeout{std::chrono::seconds(30)};  ///< Of one request.
  std::uint64_t response_bytes = std::uint64_t{8} << 20;
  std::uint32_t redirects = 3;
  std::string proxy = "environment";
  std::map<std::string, std::string> headers;  ///< `${NAME}` in a value is the environment's.
  std::vector<OperationConfig> operations;
};

}  // namespace cairn
