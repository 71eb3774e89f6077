#pragma once

#include <fmt/format.h>

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "cairn/status.h"
#include "obs/quantity.h"

namespace cairn {

/// A setting of `T`, declared once: file, environment, flags, `cairn config show` and docs/config.md come from it.
template <class T>
struct ConfigKey {
  using Values = std::vector<std::string>;

  std::string name;  ///< `memory.bytes`.
  std::string type;  ///< What its value looks like.
  std::string help;
  std::function<Status(T&, const Values&)> set;  ///< Given one value, or any number where it is a list.
  std::function<Values(const T&)> get;           ///< What `set` takes.
  bool is_list = false;
  bool is_secret = false;  ///< Never shown.
  bool is_path = false;    ///< Of a file: from the configuration's own folder, and `~/` is the home.
};

/// The factories take `field`, a generic lambda that returns a reference to the member.

template <class T, class Field, class Parse, class Format>
ConfigKey<T> MakeKey(std::string name, std::string type, std::string help, Field field, Parse parse, Format format) {
  ConfigKey<T> key{std::move(name), std::move(type), std::move(help)};
  key.set = [field, parse](T& into, const std::vector<std::string>& values) {
    auto parsed = parse(std::string_view(values.front()));
    if (!parsed) return parsed.error();
    field(into) = static_cast<std::remove_reference_t<decltype(field(into))>>(*std::move(parsed));
    return Status::Ok();
  };
  key.get = [field, format](const T& from) { return std::vector<std::string>{format(field(from))}; };
  return key;
}

template <class T, class Field>
ConfigKey<T> SwitchKey(std::string name, std::string help, Field field) {
  return MakeKey<T>(std::move(name), "on, off", std::move(help), field, ParseSwitch,
                    [](bool value) -> std::string { return value ? "on" : "off"; });
}

template <class T, class Field>
ConfigKey<T> CountKey(std::string name, std::uint64_t min, std::uint64_t max, std::string help, Field field) {
  return MakeKey<T>(
      std::move(name), max == kNoMax ? fmt::format("count, {} or more", min) : fmt::format("count, {} to {}", min, max),
      std::move(help), field, [min, max](std::string_view text) { return ParseNumber(text, min, max); },
      [](std::uint64_t value) { return std::to_string(value); });
}

template <class T, class Field>
ConfigKey<T> BytesKey(std::string name, std::uint64_t min, std::uint64_t max, std::string help, Field field) {
  return MakeKey<T>(
      std::move(name),
      max == kNoMax ? fmt::format("bytes, {} or more", FormatBytes(min))
                    : fmt::format("bytes, {} to {}", FormatBytes(min), FormatBytes(max)),
      std::move(help), field, [min, max](std::string_view text) { return ParseNumber(text, min, max); }, FormatBytes);
}

template <class T, class Field>
ConfigKey<T> RealKey(std::string name, double min, double max, std::string help, Field field) {
  return MakeKey<T>(
      std::move(name), fmt::format("number, {} to {}", min, max), std::move(help), field,
      [min, max](std::string_view text) { return ParseReal(text, min, max); },
      [](double value) { return fmt::format("{}", value); });
}

template <class T, class Field>
ConfigKey<T> DurationKey(std::string name, std::chrono::milliseconds min, std::chrono::milliseconds max,
                         std::string help, Field field) {
  return MakeKey<T>(
      std::move(name), fmt::format("duration, {} to {}", FormatDuration(min), FormatDuration(max)), std::move(help),
      field, [min, max](std::string_view text) { return ParseDuration(text, min, max); },
      [](std::chrono::nanoseconds value) {
        return FormatDuration(std::chrono::duration_cast<std::chrono::milliseconds>(value));
      });
}

template <class T, class Field>
ConfigKey<T> TextKey(std::string name, std::string type, std::string help, Field field) {
  return MakeKey<T>(
      std::move(name), std::move(type), std::move(help), field,
      [](std::string_view text) { return Result<std::string>(std::string(text)); },
      [](const std::string& value) { return value; });
}

/// `parse` and `format` are those of one item.
template <class T, class Field, class Parse, class Format>
ConfigKey<T> ListKey(std::string name, std::string type, std::string help, Field field, Parse parse, Format format) {
  ConfigKey<T> key{std::move(name), std::move(type), std::move(help)};
  key.is_list = true;
  key.set = [field, parse](T& into, const std::vector<std::string>& values) {
    std::remove_reference_t<decltype(field(into))> items;
    for (const std::string& value : values) {
      auto parsed = parse(std::string_view(value));
      if (!parsed) return parsed.error();
      items.push_back(static_cast<typename decltype(items)::value_type>(*std::move(parsed)));
    }
    field(into) = std::move(items);
    return Status::Ok();
  };
  key.get = [field, format](const T& from) {
    std::vector<std::string> out;
    for (const auto& item : field(from)) out.push_back(format(item));
    return out;
  };
  return key;
}

}  // namespace cairn
