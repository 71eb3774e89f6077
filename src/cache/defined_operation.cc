#include "cache/defined_operation.h"

#include <algorithm>

namespace cairn {
namespace {

bool IsName(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](unsigned char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
           c == '.';
  });
}

Status Invalid(std::string message) { return {StatusCode::kInvalidArgument, std::move(message)}; }

}  // namespace

Status DefinedOperation::Check(std::string_view source, std::string_view name, const CachePolicy& policy) {
  constexpr auto kTtlMin = std::chrono::milliseconds(1);
  constexpr auto kTtlMax = std::chrono::hours(24 * 3653);
  const std::string of = "the cache policy of " + std::string(source) + ":" + std::string(name) + ": ";
  if (!IsName(source) || !IsName(name)) {
    return Invalid(of + "a source and an operation are named by letters, digits, `-`, `_` and `.`");
  }
  if (policy.ttl < kTtlMin || policy.ttl > kTtlMax) return Invalid(of + "`ttl` is from 1 ms to ten years");
  if (policy.grace.count() < 0 || policy.grace > kTtlMax) return Invalid(of + "`grace` is from 0 to ten years");
  if (policy.negative_ttl.count() < 0 || policy.negative_ttl > kTtlMax) {
    return Invalid(of + "`negative_ttl` is from 0 to ten years");
  }
  if (!(policy.jitter >= 0 && policy.jitter <= 0.9)) return Invalid(of + "`jitter` is from 0 to 0.9");
  if (!(policy.early_refresh_beta >= 0 && policy.early_refresh_beta <= 100)) {
    return Invalid(of + "`early_refresh_beta` is from 0 to 100");
  }
  if (!(policy.eager_refresh >= 0 && policy.eager_refresh < 1))
    return Invalid(of + "`eager_refresh` is from 0 to below 1");
  for (const auto duration : {policy.soft_timeout, policy.hard_timeout, policy.failure_pause}) {
    if (duration.count() < 0) return Invalid(of + "a timeout or pause is negative");
  }
  if (policy.codec.empty()) return Invalid(of + "`codec` has no name");
  for (const auto* tags : {&policy.tags, &policy.structure_tags}) {
    if (std::find(tags->begin(), tags->end(), "") != tags->end()) return Invalid(of + "a tag is empty");
  }
  return Status::Ok();
}

DefinedOperation::DefinedOperation(std::string source, std::string name, CachePolicy policy, std::size_t index,
                                   std::string user_secret)
    : CacheOperation(std::move(source), std::move(name), std::move(policy), index, std::move(user_secret)) {
  implicit_tags_ = {MakeTag('a', ""), MakeTag('s', this->source()), MakeTag('o', full_name())};
  for (const std::string& tag : this->policy().tags) explicit_tags_.push_back(MakeTag('t', tag));
  for (const LevelTag& tag : implicit_tags_) tag_hashes_.push_back(tag.hash);
  for (const LevelTag& tag : explicit_tags_) tag_hashes_.push_back(tag.hash);
  if (this->policy().levels.shared) tag_hashes_.push_back(SharedTag().hash);
}

const LevelTag& DefinedOperation::SharedTag() {
  static const LevelTag tag = MakeTag('h', "");
  return tag;
}

KeyWithTags::KeyWithTags(const CacheKey& key) : entry_key_(EntryKeyOf(key)) {
  const DefinedOperation& operation = DefinedOperation::Of(key);
  hashes_ = operation.tag_hashes();
  level_key_.text = key.text();
  level_key_.short_text = key.short_text();
  level_key_.hash = key.hash();
  level_key_.text_hash = key.text_hash();
  level_key_.source = operation.source();
  level_key_.version = operation.version();
  level_key_.implicit_tags = operation.implicit_tags();
  level_key_.explicit_tags = operation.explicit_tags();
  if (const std::string_view user = key.user(); !user.empty()) {
    tags_with_user_ = operation.implicit_tags();
    tags_with_user_.push_back(MakeTag('u', user));
    level_key_.implicit_tags = tags_with_user_;
    hashes_with_user_ = operation.tag_hashes();
    hashes_with_user_.push_back(tags_with_user_.back().hash);
    hashes_ = hashes_with_user_;
  }
}

EntryKey EntryKeyOf(const CacheKey& key) { return {key.hash(), key.text_hash(), key.text(), key.operation().index()}; }

}  // namespace cairn
