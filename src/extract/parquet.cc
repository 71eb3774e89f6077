#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "extract/byte_view.h"
#include "extract/extractors.h"
#include "extract/parquet_footer.h"
#include "extract/parquet_value.h"
#include "extract/text.h"

namespace cairn {
namespace {

using namespace std::string_view_literals;

constexpr std::array kTypes = {"application/vnd.apache.parquet"sv};
constexpr std::array kFields = {"ParquetVersion"sv, "CreatedBy"sv,   "RowCount"sv,   "RowGroupCount"sv,
                                "ColumnCount"sv,    "Compression"sv, "Encryption"sv, "MetadataKeys"sv};
constexpr std::size_t kTailBytes = 8;

/// A column that has values, by its path through the groups.
struct Leaf {
  const ParquetElement* element = nullptr;
  std::string path;
  bool nullable = false;
  bool in_list = false;
};

// The schema stands depth first, each group saying how many children follow. A damaged count ends with the list.
std::vector<Leaf> Leaves(const ParquetFooter& footer, const ExtractLimits& limits) {
  struct Group {
    std::string path;
    std::int64_t left;
    bool nullable;
    bool in_list;
  };
  std::vector<Leaf> out;
  std::vector<Group> groups;
  for (std::size_t i = 0; i < footer.schema.size() && out.size() < limits.fields; ++i) {
    const ParquetElement& element = footer.schema[i];
    if (i == 0) {
      groups.push_back({"", element.children, false, false});
      continue;
    }
    while (!groups.empty() && groups.back().left <= 0) groups.pop_back();
    if (groups.empty()) break;
    Group& parent = groups.back();
    --parent.left;
    const std::string path = CutText(parent.path.empty() ? element.name : parent.path + "." + element.name, 4096);
    const bool nullable = parent.nullable || element.repetition == 1;
    const bool in_list = parent.in_list || element.repetition == 2;
    if (element.type) {
      out.push_back({&element, path, nullable, in_list});
    } else if (groups.size() < limits.depth) {
      groups.push_back({path, element.children, nullable, in_list});
    }
  }
  return out;
}

void Narrow(const ParquetElement& element, const std::optional<FieldValue>& value, bool least,
            std::optional<FieldValue>* bound) {
  if (!value) return;
  const bool narrower =
      !*bound || (least ? ParquetLess(element, *value, **bound) : ParquetLess(element, **bound, *value));
  if (narrower) *bound = value;
}

// A statistic counts where all row groups that have values state it.
void AddStatistics(const ParquetFooter& footer, std::size_t index, const Leaf& leaf, Column* column) {
  std::int64_t nulls = 0;
  bool all_nulls = !footer.row_groups.empty();
  bool all_bounds = true;
  std::optional<FieldValue> min;
  std::optional<FieldValue> max;
  for (const auto& group : footer.row_groups) {
    if (index >= group.chunks.size()) return;
    const ParquetChunk& chunk = group.chunks[index];
    all_nulls = all_nulls && chunk.nulls.has_value();
    if (__builtin_add_overflow(nulls, chunk.nulls.value_or(0), &nulls)) return;
    if (chunk.values == chunk.nulls.value_or(0)) continue;
    const bool old = !chunk.min && !chunk.max;
    const auto& low = old ? chunk.old_min : chunk.min;
    const auto& high = old ? chunk.old_max : chunk.max;
    all_bounds = all_bounds && low && high;
    if (!all_bounds) continue;
    const auto low_value = ParquetValue(*leaf.element, *low, old);
    const auto high_value = ParquetValue(*leaf.element, *high, old);
    all_bounds = low_value && high_value;
    Narrow(*leaf.element, low_value, true, &min);
    Narrow(*leaf.element, high_value, false, &max);
  }
  if (all_nulls && nulls >= 0) column->null_count = nulls;
  if (footer.row_groups.size() == 1) column->distinct_count = footer.row_groups[0].chunks[index].distinct;
  if (!all_bounds) return;
  column->min = std::move(min);
  column->max = std::move(max);
}

void AddFields(const ParquetFooter& footer, const ExtractLimits& limits, Extracted& to) {
  to.Add("ParquetVersion", footer.version);
  if (!footer.created_by.empty()) to.Add("CreatedBy", CutText(footer.created_by, limits.value_bytes));
  to.Add("RowCount", footer.rows);
  to.Add("RowGroupCount", static_cast<std::int64_t>(footer.row_groups.size()));
  std::vector<std::string> codecs;
  for (const auto& group : footer.row_groups) {
    for (const auto& chunk : group.chunks) {
      const std::string name(ParquetCodecName(chunk.codec));
      if (std::find(codecs.begin(), codecs.end(), name) == codecs.end()) codecs.push_back(name);
    }
  }
  if (codecs.size() == 1) to.Add("Compression", codecs[0]);
  if (codecs.size() > 1) to.Add("Compression", std::move(codecs));
  std::vector<std::string> keys;
  for (const auto& [key, value] : footer.pairs) {
    if (keys.size() < limits.fields) keys.push_back(CutText(key, 1024));
  }
  if (!keys.empty()) to.Add("MetadataKeys", std::move(keys));
}

/// The footer only; no page is read.
class Parquet final : public Extractor {
 public:
  Parquet() : Extractor({"parquet", 2, kTypes, kFields}) {}

