#include "cli/subject.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>

#include "scan/file_name.h"

namespace cairn {
namespace {

constexpr std::array<std::string_view, 4> kPathBeginnings = {"/", "./", "../", "~/"};

}  // namespace

Subject SubjectOf(const std::string& argument) {
  const std::string_view text = argument;
  const bool path = text == "." || text == ".." ||
                    std::any_of(kPathBeginnings.begin(), kPathBeginnings.end(),
                                [&](std::string_view beginning) { return text.starts_with(beginning); });
  if (path) return Subject::kFile;
  return ParseTimestamp(argument) ? Subject::kInstant : Subject::kNode;
}

Result<Timestamp> InstantOf(const std::string& argument) {
  switch (SubjectOf(argument)) {
    case Subject::kInstant:
      return ParseTimestamp(argument);
    case Subject::kFile:
      return Status(StatusCode::kInvalidArgument,
                    fmt::format("{} is the path of a file; an instant is wanted, like 2026-01-10", argument));
    case Subject::kNode:
      break;
  }
  return Status(
      StatusCode::kInvalidArgument,
      fmt::format("\"{}\" is no instant, like 2026-01-10 or 2026-01-10T05:00:00Z; a node is named with --node",
                  argument));
}

std::string NodeOf(const std::string& argument) {
  if (SubjectOf(argument) != Subject::kFile) return argument;
  return NodeId(FileNode({}, AbsolutePath(argument, std::filesystem::current_path().string())));
}

std::vector<std::string> NodesOf(const std::vector<std::string>& arguments) {
  std::vector<std::string> out;
  out.reserve(arguments.size());
  for (const std::string& argument : arguments) out.push_back(NodeOf(argument));
  return out;
}

}  // namespace cairn
