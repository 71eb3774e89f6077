#include "record/openlineage.h"

#include <fmt/format.h>

#include <array>

#include "base/json.h"
#include "record/facet_map.h"
#include "record/openlineage_edges.h"
#include "record/openlineage_facets.h"
#include "record/openlineage_json.h"
#include "record/statement_builder.h"

namespace cairn {
namespace {

/// The members of an event that mean something to us, found in one pass.
struct Members {
  std::optional<Element> event_time, event_type, producer, run, job, dataset, inputs, outputs;
};

Members FindMembers(Object event) {
  Members out;
  for (const auto [key, value] : event) {
    std::optional<Element>* member = key == "eventTime"   ? &out.event_time
                                     : key == "eventType" ? &out.event_type
                                     : key == "producer"  ? &out.producer
                                     : key == "run"       ? &out.run
                                     : key == "job"       ? &out.job
                                     : key == "dataset"   ? &out.dataset
                                     : key == "inputs"    ? &out.inputs
                                     : key == "outputs"   ? &out.outputs
                                                          : nullptr;
    if (member != nullptr && !value.is_null()) *member = value;
  }
  return out;
}

/// Where in the event something stands; becomes text only where there is something to complain about.
struct Place {
  std::string_view section;
  std::optional<std::size_t> index;

  [[nodiscard]] std::string Path(std::string_view member = {}) const {
    std::string out(section);
    if (index) out += fmt::format("[{}]", *index);
    if (!out.empty() && !member.empty()) out += '.';
    return out.append(member);
  }
};

Status Wrong(const Place& place, std::string_view member, std::string_view what) {
  return {StatusCode::kInvalidArgument, fmt::format("{}: {}", place.Path(member), what)};
}

Status ReadText(std::optional<Element> value, const Place& place, std::string_view member, std::string_view* out) {
  if (!value) return Wrong(place, member, "missing");
  if (value->get_string().get(*out) != simdjson::SUCCESS) return Wrong(place, member, "not a string");
  // A name is what a thing is found by, so it has to be one.
  return out->empty() ? Wrong(place, member, "empty") : Status::Ok();
}

/// A run, job or dataset as it stands in the event. Strings point into the DOM.
struct Holder {
  std::string_view ns;
  std::string_view name;
  std::optional<Element> facets;
  std::optional<Element> io_facets;
};

/// `name` is the member that names it; `io_facets` the one for facets of an input or output, empty for none.
struct HolderShape {
  std::string_view name;
  bool has_namespace = true;
  std::string_view io_facets = {};
};
constexpr HolderShape kRunShape{"runId", false, {}};
constexpr HolderShape kPlainShape{"name", true, {}};

Status ReadHolder(std::optional<Element> value, const Place& place, const HolderShape& shape, Holder* out) {
  if (!value) return Wrong(place, {}, "missing");
  const auto object = AsObject(value);
  if (!object) return Wrong(place, {}, "not an object");
  std::optional<Element> ns;
  std::optional<Element> name;
  for (const auto [key, member] : *object) {
    std::optional<Element>* found = key == shape.name                                    ? &name
                                    : key == "namespace"                                 ? &ns
                                    : key == "facets"                                    ? &out->facets
                                    : !shape.io_facets.empty() && key == shape.io_facets ? &out->io_facets
                                                                                         : nullptr;
    if (found != nullptr && !member.is_null()) *found = member;
  }
  if (shape.has_namespace) {
    if (Status status = ReadText(ns, place, "namespace", &out->ns); !status.ok()) return status;
  }
  return ReadText(name, place, shape.name, &out->name);
}

struct StateOfEvent {
  std::string_view event_type;
  RunState state;
};
constexpr std::array kRunStates = {
    StateOfEvent{"START", RunState::kStarted},      StateOfEvent{"RUNNING", RunState::kRunning},
    StateOfEvent{"COMPLETE", RunState::kCompleted}, StateOfEvent{"FAIL", RunState::kFailed},
    StateOfEvent{"ABORT", RunState::kAborted},      StateOfEvent{"OTHER", RunState::kOther},
};

Status ReadRunState(std::optional<Element> value, RunState* out) {
  *out = RunState::kOther;
  if (!value) return Status::Ok();
  std::string_view text;
  if (value->get_string().get(text) != simdjson::SUCCESS) return Wrong({}, "eventType", "not a string");
  for (const StateOfEvent& row : kRunStates) {
    if (!SameWord(row.event_type, text)) continue;
    *out = row.state;
    return Status::Ok();
  }
  return Wrong(
      {}, "eventType",
      fmt::format("not one of START, RUNNING, COMPLETE, ABORT, FAIL, OTHER: {}", JsonString(text.substr(0, 64))));
}

/// Reads one event and states what it says.
class EventReader {
 public:
  EventReader(std::string_view tenant, Arena& arena, ParsedRecord& out, EventStatements& statements)
      : builder_(arena, statements), out_(out), tenant_(builder_.Keep(tenant)) {}

