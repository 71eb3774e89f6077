#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace cairn {

/// How a table is written.
struct CsvDialect {
  char delimiter = ',';
  char quote = '"';        ///< NUL: none.
  bool backslash = false;  ///< A quote within quotes stands behind a backslash, not twice.

  friend bool operator==(const CsvDialect&, const CsvDialect&) = default;
};

/// Cuts a table into rows and fields (RFC 4180, and what programs write besides), fed block by block. Any bytes are a
/// table: a quote that does not end takes all that follows.
class CsvReader {
 public:
  struct Bounds {
    std::size_t field_bytes = 65'536;  ///< What is longer is cut.
    std::size_t fields = 10'000;       ///< Of a row; more are left out.
  };
  struct Field {
    std::string_view text;
    bool quoted = false;
  };

  CsvReader(const CsvDialect& dialect, const Bounds& bounds);

  /// Calls `row(std::vector<Field>)` for each row that ends within the block. The fields live during the call.
  template <typename Row>
  void Add(std::string_view block, const Row& row) {
    std::size_t at = 0;
    while (at < block.size()) {
      if (!Step(block, &at)) continue;
      row(Fields());
      Clear();
    }
  }
  /// The row that has no end.
  template <typename Row>
  void End(const Row& row) {
    if (state_ == State::kStart && ends_.empty()) return;
    EndField();
    if (!IsBlank()) row(Fields());
    Clear();
  }
  /// Whether a quote was still open.
  [[nodiscard]] bool InQuotes() const { return state_ == State::kQuoted || state_ == State::kEscaped; }
  /// Of the last row: fields that were left out.
  [[nodiscard]] std::size_t left_out() const { return left_out_; }

 private:
  enum class State { kStart, kPlain, kQuoted, kEscaped, kAfterQuote };

  bool Step(std::string_view block, std::size_t* at);
  bool EndRow();
  void EndField();
  void Clear();
  [[nodiscard]] bool IsBlank() const { return ends_.size() == 1 && bytes_.empty() && !quoted_[0]; }
  const std::vector<Field>& Fields();
  void Append(std::string_view text);

  static std::size_t FindStop(const std::array<bool, 256>& stops, std::string_view block, std::size_t at);

  CsvDialect dialect_;
  Bounds bounds_;
  std::array<bool, 256> plain_stops_ = {};   ///< Bytes that mean something outside of quotes.
  std::array<bool, 256> quoted_stops_ = {};  ///< And within.
  State state_ = State::kStart;
  bool after_return_ = false;
  bool field_quoted_ = false;
  std::string bytes_;              ///< Of all fields of the row.
  std::vector<std::size_t> ends_;  ///< Of each in `bytes_`.
  std::vector<bool> quoted_;
  std::vector<Field> fields_;
  std::size_t left_out_ = 0;
};

/// The dialect that cuts the beginning of a table into the most regular rows: delimiters `,` `;` tab `|`, quotes `"`
/// `'`. `hint` wins where several are as good.
CsvDialect FindCsvDialect(std::string_view head, char hint);

}  // namespace cairn
