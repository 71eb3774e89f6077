#include <fmt/format.h>

#include <array>
#include <limits>
#include <utility>

#include "query/filter.h"
#include "query/filter_program.h"

namespace cairn {
namespace {

bool IsBlank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

/// Reads by recursive descent, a method for each rule of the grammar in `docs/query.md`. A method that made a mistake
/// returns it, and everything stops there.
class FilterParser {
 public:
  FilterParser(std::string_view text, FilterProgram& program) : text_(text), program_(program) {}

  std::optional<Mistake> Parse() {
    Skip();
    if (at_ == text_.size()) return std::nullopt;
    std::uint32_t root = 0;
    if (auto mistake = ReadOr(root)) return mistake;
    if (at_ != text_.size()) return Mistake{at_, "expected 'and', 'or' or the end of the filter"};
    program_.root = root;
    return std::nullopt;
  }

 private:
  using Reader = std::optional<Mistake> (FilterParser::*)(std::uint32_t&);

  std::optional<Mistake> ReadOr(std::uint32_t& node) {
    return ReadChain("or", FilterOp::kOr, &FilterParser::ReadAnd, node);
  }
  std::optional<Mistake> ReadAnd(std::uint32_t& node) {
    return ReadChain("and", FilterOp::kAnd, &FilterParser::ReadUnary, node);
  }

  /// `term { word term }`: any number of terms are one node, so a long chain is not a deep one.
  std::optional<Mistake> ReadChain(std::string_view word, FilterOp op, Reader read, std::uint32_t& node) {
    std::vector<std::uint32_t> terms(1);
    if (auto mistake = (this->*read)(terms[0])) return mistake;
    while (TakeWord(word)) {
      if (auto mistake = (this->*read)(terms.emplace_back())) return mistake;
    }
    node = terms[0];
    if (terms.size() == 1) return std::nullopt;
    node = Add({.op = op,
                .first = static_cast<std::uint32_t>(program_.terms.size()),
                .count = static_cast<std::uint32_t>(terms.size())});
    program_.terms.insert(program_.terms.end(), terms.begin(), terms.end());
    return std::nullopt;
  }

  std::optional<Mistake> ReadUnary(std::uint32_t& node) {
    if (depth_ > Filter::kDepthMax) {
      return Mistake{at_, fmt::format("nested deeper than {} levels", Filter::kDepthMax)};
    }
    ++depth_;
    auto mistake = ReadUnaryWithin(node);
    --depth_;
    return mistake;
  }

  std::optional<Mistake> ReadUnaryWithin(std::uint32_t& node) {
    if (TakeWord("not")) {
      std::uint32_t inner = 0;
      if (auto mistake = ReadUnary(inner)) return mistake;
      node = Add({.op = FilterOp::kNot, .first = inner});
      return std::nullopt;
    }
    const std::size_t begin = at_;
    if (!Take("(")) return ReadTest(node);
    if (auto mistake = ReadOr(node)) return mistake;
    if (Take(")")) return std::nullopt;
    return Mistake{at_, fmt::format("expected ')' for the '(' at column {}", Column(begin))};
  }

  std::optional<Mistake> ReadTest(std::uint32_t& node) {
    FilterNode test;
    if (TakeWord("exists")) {
      test.op = FilterOp::kExists;
      if (auto mistake = ReadTestPath("expected a path after 'exists'", test)) return mistake;
      node = Add(test);
      return std::nullopt;
    }
    if (auto mistake = ReadTestPath("expected a path, 'exists', 'not' or '('", test)) return mistake;
    if (TakeWord("exists")) {
      test.op = FilterOp::kExists;
    } else if (TakeWord("in")) {
      if (auto mistake = ReadList(test)) return mistake;
    } else if (Take("~")) {
      test.op = FilterOp::kGlob;
      if (at_ == text_.size() || (text_[at_] != '"' && text_[at_] != '\'')) {
        return Mistake{at_, "expected a pattern in quotes after '~'"};
      }
      test.first = static_cast<std::uint32_t>(program_.literals.size());
      if (auto mistake = ReadLiteral("")) return mistake;
    } else if (auto mistake = ReadComparison(test)) {
      return mistake;
    }
    node = Add(test);
    return std::nullopt;
  }

  std::optional<Mistake> ReadTestPath(std::string_view expected, FilterNode& test) {
    if (at_ == text_.size() || !BeginsPath(text_[at_])) return Mistake{at_, std::string(expected)};
    // A word of the language in the place of a path is more likely a slip than a field of that name.
    const std::size_t begin = at_;
    for (const std::string_view word : {"and", "or", "not", "in", "exists", "true", "false", "null"}) {
      if (TakeWord(word)) return Mistake{begin, std::string(expected)};
    }
    Path path;
    if (auto mistake = ReadPath(text_, at_, path)) return mistake;
    Skip();
    test.slot = program_.paths.Add(path);
    if (program_.paths.size() > Filter::kPathsMax) {
      return Mistake{begin, fmt::format("more than {} different paths", Filter::kPathsMax)};
    }
    test.instant = path.steps.size() == 1 && path.steps[0].field == "produced_at";
    return std::nullopt;
  }

