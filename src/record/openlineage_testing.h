#pragma once

#include <gtest/gtest.h>
#include <simdjson.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cairn/node.h"
#include "record/facet_at.h"
#include "record/json_scan.h"
#include "record/openlineage.h"
#include "record/openlineage_wrap.h"

namespace cairn {

/// For the tests of OpenLineage events only.

inline std::string Minified(std::string_view json) {
  std::string out(json.size() + simdjson::SIMDJSON_PADDING, '\0');
  std::size_t bytes = 0;
  if (simdjson::minify(json.data(), json.size(), out.data(), bytes) != simdjson::SUCCESS) return {};
  out.resize(bytes);
  return out;
}

/// One event as `StateEvent` reads it. The parser that read it is gone, so that a view into its buffers is found out.
class EventUnderTest {
 public:
  explicit EventUnderTest(std::string_view text, std::string_view tenant = {}) : json(Minified(text)) {
    simdjson::dom::parser parser;
    simdjson::dom::object event;
    if (parser.parse(json).get_object().get(event) != simdjson::SUCCESS) {
      status = {StatusCode::kInternal, "the test's own JSON is broken: " + json};
      return;
    }
    const auto form = EventForm(event);
    status =
        form ? StateEvent(event, *form, tenant, arena, record, statements) : Status(StatusCode::kNotFound, "no event");
  }

  [[nodiscard]] std::string Id(std::uint32_t node) const { return NodeId(statements.nodes.at(node)); }

  /// `dataset:ns:name`, ... in the order of the statements.
  [[nodiscard]] std::vector<std::string> Nodes() const {
    std::vector<std::string> out;
    for (std::uint32_t i = 0; i < statements.nodes.size(); ++i) out.push_back(Id(i));
    return out;
  }
  /// `kind @ node`, with `-` in front of a deletion.
  [[nodiscard]] std::vector<std::string> Facets() const {
    std::vector<std::string> out;
    for (const auto& facet : statements.facets) {
      out.push_back((facet.deleted ? "-" : "") + std::string(facet.kind) + " @ " + Id(facet.node));
    }
    return out;
  }
  /// `from -reads-> to`, sorted.
  [[nodiscard]] std::vector<std::string> Edges() const {
    static constexpr std::string_view kNames[] = {"reads",      "writes",  "derives", "triggers",
                                                  "influences", "renames", "same"};
    std::vector<std::string> out;
    for (const auto& edge : statements.edges) {
      out.push_back(Id(edge.from) + " -" + std::string(kNames[static_cast<int>(edge.type)]) + "-> " + Id(edge.to));
    }
    std::sort(out.begin(), out.end());
    return out;
  }
  /// `tags node: a b`, with `-` in front of a deletion.
  [[nodiscard]] std::vector<std::string> Attributes() const {
    std::vector<std::string> out;
    for (const auto& attribute : statements.attributes) {
      std::string line = attribute.deleted ? "-" : "";
      static constexpr std::string_view kWhat[] = {"tags ", "owners ", "documentation "};
      line += kWhat[static_cast<int>(attribute.what)];
      line += Id(attribute.node) + ":";
      for (const auto value : attribute.values) line += " " + std::string(value);
      out.push_back(line);
    }
    return out;
  }

  std::string json;
  Arena arena;
  ParsedRecord record;
  EventStatements statements;
  Status status;
};

inline std::string ReadText(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

struct NamedJson {
  std::string name;  ///< Of its file, with its place where the file is an array.
  std::string json;  ///< Minified.
};

/// The events of one file or folder of the fixtures.
inline std::vector<NamedJson> EventsIn(const std::filesystem::path& path) {
  std::vector<std::filesystem::path> files;
  if (std::filesystem::is_directory(path)) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(path)) {
      if (entry.path().extension() == ".json") files.push_back(entry.path());
    }
    std::sort(files.begin(), files.end());
  } else {
    files.push_back(path);
  }
  std::vector<NamedJson> out;
  for (const auto& file : files) {
    const std::string name = std::filesystem::relative(file, path.parent_path()).string();
    const std::string json = Minified(ReadText(file));
    JsonCursor cursor(json);
    if (cursor.Peek() != '[') {
      out.push_back({name, json});
      continue;
    }
    WalkArray(cursor, [&] {
      std::string_view event;
      if (!TakeValue(cursor, &event)) return false;
      out.push_back({name + "#" + std::to_string(out.size()), std::string(event)});
      return true;
    });
  }
  return out;
}

/// Every event of the fixtures.
inline std::vector<NamedJson> FixtureEvents(const std::string& fixtures) {
  std::vector<NamedJson> out;
  for (const char* part : {"scenarios", "marquez", "spec-tests/example_full_event.json"}) {
    for (auto& event : EventsIn(fixtures + "/openlineage/" + part)) out.push_back(std::move(event));
  }
  return out;
}

/// A facet sample of the specification: an object with one member.
struct FacetSample {
  std::string folder;  ///< e.g. `SQLJobFacet`: where the facet belongs.
  std::string name;    ///< Of the file.
  std::string key;
  std::string json;  ///< The facet, minified.
};

inline std::vector<FacetSample> FacetSamples(const std::string& fixtures) {
  std::vector<FacetSample> out;
  for (const auto& file : EventsIn(fixtures + "/openlineage/spec-tests")) {
    const std::filesystem::path path(file.name);
    const std::string folder = path.parent_path().filename().string();
    if (folder == "spec-tests") continue;  // The full event.
    JsonCursor cursor(file.json);
    WalkObject(cursor, [&](std::string_view key) {
      std::string_view facet;
      if (!TakeValue(cursor, &facet)) return false;
      out.push_back({folder, file.name, std::string(key), std::string(facet)});
      return true;
    });
  }
  return out;
}

/// The event as the log keeps it.
inline std::string Wrapped(const EventUnderTest& event, std::string_view tenant) {
  Arena arena;
  return std::string(WrapEvent(event.json, event.record, tenant, arena));
}

}  // namespace cairn
