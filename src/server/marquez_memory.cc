#include "server/marquez_memory.h"

#include <fmt/format.h>

#include "record/openlineage_json.h"

namespace cairn {

std::shared_ptr<ReadRecord> ReadRecord::Read(std::string_view record) {
  auto out = std::make_shared<ReadRecord>();
  Element element;
  if (out->parser_.parse(record.data(), record.size(), true).get(element) != simdjson::SUCCESS) return nullptr;
  if (element.at_key("payload").get(out->payload_) != simdjson::SUCCESS) return nullptr;
  const auto facet = element.at_pointer(fmt::format("/extras/{}", kExtraFacet)).get_string();
  if (facet.error() == simdjson::SUCCESS) out->facet_ = facet.value_unsafe();
  return out;
}

void ReadRecord::Index(Object event) {
  datasets_.emplace();
  const auto add = [&](std::optional<Element> element) {
    if (const auto thing = AsObject(element))
      datasets_->emplace(Name{Text(*thing, "namespace"), Text(*thing, "name")}, *thing);
  };
  add(Member(event, "dataset"));
  for (const std::string_view list : {"inputs", "outputs"}) {
    const auto things = AsArray(Member(event, list));
    if (!things) continue;
    for (const Element element : *things) add(element);
  }
}

std::vector<Object> ReadRecord::HoldersOf(const NodeView& node) {
  std::vector<Object> out;
  const auto event = AsObject(payload_);
  if (!event) return out;
  if (node.type == kTypeRun || node.type == kTypeJob) {
    if (const auto thing = AsObject(Member(*event, node.type))) out.push_back(*thing);
    return out;
  }
  if (!datasets_) Index(*event);
  const auto [begin, end] = datasets_->equal_range(Name{node.ns, node.name});
  for (auto it = begin; it != end; ++it) out.push_back(it->second);
  return out;
}

std::shared_ptr<ReadRecord> MarquezMemory::Record(Seq seq, std::string_view bytes) {
  if (const auto found = records_.find(seq.value); found != records_.end()) return found->second;
  auto read = ReadRecord::Read(bytes);
  record_bytes_ += bytes.size();
  if (record_bytes_ > kBytesMax) {
    records_.clear();
    record_bytes_ = bytes.size();
  }
  records_.emplace(seq.value, read);
  return read;
}

void MarquezMemory::KeepRun(const std::string& run_id, std::shared_ptr<const RunStatements> said, std::size_t bytes) {
  run_bytes_ += bytes;
  if (run_bytes_ > kBytesMax) {
    runs_.clear();
    run_bytes_ = bytes;
  }
  runs_.insert_or_assign(run_id, std::move(said));
}

}  // namespace cairn
