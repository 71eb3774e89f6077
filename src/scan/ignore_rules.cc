#include "scan/ignore_rules.h"

#include <algorithm>

namespace cairn {
namespace {

// The last pattern that means the path decides; null for none.
const IgnorePattern* Deciding(const std::vector<IgnorePattern>& patterns, std::string_view path, bool is_folder) {
  for (auto at = patterns.rbegin(); at != patterns.rend(); ++at) {
    if (PatternMeans(*at, path, is_folder)) return &*at;
  }
  return nullptr;
}

std::vector<IgnorePattern> ParseAll(const std::vector<std::string>& lines) {
  std::vector<IgnorePattern> out;
  for (const std::string& line : lines) {
    if (auto pattern = ParseIgnorePattern(line)) out.push_back(std::move(*pattern));
  }
  return out;
}

bool MeansFolderAbove(const std::vector<IgnorePattern>& patterns, std::string_view path) {
  for (std::size_t slash = path.find('/'); slash != std::string_view::npos; slash = path.find('/', slash + 1)) {
    const IgnorePattern* found = Deciding(patterns, path.substr(0, slash), true);
    if (found != nullptr && !found->negated) return true;
  }
  return false;
}

}  // namespace

std::shared_ptr<const IgnoreRules> IgnoreRules::Make(std::shared_ptr<const IgnoreRules> above, std::string_view text,
                                                     std::string_view folder) {
  auto rules = std::make_shared<IgnoreRules>();
  rules->above_ = std::move(above);
  if (!folder.empty()) rules->prefix_ = std::string(folder) + "/";
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    if (auto pattern = ParseIgnorePattern(text.substr(0, end))) rules->patterns_.push_back(std::move(*pattern));
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  return rules;
}

bool IgnoreRules::Ignores(const IgnoreRules* rules, std::string_view path, bool is_folder) {
  for (; rules != nullptr; rules = rules->above_.get()) {
    const IgnorePattern* found = Deciding(rules->patterns_, path.substr(rules->prefix_.size()), is_folder);
    if (found != nullptr) return !found->negated;
  }
  return false;
}

PathFilter::PathFilter(const std::vector<std::string>& include, const std::vector<std::string>& exclude)
    : include_(ParseAll(include)), exclude_(ParseAll(exclude)) {}

bool PathFilter::Takes(std::string_view path, bool is_folder) const {
  if (const IgnorePattern* found = Deciding(exclude_, path, is_folder); found != nullptr && !found->negated)
    return false;
  if (is_folder || include_.empty()) return true;
  if (const IgnorePattern* found = Deciding(include_, path, false); found != nullptr) return !found->negated;
  return MeansFolderAbove(include_, path);
}

}  // namespace cairn
