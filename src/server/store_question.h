#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/exchange.h"
#include "server/parameters.h"

namespace cairn {

/// A question to the repository itself: nodes are given by their whole ids, and nothing is looked for. Its parameters
/// stand behind the `?`, or where they are long in the body as a form (`application/x-www-form-urlencoded`).
class StoreQuestion {
 public:
  /// Returns INVALID_ARGUMENT for a broken escape, or a body that is no form.
  static Result<StoreQuestion> Of(Exchange& exchange);

  [[nodiscard]] ParameterReader Reader() const { return ParameterReader(parameters_); }
  /// Reads what is left, `tenant` among it. Returns INVALID_ARGUMENT for what was wrong, PERMISSION_DENIED for a tenant
  /// that is not the asker's.
  Status Finish(ParameterReader& reader);
  /// Once `Finish` has read it.
  [[nodiscard]] const std::string& tenant() const { return tenant_; }
  [[nodiscard]] Repository& repository() const { return *exchange_->service().repository(); }

  /// Reads a node's id. Unlike `ParseNodeId` it takes names that no node can have (empty, not UTF-8), so that the
  /// answer to them is the repository's.
  [[nodiscard]] Result<NodeKey> Node(const std::string& id) const;
  [[nodiscard]] Result<std::vector<NodeKey>> Nodes(const std::vector<std::string>& ids) const;

 private:
  explicit StoreQuestion(Exchange& exchange) : exchange_(&exchange) {}

  Exchange* exchange_;
  HttpParameters parameters_;
  std::string tenant_;
};

/// Which facts a question is about: `QuerySpec`, without its page.
class FactsQuestion {
 public:
  void Read(ParameterReader& reader);
  /// Once `asked` has finished.
  Result<QuerySpec> Finish(const StoreQuestion& asked);

 private:
  QuerySpec spec_;
  std::size_t match_ = 0;
  std::string target_;
};

/// What a person seeks: `SearchSpec`.
class SearchQuestion {
 public:
  void Read(ParameterReader& reader);
  [[nodiscard]] SearchSpec Finish(const std::string& tenant) const;

 private:
  std::string text_;
  // At most one of each; empty texts are values of their own.
  std::vector<std::string> type_;
  std::vector<std::string> ns_;
  std::vector<std::string> tag_;
  std::vector<std::string> owner_;
  std::uint64_t limit_ = 20;
};

}  // namespace cairn
