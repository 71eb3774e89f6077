#include "record/duplicate_keys.h"

#include <fmt/format.h>

#include <string>
#include <unordered_set>
#include <vector>

namespace cairn {
namespace {

// Few keys are compared pair by pair behind a 64-bit filter, which is faster than any table; more go through a hash
// set, so that a hostile object costs no square.
constexpr std::size_t kPairwiseKeysMax = 48;

class Checker {
 public:
  Status Check(simdjson::dom::element element) {
    switch (element.type()) {
      case simdjson::dom::element_type::OBJECT: return CheckObject(element.get_object().value_unsafe());
      case simdjson::dom::element_type::ARRAY: return CheckArray(element.get_array().value_unsafe());
      default: return Status::Ok();
    }
  }

 private:
  static bool IsContainer(simdjson::dom::element element) {
    const auto type = element.type();
    return type == simdjson::dom::element_type::OBJECT || type == simdjson::dom::element_type::ARRAY;
  }

  static std::uint64_t FilterBit(std::string_view key) {
    if (key.empty()) return 1;
    const auto first = static_cast<unsigned char>(key.front());
    const auto last = static_cast<unsigned char>(key.back());
    const auto middle = static_cast<unsigned char>(key[key.size() / 2]);
    return std::uint64_t{1} << ((key.size() * 7 + first * 31u + last * 17u + middle * 5u) & 63);
  }

  Status CheckObject(simdjson::dom::object object) {
    const std::size_t base = keys_.size();
    std::uint64_t filter = 0;
    std::unordered_set<std::string_view> many;
    for (const auto [key, value] : object) {
      bool twice = false;
      if (keys_.size() - base < kPairwiseKeysMax) {
        const std::uint64_t bit = FilterBit(key);
        if ((filter & bit) != 0) {
          for (std::size_t i = base; i < keys_.size() && !twice; ++i) twice = keys_[i] == key;
        }
        filter |= bit;
        keys_.push_back(key);
      } else {
        if (many.empty()) many.insert(keys_.begin() + static_cast<std::ptrdiff_t>(base), keys_.end());
        twice = !many.insert(key).second;
      }
      if (twice) return Twice(key);
      if (!IsContainer(value)) continue;
      path_.emplace_back(key);
      if (Status status = Check(value); !status.ok()) return status;
      path_.pop_back();
    }
    keys_.resize(base);
    return Status::Ok();
  }

  Status CheckArray(simdjson::dom::array array) {
    for (const simdjson::dom::element value : array) {
      if (!IsContainer(value)) continue;
      if (Status status = Check(value); !status.ok()) return status;
    }
    return Status::Ok();
  }

  [[nodiscard]] Status Twice(std::string_view key) const {
    std::string where;
    for (const std::string_view step : path_) {
      where += step.substr(0, 64);
      where += '.';
    }
    return {StatusCode::kInvalidArgument, fmt::format("{}{}: the key stands twice in one object", where, key)};
  }

  std::vector<std::string_view> keys_;
  std::vector<std::string_view> path_;
};

}  // namespace

Status CheckDuplicateKeys(simdjson::dom::element root) { return Checker().Check(root); }

}  // namespace cairn
