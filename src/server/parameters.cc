#include "server/parameters.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>

#include "base/nearest.h"

namespace cairn {

const std::string* ParameterReader::Take(ParameterInfo info) {
  const std::string& name = names_.emplace_back(info.name);
  if (parameters_.described() != nullptr) parameters_.described()->push_back(std::move(info));
  return parameters_.Find(name);
}

void ParameterReader::Wrong(std::string_view name, std::string_view value, const std::string& why) {
  if (!status_.ok()) return;
  status_ = {StatusCode::kInvalidArgument, fmt::format("parameter {}: \"{}\" {}", name, value, why)};
}

ParameterReader& ParameterReader::Text(std::string_view name, std::string& out) {
  if (const std::string* value = Take({std::string(name)}); value != nullptr) out = *value;
  return *this;
}

ParameterReader& ParameterReader::Required(std::string_view name, std::string& out) { return Text(name, out).Must(); }

ParameterReader& ParameterReader::Must() {
  if (parameters_.described() != nullptr) parameters_.described()->back().is_required = true;
  const std::string* value = parameters_.Find(names_.back());
  if ((value == nullptr || value->empty()) && status_.ok()) {
    status_ = {StatusCode::kInvalidArgument, fmt::format("parameter {} is missing", names_.back())};
  }
  return *this;
}

ParameterReader& ParameterReader::Number(std::string_view name, std::uint64_t most, std::uint64_t& out) {
  const std::string* value = Take({std::string(name), ParameterInfo::Type::kNumber, false, most});
  if (value == nullptr) return *this;
  std::uint64_t number = 0;
  const char* const end = value->data() + value->size();
  const auto read = std::from_chars(value->data(), end, number);
  if (value->empty() || read.ec != std::errc() || read.ptr != end || number > most) {
    Wrong(name, *value, fmt::format("is no whole number from 0 to {}", most));
  } else {
    out = number;
  }
  return *this;
}

ParameterReader& ParameterReader::Flag(std::string_view name, bool& out) {
  const std::string* value = Take({std::string(name), ParameterInfo::Type::kFlag});
  if (value == nullptr) return *this;
  if (*value == "true") {
    out = true;
  } else if (*value == "false") {
    out = false;
  } else {
    Wrong(name, *value, "is neither true nor false");
  }
  return *this;
}

ParameterReader& ParameterReader::Time(std::string_view name, std::optional<Timestamp>& out) {
  const std::string* value = Take({std::string(name), ParameterInfo::Type::kTime});
  if (value == nullptr) return *this;
  auto time = ParseTimestamp(*value);
  if (time) {
    out = *time;
  } else if (time.error().code() == StatusCode::kOutOfRange) {
    out = *value < "1900" ? Timestamp::Min() : Timestamp::Max();
  } else {
    Wrong(name, *value, "is no time: " + time.error().message());
  }
  return *this;
}

ParameterReader& ParameterReader::Texts(std::string_view name, std::vector<std::string>& out) {
  if (Take({std::string(name), ParameterInfo::Type::kList}) != nullptr) out = parameters_.All(name);
  return *this;
}

ParameterReader& ParameterReader::List(std::string_view name, std::vector<std::string>& out) {
  if (Take({std::string(name), ParameterInfo::Type::kList}) == nullptr) return *this;
  out.clear();
  for (const std::string& value : parameters_.All(name)) {
    std::string_view rest = value;
    for (;;) {
      const std::size_t comma = rest.find(',');
      if (comma != 0 && !rest.empty()) out.emplace_back(rest.substr(0, comma));
      if (comma == std::string_view::npos) break;
      rest.remove_prefix(comma + 1);
    }
  }
  return *this;
}

ParameterReader& ParameterReader::Pick(std::string_view name, const std::vector<std::string_view>& choices, Same same,
                                       std::size_t& out) {
  const std::string* value =
      Take({std::string(name), ParameterInfo::Type::kChoice, false, 0, {choices.begin(), choices.end()}});
  if (value == nullptr) return *this;
  const auto at = std::find_if(choices.begin(), choices.end(), [&](std::string_view one) { return same(one, *value); });
  if (at == choices.end()) {
    Wrong(name, *value, fmt::format("is none of {}", fmt::join(choices, ", ")));
  } else {
    out = static_cast<std::size_t>(at - choices.begin());
  }
  return *this;
}

ParameterReader& ParameterReader::Choice(std::string_view name, const std::vector<std::string_view>& choices,
                                         std::size_t& out) {
  return Pick(
      name, choices, [](std::string_view a, std::string_view b) { return a == b; }, out);
}

ParameterReader& ParameterReader::Word(std::string_view name, const std::vector<std::string_view>& choices,
                                       std::size_t& out) {
  const Same same = [](std::string_view a, std::string_view b) {
    const auto small = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [&](char x, char y) { return small(x) == small(y); });
  };
  return Pick(name, choices, same, out);
}

Status ParameterReader::FinishLeniently() const {
  if (parameters_.described() != nullptr) return {StatusCode::kCancelled, "the parameters were described"};
  return status_;
}

Status ParameterReader::Finish() {
  if (Status status = FinishLeniently(); !status.ok()) return status;
  for (const auto& [name, value] : parameters_.all()) {
    if (std::find(names_.begin(), names_.end(), name) != names_.end()) continue;
    const auto near = Nearest(name, names_, 1);
    return {StatusCode::kInvalidArgument,
            fmt::format("there is no parameter \"{}\" here{}", name,
                        near.empty() ? fmt::format("; there are: {}", fmt::join(names_, ", "))
                                     : fmt::format("; did you mean {}?", near.front()))};
  }
  return Status::Ok();
}

}  // namespace cairn
