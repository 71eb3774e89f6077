#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/nearest.h"
#include "schema/json_canonical.h"
#include "schema/schema_compiler.h"

namespace cairn {

using Number = SchemaNode::Number;

Result<std::shared_ptr<const SchemaProgram>> SchemaCompiler::Run(std::string_view json) {
  if (json.size() > SchemaProgram::kBytesMax) {
    return TooMuch("", fmt::format("it has {} bytes, at most {} are taken", json.size(), SchemaProgram::kBytesMax));
  }
  simdjson::dom::parser parser;
  if (parser.allocate(std::max<std::size_t>(json.size(), 64), SchemaProgram::kDepthMax) != simdjson::SUCCESS)
    return TooMuch("", "out of memory");
  const simdjson::error_code error = parser.parse(json.data(), json.size(), true).get(root_);
  if (error == simdjson::DEPTH_ERROR) return TooMuch("", "it is too deep");
  if (error != simdjson::SUCCESS) return Wrong("", fmt::format("no JSON: {}", simdjson::error_message(error)));
  Add("", root_);
  while (!waiting_.empty()) {
    const auto [number, element] = waiting_.front();
    waiting_.pop_front();
    if (nodes_.size() > SchemaProgram::kNodesMax) return TooMuch("", "it has too many parts");
    if (Status status = ReadNode(number, element); !status.ok()) return status;
  }
  if (Status status = FindLoop(); !status.ok()) return status;
  auto program = std::make_shared<SchemaProgram>();
  program->nodes_ =
      std::vector<SchemaNode>(std::make_move_iterator(nodes_.begin()), std::make_move_iterator(nodes_.end()));
  return std::shared_ptr<const SchemaProgram>(std::move(program));
}

Status SchemaCompiler::Wrong(const std::string& pointer, std::string_view what) {
  return {StatusCode::kInvalidArgument, fmt::format("the schema at \"{}\": {}", pointer, what)};
}

Status SchemaCompiler::TooMuch(const std::string& pointer, std::string_view what) {
  return {StatusCode::kResourceExhausted, fmt::format("the schema at \"{}\": {}", pointer, what)};
}

Number SchemaCompiler::Add(const std::string& pointer, Element element) {
  const auto [found, is_new] = numbers_.emplace(pointer, static_cast<Number>(nodes_.size()));
  if (is_new) {
    nodes_.emplace_back().pointer = pointer;
    waiting_.emplace_back(found->second, element);
  }
  return found->second;
}

Status SchemaCompiler::CountPattern(const std::string& pointer) {
  return ++patterns_ > SchemaProgram::kPatternsMax ? TooMuch(pointer, "the schema has too many expressions")
                                                   : Status::Ok();
}

Status SchemaCompiler::ReadNode(Number number, Element element) {
  SchemaNode& node = nodes_[number];
  bool truth = false;
  if (element.get_bool().get(truth) == simdjson::SUCCESS) {
    node.takes_nothing = !truth;
    return Status::Ok();
  }
  simdjson::dom::object members;
  if (element.get_object().get(members) != simdjson::SUCCESS)
    return Wrong(node.pointer, "expected a schema: an object, true or false");
  for (const auto [key, value] : members) {
    const auto found = Keywords().find(key);
    if (found == Keywords().end()) return Unknown(node.pointer + PointerStep(key), key);
    if (Status status = found->second(*this, {value, node.pointer + PointerStep(key), node}); !status.ok())
      return status;
  }
  if (node.reference == SchemaNode::kNone) return Status::Ok();
  for (const auto [key, value] : members) {
    constexpr std::array kBeside{"$ref",        "$schema", "$id",      "$comment",   "title",
                                 "description", "default", "examples", "definitions"};
    if (std::find(kBeside.begin(), kBeside.end(), key) == kBeside.end()) {
      return Wrong(node.pointer + PointerStep(key), "draft 7 ignores what stands beside $ref; put both into allOf");
    }
  }
  return Status::Ok();
}

Status SchemaCompiler::Unknown(const std::string& pointer, std::string_view key) {
  std::vector<std::string> words;
  for (const auto& [word, reader] : Keywords()) words.emplace_back(word);
  const auto near = Nearest(std::string(key), words, 1);
  return Wrong(pointer, fmt::format("the keyword is not known{}",
                                    near.empty() ? "; JSON Schema draft 7 is"
                                                 : fmt::format("; did you mean {}?", near.front())));
}

Status SchemaCompiler::FindLoop() const {
  enum class State : std::uint8_t { kNew, kOpen, kDone };
  std::vector<State> states(nodes_.size(), State::kNew);
  for (Number start = 0; start < nodes_.size(); ++start) {
    struct Frame {
      Number number;
      std::vector<Number> next;
    };
    if (states[start] != State::kNew) continue;
    std::vector<Frame> stack;
    stack.push_back({start, nodes_[start].InPlace()});
    states[start] = State::kOpen;
    while (!stack.empty()) {
      Frame& frame = stack.back();
      if (frame.next.empty()) {
        states[frame.number] = State::kDone;
        stack.pop_back();
        continue;
      }
      const Number next = frame.next.back();
      frame.next.pop_back();
      if (states[next] == State::kOpen) return Wrong(nodes_[frame.number].pointer, "it leads back to itself");
      if (states[next] == State::kDone) continue;
      states[next] = State::kOpen;
      stack.push_back({next, nodes_[next].InPlace()});
    }
  }
  return Status::Ok();
}

Result<std::shared_ptr<const SchemaProgram>> SchemaProgram::Compile(std::string_view json) {
  return SchemaCompiler().Run(json);
}

const SchemaNode::Property* SchemaNode::Find(std::string_view name) const {
  constexpr std::size_t kLooked = 8;  // Below, looking at each is faster.
  if (properties.size() <= kLooked) {
    for (const Property& property : properties) {
      if (property.name == name) return &property;
    }
    return nullptr;
  }
  const auto at = std::lower_bound(properties.begin(), properties.end(), name,
                                   [](const Property& property, std::string_view key) { return property.name < key; });
  return at != properties.end() && at->name == name ? &*at : nullptr;
}

std::vector<Number> SchemaNode::InPlace() const {
  std::vector<Number> out;
  for (const auto* list : {&all_of, &any_of, &one_of}) out.insert(out.end(), list->begin(), list->end());
  for (const Number one : {negated, condition, consequence, alternative, reference}) {
    if (one != kNone) out.push_back(one);
  }
  for (const Dependency& one : dependencies) {
    if (one.node != kNone) out.push_back(one.node);
  }
  return out;
}

}  // namespace cairn
