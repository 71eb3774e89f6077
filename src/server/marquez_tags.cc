#include <fmt/format.h>

#include <algorithm>

#include "base/json_fields.h"
#include "server/marquez_dataset.h"
#include "server/marquez_job.h"
#include "server/marquez_namespace.h"
#include "server/marquez_routes.h"
#include "server/marquez_write.h"

namespace cairn {
namespace {

using Json = Result<std::string>;

// Somebody else may state the tags of the same thing at the same time.
constexpr int kTries = 16;

NodeKey FieldOf(const NodeKey& dataset, const std::string& field) {
  NodeKey node = dataset;
  node.type = kTypeField;
  node.part = field;
  return node;
}

// What one request asks for: the tag on the node, or on a field of it, or gone from there.
struct TagChange {
  NodeKey node;
  std::string field;  // Empty: the node itself.
  std::string tag;
  bool add = true;
};

// Tags are stated whole. So they are read, stated, and read again: whoever came in between is then seen, and what was
// lost is stated once more; no lock, and it holds for other processes as well.
Status Apply(const MarquezAsk& ask, const TagChange& change, Clock& clock) {
  const NodeKey about = change.field.empty() ? change.node : FieldOf(change.node, change.field);
  for (int i = 0; i < kTries; ++i) {
    auto entity = ask.repository.Entity(about);
    if (!entity) return entity.error();
    std::vector<std::string> tags = entity->tags;
    const auto found = std::find(tags.begin(), tags.end(), change.tag);
    if ((found != tags.end()) == change.add) return Status::Ok();
    if (change.add) {
      tags.push_back(change.tag);
    } else {
      tags.erase(found);
    }
    std::string payload = JsonFields().Raw("tags", JsonList(tags)).Done();
    if (!change.field.empty()) {
      payload = JsonFields().Raw(kMetadataFields, JsonFields().Raw(change.field, payload).Done()).Done();
    }
    const Timestamp now{std::max(clock.Now().ns, entity->last_seen.ns + 1)};
    if (Status status = StoreMetadata(ask, change.node, now, std::move(payload)); !status.ok()) return status;
  }
  return {StatusCode::kUnavailable, fmt::format("the tags of {} change too fast; send it again", NodeId(about))};
}

ServerResponse ChangeTag(Exchange& exchange, std::string_view type, bool add, Clock& clock) {
  const auto change_tag = [&](const MarquezAsk& ask) -> Json {
    const std::string& ns = exchange.Path("namespace");
    const bool is_job = type == kTypeJob;
    TagChange change{is_job ? ask.Job(ns, exchange.Path("job")) : ask.Dataset(ns, exchange.Path("dataset")),
                     exchange.Path("field"), exchange.Path("tag"), add};
    auto entity = MarquezEntity(ask, change.node);
    if (!entity) return entity.error();
    Status status = Apply(ask, change, clock);
    if (status.code() == StatusCode::kNotFound) {
      return Status(StatusCode::kNotFound, fmt::format("the dataset \"{}\" in the namespace \"{}\" has no field \"{}\"",
                                                       change.node.name, ns, change.field));
    }
    if (!status.ok()) return status;
    entity = MarquezEntity(ask, change.node);
    if (!entity) return entity.error();
    return is_job ? MarquezJobJson(ask, std::move(*entity)) : MarquezDatasetJson(ask, std::move(*entity));
  };
  return exchange.Elsewhere([&] { return MarquezWritten(exchange, change_tag(MarquezAsk(exchange))); });
}

ServerResponse PutTag(Exchange& exchange, Clock& clock) {
  return MarquezElsewhere(exchange, [&](const MarquezAsk& ask) -> Json {
    MarquezBody body;
    std::string description;
    if (Status status = body.Read(exchange.request().body()); !status.ok()) return status;
    if (Status status = body.Text("description", &description); !status.ok()) return status;
    const std::string& tag = exchange.Path("tag");
    const NodeKey node{ask.tenant, std::string(kTypeTag), "", tag, ""};
    std::string payload = JsonFields().TextOrNull("description", description).Done();
    if (Status status = StoreMetadata(ask, node, clock.Now(), std::move(payload)); !status.ok()) return status;
    return TagJson(ask, tag);
  });
}

}  // namespace

void AddMarquezTags(Router& router, Clock& clock) {
  router.Add({"PUT", "/api/v1/tags/{tag}", [&clock](Exchange& exchange) { return PutTag(exchange, clock); }});
  const std::string ns = "/api/v1/namespaces/{namespace}";
  for (const auto& [pattern, type] :
       {std::pair{"/jobs/{job}/tags/{tag}", kTypeJob}, std::pair{"/datasets/{dataset}/tags/{tag}", kTypeDataset},
        std::pair{"/datasets/{dataset}/fields/{field}/tags/{tag}", kTypeDataset}}) {
    for (const bool add : {true, false}) {
      router.Add({add ? "POST" : "DELETE", ns + pattern,
                  [&clock, type, add](Exchange& exchange) { return ChangeTag(exchange, type, add, clock); }});
    }
  }
}

}  // namespace cairn
