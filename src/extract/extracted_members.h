#pragma once

#include <concepts>
#include <type_traits>

#include "extract/extracted.h"

namespace cairn {

/// The members of what stands in a file, each with its name in JSON, once for writing and reading: calls
/// `visit(name, member)` in the order in which they are written. What is empty, absent, or a truth that is false is
/// not written.
template <typename T, typename Of>
concept MaybeConst = std::same_as<std::remove_const_t<T>, Of>;

template <MaybeConst<Position> T, typename Visit>
void EachMember(T& position, Visit&& visit) {
  visit("latitude", position.latitude);
  visit("longitude", position.longitude);
  visit("altitude", position.altitude);
}

template <MaybeConst<CommonCore> T, typename Visit>
void EachMember(T& core, Visit&& visit) {
  visit("title", core.title);
  visit("description", core.description);
  visit("creators", core.creators);
  visit("publisher", core.publisher);
  visit("language", core.language);
  visit("keywords", core.keywords);
  visit("created", core.created);
  visit("modified", core.modified);
  visit("duration", core.duration);
  visit("pages", core.pages);
  visit("width", core.width);
  visit("height", core.height);
  visit("position", core.position);
  visit("codec", core.codec);
  visit("bitrate", core.bitrate);
  visit("sample_rate", core.sample_rate);
  visit("channels", core.channels);
  visit("frame_rate", core.frame_rate);
}

template <MaybeConst<Chapter> T, typename Visit>
void EachMember(T& chapter, Visit&& visit) {
  visit("start_ns", chapter.start_ns);
  visit("end_ns", chapter.end_ns);
  visit("title", chapter.title);
}

template <MaybeConst<Picture> T, typename Visit>
void EachMember(T& picture, Visit&& visit) {
  visit("type", picture.type);
  visit("mime", picture.mime);
  visit("description", picture.description);
  visit("width", picture.width);
  visit("height", picture.height);
  visit("bytes", picture.bytes);
}

/// All but the path, which need not be UTF-8.
template <MaybeConst<Child> T, typename Visit>
void EachMember(T& child, Visit&& visit) {
  visit("folder", child.folder);
  visit("bytes", child.bytes);
  visit("packed_bytes", child.packed_bytes);
  visit("modified", child.modified);
  visit("crc32", child.crc32);
}

template <MaybeConst<Column> T, typename Visit>
void EachMember(T& column, Visit&& visit) {
  visit("name", column.name);
  visit("type", column.type);
  visit("nullable", column.nullable);
  visit("primary_key", column.primary_key);
  visit("default", column.default_value);
  visit("null_count", column.null_count);
  visit("distinct_count", column.distinct_count);
  visit("min", column.min);
  visit("max", column.max);
  visit("mean", column.mean);
}

template <MaybeConst<ForeignKey> T, typename Visit>
void EachMember(T& key, Visit&& visit) {
  visit("columns", key.columns);
  visit("table", key.table);
  visit("references", key.references);
}

template <MaybeConst<Table> T, typename Visit>
void EachMember(T& table, Visit&& visit) {
  visit("name", table.name);
  visit("columns", table.columns);
  visit("row_count", table.row_count);
  visit("sampled", table.sampled);
  visit("indexes", table.indexes);
  visit("foreign_keys", table.foreign_keys);
}

/// The core is an object of its own, which is not written where it says nothing.
template <MaybeConst<Extracted> T, typename Visit>
void EachMember(T& extracted, Visit&& visit) {
  visit("type", extracted.type);
  visit("core", extracted.core);
  visit("fields", extracted.fields);
  visit("chapters", extracted.chapters);
  visit("pictures", extracted.pictures);
  visit("children", extracted.children);
  visit("tables", extracted.tables);
  visit("warnings", extracted.warnings);
}

}  // namespace cairn
