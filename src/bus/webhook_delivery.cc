#include "bus/webhook_delivery.h"

#include <algorithm>
#include <random>
#include <set>

namespace cairn {
namespace {

std::uint64_t SystemRandom() {
  static thread_local std::mt19937_64 engine{std::random_device{}()};
  return engine();
}

constexpr std::chrono::seconds kNewsAtMost{60};

}  // namespace

void WebhookDelivery::Bell::Ring() {
  const std::lock_guard lock(mutex);
  rung = true;
  changed.notify_all();
}

bool WebhookDelivery::Bell::Wait(std::chrono::nanoseconds time) {
  std::unique_lock lock(mutex);
  const bool is_rung = changed.wait_for(lock, time, [&] { return rung; });
  rung = false;
  return is_rung;
}

WebhookDelivery::WebhookDelivery(Repository& repository, News& news, const Options& options)
    : repository_(repository),
      news_(news),
      options_(options),
      registry_(repository, options.clock == nullptr ? *Clock::Default() : *options.clock, *FileSystem::Default(),
                options.folder) {
  tools_.repository = &repository_;
  tools_.registry = &registry_;
  tools_.transport = options.transport == nullptr ? &own_transport_ : options.transport;
  tools_.files = FileSystem::Default();
  tools_.clock = options.clock == nullptr ? Clock::Default() : options.clock;
  tools_.random = options.random ? options.random : SystemRandom;
  tools_.backoff = options.backoff;
  thread_ = std::thread([this] { Run(); });
}

WebhookDelivery::~WebhookDelivery() { Stop(); }

void WebhookDelivery::Stop() {
  stop_.request_stop();
  bell_->Ring();
  if (thread_.joinable()) thread_.join();
}

std::vector<WebhookDelivery::Lane> WebhookDelivery::Lanes() const {
  std::vector<Lane> out;
  const std::lock_guard lock(mutex_);
  for (const auto& [id, running] : lanes_) out.push_back({running->lane->hook(), running->lane->progress()});
  return out;
}

bool WebhookDelivery::is_delivering() const {
  const std::lock_guard lock(mutex_);
  return !lanes_.empty();
}

Result<WebhookAnswer> WebhookDelivery::Ping(const Webhook& hook) {
  auto secret = registry_.Secret(hook);
  if (!secret) return secret.error();
  return PingWebhook(*tools_.transport, hook, *secret, tools_.clock->Now());
}

void WebhookDelivery::Run() {
  while (!stop_.stop_requested()) {
    Look();
    bell_->Wait(options_.look);
  }
  std::map<std::string, std::unique_ptr<Running>> all;
  {
    const std::lock_guard lock(mutex_);
    all.swap(lanes_);
  }
  // All at once, then one after the other.
  for (auto& [id, running] : all) running->stop.request_stop();
  for (auto& [id, running] : all) End(*running);
  if (is_locked_) lock_->Unlock();
}

// Where the store cannot be asked, the next look may find that it can.
void WebhookDelivery::Look() {
  const auto changed = registry_.ChangedAt();
  if (!changed || changed->value == 0 || (is_locked_ && *changed == known_)) return;
  if (!is_locked_) {
    if (lock_ == nullptr) {
      auto lock = FileSystem::Default()->OpenLock(JoinPath(registry_.folder(), "LOCK"));
      if (!lock) return;
      lock_ = std::move(*lock);
    }
    if (!lock_->TryLock().ok()) return;
    is_locked_ = true;
  }
  if (Reload().ok()) known_ = *changed;
}

Status WebhookDelivery::Reload() {
  auto hooks = registry_.List();
  if (!hooks) return hooks.error();
  std::map<std::string, std::unique_ptr<Running>> gone;
  {
    const std::lock_guard lock(mutex_);
    for (auto at = lanes_.begin(); at != lanes_.end();) {
      const bool stays = std::any_of(hooks->begin(), hooks->end(), [&](const Webhook& hook) {
        return hook.id == at->first && hook.state == WebhookState::kActive;
      });
      auto next = std::next(at);
      if (!stays) gone.insert(lanes_.extract(at));
      at = next;
    }
  }
  for (auto& [id, running] : gone) {
    End(*running);
    const bool is_deleted =
        std::none_of(hooks->begin(), hooks->end(), [&, &known = id](const Webhook& hook) { return hook.id == known; });
    if (is_deleted) registry_.RemoveFiles(running->lane->hook());
  }
  for (const Webhook& hook : *hooks) {
    if (hook.state != WebhookState::kActive) continue;
    auto letters = registry_.DeadLetters(hook);
    if (!letters) return letters.error();
    std::erase_if(*letters, [](const DeadLetter& letter) { return letter.state != DeadLetter::State::kRetry; });
    Running* running = Find(hook.id);
    if (running == nullptr) {
      auto lane = WebhookLane::Open(hook, tools_);
      if (!lane) continue;  // `cairn webhook list` tells why; the others are delivered to.
      auto made = std::make_unique<Running>();
      made->lane = std::move(*lane);
      running = made.get();
      const std::lock_guard lock(mutex_);
      lanes_[hook.id] = std::move(made);
    }
    if (!letters->empty()) running->lane->SetRetries(std::move(*letters));
    if (!running->thread.joinable()) {
      running->thread = std::thread([this, running] { RunLane(*running); });
    }
    running->bell->Ring();
  }
  return Status::Ok();
}

WebhookDelivery::Running* WebhookDelivery::Find(const std::string& id) const {
  const std::lock_guard lock(mutex_);
  const auto found = lanes_.find(id);
  return found == lanes_.end() ? nullptr : found->second.get();
}

void WebhookDelivery::End(Running& running) {
  running.stop.request_stop();
  running.bell->Ring();
  if (running.thread.joinable()) running.thread.join();
}

void WebhookDelivery::RunLane(Running& running) {
  const std::stop_token stop = running.stop.get_token();
  while (!stop.stop_requested()) {
    const WebhookLane::Wait wait = running.lane->Step(stop);
    if (stop.stop_requested()) break;
    if (wait.time.count() == 0) continue;
    if (wait.news) {
      const auto most = std::min<std::chrono::nanoseconds>(wait.time, kNewsAtMost);
      news_.Await(*wait.news, std::chrono::duration_cast<std::chrono::milliseconds>(most),
                  [bell = running.bell] { bell->Ring(); });
      running.bell->Wait(most + std::chrono::seconds(1));
      // Those that come with it go with it.
      if (!stop.stop_requested()) running.bell->Wait(options_.linger);
    } else {
      running.bell->Wait(wait.time);
    }
  }
  // What is not written down is sent again.
  (void)running.lane->Save();
}

}  // namespace cairn
