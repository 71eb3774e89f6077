#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cairn/time.h"
#include "server/router.h"

namespace cairn {

/// Reads the parameters of a question and keeps what is wrong with them: unknown ones too, so that a typing error does
/// not go unnoticed.
class ParameterReader {
 public:
  explicit ParameterReader(const HttpParameters& parameters) : parameters_(parameters) {}

  /// Each leaves `out` as it is where the parameter is not given.
  ParameterReader& Text(std::string_view name, std::string& out);
  ParameterReader& Number(std::string_view name, std::uint64_t most, std::uint64_t& out);
  ParameterReader& Flag(std::string_view name, bool& out);
  /// A year that no fact can have is before or after all facts.
  ParameterReader& Time(std::string_view name, std::optional<Timestamp>& out);
  /// Given again, or with commas.
  ParameterReader& List(std::string_view name, std::vector<std::string>& out);
  /// Given again; a comma is a part of it.
  ParameterReader& Texts(std::string_view name, std::vector<std::string>& out);
  /// The place of the text in `choices`.
  ParameterReader& Choice(std::string_view name, const std::vector<std::string_view>& choices, std::size_t& out);
  /// The same, in letters of either case.
  ParameterReader& Word(std::string_view name, const std::vector<std::string_view>& choices, std::size_t& out);
  ParameterReader& Required(std::string_view name, std::string& out);
  /// The one that was read last must be given.
  ParameterReader& Must();

  /// INVALID_ARGUMENT for the first that was wrong.
  [[nodiscard]] Status Finish();
  /// The same, for clients that send parameters of which nothing is known here.
  [[nodiscard]] Status FinishLeniently() const;

 private:
  const std::string* Take(ParameterInfo info);
  using Same = bool (*)(std::string_view a, std::string_view b);
  ParameterReader& Pick(std::string_view name, const std::vector<std::string_view>& choices, Same same,
                        std::size_t& out);
  void Wrong(std::string_view name, std::string_view value, const std::string& why);

  const HttpParameters& parameters_;
  std::vector<std::string> names_;
  Status status_;
};

}  // namespace cairn
