#include "bus/webhook_lane.h"

#include <fmt/format.h>

#include <algorithm>

#include "record/fact_json.h"

namespace cairn {
namespace {

constexpr std::size_t kPageRecords = 512;
constexpr std::size_t kBodyBytes = std::size_t{1} << 20;  // And one record.
constexpr std::chrono::seconds kSaveEvery{5};
constexpr std::chrono::seconds kIdle{60};
constexpr std::chrono::seconds kStall{1};
constexpr int kGone = 410;

std::int64_t Ns(std::chrono::nanoseconds time) { return time.count(); }

void TakeAnswer(const WebhookAnswer& answer, Timestamp now, WebhookProgress* progress) {
  progress->last_status = answer.status;
  progress->last_error = answer.error;
  progress->last_at = now;
}

}  // namespace

Result<std::unique_ptr<WebhookLane>> WebhookLane::Open(Webhook hook, const Tools& tools) {
  auto secret = tools.registry->Secret(hook);
  if (!secret) return secret.error();
  auto match = FactMatch::Create({hook.tenant, hook.kinds, hook.prefix, hook.filter});
  if (!match) return match.error();
  WebhookProgress progress;
  progress.position = hook.from;
  auto read = ReadWebhookProgress(*tools.files, tools.registry->ProgressPath(hook));
  if (!read && read.error().code() != StatusCode::kNotFound) return read.error();
  if (read) progress = std::move(*read);
  return std::unique_ptr<WebhookLane>(
      new WebhookLane(std::move(hook), std::move(*secret), std::move(*match), std::move(progress), tools));
}

WebhookLane::WebhookLane(Webhook hook, WebhookSecret secret, FactMatch match, WebhookProgress progress,
                         const Tools& tools)
    : hook_(std::move(hook)),
      secret_(std::move(secret)),
      tools_(tools),
      match_(std::move(match)),
      saved_at_(tools.clock->Now()),
      progress_(std::move(progress)) {}

template <typename Change>
void WebhookLane::Set(Change change) {
  const std::lock_guard lock(mutex_);
  change(progress_);
  is_saved_ = false;
}

WebhookProgress WebhookLane::progress() const {
  const std::lock_guard lock(mutex_);
  return progress_;
}

void WebhookLane::SetRetries(std::vector<DeadLetter> letters) {
  const std::lock_guard lock(mutex_);
  std::erase_if(letters, [this](const DeadLetter& letter) {
    const auto begun = begun_.find({letter.first, letter.last});
    return begun != begun_.end() && letter.at <= begun->second;
  });
  retries_ = std::move(letters);
}

Status WebhookLane::Save() {
  if (is_saved_) return Status::Ok();
  Status status = WriteWebhookProgress(*tools_.files, tools_.registry->ProgressPath(hook_), progress());
  is_saved_ = status.ok();
  saved_at_ = tools_.clock->Now();
  return status;
}

WebhookLane::Wait WebhookLane::Step(const std::stop_token& stop) {
  std::optional<DeadLetter> letter;
  {
    const std::lock_guard lock(mutex_);
    if (!retries_.empty()) {
      letter = std::move(retries_.front());
      retries_.erase(retries_.begin());
      begun_[{letter->first, letter->last}] = letter->at;
    }
  }
  if (letter) return SendAgain(std::move(*letter), stop);
  const std::int64_t left = not_before_.ns - tools_.clock->Now().ns;
  // Clocks go back: it never waits for longer than it meant to.
  if (left > 0) return {std::min(std::chrono::nanoseconds(left), pause_), {}};
  return Deliver(stop);
}

Result<WebhookLane::Batch> WebhookLane::Gather(Seq from, Seq end, const std::stop_token& stop) {
  Batch batch;
  batch.body = R"({"type":"records","facts":[)";
  batch.end = from;
  const bool is_known = end.value != 0;
  const std::size_t records_max = is_known ? Webhook::kBatchRecordsMax : hook_.batch_records;
  while (!batch.is_full && !stop.stop_requested() && (!is_known || batch.end < end)) {
    const std::uint64_t left = is_known ? end.value - batch.end.value : kPageRecords;
    auto page = tools_.repository->Tail(batch.end, std::min<std::uint64_t>(kPageRecords, left));
    if (!page) return page.error();
    if (page->next <= batch.end) break;
    for (const Fact& fact : page->facts) {
      if (!match_.Takes(fact)) continue;
      const std::size_t before = batch.body.size();
      if (batch.records != 0) batch.body += ',';
      // What is damaged is passed over, as the tail itself does: `verify` tells.
      if (!AppendFactJson(batch.body, fact).ok()) {
        batch.body.resize(before);
        continue;
      }
      if (batch.records++ == 0) batch.first = fact.seq();
      batch.last = fact.seq();
      batch.is_full = batch.records >= records_max || (!is_known && batch.body.size() >= kBodyBytes);
      if (batch.is_full) break;
    }
    batch.end = batch.is_full ? Seq{batch.last.value + 1} : page->next;
  }
  batch.body += "]}";
  return batch;
}

WebhookAnswer WebhookLane::Send(const Batch& batch, const std::stop_token& stop) {
  const std::string id = fmt::format("wh_{}_{}_{}", hook_.id, batch.first.value, batch.last.value);
  return SendWebhook(*tools_.transport, hook_, secret_, id, batch.body, tools_.clock->Now(), stop);
}

WebhookLane::Wait WebhookLane::SendAgain(DeadLetter letter, const std::stop_token& stop) {
  auto batch = Gather(letter.first, Seq{letter.last.value + 1}, stop);
  // Cut short, it stands in the log as one to be sent still.
  if (!batch) {
    {
      const std::lock_guard lock(mutex_);
      begun_.erase({letter.first, letter.last});
      retries_.insert(retries_.begin(), std::move(letter));
    }
    return Stall(batch.error());
  }
  if (stop.stop_requested()) return {};
  WebhookAnswer answer;
  if (batch->records == 0) {
    answer.error = "its records are damaged; see `cairn verify`";
  } else {
    answer = Send(*batch, stop);
  }
  if (answer.is_cut_short) return {};
  const bool is_taken = answer.error.empty();
  letter.state = is_taken ? DeadLetter::State::kDelivered : DeadLetter::State::kDead;
  ++letter.attempts;
  letter.status = answer.status;
  letter.reason = answer.error;
  const Timestamp now = tools_.clock->Now();
  Set([&](WebhookProgress& progress) {
    TakeAnswer(answer, now, &progress);
    ++(is_taken ? progress.deliveries : progress.failed);
    if (is_taken) progress.records += batch->records;
  });
  Status status = tools_.registry->PutDeadLetter(hook_, std::move(letter));
  if (status.ok()) status = Save();
  return status.ok() ? Wait{} : Stall(status);
}

WebhookLane::Wait WebhookLane::Deliver(const std::stop_token& stop) {
  if (!batch_) {
    const WebhookProgress at = progress();
    auto batch = Gather(at.position, at.batch_end, stop);
    if (!batch) return Stall(batch.error());
    if (stop.stop_requested()) return {};
    if (batch->records == 0) {
      if (batch->end != at.position || at.batch_end.value != 0) {
        Set([&](WebhookProgress& progress) {
          progress.position = batch->end;
          progress.batch_end = Seq{};
        });
      }
      return Idle();
    }
    // Before it is sent: the same records go under this id for ever.
    if (at.batch_end != batch->end) Set([&](WebhookProgress& progress) { progress.batch_end = batch->end; });
    batch_ = std::move(*batch);
  }
  if (Status status = Save(); !status.ok()) return Stall(status);
  const WebhookAnswer answer = Send(*batch_, stop);
  return answer.is_cut_short ? Wait{} : Judge(answer);
}

WebhookLane::Wait WebhookLane::Idle() {
  const bool is_due = tools_.clock->Now().ns - saved_at_.ns >= Ns(kSaveEvery);
  // A delivery that was taken is written down at once; what was only passed over, now and then.
  if (is_due) {
    if (Status status = Save(); !status.ok()) return Stall(status);
  }
  return {is_saved_ ? kIdle : kSaveEvery, Seq{progress().position.value - 1}};
}

WebhookLane::Wait WebhookLane::Stall(const Status& why) {
  pause_ = kStall;
  not_before_ = Timestamp{tools_.clock->Now().ns + Ns(pause_)};
  Set([&](WebhookProgress& progress) { progress.last_error = why.message(); });
  return {pause_, {}};
}

WebhookLane::Wait WebhookLane::Judge(const WebhookAnswer& answer) {
  const Timestamp now = tools_.clock->Now();
  Set([&](WebhookProgress& progress) {
    TakeAnswer(answer, now, &progress);
    if (answer.error.empty()) {
      progress.position = batch_->end;
      progress.batch_end = Seq{};
      progress.failures = 0;
      progress.records += batch_->records;
      ++progress.deliveries;
    } else {
      ++progress.failures;
      ++progress.failed;
    }
  });
  if (answer.error.empty()) {
    const bool is_full = batch_->is_full;
    batch_.reset();
    // More waits already: this is written down together with what is sent next.
    if (is_full) return {};
    if (Status status = Save(); !status.ok()) return Stall(status);
    return Idle();
  }
  pause_ = tools_.backoff.After(progress().failures, answer.retry_after, tools_.random());
  not_before_ = Timestamp{now.ns + Ns(pause_)};
  if (answer.status == kGone) {
    auto off = tools_.registry->SetState(hook_, WebhookState::kOff, "cairn.webhook", "its receiver is gone (410)");
    if (!off) return Stall(off.error());
  } else if (progress().failures >= hook_.attempts) {
    return GiveUp(answer);
  }
  if (Status status = Save(); !status.ok()) return Stall(status);
  return {pause_, {}};
}

WebhookLane::Wait WebhookLane::GiveUp(const WebhookAnswer& answer) {
  DeadLetter letter;
  letter.first = batch_->first;
  letter.last = batch_->last;
  letter.records = batch_->records;
  letter.attempts = progress().failures;
  letter.status = answer.status;
  letter.reason = answer.error;
  if (Status status = tools_.registry->PutDeadLetter(hook_, std::move(letter)); !status.ok()) return Stall(status);
  Set([&](WebhookProgress& progress) {
    progress.position = batch_->end;
    progress.batch_end = Seq{};
    progress.failures = 0;
    ++progress.dead;
  });
  batch_.reset();
  // The next batch is not sent at once to where this one was refused.
  pause_ = tools_.backoff.After(1, {}, tools_.random());
  not_before_ = Timestamp{tools_.clock->Now().ns + Ns(pause_)};
  if (Status status = Save(); !status.ok()) return Stall(status);
  return {pause_, {}};
}

}  // namespace cairn
