#pragma once

#include <simdjson.h>

#include <deque>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "schema/schema_program.h"

namespace cairn {

/// Compiles a schema part by part, without recursion.
class SchemaCompiler {
 public:
  using Element = simdjson::dom::element;
  using Number = SchemaNode::Number;
  /// A keyword that is read: its value, where it stands.
  struct At {
    Element value;
    std::string pointer;
    SchemaNode& node;
  };
  using Reader = Status (*)(SchemaCompiler&, const At&);

  Result<std::shared_ptr<const SchemaProgram>> Run(std::string_view json);

  // For the readers of keywords.

  static Status Wrong(const std::string& pointer, std::string_view what);
  static Status TooMuch(const std::string& pointer, std::string_view what);
  /// The part at that place of the document, to be read in its turn.
  Number Add(const std::string& pointer, Element element);
  /// Of the whole document.
  [[nodiscard]] Element root() const { return root_; }
  /// Counts an expression. RESOURCE_EXHAUSTED where there are too many.
  Status CountPattern(const std::string& pointer);

 private:
  /// By name; in schema_keywords.cc.
  static const std::unordered_map<std::string_view, Reader>& Keywords();
  static Status Unknown(const std::string& pointer, std::string_view key);
  Status ReadNode(Number number, Element element);
  /// A part that is held against the same value as itself would never end.
  Status FindLoop() const;

  Element root_;
  std::deque<SchemaNode> nodes_;
  std::map<std::string, Number> numbers_;
  std::deque<std::pair<Number, Element>> waiting_;
  std::size_t patterns_ = 0;
};

}  // namespace cairn
