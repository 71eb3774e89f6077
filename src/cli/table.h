#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cli/color.h"
#include "cli/output.h"

namespace cairn {

/// Rows under headings, in columns as wide as what they hold. Text from outside is made visible (`Visible`).
class RowTable {
 public:
  enum class Align : std::uint8_t { kLeft, kRight };
  struct Column {
    std::string heading;
    Align align = Align::kLeft;
    Style style = Style::kPlain;
  };
  struct Cell {
    Cell(std::string text_in, Style style_in = Style::kPlain)  // NOLINT(google-explicit-constructor)
        : text(std::move(text_in)), style(style_in) {}
    std::string text;
    Style style;  ///< `kPlain`: the column's.
  };

  explicit RowTable(std::vector<Column> columns) : columns_(std::move(columns)) {}

  void Add(std::vector<Cell> row);
  [[nodiscard]] bool empty() const { return rows_.empty(); }
  /// On a terminal the last column is cut to the terminal's width.
  void Print(Output& out, const Painter& paint) const;

 private:
  std::vector<Column> columns_;
  std::vector<std::vector<Cell>> rows_;
};

}  // namespace cairn
