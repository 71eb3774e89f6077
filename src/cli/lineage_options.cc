#include "cli/lineage_options.h"

#include "cli/commands.h"
#include "cli/time_option.h"

namespace cairn {

void LineageOptions::Read() {
  filter.level = level == "things"   ? LineageLevel::kThings
                 : level == "runs"   ? LineageLevel::kRuns
                 : level == "fields" ? LineageLevel::kFields
                                     : LineageLevel::kAuto;
}

void AddFilter(CLI::App& command, LineageOptions& options, bool with_time) {
  command.add_option("--level", options.level, "things (datasets and jobs), runs or fields; auto goes by the node")
      ->check(CLI::IsMember({"auto", "things", "runs", "fields"}))
      ->type_name("LEVEL")
      ->capture_default_str();
  AddList(command, "--edge", options.filter.edge_types, "Only along edges of this type: reads, writes, derives, ...",
          true)
      ->type_name("TYPE");
  AddList(command, "--exclude", options.filter.exclude, "Go around nodes whose id is like this: dataset:tmp:*")
      ->type_name("GLOB");
  if (!with_time) return;
  AddTime(command, "--as-of", options.filter.time.as_of, "As it stood at this time");
  AddTime(command, "--from", options.filter.time.from, "Whatever stood at this time or later");
  AddTime(command, "--until", options.filter.time.until, "Whatever stood before this time");
  AddTime(command, "--known-at", options.filter.time.known_at, "Only by facts that the store had taken by this time");
}

void AddFormat(CLI::App& command, LineageOptions& options) {
  command.add_option("--format", options.format, "tree, json, dot (Graphviz) or mermaid")
      ->check(CLI::IsMember({"tree", "json", "dot", "mermaid"}))
      ->type_name("FORMAT")
      ->capture_default_str();
}

}  // namespace cairn
