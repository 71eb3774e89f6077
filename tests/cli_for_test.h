#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <simdjson.h>

#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "program.h"
#include "temp_dir.h"

namespace cairn {

inline std::vector<std::string> Lines(const std::string& text) {
  std::vector<std::string> out;
  std::stringstream stream(text);
  for (std::string line; std::getline(stream, line);) out.push_back(line);
  return out;
}

inline std::string ReadFile(const std::string& path) {
  std::stringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

inline std::string Minified(const std::string& json) {
  std::string out(json.size() + 64, '\0');
  std::size_t size = 0;
  EXPECT_EQ(simdjson::minify(json.data(), json.size(), out.data(), size), simdjson::SUCCESS);
  out.resize(size);
  return out;
}

inline std::string Record(int day, int rows, const std::string& table = "public.orders", const std::string& more = "") {
  return fmt::format(
      R"({{"kind":"ingestion_volume","target":{{"namespace":"crm","name":"{}"}},"produced_at":"2026-01-{:02}T05:00:00.123Z",)"
      R"("producer_id":"ingestion.v1","context":{{"run_id":"run-{}","job_id":"load"}},"payload":{{"row_count":{}}}{}}})",
      table, day, day, rows, more);
}

class CliTest : public testing::Test {
 protected:
  ProgramEnd Cairn(std::vector<std::string> args, const std::string& input = "") {
    return RunProgram(CAIRN_BINARY, {std::move(args), input, environment_, dir_.path()});
  }
  // Records into the store, each to be taken.
  void Fill(const std::vector<std::string>& records) {
    std::string lines;
    for (const std::string& record : records) lines += record + "\n";
    const ProgramEnd end = Cairn({"ingest", "-"}, lines);
    ASSERT_EQ(end.code, 0) << end.err;
  }

  TempDir dir_;
  std::map<std::string, std::string> environment_;
};

}  // namespace cairn
