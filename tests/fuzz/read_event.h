#pragma once

#include <string>
#include <string_view>

#include "record/parse.h"
#include "require.h"

namespace cairn::fuzz {

/// A record or an OpenLineage event: what was taken is taken again from the log.
inline void ReadEvent(std::string_view bytes) {
  RecordParser parser;
  ParsedBatch batch;
  if (!parser.Parse(bytes, batch).ok()) return;
  Require(batch.records.size() == 1, "one input is one record");
  std::string json(batch.records.front().json);
  const std::size_t size = json.size();
  json.append(kJsonPadding, '\0');
  ParsedBatch again;
  const Status stored = parser.ParseStored(std::string_view(json).substr(0, size), again);
  Require(stored.ok(), "what was taken is read from the log");
}

}  // namespace cairn::fuzz
