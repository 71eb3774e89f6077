#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "cairn/cache_key.h"
#include "cairn/status.h"
#include "obs/source_config.h"
#include "query/path.h"

namespace cairn {

/// Parameters as a person or a program gives them: by name, as text.
using LookupParams = std::map<std::string, std::string, std::less<>>;

/// A question with its parameters checked, completed with defaults, and in their own types.
struct CheckedParams {
  using Value = std::variant<bool, std::int64_t, double, std::string>;
  std::map<std::string, Value, std::less<>> values;

  /// As the cache's key takes them. They refer to this.
  [[nodiscard]] std::vector<CacheParam> ForKey() const;
};

/// A declared operation, made ready: its path, its patterns, its fields. Any thread may use it.
class SourceOperation {
 public:
  /// Returns INVALID_ARGUMENT for a declaration that makes no sense, a field's path that is none.
  static Result<std::unique_ptr<SourceOperation>> Make(const SourceConfig& source, const OperationConfig& config);
  ~SourceOperation();
  SourceOperation(const SourceOperation&) = delete;
  SourceOperation& operator=(const SourceOperation&) = delete;

  [[nodiscard]] const OperationConfig& config() const { return config_; }
  [[nodiscard]] const std::string& source() const { return source_; }
  /// One for each of `config().fields`.
  [[nodiscard]] const std::vector<Path>& field_paths() const { return field_paths_; }

  /// Returns INVALID_ARGUMENT for a parameter that does not exist (naming the nearest), is missing, is not of its type
  /// or does not match its pattern.
  [[nodiscard]] Result<CheckedParams> Check(const LookupParams& params) const;

  /// The URL to ask, everything in it escaped.
  [[nodiscard]] std::string Url(const CheckedParams& params) const;
  /// `asin:{asin}` with the values put in; empty where one of them was not given.
  [[nodiscard]] static std::string Fill(std::string_view text, const CheckedParams& params);

 private:
  struct Pattern;

  SourceOperation(const SourceConfig& source, const OperationConfig& config);

  const std::string source_;
  const std::string base_url_;
  const OperationConfig config_;
  std::vector<Path> field_paths_;
  std::vector<std::unique_ptr<Pattern>> patterns_;  // One for each parameter; null where it has none.
};

}  // namespace cairn
