#include "query/filter.h"

#include <fmt/format.h>

#include <compare>

#include "query/filter_program.h"
#include "query/glob.h"

namespace cairn {
namespace {

using Type = Value::Type;

/// The order of two values of one type; unordered where there is none.
std::partial_ordering Compare(const Value& value, const FilterLiteral& literal, bool instant) {
  if (value.IsNumber() && literal.value.IsNumber()) return CompareNumbers(value, literal.value);
  if (value.type != literal.value.type) return std::partial_ordering::unordered;
  switch (value.type) {
    case Type::kString:
      if (instant && literal.instant) {
        if (const auto time = ParseTimestamp(value.text)) return *time <=> *literal.instant;
      }
      return value.text <=> std::string_view(literal.text);
    case Type::kBool:
      return value.boolean == literal.value.boolean ? std::partial_ordering::equivalent : std::partial_ordering::less;
    case Type::kNull:
      return std::partial_ordering::equivalent;
    default:
      return std::partial_ordering::unordered;
  }
}

/// One evaluation over the values of one document.
class Evaluation {
 public:
  Evaluation(const FilterProgram& program, const std::vector<Value>& values) : program_(program), values_(values) {}

  [[nodiscard]] bool Holds(std::uint32_t at) const {
    const FilterNode& node = program_.nodes[at];
    switch (node.op) {
      case FilterOp::kAnd:
        for (std::uint32_t i = 0; i < node.count; ++i) {
          if (!Holds(program_.terms[node.first + i])) return false;
        }
        return true;
      case FilterOp::kOr:
        for (std::uint32_t i = 0; i < node.count; ++i) {
          if (Holds(program_.terms[node.first + i])) return true;
        }
        return false;
      case FilterOp::kNot:
        return !Holds(node.first);
      case FilterOp::kExists:
        return values_[node.slot].type != Type::kAbsent;
      case FilterOp::kGlob:
        return values_[node.slot].type == Type::kString &&
               GlobMatch(program_.literals[node.first].text, values_[node.slot].text);
      case FilterOp::kIn:
        for (std::uint32_t i = 0; i < node.count; ++i) {
          if (std::is_eq(Compare(values_[node.slot], program_.literals[node.first + i], node.instant))) return true;
        }
        return false;
      default:
        return Compares(node);
    }
  }

 private:
  [[nodiscard]] bool Compares(const FilterNode& node) const {
    const Value& value = values_[node.slot];
    const FilterLiteral& literal = program_.literals[node.first];
    // Null is the one type of one value, so `!= null` can only mean "there, and not null".
    if (node.op == FilterOp::kNotEqual && literal.value.type == Type::kNull) {
      return value.type != Type::kAbsent && value.type != Type::kNull;
    }
    const std::partial_ordering order = Compare(value, literal, node.instant);
    if (order == std::partial_ordering::unordered) return false;
    switch (node.op) {
      case FilterOp::kEqual:
        return std::is_eq(order);
      case FilterOp::kNotEqual:
        return std::is_neq(order);
      case FilterOp::kLess:
        return std::is_lt(order);
      case FilterOp::kLessOrEqual:
        return std::is_lteq(order);
      case FilterOp::kGreater:
        return std::is_gt(order);
      default:
        return std::is_gteq(order);
    }
  }

  const FilterProgram& program_;
  const std::vector<Value>& values_;
};

}  // namespace

Result<Filter> Filter::Parse(std::string_view text) {
  if (text.size() > kBytesMax) {
    return {StatusCode::kInvalidArgument, fmt::format("filter: longer than {} bytes", kBytesMax)};
  }
  if (const auto invalid = FindInvalidUtf8(text)) return MistakeStatus("filter", text, {*invalid, "not UTF-8"});
  auto program = std::make_shared<FilterProgram>();
  if (const auto mistake = ParseFilter(text, *program)) return MistakeStatus("filter", text, *mistake);
  return Filter(std::move(program));
}

bool Filter::Matches(const Document& document, PathScratch& scratch) const {
  if (!program_->root) return true;
  program_->paths.Read(document, scratch);
  return Evaluation(*program_, scratch.values).Holds(*program_->root);
}

const PathSet& Filter::paths() const { return program_->paths; }

}  // namespace cairn
