#include <iterator>

#include "service/service.h"

namespace cairn {

Result<std::vector<NodeKey>> Service::Nodes(const std::vector<std::string>& texts) {
  std::vector<NodeKey> keys;
  for (const std::string& text : texts) {
    auto key = Node(text);
    if (!key) return key.error();
    keys.push_back(std::move(*key));
  }
  return keys;
}

Status Service::ReadStarts(const std::vector<std::string>& nodes, LineageSpec* spec) {
  if (nodes.empty()) return {StatusCode::kInvalidArgument, "lineage of which node?"};
  auto keys = Nodes(nodes);
  if (!keys) return keys.error();
  spec->node = std::move(keys->front());
  spec->others.assign(std::make_move_iterator(keys->begin() + 1), std::make_move_iterator(keys->end()));
  return Status::Ok();
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
  auto ends = Nodes({from, to});
  if (!ends) return ends.error();
  spec.from = std::move(ends->front());
  spec.to = std::move(ends->back());
  auto paths = repository_->Paths(spec);
  if (!paths || !paths->paths.empty()) return paths;
  std::swap(spec.from, spec.to);
  return repository_->Paths(spec);
}

Result<LineageShared> Service::Shared(const std::vector<std::string>& nodes, LineageSharedSpec spec) {
  auto keys = Nodes(nodes);
  if (!keys) return keys.error();
  spec.nodes = std::move(*keys);
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
  auto ends = Nodes({from, to});
  if (!ends) return ends.error();
  spec.from = std::move(ends->front());
  spec.to = std::move(ends->back());
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
