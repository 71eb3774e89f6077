#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "service/json_scanner.h"

namespace cairn {

/// A piece of an input: a document, or bytes that are none.
struct JsonPiece {
  std::string_view text;   ///< Into the bytes that were cut; of what is no document perhaps its beginning only.
  std::uint64_t line = 0;  ///< Where it begins, counted from 1.
  std::string error;       ///< Why it is none; empty for a document.
};

/// Cuts a stream of bytes into JSON documents: JSON lines, documents one after the other over as many lines as they
/// like, and arrays, whose elements are the documents. Which it is shows from the bytes.
///
/// While the stream has the form of JSON lines, a line costs a search for its end and a look at its first and last
/// byte; whether it is valid JSON is for whoever parses it to say. There a broken line costs itself alone. Elsewhere
/// what is broken costs all up to the next line that begins a document at the same indentation. One thread at a time;
/// one splitter for each stream.
class JsonSplitter {
 public:
  struct Options {
    std::size_t document_bytes_max = std::size_t{32} << 20;  ///< A longer document is passed over and told.
    std::size_t depth_max = 256;
  };

  explicit JsonSplitter(const Options& options) : options_(options), scanner_(options.depth_max) {}

  /// Appends to `out` what is complete in `bytes` and returns how many bytes it is done with. The next call's bytes
  /// begin behind those; they hold what was left over, and more. `end` says that nothing follows: then all is used up.
  /// Never leaves over more than `document_bytes_max` and a line's end.
  std::size_t Cut(std::string_view bytes, bool end, std::vector<JsonPiece>& out);

 private:
  enum class Mode : std::uint8_t { kBegin, kBetween, kScan, kFailed, kSkipLine, kSkipDocument, kSkipAll, kResync };
  enum class Form : std::uint8_t { kUndecided, kLines, kDocuments };
  enum class Element : std::uint8_t { kFirst, kValue, kCommaOrEnd, kAfterBroken };

  /// What one call of `Cut` works on.
  struct Input {
    std::string_view bytes;
    std::size_t at = 0;
    bool end = false;
    std::vector<JsonPiece>& out;
  };

  // Each returns whether there is more to do with these bytes.
  bool Begin(Input& in);
  bool Between(Input& in);
  bool Lines(Input& in);
  bool InArray(Input& in);
  bool Scan(Input& in);
  bool DocumentDone(Input& in);
  bool Failed(Input& in);
  bool SkipLine(Input& in);
  bool SkipDocument(Input& in);
  bool Resync(Input& in);

  void StartArray(Input& in);
  void StartDocument();
  bool Fail(std::string reason);
  void Tell(Input& in, std::string_view text, std::string error) const;
  void NextLine();
  [[nodiscard]] std::string TooLong() const;
  [[nodiscard]] bool Wasted() const { return wasted_ > 4 * options_.document_bytes_max; }

  Options options_;
  JsonScanner scanner_;
  Mode mode_ = Mode::kBegin;
  Form form_ = Form::kUndecided;
  std::uint64_t line_ = 1;  // Of the byte to come.
  bool fresh_ = true;       // Nothing but white space on this line so far, `indent_` of it.
  std::size_t indent_ = 0;
  bool one_line_ =
      false;  // A document alone on its line so far has just ended: the form of JSON lines, if the line ends.
  std::size_t searched_ = 0;    // Bytes of the line to come that hold no end of line.
  std::size_t scanned_ = 0;     // Bytes of the document to come that the scanner has seen.
  bool doc_fresh_ = false;      // The document began its line, at `doc_indent_`.
  std::size_t doc_indent_ = 0;  // Where to go on when it is broken; 0 where it did not begin its line.
  bool resync_ = false;         // Behind the line that is skipped, look for where to go on.
  std::string reason_;
  std::uint64_t wasted_ =
      0;  // Bytes scanned in vain; bounded, so that no input costs more than a multiple of its size.
  bool in_array_ = false;
  Element element_ = Element::kFirst;
  std::uint64_t array_line_ = 0;
  bool array_broken_ = false;  // It was told already that something in the array is broken.
};

}  // namespace cairn