  std::optional<Mistake> ReadComparison(FilterNode& test) {
    static constexpr std::array<std::pair<std::string_view, FilterOp>, 7> kSigns = {{{"==", FilterOp::kEqual},
                                                                                     {"=", FilterOp::kEqual},
                                                                                     {"!=", FilterOp::kNotEqual},
                                                                                     {"<=", FilterOp::kLessOrEqual},
                                                                                     {"<", FilterOp::kLess},
                                                                                     {">=", FilterOp::kGreaterOrEqual},
                                                                                     {">", FilterOp::kGreater}}};
    for (const auto& [sign, op] : kSigns) {
      if (!Take(sign)) continue;
      test.op = op;
      test.first = static_cast<std::uint32_t>(program_.literals.size());
      const std::size_t begin = at_;
      if (auto mistake = ReadLiteral(fmt::format("expected a value after '{}'", sign))) return mistake;
      const Value::Type type = program_.literals.back().value.type;
      const bool ordered = type != Value::Type::kNull && type != Value::Type::kBool;
      if (ordered || op == FilterOp::kEqual || op == FilterOp::kNotEqual) return std::nullopt;
      return Mistake{begin, fmt::format("'{}' compares numbers and strings only", sign)};
    }
    return Mistake{at_, "expected a comparison (= != < <= > >= ~), 'in' or 'exists' after the path"};
  }

  std::optional<Mistake> ReadList(FilterNode& test) {
    test.op = FilterOp::kIn;
    test.first = static_cast<std::uint32_t>(program_.literals.size());
    std::string_view closing = ")";
    if (!Take("(")) {
      if (!Take("[")) return Mistake{at_, "expected '(' or '[' after 'in'"};
      closing = "]";
    }
    do {
      if (auto mistake = ReadLiteral("expected a value in the list")) return mistake;
      ++test.count;
    } while (Take(","));
    if (Take(closing)) return std::nullopt;
    return Mistake{at_, fmt::format("expected ',' or '{}' in the list", closing)};
  }

  std::optional<Mistake> ReadLiteral(std::string_view expected) {
    FilterLiteral literal;
    const char c = at_ < text_.size() ? text_[at_] : '\0';
    if (c == '"' || c == '\'') {
      if (auto mistake = ReadQuoted(text_, at_, literal.text)) return mistake;
      literal.value.type = Value::Type::kString;
      if (auto instant = ParseTimestamp(literal.text)) literal.instant = *instant;
      Skip();
    } else if (IsDigit(c) || c == '-') {
      if (auto mistake = ReadNumberLiteral(literal.value)) return mistake;
    } else if (TakeWord("null")) {
      literal.value.type = Value::Type::kNull;
    } else if (const bool yes = TakeWord("true"); yes || TakeWord("false")) {
      literal.value.type = Value::Type::kBool;
      literal.value.boolean = yes;
    } else if (IsLetter(c) || c == '_') {
      return Mistake{at_, fmt::format("{}; a string goes in quotes", expected)};
    } else {
      return Mistake{at_, std::string(expected)};
    }
    program_.literals.push_back(std::move(literal));
    return std::nullopt;
  }

  /// JSON's grammar of numbers; `ReadNumber` relies on it.
  std::optional<Mistake> ReadNumberLiteral(Value& value) {
    const std::size_t begin = at_;
    const auto digits = [&] {
      const std::size_t first = at_;
      while (at_ < text_.size() && IsDigit(text_[at_])) ++at_;
      return at_ - first;
    };
    const auto next_is = [&](std::string_view any) {
      return at_ < text_.size() && any.find(text_[at_]) != std::string_view::npos;
    };
    if (next_is("-")) ++at_;
    bool valid = !(next_is("0") && at_ + 1 < text_.size() && IsDigit(text_[at_ + 1])) && digits() != 0;
    if (valid && next_is(".")) {
      ++at_;
      valid = digits() != 0;
    }
    if (valid && next_is("eE")) {
      ++at_;
      if (next_is("+-")) ++at_;
      valid = digits() != 0;
    }
    if (!valid || (at_ < text_.size() && (IsLetter(text_[at_]) || next_is("_."))))
      return Mistake{begin, "not a number"};
    const std::string number(text_.substr(begin, at_ - begin));
    ReadNumber(number.c_str(), value);
    if (value.type == Value::Type::kDouble &&
        (value.real > std::numeric_limits<double>::max() || value.real < std::numeric_limits<double>::lowest())) {
      return Mistake{begin, "a number beyond 1.8e308"};
    }
    Skip();
    return std::nullopt;
  }

  void Skip() {
    while (at_ < text_.size() && IsBlank(text_[at_])) ++at_;
  }

  bool Take(std::string_view sign) {
    if (!text_.substr(at_).starts_with(sign)) return false;
    at_ += sign.size();
    Skip();
    return true;
  }

  /// Takes a word of the language, in small or in capital letters; not the beginning of a longer word or of a path.
  bool TakeWord(std::string_view word) {
    const std::string_view rest = text_.substr(at_);
    if (rest.size() < word.size()) return false;
    bool small = true;
    bool capital = true;
    for (std::size_t i = 0; i < word.size(); ++i) {
      small = small && rest[i] == word[i];
      capital = capital && rest[i] == static_cast<char>(word[i] - 'a' + 'A');
    }
    if (!small && !capital) return false;
    if (rest.size() > word.size()) {
      const char c = rest[word.size()];
      if (c == '.' || IsDigit(c) || (c != '"' && c != '\'' && BeginsPath(c)) || c == '-') return false;
    }
    at_ += word.size();
    Skip();
    return true;
  }

  std::uint32_t Add(FilterNode node) {
    program_.nodes.push_back(node);
    return static_cast<std::uint32_t>(program_.nodes.size() - 1);
  }

  [[nodiscard]] std::size_t Column(std::size_t offset) const {
    std::size_t column = 1;
    for (std::size_t at = 0; at < offset; at += CharacterBytes(text_, at)) ++column;
    return column;
  }

  std::string_view text_;
  FilterProgram& program_;
  std::size_t at_ = 0;  ///< Never at a blank between the rules.
  std::size_t depth_ = 0;
};

}  // namespace

std::optional<Mistake> ParseFilter(std::string_view text, FilterProgram& program) {
  return FilterParser(text, program).Parse();
}

}  // namespace cairn
