// The part of the configuration's reading that declares sources.
#include <algorithm>

#include "obs/config_keys.h"
#include "obs/config_reader.h"
#include "obs/source_check.h"

namespace cairn {
namespace {

using Kind = YamlNode::Kind;

template <class T>
T& Named(std::vector<T>& all, const std::string& name) {
  const auto found = std::find_if(all.begin(), all.end(), [&](const T& one) { return one.name == name; });
  if (found != all.end()) return *found;
  all.emplace_back();
  all.back().name = name;
  return all.back();
}

template <class T>
T* FindNamed(std::vector<T>& all, std::string_view name) {
  const auto found = std::find_if(all.begin(), all.end(), [&](const T& one) { return one.name == name; });
  return found == all.end() ? nullptr : &*found;
}

template <class T>
const ConfigKey<T>* FindKey(const std::vector<ConfigKey<T>>& keys, std::string_view name) {
  for (const ConfigKey<T>& key : keys) {
    if (key.name == name) return &key;
  }
  return nullptr;
}

template <class T>
std::vector<std::string> NamesOf(const std::vector<T>& all, std::vector<std::string> more = {}) {
  for (const T& one : all) more.push_back(one.name);
  return more;
}

// Takes each member of a map: those that are keys of `T` by themselves, the others through `other`, which says whether
// it knew them.
template <class T, class Other>
Status ReadMembers(const ConfigReading& reading, const std::string& path, const YamlNode& node,
                   const std::vector<ConfigKey<T>>& keys, std::vector<std::string> other_names, T& into, Other other) {
  if (node.kind == Kind::kNull) return Status::Ok();
  if (node.kind != Kind::kMap) return reading.Mistake(node, path, "expected keys with values");
  for (std::size_t i = 0; i < node.keys.size(); ++i) {
    const std::string& name = node.keys[i].text;
    Status read;
    if (const ConfigKey<T>* key = FindKey(keys, name); key != nullptr) {
      read = ReadKey(reading, *key, path + "." + name, node.items[i], into);
    } else if (std::find(other_names.begin(), other_names.end(), name) != other_names.end()) {
      read = other(name, path + "." + name, node.items[i]);
    } else {
      read = reading.Mistake(node.keys[i], path, UnknownKey(path, name, NamesOf(keys, other_names)));
    }
    if (!read.ok()) return read;
  }
  return Status::Ok();
}

// Takes each member of a map as a thing of that name.
template <class Each>
Status ReadNamed(const ConfigReading& reading, const std::string& path, const YamlNode& node, Each each) {
  if (node.kind == Kind::kNull) return Status::Ok();
  if (node.kind != Kind::kMap) return reading.Mistake(node, path, "expected names, each with its keys");
  for (std::size_t i = 0; i < node.keys.size(); ++i) {
    const std::string& name = node.keys[i].text;
    if (!IsSourceName(name)) {
      return reading.Mistake(node.keys[i], path, fmt::format("\"{}\" is not {}", name, kSourceNameRule));
    }
    if (Status read = each(name, path + "." + name, node.items[i]); !read.ok()) return read;
  }
  return Status::Ok();
}

const auto kNothing = [](const std::string&, const std::string&, const YamlNode&) { return Status::Ok(); };

Status ReadHeaders(const ConfigReading& reading, const std::string& path, const YamlNode& node,
                   std::map<std::string, std::string>& headers) {
  if (node.kind != Kind::kMap) return reading.Mistake(node, path, "expected names of headers with their values");
  for (std::size_t i = 0; i < node.keys.size(); ++i) {
    const YamlNode& value = node.items[i];
    if (value.kind != Kind::kScalar) return reading.Mistake(value, path, "expected text");
    headers[node.keys[i].text] = value.text;
    reading.Note(path + "." + node.keys[i].text, value);
  }
  return Status::Ok();
}

Status ReadField(const ConfigReading& reading, const std::string& path, const YamlNode& node, FieldConfig& field) {
  if (node.kind == Kind::kScalar) return ReadKey(reading, *FindKey(FieldKeys(), "path"), path, node, field);
  return ReadMembers(reading, path, node, FieldKeys(), {}, field, kNothing);
}

Status ReadOperation(const ConfigReading& reading, const std::string& path, const YamlNode& node,
                     OperationConfig& operation) {
  return ReadMembers(reading, path, node, OperationKeys(), {"parameters", "fields"}, operation,
                     [&](const std::string& name, const std::string& at, const YamlNode& below) {
                       return ReadNamed(reading, at, below,
                                        [&](const std::string& one, const std::string& where, const YamlNode& value) {
                                          if (name == "fields")
                                            return ReadField(reading, where, value, Named(operation.fields, one));
                                          return ReadMembers(reading, where, value, ParameterKeys(), {},
                                                             Named(operation.parameters, one), kNothing);
                                        });
                     });
}

template <class T>
Status SetKey(const std::vector<ConfigKey<T>>& keys, std::string_view name, const std::vector<std::string>& values,
              T& into) {
  const ConfigKey<T>* key = FindKey(keys, name);
  if (key == nullptr) return {StatusCode::kInvalidArgument, UnknownKey("sources", name, NamesOf(keys))};
  if (!key->is_list && values.size() != 1) return {StatusCode::kInvalidArgument, "expected " + key->type};
  return key->set(into, values);
}

// The first part of a dotted name, which loses it.
std::string_view TakePart(std::string_view& name) {
  const std::size_t dot = name.find('.');
  const std::string_view part = name.substr(0, dot);
  name = dot == std::string_view::npos ? std::string_view() : name.substr(dot + 1);
  return part;
}

}  // namespace

Status ReadSources(const ConfigReading& reading, const YamlNode& node, std::vector<SourceConfig>& sources) {
  return ReadNamed(
      reading, "sources", node, [&](const std::string& name, const std::string& path, const YamlNode& value) {
        SourceConfig& source = Named(sources, name);
        return ReadMembers(reading, path, value, SourceKeys(), {"headers", "operations"}, source,
                           [&](const std::string& part, const std::string& at, const YamlNode& below) {
                             if (part == "headers") return ReadHeaders(reading, at, below, source.headers);
                             return ReadNamed(
                                 reading, at, below,
                                 [&](const std::string& one, const std::string& where, const YamlNode& operation) {
                                   return ReadOperation(reading, where, operation, Named(source.operations, one));
                                 });
                           });
      });
}

Status SetSourceValue(std::string_view name, const std::vector<std::string>& values,
                      std::vector<SourceConfig>& sources) {
  TakePart(name);
  const std::string_view source_name = TakePart(name);
  SourceConfig* source = FindNamed(sources, source_name);
  if (source == nullptr) {
    return {StatusCode::kInvalidArgument,
            fmt::format("no source \"{}\" is declared; there are: {}", source_name, fmt::join(NamesOf(sources), ", "))};
  }
  std::string_view rest = name;
  const std::string_view part = TakePart(rest);
  if (part == "headers" && values.size() == 1) {
    source->headers[std::string(rest)] = values.front();
    return Status::Ok();
  }
  if (part != "operations") return SetKey(SourceKeys(), name, values, *source);
  const std::string_view operation_name = TakePart(rest);
  OperationConfig* operation = FindNamed(source->operations, operation_name);
  if (operation == nullptr) {
    return {StatusCode::kInvalidArgument, fmt::format("{} has no operation \"{}\"; there are: {}", source_name,
                                                      operation_name, fmt::join(NamesOf(source->operations), ", "))};
  }
  const std::string_view key = rest;
  const std::string_view kind = TakePart(rest);
  if (kind == "parameters" || kind == "fields") {
    const std::string_view one = TakePart(rest);
    if (ParameterConfig* parameter = FindNamed(operation->parameters, one); kind == "parameters" && parameter) {
      return SetKey(ParameterKeys(), rest, values, *parameter);
    }
    if (FieldConfig* field = FindNamed(operation->fields, one); kind == "fields" && field) {
      return SetKey(FieldKeys(), rest, values, *field);
    }
    return {StatusCode::kInvalidArgument,
            fmt::format("{}.{} has no {} \"{}\"", source_name, operation_name, kind, one)};
  }
  return SetKey(OperationKeys(), key, values, *operation);
}

}  // namespace cairn
