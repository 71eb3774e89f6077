#include "service/json_splitter.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

namespace cairn {
namespace {

constexpr std::string_view kBom = "\xEF\xBB\xBF";

bool IsBlank(char c) { return c == ' ' || c == '\t' || c == '\r'; }

// The end of the line that holds `from`; `npos` where the bytes have none.
std::size_t LineEnd(std::string_view bytes, std::size_t from) {
  if (from >= bytes.size()) return std::string_view::npos;
  const void* found = std::memchr(bytes.data() + from, '\n', bytes.size() - from);
  return found == nullptr ? std::string_view::npos
                          : static_cast<std::size_t>(static_cast<const char*>(found) - bytes.data());
}

std::string_view Trim(std::string_view line) {
  while (!line.empty() && IsBlank(line.back())) line.remove_suffix(1);
  while (!line.empty() && IsBlank(line.front())) line.remove_prefix(1);
  return line;
}

enum class Begins : std::uint8_t { kNothing, kHere, kOutside };

// What `line` could begin, where something broke that stood at that indentation: the next document; of an array its
// next element or its end, or, further to the left, what follows behind it.
Begins WhatBegins(std::string_view line, std::size_t indent, bool in_array) {
  std::size_t blank = 0;
  while (blank < line.size() && (line[blank] == ' ' || line[blank] == '\t')) ++blank;
  if (blank == line.size() || blank > indent) return Begins::kNothing;
  const char c = line[blank];
  if (c == ']') return in_array ? Begins::kHere : Begins::kNothing;
  if (c == '{') return in_array && blank < indent ? Begins::kOutside : Begins::kHere;
  if (c != '[' || (in_array && blank == indent)) return Begins::kNothing;
  return in_array ? Begins::kOutside : Begins::kHere;
}

}  // namespace

std::size_t JsonSplitter::Cut(std::string_view bytes, bool end, std::vector<JsonPiece>& out) {
  Input in{bytes, 0, end, out};
  for (bool more = true; more;) {
    switch (mode_) {
      case Mode::kBegin:
        more = Begin(in);
        break;
      case Mode::kBetween:
        more = form_ == Form::kLines && !in_array_ && fresh_ && indent_ == 0 ? Lines(in) : Between(in);
        break;
      case Mode::kScan:
        more = Scan(in);
        break;
      case Mode::kFailed:
        more = Failed(in);
        break;
      case Mode::kSkipLine:
        more = SkipLine(in);
        break;
      case Mode::kSkipDocument:
        more = SkipDocument(in);
        break;
      case Mode::kSkipAll:
        in.at = bytes.size();
        more = false;
        break;
      case Mode::kResync:
        more = Resync(in);
        break;
    }
  }
  return in.at;
}

bool JsonSplitter::Begin(Input& in) {
  const std::string_view head = in.bytes.substr(0, kBom.size());
  if (head.size() < kBom.size() && !in.end) return false;
  if (head == kBom) in.at = kBom.size();
  mode_ = Mode::kBetween;
  if (head.substr(0, 2) == "\xFF\xFE" || head.substr(0, 2) == "\xFE\xFF") {
    Tell(in, in.bytes, "the text is UTF-16; JSON is UTF-8: convert it, for example with iconv");
    mode_ = Mode::kSkipAll;
  }
  return true;
}

bool JsonSplitter::Lines(Input& in) {
  const std::string_view bytes = in.bytes;
  while (in.at < bytes.size()) {
    std::size_t eol = LineEnd(bytes, in.at + searched_);
    if (eol == std::string_view::npos) {
      if (!in.end) {
        searched_ = bytes.size() - in.at;
        if (searched_ <= options_.document_bytes_max) return false;
        Tell(in, bytes.substr(in.at), TooLong());
        in.at = bytes.size();
        searched_ = 0;
        resync_ = false;
        mode_ = Mode::kSkipLine;
        return true;
      }
      eol = bytes.size();
    }
    searched_ = 0;
    const std::string_view line = Trim(bytes.substr(in.at, eol - in.at));
    if (!line.empty()) {
      if (line.size() > options_.document_bytes_max) {
        Tell(in, line, TooLong());
      } else if (line.front() == '{' && line.back() == '}') {
        in.out.push_back({line, line_, {}});
      } else if (line.front() != '[' && Wasted()) {
        Tell(in, line, "the line is no JSON document");
      } else {
        indent_ = static_cast<std::size_t>(line.data() - bytes.data()) - in.at;
        in.at += indent_;
        if (line.front() == '[') {
          StartArray(in);
        } else {
          StartDocument();
        }
        return true;
      }
    }
    in.at = std::min(eol + 1, bytes.size());
    ++line_;
  }
  return false;
}

bool JsonSplitter::Between(Input& in) {
  const std::string_view bytes = in.bytes;
  for (; in.at < bytes.size(); ++in.at) {
    const char c = bytes[in.at];
    if (c == '\n') {
      if (one_line_) form_ = Form::kLines;
      one_line_ = false;
      NextLine();
      if (form_ != Form::kLines || in_array_) continue;
      ++in.at;
      return true;
    }
    if (!IsBlank(c)) break;
    ++indent_;
  }
  if (in.at == bytes.size()) {
    if (in.end && in_array_ && !array_broken_) {
      Tell(in, {}, fmt::format("the array that begins on line {} is not closed", array_line_));
    }
    if (in.end) in_array_ = false;
    return false;
  }
  if (one_line_) form_ = Form::kDocuments;
  one_line_ = false;
  const char c = bytes[in.at];
  if (in_array_) return InArray(in);
  if (c == '[') {
    StartArray(in);
  } else {
    StartDocument();
  }
  return true;
}

bool JsonSplitter::InArray(Input& in) {
  const char c = in.bytes[in.at];
  const bool between = element_ == Element::kCommaOrEnd || element_ == Element::kAfterBroken;
  if (c == ']' && element_ != Element::kValue) {
    in_array_ = false;
  } else if (c == ',' && between) {
    element_ = Element::kValue;
  } else if (element_ == Element::kCommaOrEnd && array_broken_ && fresh_) {
    // The array's end is among what was broken; this stands behind it.
    in_array_ = false;
    return true;
  } else {
    StartDocument();
    return element_ == Element::kCommaOrEnd ? Fail("a ',' or ']' is missing in the array") : true;
  }
  fresh_ = false;
  ++in.at;
  return true;
}

void JsonSplitter::StartArray(Input& in) {
  in_array_ = true;
  array_broken_ = false;
  array_line_ = line_;
  element_ = Element::kFirst;
  if (form_ == Form::kUndecided) form_ = Form::kDocuments;
  fresh_ = false;
  ++in.at;
}

void JsonSplitter::StartDocument() {
  mode_ = Mode::kScan;
  scanner_.Reset();
  scanned_ = 0;
  searched_ = 0;
  doc_fresh_ = fresh_;
  doc_indent_ = fresh_ ? indent_ : 0;
}

bool JsonSplitter::Scan(Input& in) {
  std::size_t at = in.at + scanned_;
  auto outcome = scanner_.Scan(in.bytes, at);
  if (outcome == JsonScanner::Outcome::kMore && in.end) outcome = scanner_.Finish();
  scanned_ = at - in.at;
  if (outcome == JsonScanner::Outcome::kDone) return DocumentDone(in);
  if (outcome == JsonScanner::Outcome::kBroken) return Fail(scanner_.error());
  if (scanned_ <= options_.document_bytes_max) return false;
  Tell(in, in.bytes.substr(in.at, scanned_), TooLong());
  mode_ = Mode::kSkipDocument;
  line_ += static_cast<std::uint64_t>(std::count(in.bytes.begin() + static_cast<std::ptrdiff_t>(in.at),
                                                 in.bytes.begin() + static_cast<std::ptrdiff_t>(at), '\n'));
  in.at = at;
  return true;
}

bool JsonSplitter::DocumentDone(Input& in) {
  const std::string_view text = in.bytes.substr(in.at, scanned_);
  std::size_t past = in.at + scanned_;
  if (form_ == Form::kLines && doc_fresh_ && !in_array_) {
    // A line with more behind its document is a broken line, not a document and a broken one.
    while (past < in.bytes.size() && IsBlank(in.bytes[past])) ++past;
    if (past == in.bytes.size() && !in.end && past - in.at <= options_.document_bytes_max) return false;
    if (past < in.bytes.size() && in.bytes[past] != '\n') return Fail("more follows on the line behind its document");
  }
  if (text.size() > options_.document_bytes_max) {
    Tell(in, text, TooLong());
  } else {
    in.out.push_back({text, line_, {}});
  }
  const auto lines = static_cast<std::uint64_t>(std::count(text.begin(), text.end(), '\n'));
  one_line_ = form_ == Form::kUndecided && lines == 0;
  if (form_ == Form::kUndecided && lines > 0) form_ = Form::kDocuments;
  line_ += lines;
  fresh_ = false;
  element_ = Element::kCommaOrEnd;
  mode_ = Mode::kBetween;
  in.at = past;
  return true;
}

bool JsonSplitter::Fail(std::string reason) {
  reason_ = std::move(reason);
  mode_ = Mode::kFailed;
  return true;
}

bool JsonSplitter::Failed(Input& in) {
  const bool array_goes_on = in_array_ && doc_fresh_ && array_line_ != line_;
  resync_ = form_ != Form::kLines || array_goes_on;
  std::size_t eol = LineEnd(in.bytes, in.at + searched_);
  if (eol == std::string_view::npos && !in.end) {
    searched_ = in.bytes.size() - in.at;
    if (searched_ <= options_.document_bytes_max) return false;
  }
  searched_ = 0;
  const bool whole_line = eol != std::string_view::npos || in.end;
  if (eol == std::string_view::npos) eol = in.bytes.size();
  if (in.at + scanned_ > eol) wasted_ += in.at + scanned_ - eol;
  if (Wasted()) form_ = Form::kLines;

  // What is told reaches to where it broke, but not into the line where things go on.
  const std::string_view seen = in.bytes.substr(0, in.at + scanned_);
  std::size_t past = eol;
  while (resync_ && past < seen.size()) {
    const std::size_t next = std::min(LineEnd(seen, past + 1), seen.size());
    if (WhatBegins(seen.substr(past + 1, next - past - 1), doc_indent_, array_goes_on) != Begins::kNothing) break;
    past = next;
  }
  const auto lines =
      static_cast<std::uint64_t>(std::count(seen.begin() + static_cast<std::ptrdiff_t>(in.at), seen.end(), '\n'));
  Tell(in, Trim(in.bytes.substr(in.at, past - in.at)),
       lines == 0 ? fmt::format("broken JSON at byte {}: {}", scanned_ + 1, reason_)
                  : fmt::format("broken JSON on line {}: {}", line_ + lines, reason_));
  in_array_ = array_goes_on;
  array_broken_ = true;
  if (!whole_line) {
    in.at = in.bytes.size();
    mode_ = Mode::kSkipLine;
  } else {
    in.at = eol;
    if (eol < in.bytes.size()) {
      ++in.at;
      NextLine();
    }
    mode_ = resync_ ? Mode::kResync : Mode::kBetween;
  }
  return true;
}

bool JsonSplitter::SkipLine(Input& in) {
  const std::size_t eol = LineEnd(in.bytes, in.at);
  if (eol == std::string_view::npos) {
    in.at = in.bytes.size();
    return false;
  }
  in.at = eol + 1;
  NextLine();
  mode_ = resync_ ? Mode::kResync : Mode::kBetween;
  return true;
}

bool JsonSplitter::SkipDocument(Input& in) {
  std::size_t at = in.at;
  const auto outcome = scanner_.Scan(in.bytes, at);
  line_ += static_cast<std::uint64_t>(std::count(in.bytes.begin() + static_cast<std::ptrdiff_t>(in.at),
                                                 in.bytes.begin() + static_cast<std::ptrdiff_t>(at), '\n'));
  in.at = at;
  fresh_ = false;
  if (outcome == JsonScanner::Outcome::kMore) return false;
  element_ = Element::kCommaOrEnd;
  resync_ = form_ != Form::kLines || in_array_;
  mode_ = outcome == JsonScanner::Outcome::kDone ? Mode::kBetween : Mode::kSkipLine;
  return true;
}

bool JsonSplitter::Resync(Input& in) {
  std::size_t eol = LineEnd(in.bytes, in.at);
  // A line that is not whole is enough once it shows what stands behind its indentation.
  if (eol == std::string_view::npos && !in.end && in.bytes.size() - in.at <= doc_indent_) return false;
  eol = std::min(eol, in.bytes.size());
  const Begins begins = WhatBegins(in.bytes.substr(in.at, eol - in.at), doc_indent_, in_array_);
  if (begins == Begins::kOutside) in_array_ = false;
  resync_ = begins == Begins::kNothing;
  mode_ = resync_ ? Mode::kSkipLine : Mode::kBetween;
  element_ = Element::kAfterBroken;
  return in.at < in.bytes.size();
}

void JsonSplitter::Tell(Input& in, std::string_view text, std::string error) const {
  in.out.push_back({text, line_, std::move(error)});
}

void JsonSplitter::NextLine() {
  ++line_;
  fresh_ = true;
  indent_ = 0;
}

std::string JsonSplitter::TooLong() const {
  return fmt::format("the document is longer than {} bytes (setting record_bytes_max)", options_.document_bytes_max);
}

}  // namespace cairn
