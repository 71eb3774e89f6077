#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "record/parse.h"

namespace cairn {

/// For the tests of records only.

/// A record of which one member is written by the test; without text the member is left out.
inline std::string RecordWith(std::string_view member, std::string_view json) {
  static constexpr std::pair<std::string_view, std::string_view> kMembers[] = {
      {"kind", R"("ingestion_volume")"},
      {"target", R"({"namespace":"crm","name":"public.orders"})"},
      {"produced_at", R"("2026-01-10T05:00:00.123Z")"},
      {"producer_id", R"("ingestion.v1")"},
      {"payload", R"({"row_count":12})"},
  };
  std::string out = "{";
  const auto add = [&](std::string_view name, std::string_view value) {
    if (value.empty()) return;
    if (out.size() > 1) out += ',';
    out += '"';
    out += name;
    out += "\":";
    out += value;
  };
  bool known = false;
  for (const auto& [name, value] : kMembers) {
    add(name, name == member ? json : value);
    known = known || name == member;
  }
  if (!known) add(member, json);
  return out + '}';
}

inline const std::string& PlainRecord() {
  static const std::string record = RecordWith("", "");
  return record;
}

/// The record as the parser reads it, which must take it; parsed alone.
struct TakenRecord {
  explicit TakenRecord(std::string_view text, const ParseLimits& limits = {}) : input(text) {
    const Status status = RecordParser(limits).Parse(input, batch);
    EXPECT_TRUE(status.ok()) << status << "\n" << input.substr(0, 500);
    if (batch.records.size() == 1) record = batch.records.front();
  }
  TakenRecord(const TakenRecord&) = delete;
  TakenRecord& operator=(const TakenRecord&) = delete;

  std::string input;
  ParsedBatch batch;
  ParsedRecord record;
};

/// Why a record is refused.
inline Status RefusalOf(std::string_view input, const ParseLimits& limits = {}) {
  ParsedBatch batch;
  Status status = RecordParser(limits).Parse(input, batch);
  EXPECT_EQ(batch.records.size(), status.ok() ? 1u : 0u) << "a refused record leaves nothing behind";
  return status;
}

}  // namespace cairn
