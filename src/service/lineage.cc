#include "service/service.h"

namespace cairn {

Status Service::ReadStarts(const std::vector<std::string>& nodes, LineageSpec* spec) {
  spec->others.clear();
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    auto key = Node(nodes[i]);
    if (!key) return key.error();
    if (i == 0)
      spec->node = std::move(*key);
    else
      spec->others.push_back(std::move(*key));
  }
  return nodes.empty() ? Status(StatusCode::kInvalidArgument, "lineage of which node?") : Status::Ok();
}

Result<LineageGraph> Service::Lineage(const std::vector<std::string>& nodes, LineageSpec spec) {
  if (Status status = ReadStarts(nodes, &spec); !status.ok()) return status;
  return repository_->Lineage(spec);
}

Result<LineageImpact> Service::Impact(const std::vector<std::string>& nodes, LineageSpec spec) {
  if (Status status = ReadStarts(nodes, &spec); !status.ok()) return status;
  return repository_->Impact(spec);
}

Result<LineagePaths> Service::Paths(const std::string& from, const std::string& to, LineagePathsSpec spec) {
  auto first = Node(from);
  if (!first) return first.error();
  auto second = Node(to);
  if (!second) return second.error();
  spec.from = std::move(*first);
  spec.to = std::move(*second);
  auto paths = repository_->Paths(spec);
  if (!paths || !paths->paths.empty()) return paths;
  std::swap(spec.from, spec.to);
  return repository_->Paths(spec);
}

Result<LineageShared> Service::Shared(const std::vector<std::string>& nodes, LineageSharedSpec spec) {
  spec.nodes.clear();
  for (const std::string& node : nodes) {
    auto key = Node(node);
    if (!key) return key.error();
    spec.nodes.push_back(std::move(*key));
  }
  return repository_->Shared(spec);
}

Result<LineageDiff> Service::Difference(const std::string& node, LineageDiffSpec spec) {
  spec.tenant = tenant_;
  if (!node.empty()) {
    auto key = Node(node);
    if (!key) return key.error();
    spec.node = std::move(*key);
  }
  return repository_->Difference(spec);
}

Result<LineageWhy> Service::Why(const std::string& from, const std::string& to, LineageWhySpec spec) {
  auto first = Node(from);
  if (!first) return first.error();
  auto second = Node(to);
  if (!second) return second.error();
  spec.from = std::move(*first);
  spec.to = std::move(*second);
  return repository_->Why(spec);
}

Result<NodeAnswer<LineageInherited>> Service::Inherit(const std::string& node, LineageInheritSpec spec) {
  auto key = Node(node);
  if (!key) return key.error();
  spec.node = *key;
  auto answer = repository_->Inherit(spec);
  if (!answer) return answer.error();
  return NodeAnswer<LineageInherited>{std::move(*key), std::move(*answer)};
}

}  // namespace cairn
