#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cairn/repository.h"

namespace cairn {

/// The parameters of a question as a form: `kind=volume&node=dataset%3Acrm%3Aorders`. The server's `StoreQuestion`
/// reads it.
class Parameters {
 public:
  Parameters& Text(std::string_view name, std::string_view value);
  /// Not where it is empty: that is what the service takes where it is not given.
  Parameters& Given(std::string_view name, std::string_view value);
  Parameters& Number(std::string_view name, std::uint64_t value);
  /// An instant that cannot be written is the first or last that can.
  Parameters& Time(std::string_view name, const std::optional<Timestamp>& time);
  Parameters& Texts(std::string_view name, const std::vector<std::string>& values);
  Parameters& Node(std::string_view name, const NodeView& node);

  [[nodiscard]] const std::string& form() const { return form_; }

 private:
  std::string form_;
};

/// What of `spec` says which facts are meant, without its page.
void AddQuery(Parameters& parameters, const QuerySpec& spec);

}  // namespace cairn
