#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <map>
#include <memory>
#include <sstream>
#include <string>
#include <string_view>

#include "cairn/repository.h"
#include "extract/extracted_codec.h"
#include "scan/file_name.h"
#include "scan/file_record.h"
#include "scan/scanner.h"
#include "temp_dir.h"

namespace cairn {

/// The system's time and some more: files are stamped by the system, so a test cannot take its own.
class ShiftedClock final : public Clock {
 public:
  Timestamp Now() override { return {Clock::Default()->Now().ns + shift_ns}; }
  std::atomic<std::int64_t> shift_ns = 0;
};

/// What begins so is taken for a picture, and goes to a worker.
inline constexpr std::string_view kPicture = "\xFF\xD8\xFF\xE0";

/// What workers of a test do with a file: its text is its title; some words have them behave badly. `tables a b` has
/// two tables, `members a b` two members.
inline Result<std::string> FakeExtract(int fd, std::string_view, const std::function<Status()>&) {
  std::string text(std::size_t{1} << 16, '\0');
  const ssize_t got = ::pread(fd, text.data(), text.size(), static_cast<off_t>(kPicture.size()));
  text.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
  if (text.starts_with("crash")) abort();
  if (text.starts_with("hang")) {
    for (std::atomic<int> turns = 0;; ++turns) continue;
  }
  if (text.starts_with("refuse")) return Status(StatusCode::kInvalidArgument, "no picture");
  if (text.starts_with("nonsense")) return std::string("{\"type\":");
  Extracted extracted;
  extracted.type = "image/jpeg";
  extracted.core.title = text;
  std::istringstream words(text);
  std::string what;
  words >> what;
  for (std::string name; words >> name;) {
    if (what == "members") extracted.children.push_back({.path = name});
    if (what == "tables") extracted.tables.push_back({.name = name, .columns = {{.name = "id", .type = "integer"}}});
  }
  return EncodeExtracted(extracted);
}

/// A store, a tree, and scans of the one into the other.
class ScanTest : public testing::Test {
 protected:
  ScanTest() {
    WorkerLimits limits;
    limits.stall = std::chrono::milliseconds(300);
    auto zygote = Zygote::Start(FakeExtract, limits);
    EXPECT_TRUE(zygote) << zygote.status();
    zygote_ = std::move(*zygote);
    store_ = NewStore("store");
    options_.roots = {tree_.path()};
    options_.workers = 2;
    options_.walkers = 2;
  }

  std::unique_ptr<Repository> NewStore(const std::string& name) {
    auto store = OpenRepository(stores_.Sub(name));
    EXPECT_TRUE(store) << store.status();
    return std::move(*store);
  }

  Result<std::unique_ptr<Scanner>> OpenScanner(Repository& store, const std::string& name) {
    const auto open = [this, &store] {
      ++opened_stores_;
      return &store;
    };
    return Scanner::Open({open, stores_.Sub(name + "/log"), zygote_.get(), &clock_}, stores_.Sub(name + "/scan"),
                         options_);
  }
  ScanReport Scan(Repository& store, const std::string& name) {
    auto scanner = OpenScanner(store, name);
    EXPECT_TRUE(scanner) << scanner.status();
    if (!scanner) return {};
    auto report = (*scanner)->Scan(stop_);
    EXPECT_TRUE(report) << report.status();
    return report ? *report : ScanReport();
  }
  ScanReport Scan() { return Scan(*store_, "store"); }

  /// Writes a picture with that title.
  std::string Picture(const std::string& name, std::string_view title) {
    return tree_.Write(name, std::string(kPicture) + std::string(title));
  }
  [[nodiscard]] std::string PathOf(const std::string& name) const { return tree_.Sub(name); }

  /// The payload of the newest record; empty where there is none.
  std::string Payload(Repository& store, const std::string& path) {
    auto fact = store.Latest(kKindFile, FileNode("", path));
    if (!fact) return {};
    auto details = fact->Parse();
    return details ? details->payload : details.error().ToString();
  }
  std::string Payload(const std::string& name) { return Payload(*store_, PathOf(name)); }
  std::size_t Versions(const std::string& name) {
    auto facts = store_->History(kKindFile, FileNode("", PathOf(name)));
    return facts ? facts->size() : 0;
  }
  /// Why the newest record was made.
  std::string Why(const std::string& name) {
    auto fact = store_->Latest(kKindFile, FileNode("", PathOf(name)));
    if (!fact) return {};
    const std::string_view record = fact->record();
    const std::size_t at = record.find(R"("extras":{"why":")");
    return at == std::string_view::npos ? "" : std::string(record.substr(at + 17, record.find('"', at + 17) - at - 17));
  }

  /// Ids of what the file holds now, by the lineage graph.
  std::string Held(Repository& store, const NodeKey& node) {
    LineageSpec spec;
    spec.node = node;
    spec.direction = Direction::kDownstream;
    spec.filter.edge_types = {"contains"};
    auto graph = store.Lineage(spec);
    std::string out;
    if (!graph) return out;
    for (std::size_t i = 1; i < graph->nodes.size(); ++i) out += NodeId(graph->nodes[i].key) + " ";
    return out;
  }

  /// What the store says of every file that is there, in one form: equal trees give equal bytes. What is gone, and
  /// holds something nevertheless, is in it too.
  std::string Canonical(Repository& store) {
    std::map<std::string, std::string> lines;
    auto nodes = store.FindNodes("", "", 1'000'000);
    for (const NodeKey& node : *nodes) {
      if (node.type != kTypeFile) continue;
      auto fact = store.Latest(kKindFile, node);
      if (!fact) continue;
      auto details = fact->Parse();
      const std::string held = Held(store, node);
      if (!held.empty()) lines[NodeId(node) + " contains"] = held;
      if (details->payload.starts_with(R"({"state":"removed")")) continue;
      // A folder that can be read again is like one that always could.
      if (details->payload == FolderPayload("")) continue;
      lines[NodeId(node)] = details->payload;
    }
    std::string out;
    for (const auto& [node, payload] : lines) out += node + " " + payload + "\n";
    return out;
  }

  TempDir tree_;
  TempDir stores_;
  ShiftedClock clock_;
  std::unique_ptr<Zygote> zygote_;
  std::unique_ptr<Repository> store_;
  ScanOptions options_;
  std::atomic<bool> stop_ = false;
  int opened_stores_ = 0;  ///< How often a scan asked for its store.
};

}  // namespace cairn
