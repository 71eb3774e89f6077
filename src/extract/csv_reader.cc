#include "extract/csv_reader.h"

#include <algorithm>
#include <map>

namespace cairn {

CsvReader::CsvReader(const CsvDialect& dialect, const Bounds& bounds) : dialect_(dialect), bounds_(bounds) {
  for (const char c : {dialect.delimiter, '\n', '\r'}) plain_stops_[static_cast<unsigned char>(c)] = true;
  quoted_stops_[static_cast<unsigned char>(dialect.quote)] = true;
  if (dialect.backslash) quoted_stops_['\\'] = true;
}

std::size_t CsvReader::FindStop(const std::array<bool, 256>& stops, std::string_view block, std::size_t at) {
  while (at < block.size() && !stops[static_cast<unsigned char>(block[at])]) ++at;
  return at;
}

void CsvReader::Append(std::string_view text) {
  const std::size_t begin = ends_.empty() ? 0 : ends_.back();
  const std::size_t held = bytes_.size() - begin;
  if (ends_.size() < bounds_.fields && held < bounds_.field_bytes) bytes_ += text.substr(0, bounds_.field_bytes - held);
}

void CsvReader::EndField() {
  if (ends_.size() < bounds_.fields) {
    ends_.push_back(bytes_.size());
    quoted_.push_back(field_quoted_);
  } else {
    ++left_out_;
  }
  field_quoted_ = false;
  state_ = State::kStart;
}

bool CsvReader::EndRow() {
  EndField();
  // An empty line is no row.
  if (!IsBlank()) return true;
  Clear();
  return false;
}

void CsvReader::Clear() {
  bytes_.clear();
  ends_.clear();
  quoted_.clear();
  left_out_ = 0;
  field_quoted_ = false;
  state_ = State::kStart;
}

const std::vector<CsvReader::Field>& CsvReader::Fields() {
  fields_.clear();
  std::size_t begin = 0;
  for (std::size_t i = 0; i < ends_.size(); ++i) {
    fields_.push_back({std::string_view(bytes_).substr(begin, ends_[i] - begin), quoted_[i]});
    begin = ends_[i];
  }
  return fields_;
}

// Takes a piece of the block; true where it ended a row.
bool CsvReader::Step(std::string_view block, std::size_t* at) {
  const char c = block[*at];
  if (state_ == State::kQuoted) {
    const std::size_t end = FindStop(quoted_stops_, block, *at);
    Append(block.substr(*at, end - *at));
    *at = end;
    if (end == block.size()) return false;
    state_ = block[end] == dialect_.quote ? State::kAfterQuote : State::kEscaped;
    ++*at;
    return false;
  }
  if (state_ == State::kEscaped) {
    Append(block.substr(*at, 1));
    state_ = State::kQuoted;
    ++*at;
    return false;
  }
  if (state_ == State::kAfterQuote && c == dialect_.quote && !dialect_.backslash) {
    Append(block.substr(*at, 1));
    state_ = State::kQuoted;
    ++*at;
    return false;
  }
  if (c == '\n' && after_return_) {
    after_return_ = false;
    ++*at;
    return false;
  }
  after_return_ = c == '\r';
  if (c == '\n' || c == '\r') {
    ++*at;
    return EndRow();
  }
  if (c == dialect_.delimiter) {
    EndField();
    ++*at;
    return false;
  }
  if (state_ == State::kStart && c == dialect_.quote && dialect_.quote != '\0') {
    state_ = State::kQuoted;
    field_quoted_ = true;
    ++*at;
    return false;
  }
  state_ = State::kPlain;
  const std::size_t end = FindStop(plain_stops_, block, *at);
  Append(block.substr(*at, end - *at));
  *at = end;
  return false;
}

namespace {

/// How well a dialect fits the beginning.
double Score(std::string_view head, const CsvDialect& dialect) {
  CsvReader reader(dialect, {4096, 1000});
  std::map<std::size_t, std::size_t> widths;
  std::size_t rows = 0;
  const auto count = [&](const std::vector<CsvReader::Field>& row) {
    ++rows;
    ++widths[row.size()];
  };
  reader.Add(head, count);
  if (rows == 0) reader.End(count);
  std::size_t width = 0;
  std::size_t like = 0;
  for (const auto& [fields, times] : widths) {
    if (times > like || (times == like && fields > width)) {
      width = fields;
      like = times;
    }
  }
  if (rows == 0 || width < 2) return 0;
  const double regular = static_cast<double>(like) / static_cast<double>(rows);
  // Regular rows count most, then how many fields there are.
  return regular * regular + 0.01 * static_cast<double>(std::min<std::size_t>(width, 20)) -
         (reader.InQuotes() ? 0.05 : 0);
}

// Quotes at the edges of fields.
std::size_t EdgeQuotes(std::string_view head, char quote, char delimiter) {
  std::size_t count = 0;
  for (std::size_t i = 0; i < head.size(); ++i) {
    if (head[i] != quote) continue;
    const bool opens = i == 0 || head[i - 1] == delimiter || head[i - 1] == '\n' || head[i - 1] == '\r';
    const bool closes = i + 1 == head.size() || head[i + 1] == delimiter || head[i + 1] == '\n' || head[i + 1] == '\r';
    count += opens || closes ? 1 : 0;
  }
  return count;
}

// `\"` stands somewhere, and nowhere `""` within a field.
bool EscapesByBackslash(std::string_view head, const CsvDialect& dialect) {
  bool escape = false;
  for (std::size_t i = 1; i < head.size(); ++i) {
    if (head[i] != dialect.quote) continue;
    const char before = head[i - 1];
    escape = escape || before == '\\';
    const bool two = i + 1 < head.size() && head[i + 1] == dialect.quote;
    const bool empty = before == dialect.delimiter || before == '\n' || before == '\r';
    if (two && !empty && before != '\\' && before != dialect.quote) return false;
  }
  return escape;
}

}  // namespace

CsvDialect FindCsvDialect(std::string_view head, char hint) {
  CsvDialect best;
  best.delimiter = hint;
  double best_score = -1;
  for (const char delimiter : {hint, ',', ';', '\t', '|'}) {
    CsvDialect dialect;
    dialect.delimiter = delimiter;
    const std::size_t doubles = EdgeQuotes(head, '"', delimiter);
    if (doubles == 0 && EdgeQuotes(head, '\'', delimiter) >= 4) dialect.quote = '\'';
    dialect.backslash = EscapesByBackslash(head, dialect);
    const double score = Score(head, dialect);
    if (score > best_score) {
      best_score = score;
      best = dialect;
    }
  }
  return best;
}

}  // namespace cairn
