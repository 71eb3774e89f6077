#include "cli/table.h"

#include <algorithm>

#include "cli/safe_text.h"

namespace cairn {
namespace {

constexpr std::string_view kGap = "  ";
// The last column keeps so many columns even where the terminal is narrow.
constexpr std::size_t kLastWidthMin = 12;

}  // namespace

void RowTable::Add(std::vector<Cell> row) {
  for (Cell& cell : row) cell.text = Visible(cell.text);
  row.resize(columns_.size(), Cell(""));
  rows_.push_back(std::move(row));
}

void RowTable::Print(Output& out, const Painter& paint) const {
  std::vector<std::size_t> widths;
  for (const Column& column : columns_) widths.push_back(DisplayWidth(column.heading));
  for (const auto& row : rows_) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], DisplayWidth(row[i].text));
  }
  const std::size_t last = columns_.size() - 1;
  if (out.columns() > 0) {
    std::size_t before = 0;
    for (std::size_t i = 0; i < last; ++i) before += widths[i] + kGap.size();
    const std::size_t left = out.columns() > before + kLastWidthMin ? out.columns() - before : kLastWidthMin;
    widths[last] = std::min(widths[last], left);
  }
  const auto print_row = [&](const auto& text_of, const auto& style_of) {
    std::string line;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      const std::string text = i == last ? CutToWidth(text_of(i), widths[i]) : text_of(i);
      const std::string pad(widths[i] - std::min(widths[i], DisplayWidth(text)), ' ');
      const std::string painted = paint(style_of(i), text);
      if (columns_[i].align == Align::kRight) {
        line += pad + painted;
      } else {
        line += painted;
        if (i != last) line += pad;
      }
      if (i != last) line += kGap;
    }
    line.erase(line.find_last_not_of(' ') + 1);
    out.Line(line);
  };
  print_row([&](std::size_t i) { return columns_[i].heading; }, [](std::size_t) { return Style::kDim; });
  for (const auto& row : rows_) {
    print_row([&](std::size_t i) { return row[i].text; },
              [&](std::size_t i) { return row[i].style != Style::kPlain ? row[i].style : columns_[i].style; });
  }
}

}  // namespace cairn
