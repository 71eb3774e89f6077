#include "rival_map.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "measure.h"
#include "scratch.h"

namespace cairn::bench {

MapRival::MapRival(const Dataset& data) {
  BatchParser parser;
  ParsedBatch batch;
  std::string key;
  for (std::size_t b = 0; b < data.batches(); ++b) {
    parser.Parse(data.batch(b), batch);
    for (const ParsedRecord& record : batch) {
      key.assign(record.kind).append(1, '\0').append(record.target);
      series_[key].push_back(record.bytes);
    }
  }
}

const std::vector<std::string_view>& MapRival::Find(std::string_view kind, std::string_view target) const {
  std::array<char, 256> key;  // Not cleared: that would be a tenth of the look-up.
  const std::size_t bytes = kind.size() + 1 + target.size();
  if (bytes > key.size()) Fail("a key too long for the map");
  std::memcpy(key.data(), kind.data(), kind.size());
  key[kind.size()] = '\0';
  std::memcpy(key.data() + kind.size() + 1, target.data(), target.size());
  const auto found = series_.find(std::string_view(key.data(), bytes));
  if (found == series_.end()) Fail("the map found no series");
  return found->second;
}

std::string_view MapRival::Latest(std::string_view kind, std::string_view target) const {
  return Find(kind, target).back();
}

std::size_t MapRival::History(std::string_view kind, std::string_view target, std::size_t limit) const {
  const std::vector<std::string_view>& records = Find(kind, target);
  const std::size_t count = std::min(limit, records.size());
  for (auto record = records.end() - static_cast<std::ptrdiff_t>(count); record != records.end(); ++record) {
    Keep(record->back());
  }
  return count;
}

}  // namespace cairn::bench
