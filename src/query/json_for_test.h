#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/json_text_for_test.h"
#include "query/document.h"
#include "query/path.h"

namespace cairn {

/// Text with the 64 readable bytes after it that a `Document` needs; they look like JSON, so that reading on is
/// noticed.
class PaddedJson {
 public:
  explicit PaddedJson(std::string_view text) : bytes_(text), size_(text.size()) {
    for (std::size_t i = 0; i < 64; ++i) bytes_ += R"("}],:{[\)"[i % 8];
  }
  [[nodiscard]] std::string_view view() const { return {bytes_.data(), size_}; }

 private:
  std::string bytes_;
  std::size_t size_;
};

inline Document RecordDocument(const PaddedJson& text, std::string_view kind = "k") {
  return {text.view(), kind, {}, false};
}

/// A JSON value that tests build, write and look into in the plainest way.
struct JsonTree {
  enum class Type : std::uint8_t { kNull, kTrue, kFalse, kNumber, kString, kArray, kObject };
  struct Member;

  Type type = Type::kNull;
  std::string text;             ///< Of a number, as it is written; of a string, what it means.
  std::vector<Member> members;  ///< Of an array: without names.

  [[nodiscard]] const JsonTree* Find(const Path& path) const;
};

struct JsonTree::Member {
  std::string name;
  JsonTree value;
};

inline const JsonTree* JsonTree::Find(const Path& path) const {
  const JsonTree* at = this;
  for (const Path::Step& step : path.steps) {
    const JsonTree* next = nullptr;
    if (step.index) {
      if (at->type == Type::kArray && *step.index < at->members.size()) next = &at->members[*step.index].value;
    } else if (at->type == Type::kObject) {
      for (const Member& member : at->members) {
        if (member.name == step.field) next = &member.value;
      }
    }
    if (next == nullptr) return nullptr;
    at = next;
  }
  return at;
}

inline JsonTree RandomTree(std::mt19937_64& random, int depth) {
  static const std::vector<std::string> kNumbers = {"0",
                                                    "-1",
                                                    "7",
                                                    "1000",
                                                    "1001",
                                                    "2.5",
                                                    "-0.0",
                                                    "1e3",
                                                    "9007199254740993",
                                                    "9223372036854775807",
                                                    "-9223372036854775808",
                                                    "18446744073709551615",
                                                    "1e300",
                                                    "12345678901234567890"};
  JsonTree tree;
  const auto roll = random() % 10;
  if (depth > 0 && roll < 4) {
    tree.type = roll < 3 ? JsonTree::Type::kObject : JsonTree::Type::kArray;
    for (auto n = random() % 6; n != 0; --n) {
      std::string name;
      if (tree.type == JsonTree::Type::kObject) {
        static const std::vector<std::string> kNames = {"a", "b", "payload",     "row_count",
                                                        "",  "é", "odd \"key\"", "a\\"};
        name = random() % 3 == 0 ? RandomText(random) : kNames[random() % kNames.size()];
        bool taken = false;
        for (const auto& member : tree.members) taken = taken || member.name == name;
        if (taken) continue;
      }
      tree.members.push_back({name, RandomTree(random, depth - 1)});
    }
  } else if (roll < 6) {
    tree.type = JsonTree::Type::kString;
    tree.text = RandomText(random);
  } else if (roll < 8) {
    tree.type = JsonTree::Type::kNumber;
    tree.text = kNumbers[random() % kNumbers.size()];
  } else {
    tree.type = std::vector{JsonTree::Type::kNull, JsonTree::Type::kTrue, JsonTree::Type::kFalse}[random() % 3];
  }
  return tree;
}

inline void WriteTree(std::mt19937_64& random, const JsonTree& tree, std::string& out) {
  switch (tree.type) {
    case JsonTree::Type::kNull:
      out += "null";
      return;
    case JsonTree::Type::kTrue:
      out += "true";
      return;
    case JsonTree::Type::kFalse:
      out += "false";
      return;
    case JsonTree::Type::kNumber:
      out += tree.text;
      return;
    case JsonTree::Type::kString:
      out += RandomJsonString(random, tree.text);
      return;
    default:
      break;
  }
  const bool object = tree.type == JsonTree::Type::kObject;
  out += object ? '{' : '[';
  for (const auto& [name, member] : tree.members) {
    if (&member != &tree.members[0].value) out += ',';
    if (object) out += RandomJsonString(random, name) + ':';
    WriteTree(random, member, out);
  }
  out += object ? '}' : ']';
}

/// A path that leads somewhere in the tree, or nearly.
inline Path RandomPath(std::mt19937_64& random, const JsonTree& tree) {
  Path path;
  const JsonTree* at = &tree;
  while (at != nullptr && (path.steps.empty() || random() % 4 != 0)) {
    const JsonTree* next = nullptr;
    Path::Step step;
    if (at->members.empty() || random() % 10 == 0) {
      step.field = "missing";
      if (!path.steps.empty() && random() % 2 == 0) step = {"", static_cast<std::uint32_t>(random() % 3)};
    } else {
      const std::size_t index = random() % at->members.size();
      next = &at->members[index].value;
      if (at->type == JsonTree::Type::kArray) {
        step.index = static_cast<std::uint32_t>(index);
      } else {
        step.field = at->members[index].name;
      }
    }
    path.steps.push_back(step);
    at = next;
  }
  return path;
}

}  // namespace cairn
