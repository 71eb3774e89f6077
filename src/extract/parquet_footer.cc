#include "extract/parquet_footer.h"

#include <functional>

#include "extract/text.h"
#include "extract/thrift_reader.h"

namespace cairn {
namespace {

/// Calls `take(id, type)` for each field of a struct; what it does not take (false) is passed over.
template <typename Take>
void EachField(ThriftReader& in, const Take& take) {
  in.BeginStruct();
  std::int16_t id = 0;
  ThriftType type = ThriftType::kStop;
  while (in.ok() && in.NextField(&id, &type)) {
    if (take(id, type)) continue;
    const bool truth = type == ThriftType::kTrue || type == ThriftType::kFalse;
    if (!truth) in.Skip(type);
  }
}

/// Calls `take()` for each element of a list of `wanted`; passes over a list of anything else.
template <typename Take>
void EachElement(ThriftReader& in, ThriftType wanted, const Take& take) {
  ThriftType element = ThriftType::kStop;
  const std::size_t count = in.BeginList(&element);
  for (std::size_t i = 0; in.ok() && i < count; ++i) {
    if (element == wanted) {
      take();
    } else {
      in.Skip(element);
    }
  }
}

bool IsInteger(ThriftType type) {
  return type == ThriftType::kI16 || type == ThriftType::kI32 || type == ThriftType::kI64;
}

// LogicalType: a union of structs, of which decimals, times and integers have parts.
void ReadLogical(ThriftReader& in, ParquetElement* element) {
  EachField(in, [&](std::int16_t id, ThriftType type) {
    if (type != ThriftType::kStruct) return false;
    element->logical = id;
    EachField(in, [&](std::int16_t part, ThriftType part_type) {
      constexpr std::int16_t kDecimal = 5;
      constexpr std::int16_t kTime = 7;
      constexpr std::int16_t kTimestamp = 8;
      constexpr std::int16_t kInteger = 10;
      const bool truth = part_type == ThriftType::kTrue;
      if (id == kDecimal && IsInteger(part_type)) {
        (part == 1 ? element->scale : element->precision) = in.Integer();
        return true;
      }
      if (id == kTime || id == kTimestamp) {
        if (part == 1) element->utc = truth;
        if (part == 2 && part_type == ThriftType::kStruct) {
          EachField(in, [&](std::int16_t unit, ThriftType) {
            element->unit = unit;
            return false;
          });
          return true;
        }
      }
      if (id == kInteger) {
        if (part == 2) element->is_signed = truth;
        if (part == 1 && part_type == ThriftType::kByte) {
          element->bit_width = in.Byte();
          return true;
        }
      }
      return false;
    });
    return true;
  });
}

void ReadElement(ThriftReader& in, ParquetElement* element) {
  EachField(in, [&](std::int16_t id, ThriftType type) {
    if (IsInteger(type)) {
      const std::int64_t value = in.Integer();
      if (id == 1) element->type = value;
      if (id == 2) element->type_length = value;
      if (id == 3) element->repetition = value;
      if (id == 5) element->children = value;
      if (id == 6) element->converted = value;
      if (id == 7) element->scale = value;
      if (id == 8) element->precision = value;
      return true;
    }
    if (id == 4 && type == ThriftType::kBinary) {
      element->name = ToUtf8(in.Binary());
      return true;
    }
    if (id == 10 && type == ThriftType::kStruct) {
      ReadLogical(in, element);
      return true;
    }
    return false;
  });
}

void ReadStatistics(ThriftReader& in, ParquetChunk* chunk) {
  EachField(in, [&](std::int16_t id, ThriftType type) {
    if (type == ThriftType::kBinary) {
      const std::string_view value = in.Binary();
      if (id == 1) chunk->old_max = value;
      if (id == 2) chunk->old_min = value;
      if (id == 5) chunk->max = value;
      if (id == 6) chunk->min = value;
      return true;
    }
    if (type == ThriftType::kI64 && (id == 3 || id == 4)) {
      (id == 3 ? chunk->nulls : chunk->distinct) = in.Integer();
      return true;
    }
    return false;
  });
}

void ReadChunkMetadata(ThriftReader& in, ParquetChunk* chunk) {
  EachField(in, [&](std::int16_t id, ThriftType type) {
    if (id == 2 && type == ThriftType::kList) {
      EachElement(in, ThriftType::kI32, [&] { chunk->encodings.push_back(in.Integer()); });
      return true;
    }
    if (IsInteger(type) && (id == 4 || id == 5)) {
      (id == 4 ? chunk->codec : chunk->values) = in.Integer();
      return true;
    }
    if (id == 12 && type == ThriftType::kStruct) {
      ReadStatistics(in, chunk);
      return true;
    }
    return false;
  });
}

void ReadRowGroup(ThriftReader& in, std::size_t chunks_max, ParquetRowGroup* group) {
  EachField(in, [&](std::int16_t id, ThriftType type) {
    if (id == 1 && type == ThriftType::kList) {
      EachElement(in, ThriftType::kStruct, [&] {
        ParquetChunk chunk;
        EachField(in, [&](std::int16_t part, ThriftType part_type) {
          if (part != 3 || part_type != ThriftType::kStruct) return false;
          ReadChunkMetadata(in, &chunk);
          return true;
        });
        if (group->chunks.size() < chunks_max) group->chunks.push_back(std::move(chunk));
      });
      return true;
    }
    if (id == 3 && type == ThriftType::kI64) {
      group->rows = in.Integer();
      return true;
    }
    return false;
  });
}

void ReadPair(ThriftReader& in, ParquetFooter* footer) {
  std::string key;
  std::string_view value;
  EachField(in, [&](std::int16_t id, ThriftType type) {
    if (type != ThriftType::kBinary) return false;
    const std::string_view text = in.Binary();
    if (id == 1) key = ToUtf8(text);
    if (id == 2) value = text;
    return true;
  });
  footer->pairs.emplace_back(std::move(key), value);
}

}  // namespace

Result<ParquetFooter> ReadParquetFooter(std::string_view bytes, std::size_t chunks_max) {
  ThriftReader in(bytes);
  ParquetFooter footer;
  std::size_t chunks = 0;
  EachField(in, [&](std::int16_t id, ThriftType type) {
    if (id == 1 && IsInteger(type)) {
      footer.version = in.Integer();
    } else if (id == 2 && type == ThriftType::kList) {
      EachElement(in, ThriftType::kStruct, [&] {
        ParquetElement element;
        ReadElement(in, &element);
        if (footer.schema.size() < chunks_max) footer.schema.push_back(std::move(element));
      });
    } else if (id == 3 && IsInteger(type)) {
      footer.rows = in.Integer();
    } else if (id == 4 && type == ThriftType::kList) {
      EachElement(in, ThriftType::kStruct, [&] {
        ParquetRowGroup group;
        ReadRowGroup(in, chunks_max - std::min(chunks, chunks_max), &group);
        chunks += group.chunks.size();
        if (footer.row_groups.size() < chunks_max) footer.row_groups.push_back(std::move(group));
      });
    } else if (id == 5 && type == ThriftType::kList) {
      EachElement(in, ThriftType::kStruct, [&] { ReadPair(in, &footer); });
    } else if (id == 6 && type == ThriftType::kBinary) {
      footer.created_by = ToUtf8(in.Binary());
    } else {
      return false;
    }
    return true;
  });
  if (!in.ok()) return Status(StatusCode::kInvalidArgument, "the footer is damaged");
  return footer;
}

}  // namespace cairn
