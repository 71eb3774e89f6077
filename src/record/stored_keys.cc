#include "record/stored_keys.h"

#include "record/json_scan.h"

namespace cairn {
namespace {

bool TakeText(JsonCursor& cursor, Arena& arena, std::string_view* out) {
  std::string_view raw;
  if (!TakeString(cursor, &raw)) return false;
  *out = raw.find('\\') == std::string_view::npos ? raw : arena.Copy(UnescapeJson(raw));
  return true;
}

// A text that may be null.
bool TakeOptional(JsonCursor& cursor, Arena& arena, std::string_view* out) {
  return cursor.Peek() == 'n' ? SkipValue(cursor) : TakeText(cursor, arena, out);
}

bool TakeTarget(JsonCursor& cursor, Arena& arena, NodeView* out) {
  bool plain = true;
  out->type = kTypeDataset;
  const bool whole = WalkObject(cursor, [&](std::string_view key) {
    if (key == "namespace") return TakeText(cursor, arena, &out->ns);
    if (key == "name") return TakeText(cursor, arena, &out->name);
    if (key == "type") return TakeOptional(cursor, arena, &out->type);
    plain = plain && key != "table" && key != "source_id" && key.find('\\') == std::string_view::npos;
    return SkipValue(cursor);
  });
  if (out->type.empty()) out->type = kTypeDataset;
  return whole && plain && !out->name.empty() && out->ns.data() != nullptr;
}

struct Context {
  std::string_view tenant;
  std::string_view run_id;
  std::string_view job_id;
  std::string_view ns;
};

bool TakeContext(JsonCursor& cursor, Arena& arena, Context* out) {
  if (cursor.Peek() == 'n') return SkipValue(cursor);
  bool plain = true;
  const bool whole = WalkObject(cursor, [&](std::string_view key) {
    if (key == "tenant") return TakeOptional(cursor, arena, &out->tenant);
    if (key == "run_id") return TakeOptional(cursor, arena, &out->run_id);
    if (key == "job_id") return TakeOptional(cursor, arena, &out->job_id);
    if (key == "namespace") return TakeOptional(cursor, arena, &out->ns);
    plain = plain && key.find('\\') == std::string_view::npos;
    return SkipValue(cursor);
  });
  return whole && plain;
}

}  // namespace

bool ReadStoredKeys(std::string_view json, Arena& arena, ParsedRecord* out) {
  JsonCursor cursor(json);
  Context context;
  std::string_view time;
  bool payload = false;
  bool plain = true;
  const bool whole = WalkObject(cursor, [&](std::string_view key) {
    if (key == "kind") return TakeText(cursor, arena, &out->kind);
    if (key == "target") return TakeTarget(cursor, arena, &out->target);
    if (key == "produced_at") return TakeText(cursor, arena, &time);
    if (key == "producer_id") return TakeText(cursor, arena, &out->producer_id);
    if (key == "context") return TakeContext(cursor, arena, &context);
    payload = payload || key == "payload";
    plain = plain && key.find('\\') == std::string_view::npos;
    return SkipValue(cursor);
  });
  if (!whole || !plain || !payload || out->kind.empty() || out->producer_id.empty() || out->target.name.empty())
    return false;
  if (out->kind.starts_with("openlineage.")) return false;
  const auto produced_at = ParseTimestamp(time);
  if (!produced_at) return false;
  out->produced_at = *produced_at;
  out->target.tenant = context.tenant;
  out->run_id = context.run_id;
  if (!context.job_id.empty()) out->job = NodeView(context.tenant, kTypeJob, context.ns, context.job_id);
  return true;
}

}  // namespace cairn
