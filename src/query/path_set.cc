#include "query/path_set.h"

#include <algorithm>

#include "base/json.h"
#include "base/json_string.h"
#include "query/json_scan.h"
#include "query/same_bytes.h"
#include "record/facet_map.h"

namespace cairn {
namespace {

/// Whether the key whose inside is `raw` is `field`.
bool KeyIs(std::string_view raw, bool escaped, std::string_view field) {
  if (escaped) return UnescapeJson(raw) == field;
  return raw.size() == field.size() && SameBytes(raw.data(), field.data(), raw.size());
}

}  // namespace

/// One reading of one document. Every step takes the place it reads from and returns the place after it, or null once
/// nothing that follows is wanted.
class PathSet::Pass {
 public:
  Pass(const PathSet& set, PathScratch& scratch) : set_(set), scratch_(scratch) {}

  void ReadRecord(const Document& document) {
    // A facet's record carries the whole event: its payload is not the facet's.
    const std::uint32_t without = document.facet ? set_.payload_ : kNone;
    const Node& root = set_.nodes_[0];
    std::size_t wanted = root.fields.size();
    if (without != kNone) --wanted;
    if (wanted == 0 || document.record.empty() || document.record[0] != '{') return;
    end_ = document.record.data() + document.record.size();
    ReadObject(root, document.record.data() + 1, wanted, without, false);
  }

  void ReadFacet(const Document& document) {
    if (document.payload.empty()) return;
    const Node& node = set_.nodes_[set_.payload_];
    end_ = document.payload.data() + document.payload.size();
    if (node.slot != kNone) SetValue(node.slot, document.payload.data());
    if (document.payload[0] != '{') {
      if (!node.indices.empty()) ReadNode(node, document.payload.data(), false);
      return;
    }
    // Two fields may stand for the same one of the facet, so each is looked up by itself.
    for (const auto& [field, below] : node.fields) {
      const std::string_view mapped = FacetField(document.kind, field);
      const char* p = document.payload.data() + 1;
      while (p < end_ && *p == '"') {
        bool escaped = false;
        const char* const key_end = StringEnd(p + 1, end_, escaped);
        if (KeyIs({p + 1, static_cast<std::size_t>(key_end - p - 1)}, escaped, mapped)) {
          ReadNode(set_.nodes_[below], key_end + 2, false);
          break;
        }
        p = ValueEnd(key_end + 2, end_);
        if (p < end_ && *p == ',') ++p;
      }
    }
  }

 private:
  const char* ReadNode(const Node& node, const char* p, bool need_end) {
    const bool read = p < end_ && ((*p == '{' && !node.fields.empty()) || (*p == '[' && !node.indices.empty()));
    if (!read) {
      if (node.slot != kNone) return SetValue(node.slot, p);
      return need_end ? ValueEnd(p, end_) : nullptr;
    }
    const bool whole = node.slot != kNone;
    const char* const after = *p == '{' ? ReadObject(node, p + 1, node.fields.size(), kNone, need_end || whole)
                                        : ReadArray(node, p + 1, need_end || whole);
    if (whole) SetText(node.slot, Value::Type::kJson, p, after);
    return after;
  }

  const char* ReadObject(const Node& node, const char* p, std::size_t wanted, std::uint32_t without, bool need_end) {
    if (!node.patterns.empty() && without == kNone) return SearchObject(node, p, need_end);
    return WalkObject(node, p, wanted, without, need_end);
  }

  const char* SearchObject(const Node& node, const char* const inside, bool need_end) {
    const char* p = inside;
    bool backslashes = false;
    for (std::size_t wanted = node.patterns.size(); wanted != 0;) {
      const FieldHit hit = FindField(p, end_, node.patterns.data(), node.patterns.size());
      backslashes |= hit.backslashes;
      if (hit.pattern == nullptr) {
        // What is missing may be spelled with escapes.
        return backslashes ? WalkObject(node, inside, node.fields.size(), kNone, need_end) : hit.at;
      }
      --wanted;
      // After a member the search goes on from its end, where the level is the object's again.
      p = ReadNode(set_.nodes_[hit.pattern->below], hit.at, need_end || wanted != 0);
    }
    return need_end ? ContainerEnd(p, end_) : nullptr;
  }

  const char* WalkObject(const Node& node, const char* p, std::size_t wanted, std::uint32_t without, bool need_end) {
    while (p < end_ && *p == '"') {
      const char* const key = p + 1;
      bool escaped = false;
      const char* const key_end = StringEnd(key, end_, escaped);
      const std::uint32_t below = Find(node, {key, static_cast<std::size_t>(key_end - key)}, escaped);
      const char* const value = key_end + 2;  // Behind `":`.
      if (value >= end_) return end_;
      if (below == kNone || below == without) {
        p = ValueEnd(value, end_);
      } else {
        --wanted;
        p = ReadNode(set_.nodes_[below], value, need_end || wanted != 0);
        if (wanted == 0) return need_end ? ContainerEnd(p, end_) : nullptr;
      }
      if (*p != ',') break;
      ++p;
    }
    return p < end_ ? p + 1 : end_;
  }

