#include "record/openlineage_wrap.h"

#include <algorithm>

#include "base/json.h"
#include "record/json_scan.h"

namespace cairn {
namespace {

/// Writes JSON to where there is room for it.
class Writer {
 public:
  explicit Writer(char* out) : at_(out) {}
  void Put(std::string_view json) { at_ = std::copy(json.begin(), json.end(), at_); }
  /// `before`: the member's name, with what stands before it and its colon.
  void PutMember(std::string_view before, std::string_view text) {
    Put(before);
    at_ = WriteJsonString(at_, text);
  }
  [[nodiscard]] const char* at() const { return at_; }

 private:
  char* at_;
};

/// The eventTime as it was sent, quotes included.
std::string_view EventTime(std::string_view event) {
  std::string_view time;
  JsonCursor cursor(event);
  WalkObject(cursor, [&](std::string_view key) {
    if (!KeyIs(key, "eventTime")) return SkipValue(cursor);
    TakeValue(cursor, &time);
    return false;
  });
  return time;
}

}  // namespace

std::string_view WrapEvent(std::string_view minified_event, const ParsedRecord& keys, std::string_view tenant,
                           Arena& arena) {
  constexpr std::size_t kNamesBytesMax = 256;  // Of members, and what stands between them.
  const std::string_view time = EventTime(minified_event);
  std::size_t bytes = kNamesBytesMax + time.size() + minified_event.size();
  for (const std::string_view text : {keys.kind, keys.target.type, keys.target.ns, keys.target.name, keys.producer_id,
                                      keys.run_id, keys.job.name, keys.job.ns, tenant}) {
    bytes += JsonStringBytesMax(text.size());
  }
  char* const begin = arena.Allocate(bytes);
  Writer out(begin);
  out.PutMember(R"({"kind":)", keys.kind);
  const bool has_type = keys.target.type != kTypeDataset;
  if (has_type) out.PutMember(R"(,"target":{"type":)", keys.target.type);
  out.PutMember(has_type ? R"(,"namespace":)" : R"(,"target":{"namespace":)", keys.target.ns);
  out.PutMember(R"(,"name":)", keys.target.name);
  out.Put(R"(},"produced_at":)");
  out.Put(time);
  out.PutMember(R"(,"producer_id":)", keys.producer_id);
  const bool has_job = !keys.job.name.empty();
  if (!keys.run_id.empty() || has_job || !tenant.empty()) {
    out.Put(R"(,"context":)");
    char before = '{';
    const auto put = [&](std::string_view name, std::string_view text) {
      out.Put({&before, 1});
      out.PutMember(name, text);
      before = ',';
    };
    if (!keys.run_id.empty()) put(R"("run_id":)", keys.run_id);
    if (has_job) put(R"("job_id":)", keys.job.name);
    if (has_job) put(R"("namespace":)", keys.job.ns);
    if (!tenant.empty()) put(R"("tenant":)", tenant);
    out.Put("}");
  }
  out.Put(R"(,"payload":)");
  out.Put(minified_event);
  out.Put("}");
  arena.Shrink(out.at());
  return {begin, static_cast<std::size_t>(out.at() - begin)};
}

std::string_view WrappedEvent(std::string_view record_json) {
  if (!MayWrapEvent(record_json) || record_json.back() != '}') return {};
  const char* payload = nullptr;
  JsonCursor cursor(record_json);
  WalkObject(cursor, [&](std::string_view key) {
    if (!KeyIs(key, "payload")) return SkipValue(cursor);
    payload = cursor.at;
    return false;
  });
  if (payload == nullptr) return {};
  return record_json.substr(static_cast<std::size_t>(payload - record_json.data()),
                            static_cast<std::size_t>(record_json.data() + record_json.size() - 1 - payload));
}

}  // namespace cairn
