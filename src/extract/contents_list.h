#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "extract/extractor.h"

namespace cairn {

/// The headings of a text, gathered.
class ContentsList {
 public:
  explicit ContentsList(const ExtractContext& context) : context_(context) {}
  /// `level` from 1 on.
  void Add(std::size_t level, const std::string& title);
  [[nodiscard]] const std::vector<std::string>& titles() const { return titles_; }
  /// `HeadingCount` and `TableOfContents`: a title each, behind `- ` for each level.
  void End(Extracted& to);

 private:
  const ExtractContext& context_;
  std::vector<std::string> titles_;
  std::int64_t count_ = 0;
};

}  // namespace cairn