  Status Read(const Members& members, Form form) {
    if (Status status = ReadKeys(members, form); !status.ok()) return status;
    if (form == Form::kDatasetEvent) {
      Holder dataset;
      std::uint32_t node = 0;
      if (Status status = ReadNode(members.dataset, {"dataset", {}}, kTypeDataset, kPlainShape, &dataset, &node);
          !status.ok()) {
        return status;
      }
      out_.target = WithTenant(node);
      return StateFacets(dataset.facets, {"dataset", {}}, "facets", Holds::kDataset, node);
    }
    Holder run;
    if (form == Form::kRunEvent) {
      if (Status status = ReadHolder(members.run, {"run", {}}, kRunShape, &run); !status.ok()) return status;
      out_.run_id = builder_.Keep(run.name);
      if (Status status = ReadRunState(members.event_type, &out_.run_state); !status.ok()) return status;
    }
    Holder job;
    std::uint32_t job_node = 0;
    if (Status status = ReadNode(members.job, {"job", {}}, kTypeJob, kPlainShape, &job, &job_node); !status.ok()) {
      return status;
    }
    job_ = job_node;
    out_.target = WithTenant(job_node);
    out_.job = out_.target;
    if (run.facets) {
      const std::uint32_t run_node = builder_.Node(kTypeRun, {}, run.name);
      if (Status status = StateFacets(run.facets, {"run", {}}, "facets", Holds::kRun, run_node); !status.ok()) {
        return status;
      }
    }
    if (Status status = StateFacets(job.facets, {"job", {}}, "facets", Holds::kJob, job_node); !status.ok()) {
      return status;
    }
    if (Status status = StateDatasets(members.inputs, "inputs", "inputFacets"); !status.ok()) return status;
    return StateDatasets(members.outputs, "outputs", "outputFacets");
  }

 private:
  /// What a facet is about, which decides what is read from it.
  enum class Holds : std::uint8_t { kRun, kJob, kDataset, kInputOrOutput };

  Status ReadKeys(const Members& members, Form form) {
    out_.form = form;
    out_.kind = form == Form::kRunEvent ? kKindRunEvent : form == Form::kJobEvent ? kKindJobEvent : kKindDatasetEvent;
    out_.run_id = {};
    out_.job = {};
    out_.parent_run_id = {};
    out_.root_run_id = {};
    out_.run_state = RunState::kUnknown;
    std::string_view text;
    if (Status status = ReadText(members.event_time, {}, "eventTime", &text); !status.ok()) return status;
    const auto time = ParseTimestamp(text);
    if (!time) return time.error().WithContext("eventTime");
    out_.produced_at = *time;
    if (Status status = ReadText(members.producer, {}, "producer", &text); !status.ok()) return status;
    out_.producer_id = builder_.Keep(text);
    return Status::Ok();
  }

  [[nodiscard]] NodeView WithTenant(std::uint32_t node) {
    NodeView out = builder_.out().nodes[node];
    out.tenant = tenant_;
    return out;
  }

  Status ReadNode(std::optional<Element> value, const Place& place, std::string_view type, const HolderShape& shape,
                  Holder* holder, std::uint32_t* node) {
    Status status = ReadHolder(value, place, shape, holder);
    if (status.ok()) *node = builder_.Node(type, holder->ns, holder->name);
    return status;
  }

