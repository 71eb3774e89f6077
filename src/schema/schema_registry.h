#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "cairn/repository.h"

namespace cairn {

class SchemaProgram;
struct SchemaViolation;

/// The kind of the facts that say which schema a kind has, and of the one that says that any has changed.
inline constexpr std::string_view kKindRecordSchema = "record_schema";
inline constexpr std::string_view kKindSchemaChange = "record_schema_change";

/// What becomes of a record whose payload is not as its schema says: stored, stored with a word about it, refused.
enum class SchemaMode : std::uint8_t { kOff, kWarn, kStrict };
std::string_view SchemaModeName(SchemaMode mode);
/// Returns INVALID_ARGUMENT for another word.
Result<SchemaMode> ParseSchemaMode(std::string_view word);

/// What a new version may be: whatever the one before takes it must take too; or anything.
enum class SchemaCompatibility : std::uint8_t { kBackward, kNone };
std::string_view SchemaCompatibilityName(SchemaCompatibility compatibility);
Result<SchemaCompatibility> ParseSchemaCompatibility(std::string_view word);

/// A kind's schema at one version.
struct SchemaInfo {
  std::string kind;
  std::uint64_t version = 1;
  SchemaMode mode = SchemaMode::kOff;
  SchemaCompatibility compatibility = SchemaCompatibility::kBackward;
  std::string schema;  ///< JSON.
  std::string changed_by;
  std::optional<Timestamp> changed_at;  ///< None: it is built in, and nobody has changed anything.
};
/// `{"kind","version","mode","compatibility","changed_by","changed_at","schema"}`, or without the schema.
std::string SchemaInfoJson(const SchemaInfo& info, bool with_schema = true);

/// What an entry of `kKindRecordSchema` says. Returns DATA_LOSS where it is none.
Result<SchemaInfo> ReadSchemaFact(const Fact& fact);
NodeKey SchemaNodeOf(std::string_view tenant, std::string_view kind);
/// Which kinds have a schema of somebody's, of all tenants: the facts about this say.
NodeKey SchemaChangeNode();
struct SchemaChange {
  std::string tenant;
  std::string kind;
};
/// Each once. Empty where no schema was ever registered.
Result<std::vector<SchemaChange>> SchemaChanges(Repository& repository);

/// The schemas of a tenant's kinds. A schema is a fact: a record of the kind `record_schema` about the node
/// `kind::NAME`, whose history is its versions. Any thread may call it.
class SchemaRegistry {
 public:
  /// The whole store, not one as somebody sees it. Both outlive this.
  SchemaRegistry(Repository& repository, Clock& clock, std::string tenant)
      : repository_(repository), clock_(clock), tenant_(std::move(tenant)) {}

  struct Request {
    std::string kind;
    std::string schema;
    std::optional<SchemaMode> mode;                    ///< None: as it is; strict for a new kind.
    std::optional<SchemaCompatibility> compatibility;  ///< None: as it is; backward for a new kind.
    std::string changed_by;
  };
  /// A new version; the same one where it is the schema that stands. Where nothing differs nothing is stored.
  /// Returns INVALID_ARGUMENT for what is no schema or no kind, FAILED_PRECONDITION where it does not take all that the
  /// version before took (the message says where), and what `Repository::BulkStore` does.
  Result<SchemaInfo> Register(const Request& request);
  /// Returns NOT_FOUND for a kind without a schema.
  Result<SchemaInfo> SetMode(const std::string& kind, SchemaMode mode, const std::string& by);
  /// The newest, or that version. Returns NOT_FOUND for a kind without a schema, or without that version.
  Result<SchemaInfo> Get(const std::string& kind, std::optional<std::uint64_t> version = {});
  /// By kind; those that are built in too.
  Result<std::vector<SchemaInfo>> List();
  /// What of the payload is not as the newest schema says. Returns NOT_FOUND as `Get`, INVALID_ARGUMENT for no JSON.
  Result<std::vector<SchemaViolation>> Validate(const std::string& kind, std::string_view payload);

 private:
  Result<std::optional<SchemaInfo>> Newest(const std::string& kind);
  Status Write(const SchemaInfo& info, Timestamp at);

  Repository& repository_;
  Clock& clock_;
  const std::string tenant_;
};

}  // namespace cairn