  const char* ReadArray(const Node& node, const char* p, bool need_end) {
    auto next = node.indices.begin();
    for (std::uint32_t at = 0; p < end_ && *p != ']'; ++at) {
      if (at == next->first) {
        const std::uint32_t below = next->second;
        ++next;
        const bool last = next == node.indices.end();
        p = ReadNode(set_.nodes_[below], p, need_end || !last);
        if (last) return need_end ? ContainerEnd(p, end_) : nullptr;
      } else {
        p = ValueEnd(p, end_);
      }
      if (*p != ',') break;
      ++p;
    }
    return p < end_ ? p + 1 : end_;
  }

  static std::uint32_t Find(const Node& node, std::string_view raw, bool escaped) {
    for (const auto& [field, below] : node.fields) {
      if (KeyIs(raw, escaped, field)) return below;
    }
    return kNone;
  }

  const char* SetText(std::uint32_t slot, Value::Type type, const char* begin, const char* after) {
    Value& value = scratch_.values[slot];
    value.type = type;
    value.text = {begin, static_cast<std::size_t>(after - begin)};
    return after;
  }

  const char* SetValue(std::uint32_t slot, const char* p) {
    Value& value = scratch_.values[slot];
    switch (*p) {
      case '"': {
        bool escaped = false;
        const char* const closing = StringEnd(p + 1, end_, escaped);
        SetText(slot, Value::Type::kString, p + 1, closing);
        if (escaped) value.text = Keep(UnescapeJson(value.text));
        return closing < end_ ? closing + 1 : end_;
      }
      case '{':
      case '[':
        return SetText(slot, Value::Type::kJson, p, ContainerEnd(p + 1, end_));
      case 't':
      case 'f':
        value.type = Value::Type::kBool;
        value.boolean = *p == 't';
        return ScalarEnd(p, end_);
      case 'n':
        value.type = Value::Type::kNull;
        return ScalarEnd(p, end_);
      default:
        return ReadNumber(p, value);
    }
  }

  std::string_view Keep(std::string text) {
    if (scratch_.strings_used == scratch_.strings.size()) scratch_.strings.emplace_back();
    std::string& kept = scratch_.strings[scratch_.strings_used++];
    kept = std::move(text);
    return kept;
  }

  const PathSet& set_;
  PathScratch& scratch_;
  const char* end_ = nullptr;
};

void PathSet::SetPatterns(Node& node) {
  // Each pattern is looked for in each block, so with many of them a walk from key to key is cheaper.
  constexpr std::size_t kPatternsMax = 4;
  node.patterns.clear();
  if (node.fields.size() > kPatternsMax) return;
  for (const auto& [field, below] : node.fields) {
    // JSON may write `/` and what is beyond ASCII either way; the search falls back on the walk for that.
    const std::string text = JsonString(field);
    if (field.empty() || text.size() != field.size() + 2) {
      node.patterns.clear();
      return;
    }
    node.patterns.push_back({text + ':', below});
  }
}

std::uint32_t PathSet::Below(std::uint32_t from, const Path::Step& step) {
  const auto made = static_cast<std::uint32_t>(nodes_.size());
  if (step.index) {
    auto& indices = nodes_[from].indices;
    const auto at = std::lower_bound(indices.begin(), indices.end(), std::pair(*step.index, std::uint32_t{0}));
    if (at != indices.end() && at->first == *step.index) return at->second;
    indices.insert(at, {*step.index, made});
  } else {
    auto& fields = nodes_[from].fields;
    for (const auto& [field, below] : fields) {
      if (field == step.field) return below;
    }
    fields.emplace_back(step.field, made);
    SetPatterns(nodes_[from]);
  }
  nodes_.emplace_back();
  return made;
}

std::uint32_t PathSet::Add(const Path& path) {
  for (std::uint32_t slot = 0; slot < paths_.size(); ++slot) {
    if (paths_[slot] == path) return slot;
  }
  const auto slot = static_cast<std::uint32_t>(paths_.size());
  paths_.push_back(path);
  if (path.steps[0].field == "kind") {
    // The document's kind is a string: nothing is below it.
    if (path.steps.size() == 1) kind_slot_ = slot;
    return slot;
  }
  std::uint32_t node = 0;
  for (const Path::Step& step : path.steps) {
    node = Below(node, step);
    if (&step == &path.steps[0] && step.field == "payload") payload_ = node;
  }
  nodes_[node].slot = slot;
  return slot;
}

void PathSet::Read(const Document& document, PathScratch& scratch) const {
  scratch.values.resize(paths_.size());
  for (Value& value : scratch.values) value.type = Value::Type::kAbsent;
  scratch.strings_used = 0;
  Pass pass(*this, scratch);
  pass.ReadRecord(document);
  if (document.facet && payload_ != kNone) pass.ReadFacet(document);
  if (kind_slot_ != kNone) {
    scratch.values[kind_slot_].type = Value::Type::kString;
    scratch.values[kind_slot_].text = document.kind;
  }
}

}  // namespace cairn