  Status StateDatasets(std::optional<Element> value, std::string_view section, std::string_view io_facets) {
    if (!value) return Status::Ok();
    const auto datasets = AsArray(value);
    if (!datasets) return Wrong({section, {}}, {}, "not an array");
    const bool reads = section == "inputs";
    Place place{section, 0};
    for (const Element element : *datasets) {
      Holder dataset;
      std::uint32_t node = 0;
      if (Status status = ReadNode(element, place, kTypeDataset, {"name", true, io_facets}, &dataset, &node);
          !status.ok()) {
        return status;
      }
      if (reads) {
        builder_.Edge(EdgeType::kReads, node, *job_);
      } else {
        builder_.Edge(EdgeType::kWrites, *job_, node);
      }
      if (Status status = StateFacets(dataset.facets, place, "facets", Holds::kDataset, node); !status.ok()) {
        return status;
      }
      if (Status status = StateFacets(dataset.io_facets, place, io_facets, Holds::kInputOrOutput, node); !status.ok()) {
        return status;
      }
      ++*place.index;
    }
    return Status::Ok();
  }

  Status StateFacets(std::optional<Element> value, const Place& place, std::string_view member, Holds holds,
                     std::uint32_t node) {
    if (!value) return Status::Ok();
    const auto facets = AsObject(value);
    if (!facets) return Wrong(place, member, "not an object");
    for (const auto [key, facet] : *facets) {
      if (facet.is_null()) continue;
      const auto object = AsObject(facet);
      bool deleted = false;
      if (object && object->at_key("_deleted").get_bool().get(deleted) != simdjson::SUCCESS) deleted = false;
      std::string_view kind = PlatformKind(key);
      if (kind.data() == key.data()) kind = builder_.Keep(key);
      builder_.out().facets.push_back({kind, node, deleted});
      if (object) StateMeaning(key, *object, holds, node, deleted);
    }
    return Status::Ok();
  }

  void StateMeaning(std::string_view key, Object facet, Holds holds, std::uint32_t node, bool deleted) {
    if (holds == Holds::kInputOrOutput) return;
    if (holds == Holds::kRun) {
      if (key != "parent" || deleted) return;
      if (const auto run = AsObject(Member(facet, "run"))) out_.parent_run_id = builder_.Keep(Text(*run, "runId"));
      const auto root = AsObject(Member(facet, "root"));
      const auto root_run = root ? AsObject(Member(*root, "run")) : std::nullopt;
      if (root_run) out_.root_run_id = builder_.Keep(Text(*root_run, "runId"));
      return;
    }
    if (key == "tags") return StateTags(facet, node, deleted, builder_);
    if (key == "ownership") return StateOwnership(facet, node, deleted, builder_);
    if (key == "documentation") return StateDocumentation(facet, node, deleted, builder_);
    if (key == "lineage") {
      builder_.BeginClaim({ClaimScope::kLineage, node, deleted});
      if (!deleted && holds == Holds::kJob) StateJobLineage(facet, node, builder_);
      if (!deleted && holds == Holds::kDataset) StateDatasetLineage(facet, node, job_, builder_);
      return builder_.EndClaim();
    }
    if (holds == Holds::kJob) return;
    if (key == "columnLineage") {
      builder_.BeginClaim({ClaimScope::kColumnLineage, node, deleted});
      if (!deleted) StateColumnLineage(facet, node, builder_);
      return builder_.EndClaim();
    }
    if (key == "symlinks") {
      builder_.BeginClaim({ClaimScope::kSymlinks, node, deleted});
      if (!deleted) StateSymlinks(facet, node, builder_);
      return builder_.EndClaim();
    }
    if (deleted) return;
    if (key == "schema") return StateSchema(facet, node, builder_);
    if (key == "lifecycleStateChange") return StateLifecycle(facet, node, builder_);
  }

  StatementBuilder builder_;
  ParsedRecord& out_;
  std::string_view tenant_;
  std::optional<std::uint32_t> job_;
};

}  // namespace

std::optional<Form> EventForm(Object event) {
  const Members members = FindMembers(event);
  if (members.run) return Form::kRunEvent;
  if (members.job) return Form::kJobEvent;
  if (members.dataset) return Form::kDatasetEvent;
  return std::nullopt;
}

Status StateEvent(Object event, Form form, std::string_view tenant, Arena& arena, ParsedRecord& out,
                  EventStatements& statements) {
  return EventReader(tenant, arena, out, statements).Read(FindMembers(event), form);
}

}  // namespace cairn
