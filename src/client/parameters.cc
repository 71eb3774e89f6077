#include "client/parameters.h"

#include <algorithm>

namespace cairn {
namespace {

// What `ParseTimestamp` reads: 1678-01-01T00:00:00Z to 2261-12-31T23:59:59.999999999Z.
constexpr Timestamp kFirst{-9'214'560'000'000'000'000};
constexpr Timestamp kLast{9'214'646'399'999'999'999};

void AppendEscaped(std::string& out, std::string_view text) {
  constexpr char kHex[] = "0123456789ABCDEF";
  for (const char c : text) {
    const bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                          c == '_' || c == '.' || c == '~';
    if (is_plain) {
      out += c;
      continue;
    }
    out += '%';
    out += kHex[static_cast<unsigned char>(c) >> 4];
    out += kHex[static_cast<unsigned char>(c) & 15];
  }
}

}  // namespace

Parameters& Parameters::Text(std::string_view name, std::string_view value) {
  if (!form_.empty()) form_ += '&';
  form_ += name;
  form_ += '=';
  AppendEscaped(form_, value);
  return *this;
}

Parameters& Parameters::Given(std::string_view name, std::string_view value) {
  return value.empty() ? *this : Text(name, value);
}

Parameters& Parameters::Number(std::string_view name, std::uint64_t value) { return Text(name, std::to_string(value)); }

Parameters& Parameters::Time(std::string_view name, const std::optional<Timestamp>& time) {
  return time ? Text(name, FormatTimestamp(std::clamp(*time, kFirst, kLast))) : *this;
}

Parameters& Parameters::Texts(std::string_view name, const std::vector<std::string>& values) {
  for (const std::string& value : values) Text(name, value);
  return *this;
}

Parameters& Parameters::Node(std::string_view name, const NodeView& node) { return Text(name, NodeId(node)); }

void AddQuery(Parameters& parameters, const QuerySpec& spec) {
  constexpr std::string_view kModes[] = {"any", "exact", "prefix", "glob"};
  parameters.Given("tenant", spec.tenant).Texts("kind", spec.kinds);
  if (spec.target.mode != TargetMatch::Mode::kAny) {
    parameters.Text("match", kModes[static_cast<std::size_t>(spec.target.mode)]);
    if (spec.target.mode == TargetMatch::Mode::kExact) {
      parameters.Node("target", spec.target.node);
    } else {
      parameters.Text("target", spec.target.text);
    }
  }
  parameters.Given("run", spec.run_id).Given("job", spec.job).Given("producer", spec.producer_id);
  parameters.Time("from", spec.from).Time("until", spec.until).Given("filter", spec.filter);
}

}  // namespace cairn
