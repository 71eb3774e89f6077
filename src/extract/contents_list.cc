#include "extract/contents_list.h"

#include <algorithm>

#include "extract/text.h"

namespace cairn {
namespace {

constexpr std::size_t kTitleBytes = 1024;

}  // namespace

void ContentsList::Add(std::size_t level, const std::string& title) {
  ++count_;
  if (titles_.size() >= context_.limits.fields) return;
  std::string line;
  for (std::size_t i = 1; i < std::min(level, context_.limits.depth); ++i) line += "- ";
  titles_.push_back(line + CutText(title, kTitleBytes));
}

void ContentsList::End(Extracted& to) {
  if (count_ == 0) return;
  to.Add("HeadingCount", count_);
  to.Add("TableOfContents", std::move(titles_));
}

}  // namespace cairn
