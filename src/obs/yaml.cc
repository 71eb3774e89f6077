#include "obs/yaml.h"

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <istream>
#include <map>
#include <streambuf>

namespace cairn {
namespace {

using Kind = YamlNode::Kind;

// Leaves the parser from within its callbacks; caught below.
struct Refused {
  StatusCode code;
  YamlNode at;
  std::string what;
};

class TreeBuilder : public YAML::EventHandler {
 public:
  YamlNode root;

  void OnDocumentStart(const YAML::Mark& /*mark*/) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override { Add(At(mark), anchor); }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto found = anchors_.find(anchor);
    // Within the anchor's own value: it would hold itself.
    if (found == anchors_.end()) Refuse(At(mark), "an alias within what it stands for");
    if (nodes_ + found->second.nodes > kYamlNodesMax) TooMany(At(mark));
    nodes_ += found->second.nodes - 1;
    YamlNode copy = found->second.node;
    // A mistake in it is better shown where it is used.
    copy.line = At(mark).line;
    copy.column = At(mark).column;
    Add(std::move(copy), 0);
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    YamlNode node = At(mark);
    CheckTag(node, tag);
    node.quoted = tag == "!";
    // The parser reports these words as scalars where a plain null stands.
    if (node.quoted || (value != "null" && value != "~")) {
      node.kind = Kind::kScalar;
      node.text = value;
    }
    Add(std::move(node), anchor);
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value /*style*/) override {
    Begin(mark, tag, anchor, Kind::kList);
  }
  void OnSequenceEnd() override { End(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value /*style*/) override {
    Begin(mark, tag, anchor, Kind::kMap);
  }
  void OnMapEnd() override { End(); }

 private:
  struct Open {
    YamlNode node;
    YAML::anchor_t anchor;
    std::size_t nodes_before;
  };
  struct Anchored {
    YamlNode node;
    std::size_t nodes;
  };

  static YamlNode At(const YAML::Mark& mark) {
    YamlNode out;
    out.line = static_cast<std::uint32_t>(mark.line + 1);
    out.column = static_cast<std::uint32_t>(mark.column + 1);
    return out;
  }
  [[noreturn]] static void Refuse(YamlNode at, std::string what) {
    throw Refused{StatusCode::kInvalidArgument, std::move(at), std::move(what)};
  }
  [[noreturn]] static void TooMany(YamlNode at) {
    throw Refused{StatusCode::kResourceExhausted, std::move(at),
                  fmt::format("more than {} values, aliases counted each time", kYamlNodesMax)};
  }
  static void CheckTag(const YamlNode& at, const std::string& tag) {
    if (tag.empty() || tag == "?" || tag == "!" || tag.starts_with("tag:yaml.org,2002:")) return;
    Refuse(at, fmt::format("the tag {} has no meaning here", tag));
  }

  void Begin(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, Kind kind) {
    YamlNode node = At(mark);
    CheckTag(node, tag);
    if (open_.size() >= kYamlDepthMax) {
      throw Refused{StatusCode::kResourceExhausted, node, fmt::format("nested deeper than {}", kYamlDepthMax)};
    }
    node.kind = kind;
    open_.push_back({std::move(node), anchor, nodes_});
  }

  void End() {
    Open closed = std::move(open_.back());
    open_.pop_back();
    Add(std::move(closed.node), closed.anchor, closed.nodes_before);
  }

  void Add(YamlNode node, YAML::anchor_t anchor) { Add(std::move(node), anchor, nodes_); }

  void Add(YamlNode node, YAML::anchor_t anchor, std::size_t nodes_before) {
    if (++nodes_ > kYamlNodesMax) TooMany(std::move(node));
    if (anchor != 0) anchors_.insert_or_assign(anchor, Anchored{node, nodes_ - nodes_before});
    if (open_.empty()) {
      root = std::move(node);
      return;
    }
    YamlNode& into = open_.back().node;
    if (into.kind == Kind::kMap && into.keys.size() == into.items.size()) {
      AddKey(into, std::move(node));
    } else {
      into.items.push_back(std::move(node));
    }
  }

  static void AddKey(YamlNode& into, YamlNode key) {
    if (key.kind != Kind::kScalar) Refuse(std::move(key), "a key must be a word");
    if (key.text == "<<" && !key.quoted) Refuse(std::move(key), "merge keys (<<) are not taken; write the keys out");
    for (const YamlNode& before : into.keys) {
      if (before.text == key.text) {
        const std::string what = fmt::format("{} stands twice; first in line {}", key.text, before.line);
        Refuse(std::move(key), what);
      }
    }
    into.keys.push_back(std::move(key));
  }

  std::vector<Open> open_;
  std::map<YAML::anchor_t, Anchored> anchors_;
  std::size_t nodes_ = 0;
};

// Reads the text in place.
class ViewBuffer : public std::streambuf {
 public:
  explicit ViewBuffer(std::string_view text) {
    // The pointers are not written through: the buffer is only read.
    char* begin = const_cast<char*>(text.data());
    setg(begin, begin, begin + text.size());
  }
};

}  // namespace

const YamlNode* YamlNode::Find(std::string_view key) const {
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (keys[i].text == key) return &items[i];
  }
  return nullptr;
}

Status YamlMistake(std::string_view name, const YamlNode& at, std::string_view what) {
  return {StatusCode::kInvalidArgument, fmt::format("{}:{}:{}: {}", name, at.line, at.column, what)};
}

Result<YamlNode> ParseYaml(std::string_view text, std::string_view name) {
  if (text.size() > kYamlBytesMax) {
    return Status(StatusCode::kResourceExhausted,
                  fmt::format("{}: {} bytes; at most {} are read", name, text.size(), kYamlBytesMax));
  }
  try {
    ViewBuffer buffer(text);
    std::istream stream(&buffer);
    YAML::Parser parser(stream);
    TreeBuilder builder;
    parser.HandleNextDocument(builder);
    TreeBuilder second;
    if (parser.HandleNextDocument(second)) {
      return YamlMistake(name, second.root, "a second document; there is to be one");
    }
    return std::move(builder.root);
  } catch (const Refused& refused) {
    return Status(refused.code, YamlMistake(name, refused.at, refused.what).message());
  } catch (const YAML::Exception& error) {
    YamlNode at;
    at.line = static_cast<std::uint32_t>(error.mark.line + 1);
    at.column = static_cast<std::uint32_t>(error.mark.column + 1);
    return YamlMistake(name, at, error.msg);
  } catch (const std::exception& error) {
    return Status(StatusCode::kInvalidArgument, fmt::format("{}: {}", name, error.what()));
  }
}

}  // namespace cairn
