#include "base/nearest.h"

#include <algorithm>
#include <cctype>

namespace cairn {
namespace {

// Longer words are no typing errors of each other that a person wants to read; and the table below has their product.
constexpr std::size_t kWordBytesMax = 200;

std::string Lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return out;
}

// The distance of Damerau and Levenshtein, neighbours changed once.
std::size_t Distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1);
  std::vector<std::size_t> last(b.size() + 1);
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] == b[j - 1] ? 0U : 1U)});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) row[j] = std::min(row[j], before[j - 2] + 1);
    }
    std::swap(before, last);
    std::swap(last, row);
  }
  return last[b.size()];
}

}  // namespace

std::vector<std::string> Nearest(std::string_view typed, std::span<const std::string> words, std::size_t limit) {
  std::vector<std::pair<std::size_t, std::string>> found;
  if (typed.size() > kWordBytesMax) return {};
  const std::string wanted = Lower(typed);
  const std::size_t allowed = std::max<std::size_t>(1, wanted.size() / 3);
  for (const std::string& word : words) {
    if (word.size() > wanted.size() + allowed || word.size() + allowed < wanted.size()) continue;
    const std::size_t distance = Distance(wanted, Lower(word));
    if (distance <= allowed) found.emplace_back(distance, word);
  }
  std::sort(found.begin(), found.end());
  found.erase(std::unique(found.begin(), found.end()), found.end());
  std::vector<std::string> out;
  for (std::size_t i = 0; i < std::min(limit, found.size()); ++i) out.push_back(std::move(found[i].second));
  return out;
}

}  // namespace cairn
