#pragma once

#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "scan/state_db.h"

namespace cairn {

/// The methods by which files were read, numbered. A file is read again when its method is not what its type would be
/// read by now. Any thread.
class MethodTable {
 public:
  /// `config`: hash of what else decides on results now.
  MethodTable(std::vector<std::pair<std::uint16_t, ReadMethod>> known, std::uint64_t config);

  /// How files of that type are read now. The number; a new one is kept for `TakeNew`.
  std::uint16_t Current(std::string_view type);
  [[nodiscard]] ReadMethod Of(std::uint16_t id) const;
  /// Whether files read by it would be read by it again.
  [[nodiscard]] bool IsCurrent(std::uint16_t id) const { return id < current_.size() && current_[id] != 0; }
  /// What is to be written to the state.
  std::vector<std::pair<std::uint16_t, ReadMethod>> TakeNew();

 private:
  [[nodiscard]] ReadMethod Now(std::string_view type) const;

  const std::uint64_t config_;
  std::vector<char> current_;  // By number; of those known when this was made, so that readers need no lock.
  mutable std::mutex mutex_;
  std::map<ReadMethod, std::uint16_t> ids_;  // Guarded by mutex_, as are those below.
  std::map<std::uint16_t, ReadMethod> methods_;
  std::map<std::string, std::uint16_t, std::less<>> by_type_;  // Current ones.
  std::vector<std::pair<std::uint16_t, ReadMethod>> new_;
};

}  // namespace cairn
