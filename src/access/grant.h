#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cairn/status.h"
#include "cairn/time.h"
#include "cairn/visibility.h"

namespace cairn {

enum class AccessScope : std::uint8_t { kRead = 1, kWrite = 2, kAdmin = 4 };

/// `read`, `write`, `admin`.
std::string_view AccessScopeName(AccessScope scope);

/// What somebody may do, and with which part of the store.
struct Grant {
  std::uint8_t scopes = 0;  ///< `AccessScope`s.
  std::string tenant;
  /// How the namespaces begin whose nodes may be seen and stated; empty: all.
  std::vector<std::string> namespaces;
  /// The kinds of facts that may be seen and stated, as globs; empty: all.
  std::vector<std::string> kinds;

  [[nodiscard]] bool Has(AccessScope scope) const { return (scopes & static_cast<std::uint8_t>(scope)) != 0; }
  /// Whether it reaches everything of its tenant.
  [[nodiscard]] bool is_whole() const { return namespaces.empty() && kinds.empty(); }
  /// Whether it concerns the whole store too: what holds more than one tenant is for nobody of one of them.
  [[nodiscard]] bool is_of_all() const { return is_whole() && tenant.empty(); }
};

/// Reads `read`, `write`, `admin`. Returns INVALID_ARGUMENT for another word, or none.
Result<std::uint8_t> ParseScopes(const std::vector<std::string>& words);
std::vector<std::string> ScopeNames(std::uint8_t scopes);

/// What a grant lets its bearer see. What a text names is found by its shape: objects with a `namespace` (or
/// `source_id`), and node ids.
class GrantVisibility final : public Visibility {
 public:
  explicit GrantVisibility(Grant grant) : grant_(std::move(grant)) {}

  [[nodiscard]] bool Sees(const NodeView& node) const override;
  [[nodiscard]] bool SeesKind(std::string_view kind) const override;
  [[nodiscard]] bool SeesAllOf(std::string_view json) const override;

 private:
  [[nodiscard]] bool SeesNamespace(std::string_view ns) const;
  [[nodiscard]] bool SeesText(std::string_view text) const;
  [[nodiscard]] bool SeesEnd(std::string_view text) const;

  const Grant grant_;
};

}  // namespace cairn
