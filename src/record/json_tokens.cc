#include "record/json_tokens.h"

#include <simdjson.h>

#include <algorithm>
#include <cstring>

namespace cairn {

struct JsonTokens::Impl {
  simdjson::dom::parser parser;
};

JsonTokens::JsonTokens() : impl_(std::make_unique<Impl>()) {}
JsonTokens::~JsonTokens() = default;
JsonTokens::JsonTokens(JsonTokens&&) noexcept = default;
JsonTokens& JsonTokens::operator=(JsonTokens&&) noexcept = default;

bool JsonTokens::Find(std::string_view json) {
  constexpr std::size_t kCapacityMin = std::size_t{64} << 10;
  if (json.empty() || std::memchr(json.data(), '\\', json.size()) != nullptr) return false;
  auto& parser = impl_->parser;
  if (parser.capacity() < json.size() &&
      parser.allocate(std::max(json.size() + 1, kCapacityMin)) != simdjson::SUCCESS) {
    return false;
  }
  // The second stage needs padding behind the text; this one reads its end from a copy.
  simdjson::internal::dom_parser_implementation& stages = *parser.implementation;
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(json.data());
  if (stages.stage1(bytes, json.size(), simdjson::stage1_mode::regular) != simdjson::SUCCESS) return false;
  std::uint32_t* places = stages.structural_indexes.get();
  places[stages.n_structural_indexes] = static_cast<std::uint32_t>(json.size());  // It leaves room for this.
  places_ = {places, stages.n_structural_indexes + std::size_t{1}};
  return true;
}

bool JsonTokens::Read(simdjson::dom::element* root) {
  auto& parser = impl_->parser;
  if (parser.doc.capacity() < parser.capacity() && parser.doc.allocate(parser.capacity()) != simdjson::SUCCESS) {
    return false;
  }
  if (parser.implementation->stage2(parser.doc) != simdjson::SUCCESS) return false;
  *root = parser.doc.root();
  return true;
}

}  // namespace cairn