  Result<Extracted> Extract(const FileBytes& bytes, const ExtractContext& context) const override {
    const std::uint64_t size = bytes.size();
    if (size < kTailBytes + 4) return Status(StatusCode::kInvalidArgument, "no Parquet file: it is too short");
    auto read_tail = bytes.ReadUpTo(size - kTailBytes, kTailBytes);
    if (!read_tail) return read_tail.error();
    const ByteView tail(*read_tail, std::endian::little);
    const bool encrypted = tail.Is(4, "PARE");
    if (!tail.Is(4, "PAR1") && !encrypted) {
      return Status(StatusCode::kInvalidArgument, "no Parquet file: it does not end with PAR1; perhaps it is cut off");
    }
    Extracted to(context.limits);
    to.type = kTypes[0];
    if (encrypted) {
      to.Add("Encryption", std::string("footer"));
      to.Warn("the footer is encrypted");
      return to;
    }
    const std::uint64_t footer_bytes = tail.U32(0);
    if (footer_bytes > size - kTailBytes - 4) {
      return Status(StatusCode::kInvalidArgument, "the footer is said to be longer than the file");
    }
    if (footer_bytes > context.limits.bytes) {
      return Status(StatusCode::kResourceExhausted, "the footer is longer than the limit of bytes");
    }
    if (Status go = context.KeepGoing(); !go.ok()) return go;
    auto read = bytes.ReadUpTo(size - kTailBytes - footer_bytes, static_cast<std::size_t>(footer_bytes));
    if (!read) return read.error();
    const auto footer = ReadParquetFooter(*read, context.limits.entries);
    if (!footer) return footer.error();
    AddFields(*footer, context.limits, to);
    Table table;
    table.row_count = footer->rows;
    const std::vector<Leaf> leaves = Leaves(*footer, context.limits);
    for (std::size_t i = 0; i < leaves.size(); ++i) {
      Column column;
      column.name = leaves[i].path;
      column.type = ParquetTypeName(*leaves[i].element);
      if (leaves[i].in_list) column.type = "list<" + column.type + ">";
      column.nullable = leaves[i].nullable;
      AddStatistics(*footer, i, leaves[i], &column);
      table.columns.push_back(std::move(column));
    }
    to.Add("ColumnCount", static_cast<std::int64_t>(table.columns.size()));
    to.tables.push_back(std::move(table));
    return to;
  }
};

}  // namespace

const Extractor& ParquetExtractor() {
  static const Parquet kParquet;
  return kParquet;
}

}  // namespace cairn
