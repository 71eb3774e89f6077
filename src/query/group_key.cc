#include "query/group_key.h"

#include <fmt/format.h>

#include <cmath>
#include <cstring>

#include "base/json.h"
#include "query/time_bucket.h"

namespace cairn {
namespace {

template <typename T>
void Put(std::string& out, T value) {
  char bytes[sizeof value];
  std::memcpy(bytes, &value, sizeof value);
  out.append(bytes, sizeof value);
}

void PutText(std::string& out, std::string_view text) {
  Put(out, static_cast<std::uint32_t>(text.size()));
  out += text;
}

template <typename T>
T Take(std::string_view& in) {
  T value;
  std::memcpy(&value, in.data(), sizeof value);
  in.remove_prefix(sizeof value);
  return value;
}

std::string_view TakeText(std::string_view& in) {
  const auto size = Take<std::uint32_t>(in);
  const std::string_view text = in.substr(0, size);
  in.remove_prefix(size);
  return text;
}

/// A whole double becomes the integer it equals, so that 1.0 and 1 are one group.
Value Canonical(Value value) {
  constexpr double kTwo63 = 9223372036854775808.0;
  if (value.type != Value::Type::kDouble || std::trunc(value.real) != value.real) return value;
  if (value.real >= -kTwo63 && value.real < kTwo63) {
    value.integer = static_cast<std::int64_t>(value.real);
    value.type = Value::Type::kInt;
  } else if (value.real >= kTwo63 && value.real < 2 * kTwo63) {
    value.natural = static_cast<std::uint64_t>(value.real);
    value.type = Value::Type::kUint;
  }
  return value;
}

void PutValue(std::string& out, const Value& given) {
  const Value value = Canonical(given);
  out += static_cast<char>(value.type);
  switch (value.type) {
    case Value::Type::kBool:
      out += value.boolean ? '\1' : '\0';
      break;
    case Value::Type::kInt:
    case Value::Type::kUint:
    case Value::Type::kDouble:
      Put(out, value.natural);
      break;
    case Value::Type::kString:
    case Value::Type::kJson:
      PutText(out, value.text);
      break;
    default:
      break;
  }
}

/// The value as JSON; nothing for one that is absent.
std::string TakeValue(std::string_view& in) {
  Value value;
  value.type = static_cast<Value::Type>(Take<std::uint8_t>(in));
  switch (value.type) {
    case Value::Type::kNull:
      return "null";
    case Value::Type::kBool:
      return Take<char>(in) != '\0' ? "true" : "false";
    case Value::Type::kInt:
      return fmt::format("{}", Take<std::int64_t>(in));
    case Value::Type::kUint:
      return fmt::format("{}", Take<std::uint64_t>(in));
    case Value::Type::kDouble:
      return fmt::format("{}", Take<double>(in));
    case Value::Type::kString:
      return JsonString(TakeText(in));
    case Value::Type::kJson:
      return std::string(TakeText(in));
    default:
      return "";
  }
}

}  // namespace

Result<GroupKeyPlan> GroupKeyPlan::Create(const std::vector<GroupBy>& by, PathSet& paths) {
  GroupKeyPlan plan;
  for (const GroupBy& group_by : by) {
    Part part{group_by.key};
    if (group_by.key == GroupBy::Key::kPath) {
      auto path = Path::Parse(group_by.path);
      if (!path) return path.error().WithContext(fmt::format("group by \"{}\"", group_by.path));
      part.slot = paths.Add(*path);
    }
    plan.parts_.push_back(part);
  }
  return plan;
}

void GroupKeyPlan::Encode(const Row& row, const std::vector<Value>& values, std::string& key) const {
  key.clear();
  for (const Part& part : parts_) {
    switch (part.key) {
      case GroupBy::Key::kTarget:
        Put(key, row.target);
        break;
      case GroupBy::Key::kKind:
        Put(key, row.kind);
        break;
      case GroupBy::Key::kRun:
        PutText(key, row.run_id);
        break;
      case GroupBy::Key::kPath:
        PutValue(key, values[part.slot]);
        break;
      default:
        Put(key, BucketStart(part.key, row.produced_at).ns);
        break;
    }
  }
}

std::vector<std::string> GroupKeyPlan::Decode(std::string_view key, const RowNames& names) const {
  std::vector<std::string> out;
  out.reserve(parts_.size());
  for (const Part& part : parts_) {
    switch (part.key) {
      case GroupBy::Key::kTarget:
        out.push_back(names.target(Take<std::uint32_t>(key)));
        break;
      case GroupBy::Key::kKind:
        out.push_back(names.kind(Take<std::uint32_t>(key)));
        break;
      case GroupBy::Key::kRun:
        out.emplace_back(TakeText(key));
        break;
      case GroupBy::Key::kPath:
        out.push_back(TakeValue(key));
        break;
      default:
        out.push_back(FormatTimestamp({Take<std::int64_t>(key)}));
        break;
    }
  }
  return out;
}

}  // namespace cairn
