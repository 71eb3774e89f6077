#include "cache/redis_reply.h"

#include <fmt/format.h>
#include <hiredis/hiredis.h>

#include <new>

namespace cairn {
namespace {

/// Where hiredis puts the object of `task`: the root, or its place in the array above.
RedisReply* PlaceOf(const redisReadTask* task) {
  if (task->parent == nullptr) return static_cast<RedisReply*>(task->privdata);
  return &static_cast<RedisReply*>(task->parent->obj)->elements[static_cast<std::size_t>(task->idx)];
}

void* MakeText(const redisReadTask* task, char* bytes, std::size_t size) {
  RedisReply* reply = PlaceOf(task);
  reply->kind = task->type == REDIS_REPLY_ERROR    ? RedisReply::Kind::kError
                : task->type == REDIS_REPLY_STATUS ? RedisReply::Kind::kStatus
                                                   : RedisReply::Kind::kText;
  try {
    reply->text.Assign({bytes, size});
  } catch (const std::bad_alloc&) {
    return nullptr;
  }
  return reply;
}

void* MakeArray(const redisReadTask* task, int size) {
  RedisReply* reply = PlaceOf(task);
  reply->kind = RedisReply::Kind::kArray;
  try {
    reply->elements.resize(static_cast<std::size_t>(size));
  } catch (const std::exception&) {
    return nullptr;
  }
  return reply;
}

void* MakeInteger(const redisReadTask* task, long long value) {
  RedisReply* reply = PlaceOf(task);
  reply->kind = RedisReply::Kind::kInteger;
  reply->integer = value;
  return reply;
}

void* MakeNil(const redisReadTask* task) {
  RedisReply* reply = PlaceOf(task);
  reply->kind = RedisReply::Kind::kNil;
  return reply;
}

void FreeNothing(void* /*reply*/) {}  // The root owns everything.

redisReplyObjectFunctions functions = {MakeText, MakeArray, MakeInteger, MakeNil, FreeNothing};

}  // namespace

bool RedisReply::IsError(std::string_view word) const {
  const std::string_view own = text;
  return is_error() && own.starts_with(word) && (own.size() == word.size() || own[word.size()] == ' ');
}

Status RedisReply::status() const {
  if (!is_error()) return Status::Ok();
  const auto any = [this](std::initializer_list<std::string_view> words) {
    for (const std::string_view word : words) {
      if (IsError(word)) return true;
    }
    return false;
  };
  StatusCode code = StatusCode::kInternal;
  if (any({"NOAUTH", "WRONGPASS"})) code = StatusCode::kUnauthenticated;
  if (any({"NOPERM"})) code = StatusCode::kPermissionDenied;
  if (any({"OOM"})) code = StatusCode::kResourceExhausted;
  if (any({"LOADING", "BUSY", "CLUSTERDOWN", "MASTERDOWN", "TRYAGAIN", "READONLY", "MOVED", "ASK", "MISCONF"})) {
    code = StatusCode::kUnavailable;
  }
  return {code, fmt::format("Redis answers: {}", text.view())};
}

RedisReplyReader::RedisReplyReader()
    : root_(std::make_unique<RedisReply>()), reader_(redisReaderCreateWithFunctions(&functions)) {
  if (reader_ == nullptr) throw std::bad_alloc();
  reader_->privdata = root_.get();  // 0.14 has a macro for it that C++ refuses.
}

RedisReplyReader::~RedisReplyReader() { redisReaderFree(reader_); }

Status RedisReplyReader::Feed(const char* bytes, std::size_t size) {
  return redisReaderFeed(reader_, bytes, size) == REDIS_OK ? Status::Ok() : Damaged();
}

Result<bool> RedisReplyReader::Take(RedisReply& out) {
  void* reply = nullptr;
  if (redisReaderGetReply(reader_, &reply) != REDIS_OK) return Damaged();
  if (reply == nullptr) return false;
  out = std::move(*root_);
  *root_ = {};
  return true;
}

Status RedisReplyReader::Damaged() const {
  return {StatusCode::kDataLoss, fmt::format("not Redis's protocol: {}", reader_->errstr)};
}

}  // namespace cairn
