#include "cache/redis_listener.h"

#include <charconv>

#include "cache/redis_message.h"
#include "cache/redis_scripts.h"
#include "cache/redis_slots.h"

namespace cairn {
namespace {

constexpr std::string_view kBatch = "100";

Status Lost(std::string what) { return {StatusCode::kUnavailable, std::move(what)}; }

}  // namespace

RedisListener::RedisListener(RedisClient* client, InvalidationSink* sink, Options options,
                             std::function<void()> on_rollback)
    : client_(client),
      sink_(sink),
      options_(std::move(options)),
      on_rollback_(std::move(on_rollback)),
      pause_(options_.pause_min) {}

std::chrono::milliseconds RedisListener::Step() {
  const Status done = connection_ == nullptr ? Connect() : Hear();
  if (done.ok()) {
    pause_ = options_.pause_min;
    return std::chrono::milliseconds(0);
  }
  Lose();
  const std::chrono::milliseconds pause = pause_;
  pause_ = std::min(pause_ * 2, options_.pause_max);
  return pause;
}

void RedisListener::Interrupt() {
  const std::lock_guard lock(mutex_);
  is_interrupted_ = true;
  if (connection_ != nullptr) connection_->Interrupt();
}

void RedisListener::Lose() {
  {
    const std::lock_guard lock(mutex_);
    connection_.reset();
    if (is_interrupted_) return;  // Nobody wants to hear any more.
  }
  if (is_listening_.exchange(false)) sink_->OnLost();
}

std::optional<RedisListener::Id> RedisListener::ReadId(std::string_view text) {
  const std::size_t dash = text.find('-');
  if (dash == std::string_view::npos) return std::nullopt;
  Id id{std::string(text.substr(0, dash)), 0};
  const char* const end = text.data() + text.size();
  if (std::from_chars(text.data() + dash + 1, end, id.number).ptr != end) return std::nullopt;
  return id;
}

Status RedisListener::Connect() {
  auto connection = client_->Connect(RedisSlotOf(options_.log), In(options_.connect_timeout));
  if (!connection) return connection.error();
  {
    const std::lock_guard lock(mutex_);
    if (is_interrupted_) return Lost("interrupted");
    connection_ = std::move(*connection);
  }
  const char* const script = RedisScripts::All().publish.text;
  const auto ends = connection_->Run({"EVAL", script, "1", options_.log, "0", "", ""}, In(options_.connect_timeout));
  if (!ends) return ends.error();
  if (ends->is_error()) return ends->status();
  const auto first = ends->IsArray(2) ? ReadId(ends->elements[0].text) : std::nullopt;
  const auto last = ends->IsArray(2) ? ReadId(ends->elements[1].text) : std::nullopt;
  if (!first || !last) return Lost("the log of invalidations has other ids than ours");

  if (!position_) position_ = sink_->Heard();
  const bool is_same = position_->log == last->epoch;
  if (is_same && position_->number > last->number) on_rollback_();
  const bool missed = !is_same || position_->number > last->number || position_->number + 1 < first->number;
  if (missed) {
    position_ = {last->epoch, last->number};
  } else if (Status caught_up = CatchUp(last->number); !caught_up.ok()) {
    return caught_up;
  }
  is_listening_ = true;
  sink_->OnSubscribed(missed, *position_);
  return Status::Ok();
}

Status RedisListener::CatchUp(std::uint64_t last) {
  while (position_->number < last) {
    const std::string from = "(" + position_->log + "-" + std::to_string(position_->number);
    const auto messages =
        connection_->Run({"XRANGE", options_.log, from, "+", "COUNT", kBatch}, In(options_.connect_timeout));
    if (!messages) return messages.error();
    if (messages->is_error()) return messages->status();
    if (messages->elements.empty()) return Lost("the log of invalidations was cut");
    if (Status delivered = Deliver(*messages); !delivered.ok()) return delivered;
  }
  return Status::Ok();
}

Status RedisListener::Hear() {
  // The log's end comes along: where it is not where it should be, waiting for more would wait for ever.
  RedisCommands question;
  question.Add({"XREVRANGE", options_.log, "+", "-", "COUNT", "1"});
  question.Add({"XREAD", "COUNT", kBatch, "BLOCK", std::to_string(options_.silence.count()), "STREAMS", options_.log,
                position_->log + "-" + std::to_string(position_->number)});
  std::vector<RedisReply> replies;
  if (Status ran = connection_->Run(question, In(options_.silence + options_.connect_timeout), replies); !ran.ok()) {
    return ran;
  }
  for (const RedisReply& reply : replies) {
    if (reply.is_error()) return reply.status();
  }
  const auto end = replies[0].IsArray(1) && replies[0].elements[0].IsArray(2)
                       ? ReadId(replies[0].elements[0].elements[0].text)
                       : std::nullopt;
  if (!end || end->epoch != position_->log || end->number < position_->number) {
    return Lost("the log of invalidations was emptied");
  }
  if (replies[1].is_nil()) return Status::Ok();
  if (!replies[1].IsArray(1) || !replies[1].elements[0].IsArray(2)) return Lost("XREAD answers something else");
  return Deliver(replies[1].elements[0].elements[1]);
}

Status RedisListener::Deliver(const RedisReply& messages) {
  for (const RedisReply& message : messages.elements) {
    const auto id = message.IsArray(2) ? ReadId(message.elements[0].text) : std::nullopt;
    if (!id || id->epoch != position_->log || id->number != position_->number + 1) {
      position_->log.clear();  // What lay in the gap is missed, and cannot be caught up with.
      return Lost("the log of invalidations has a gap");
    }
    position_->number = id->number;
    const std::vector<RedisReply>& fields = message.elements[1].elements;
    if (fields.size() != 4 || fields[1].text == options_.sender) continue;
    const auto invalidation = DecodeInvalidation(fields[3].text);
    if (invalidation) {
      sink_->OnInvalidation(*invalidation, *position_);
    } else {
      // From a newer version of the program: whatever it says, nothing of before is trusted.
      sink_->OnSubscribed(true, *position_);
    }
  }
  return Status::Ok();
}

}  // namespace cairn
