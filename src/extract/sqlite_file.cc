#include <fmt/format.h>

#include <array>

#include "extract/byte_view.h"
#include "extract/extractors.h"
#include "extract/sqlite_bytes.h"
#include "extract/sqlite_tables.h"

namespace cairn {
namespace {

using namespace std::string_view_literals;

constexpr std::array kTypes = {"application/vnd.sqlite3"sv};
constexpr std::array kFields = {"PageSize"sv,      "PageCount"sv,     "SchemaVersion"sv, "Encoding"sv,
                                "UserVersion"sv,   "ApplicationID"sv, "JournalMode"sv,   "SQLiteVersion"sv,
                                "FreePageCount"sv, "TableCount"sv};
constexpr std::size_t kHeaderBytes = 100;

std::string_view EncodingName(std::uint32_t code) { return code == 2 ? "UTF-16le" : code == 3 ? "UTF-16be" : "UTF-8"; }

class SqliteFile final : public Extractor {
 public:
  SqliteFile() : Extractor({"sqlite", 2, kTypes, kFields}) {}

  Result<Extracted> Extract(const FileBytes& bytes, const ExtractContext& context) const override {
    auto header = bytes.ReadUpTo(0, kHeaderBytes);
    if (!header) return header.error();
    // The file format, section 1.3.
    const ByteView head(*header);
    if (head.size() < kHeaderBytes || !head.Is(0, "SQLite format 3\0"sv)) {
      return Status(StatusCode::kInvalidArgument, "no SQLite database: its header is missing or cut off");
    }
    Extracted to(context.limits);
    to.type = kTypes[0];
    const std::uint32_t page_bytes = head.U16(16) == 1 ? 65'536 : head.U16(16);
    to.Add("PageSize", std::int64_t{page_bytes});
    to.Add("PageCount", std::int64_t{head.U32(28)});
    to.Add("FreePageCount", std::int64_t{head.U32(36)});
    to.Add("SchemaVersion", std::int64_t{head.U32(40)});
    to.Add("Encoding", std::string(EncodingName(head.U32(56))));
    to.Add("UserVersion", std::int64_t{head.S32(60)});
    to.Add("ApplicationID", std::int64_t{head.U32(68)});
    to.Add("JournalMode", std::string(head.U8(18) == 2 ? "WAL" : "rollback"));
    const std::uint32_t version = head.U32(96);
    to.Add("SQLiteVersion", fmt::format("{}.{}.{}", version / 1'000'000, version / 1000 % 1000, version % 1000));
    auto database = SqliteBytes::Open(bytes, context);
    if (!database && database.error().code() != StatusCode::kInvalidArgument) return database.error();
    if (!database) {
      to.Warn(database.error().message());
      return to;
    }
    if (Status tables = ReadSqliteTables(**database, context, to); !tables.ok()) return tables;
    to.Add("TableCount", static_cast<std::int64_t>(to.tables.size()));
    return to;
  }
};

}  // namespace

const Extractor& SqliteExtractor() {
  static const SqliteFile kSqliteFile;
  return kSqliteFile;
}

}  // namespace cairn
