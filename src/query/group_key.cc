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

std::size_t TextBytes(std::string_view in) { return sizeof(std::uint32_t) + Take<std::uint32_t>(in); }

std::size_t ValueBytes(std::string_view in) {
  switch (static_cast<Value::Type>(Take<std::uint8_t>(in))) {
    case Value::Type::kBool:
      return 2;
    case Value::Type::kInt:
    case Value::Type::kUint:
    case Value::Type::kDouble:
      return 1 + sizeof(Value::natural);
    case Value::Type::kString:
    case Value::Type::kJson:
      return 1 + TextBytes(in);
    default:
      return 1;
  }
}

/// How many bytes of `in` are the part that it begins with.
std::size_t PartBytes(GroupBy::Key key, std::string_view in) {
  switch (key) {
    case GroupBy::Key::kRun:
      return TextBytes(in);
    case GroupBy::Key::kPath:
      return ValueBytes(in);
    default:
      return sizeof(std::uint64_t);
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
      plan.has_paths_ = true;
    }
    plan.parts_.push_back(part);
  }
  return plan;
}

// Every number takes a whole word: keys are hashed and compared by words, and to read a word that was just written in
// two pieces is slow.
void GroupKeyPlan::Encode(const Row& row, const std::vector<Value>& values, std::string& key) const {
  key.clear();
  for (const Part& part : parts_) {
    switch (part.key) {
      case GroupBy::Key::kTarget:
        Put(key, std::uint64_t{row.target});
        break;
      case GroupBy::Key::kKind:
        Put(key, std::uint64_t{row.kind});
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

std::string_view GroupKeyPlan::TakePart(std::size_t part, std::string_view& key) const {
  const std::string_view bytes = key.substr(0, PartBytes(parts_[part].key, key));
  key.remove_prefix(bytes.size());
  return bytes;
}

std::string GroupKeyPlan::PartText(std::size_t part, std::string_view bytes, const RowNames& names) const {
  switch (parts_[part].key) {
    case GroupBy::Key::kTarget:
      return names.target(static_cast<std::uint32_t>(Take<std::uint64_t>(bytes)));
    case GroupBy::Key::kKind:
      return names.kind(static_cast<std::uint32_t>(Take<std::uint64_t>(bytes)));
    case GroupBy::Key::kRun:
      return std::string(TakeText(bytes));
    case GroupBy::Key::kPath:
      return TakeValue(bytes);
    default:
      return FormatTimestamp({Take<std::int64_t>(bytes)});
  }
}

}  // namespace cairn
