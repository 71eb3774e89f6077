#pragma once

#include <cstring>
#include <string>

#include "record/statements.h"
#include "view/names.h"

namespace cairn {

/// How data is transformed along edges, each way once. Number 0 says nothing. Whoever owns it guards it.
class StepTable {
 public:
  std::uint32_t Intern(const StepStatement& step) {
    if (step == StepStatement{}) return 0;
    has_priorities_ = has_priorities_ || step.priority != 0;
    const Head head{step.priority, static_cast<std::uint32_t>(step.subtype.size()), step.masking};
    std::string text(reinterpret_cast<const char*>(&head), sizeof head);
    text.append(step.subtype).append(step.description);
    return texts_.Intern(text) + 1;
  }
  [[nodiscard]] StepStatement at(std::uint32_t number) const {
    if (number == 0) return {};
    std::string_view text = texts_.at(number - 1);
    Head head{};
    std::memcpy(&head, text.data(), sizeof head);
    text.remove_prefix(sizeof head);
    return {text.substr(0, head.subtype_bytes), text.substr(head.subtype_bytes), head.masking != 0, head.priority};
  }
  /// Whether some step has a priority.
  [[nodiscard]] bool has_priorities() const { return has_priorities_; }
  /// The next text of `texts()` of another table.
  void Restore(std::string_view text) {
    texts_.Intern(text);
    has_priorities_ = has_priorities_ || at(texts_.size()).priority != 0;
  }
  [[nodiscard]] const TextTable& texts() const { return texts_; }

 private:
  struct Head {
    std::int32_t priority;
    std::uint32_t subtype_bytes;
    std::uint32_t masking;
  };
  TextTable texts_;
  bool has_priorities_ = false;
};

}  // namespace cairn
