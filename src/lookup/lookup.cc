#include "lookup/lookup.h"

#include <fmt/format.h>

#include <algorithm>
#include <random>

#include "base/hash.h"
#include "base/nearest.h"
#include "cairn/record.h"
#include "lookup/answer.h"
#include "lookup/curl_transport.h"
#include "lookup/http_source.h"
#include "lookup/shared_bucket.h"
#include "obs/quantity.h"

namespace cairn {
namespace {

Status Unknown(std::string_view what, const std::string& name, const std::vector<std::string>& known) {
  const std::vector<std::string> near = Nearest(name, known, 1);
  return {StatusCode::kInvalidArgument,
          near.empty() ? fmt::format("there is no {} \"{}\"; there are: {}", what, name, fmt::join(known, ", "))
                       : fmt::format("there is no {} \"{}\"; did you mean \"{}\"?", what, name, near[0])};
}

std::uint64_t SystemRandom() {
  thread_local std::mt19937_64 random(std::random_device{}());
  return random();
}

// What makes a stored answer unreadable to others: another server, another path, other fields.
std::string CodecOf(const SourceConfig& source, const OperationConfig& operation) {
  std::string all = source.base_url + "\n" + operation.path;
  for (const ParameterConfig& parameter : operation.parameters) all += "\n?" + parameter.name + "=" + parameter.query;
  for (const FieldConfig& field : operation.fields) all += "\n." + field.name + "=" + field.path;
  return fmt::format("json {:016x}", Hash64(all));
}

std::string Why(const CacheResult& result, const std::string& source, int http_status, std::uint32_t requests) {
  const std::string age = ShortDuration(result.age);
  const std::string from = fmt::format("from {}, {} old", CacheLevelName(result.level), age);
  switch (result.state) {
    case CacheState::kStale:
      return fmt::format("stale, {}{}{}", from, result.stale_because.ok() ? "" : ": " + result.stale_because.message(),
                         result.is_refreshing ? "; it is being refreshed" : "");
    case CacheState::kNegative:
      if (result.level != CacheLevel::kNone) {
        return fmt::format("{} said {} ago that there is no such thing (from {})", source, age,
                           CacheLevelName(result.level));
      }
      return fmt::format("{} says that there is no such thing{}", source,
                         http_status == 0 ? "" : fmt::format(" (HTTP {})", http_status));
    default:
      if (result.level != CacheLevel::kNone) return from;
      if (requests == 0) return fmt::format("{} was asked by another caller", source);
      return fmt::format("{} answered HTTP {}{}", source, http_status,
                         requests == 1 ? "" : fmt::format(" after {} requests", requests));
  }
}

}  // namespace

struct Lookup::Operation {
  std::unique_ptr<SourceOperation> declared;
  const CacheOperation* cached = nullptr;
  std::vector<std::string> field_names;
};

struct Lookup::Source {
  std::unique_ptr<HttpSource> http;
  std::vector<Operation> operations;
};

// What the loader of a call leaves for its caller, if it ran.
struct Lookup::Asked {
  std::mutex mutex;
  int http_status = 0;         // Guarded by mutex.
  std::uint32_t requests = 0;  // Guarded by mutex.
  Status record;               // Guarded by mutex.
};

Lookup::Lookup(LookupOptions options) : options_(std::move(options)) {
  if (options_.transport == nullptr) {
    own_transport_ = std::make_unique<CurlTransport>();
    options_.transport = own_transport_.get();
  }
  if (options_.waiter == nullptr) {
    own_waiter_ = std::make_unique<SystemWaiter>();
    options_.waiter = own_waiter_.get();
  }
  if (options_.clock == nullptr) options_.clock = Clock::Default();
  if (options_.files == nullptr) options_.files = FileSystem::Default();
  if (!options_.random) options_.random = SystemRandom;
}

Lookup::~Lookup() {
  // Loads behind their callers' backs use what is owned here.
  (void)options_.cache->Flush();
}

Result<std::shared_ptr<Lookup::Source>> Lookup::Open(const std::string& name) {
  const auto config = std::find_if(options_.sources.begin(), options_.sources.end(),
                                   [&](const SourceConfig& source) { return source.name == name; });
  if (config == options_.sources.end()) {
    std::vector<std::string> known;
    for (const SourceConfig& source : options_.sources) known.push_back(source.name);
    return Unknown("source", name, known);
  }
  {
    const std::lock_guard lock(mutex_);
    if (const auto found = open_.find(name); found != open_.end()) return found->second;
  }
  // Made without the lock, as it reads files; of two the first stands.
  auto made = Make(*config);
  if (!made) return made;
  const std::lock_guard lock(mutex_);
  return open_.emplace(name, *std::move(made)).first->second;
}

Result<std::shared_ptr<Lookup::Source>> Lookup::Make(const SourceConfig& config) {
  auto source = std::make_shared<Source>();
  for (const OperationConfig& operation : config.operations) {
    auto declared = SourceOperation::Make(config, operation);
    if (!declared) return declared.error();
    CachePolicy policy = operation.policy;
    policy.codec = CodecOf(config, operation);
    for (const std::string& tag : operation.tags) {
      if (tag.find('{') == std::string::npos) policy.tags.push_back(tag);
    }
    auto cached = options_.cache->Define(config.name, operation.name, std::move(policy));
    if (!cached) return cached.error();
    Operation ready{*std::move(declared), *cached, {}};
    for (const FieldConfig& field : operation.fields) ready.field_names.push_back(field.name);
    source->operations.push_back(std::move(ready));
  }
  auto http = HttpSource::Make(
      config, {options_.transport, options_.waiter, options_.clock, options_.random, options_.environment},
      SharedBucket(config, *options_.files, options_.location, options_.log));
  if (!http) return http.error();
  source->http = *std::move(http);
  return source;
}

Result<const Lookup::Operation*> Lookup::Find(const Source& source, const std::string& name) const {
  std::vector<std::string> known;
  for (const Operation& operation : source.operations) {
    if (operation.declared->config().name == name) return &operation;
    known.push_back(operation.declared->config().name);
  }
  return Unknown("operation", name, known);
}

Status Lookup::DefineAll() {
  Status first;
  for (const SourceConfig& config : options_.sources) {
    if (const auto opened = Open(config.name); !opened && first.ok()) first = opened.error();
  }
  return first;
}

Result<CacheKey> Lookup::MakeKey(const Operation& operation, const CheckedParams& params,
                                 const std::string& user) const {
  return operation.declared->config().policy.per_user ? operation.cached->KeyOfUser(user, params.ForKey())
                                                      : operation.cached->Key(params.ForKey());
}

Result<CacheKey> Lookup::Key(const Question& question, const std::string& user) {
  const auto source = Open(question.source);
  if (!source) return source.error();
  const auto operation = Find(**source, question.operation);
  if (!operation) return operation.error();
  const auto params = (*operation)->declared->Check(question.params);
  if (!params) return params.error();
  return MakeKey(**operation, *params, user);
}

Status Lookup::StoreRecord(const Operation& operation, const CheckedParams& params, const std::string& key,
                           std::string_view value) const {
  if (!options_.store_record) return {StatusCode::kFailedPrecondition, "there is no store for records"};
  const OperationConfig& config = operation.declared->config();
  const std::string& source = operation.declared->source();
  RecordDraft draft;
  draft.kind = config.record_kind.empty() ? fmt::format("lookup.{}.{}", source, config.name) : config.record_kind;
  draft.target.ns = source;
  draft.target.name = SourceOperation::Fill(config.record_target, params);
  if (draft.target.name.empty()) draft.target.name = key;
  draft.produced_at = options_.clock->Now();
  draft.producer_id = "cairn lookup";
  draft.payload = value;
  return options_.store_record(draft.ToJson());
}

CacheLoader Lookup::MakeLoader(std::shared_ptr<Source> source, const Operation& operation, const CheckedParams& params,
                               const LookupCall& call, std::shared_ptr<Asked> asked) {
  // It may run after the call: it holds what it needs, and `this` waits for it in the end.
  return [this, source = std::move(source), &operation, params, as_record = call.as_record,
          asked = std::move(asked)](const CacheLoad& load) {
    const SourceOperation& declared = *operation.declared;
    const std::string validator =
        load.standing != nullptr && !load.standing->is_negative ? load.standing->validator : std::string();
    Fetched fetched = source->http->Fetch(declared.config(), declared.Url(params), validator, load.stop);
    Status record;
    CacheLoaded out;
    switch (fetched.kind) {
      case Fetched::Kind::kBody: {
        auto loaded = LoadedFrom(declared, fetched.body);
        if (!loaded) {
          out = CacheLoaded::Failed(loaded.error().WithContext(load.key.text()));
          break;
        }
        out = *std::move(loaded);
        out.validator = std::move(fetched.validator);
        if (!as_record) break;
        CacheEntry entry;
        entry.value = out.value;
        entry.fields = out.fields;
        std::sort(entry.fields.begin(), entry.fields.end(),
                  [](const CacheField& a, const CacheField& b) { return a.name < b.name; });
        record = StoreRecord(operation, params, load.key.text(), AnswerJson(declared, entry, {}));
        break;
      }
      case Fetched::Kind::kUnchanged:
        out = CacheLoaded::Unchanged();
        break;
      case Fetched::Kind::kNotFound:
        out = CacheLoaded::NotFound(fetched.status.message());
        break;
      case Fetched::Kind::kDown:
        out = CacheLoaded::Failed(fetched.status, fetched.retry_after);
        break;
    }
    for (const std::string& tag : declared.config().tags) {
      if (tag.find('{') == std::string::npos) continue;
      if (std::string filled = SourceOperation::Fill(tag, params); !filled.empty()) out.tags.push_back(filled);
    }
    const std::lock_guard lock(asked->mutex);
    asked->http_status = fetched.http_status;
    asked->requests = fetched.requests;
    asked->record = std::move(record);
    return out;
  };
}

Result<LookupAnswer> Lookup::Ask(const std::string& source_name, const std::string& operation_name,
                                 const LookupParams& params, const LookupCall& call) {
  auto source = Open(source_name);
  if (!source) return source.error();
  const auto found = Find(**source, operation_name);
  if (!found) return found.error();
  const Operation& operation = **found;
  const auto checked = operation.declared->Check(params);
  if (!checked) return checked.error();
  for (const std::string& field : call.fields) {
    const auto& names = operation.field_names;
    if (std::find(names.begin(), names.end(), field) == names.end()) return Unknown("field", field, names);
  }
  const auto key = MakeKey(operation, *checked, call.user);
  if (!key) return key.error();

  const auto asked = std::make_shared<Asked>();
  const CacheLoader loader = MakeLoader(*source, operation, *checked, call, asked);
  CacheCall cache_call;
  cache_call.bypass = call.bypass;
  cache_call.refresh = call.refresh;
  cache_call.offline = call.offline;
  cache_call.stop = call.stop;
  Cache& cache = *options_.cache;
  auto result =
      operation.field_names.empty()
          ? cache.GetOrLoad(*key, loader, cache_call)
          : cache.GetFields(*key, call.fields.empty() ? operation.field_names : call.fields, loader, cache_call);
  if (!result) return result.error();

  LookupAnswer answer;
  answer.key = key->text();
  answer.state = result->state;
  answer.level = result->level;
  answer.age = result->age;
  answer.is_refreshing = result->is_refreshing;
  if (result->entry != nullptr) {
    answer.tags = result->entry->tags;
    if (result->has_value()) answer.value = AnswerJson(*operation.declared, *result->entry, call.fields);
  }
  const std::lock_guard lock(asked->mutex);
  answer.why = Why(*result, source_name, asked->http_status, asked->requests);
  answer.record = asked->record;
  return answer;
}

}  // namespace cairn
