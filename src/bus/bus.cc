#include "cairn/bus.h"

#include <limits>

#include "bus/bus_thread.h"

namespace cairn {
namespace {

/// The first record that is not there yet. Who may not ask how much the store holds feels for its end.
Result<Seq> EndOf(Repository& repository) {
  auto stats = repository.Stats();
  if (stats) return Seq{stats->last_seq.value + 1};
  if (stats.error().code() != StatusCode::kPermissionDenied) return stats.error();
  std::uint64_t low = 1;   // Behind all that is known to be there.
  std::uint64_t high = 0;  // Known not to be there; 0: nothing is.
  while (high == 0 || low < high) {
    const std::uint64_t probe = high == 0 ? low * 2 : low + (high - low) / 2;
    auto page = repository.Tail(Seq{probe}, 1);
    if (!page) return page.error();
    if (page->next.value > probe)
      low = probe + 1;
    else
      high = probe;
    if (low > std::numeric_limits<std::int64_t>::max() / 4) break;
  }
  return Seq{low};
}

template <typename Impl>
class OwnSubscription final : public Subscription {
 public:
  OwnSubscription(std::shared_ptr<Impl> bus, std::shared_ptr<BusEntry> entry)
      : bus_(std::move(bus)), entry_(std::move(entry)) {}
  ~OwnSubscription() override { bus_->Stop(*entry_); }

  [[nodiscard]] Seq position() const override {
    return bus_->Locked([&] { return entry_->position; });
  }
  [[nodiscard]] SubscriptionStats Stats() const override {
    return bus_->Locked([&] { return entry_->stats; });
  }
  void Stop() override { bus_->Stop(*entry_); }

 private:
  const std::shared_ptr<Impl> bus_;
  const std::shared_ptr<BusEntry> entry_;
};

}  // namespace

Bus::Bus(std::shared_ptr<Repository> repository) : impl_(std::make_shared<Impl>(std::move(repository))) {}

Bus::~Bus() { impl_->Close(); }

Result<std::unique_ptr<Subscription>> Bus::Subscribe(SubscribeOptions options, FactHandler handler) {
  if (options.batch_records == 0) return Status(StatusCode::kInvalidArgument, "batch_records: is at least 1");
  auto match = FactMatch::Create({options.tenant, options.kinds, options.prefix, options.filter});
  if (!match) return match.error();
  auto from = options.from ? Result<Seq>(*options.from) : EndOf(impl_->repository());
  if (!from) return from.error();
  auto entry =
      std::make_shared<BusEntry>(std::move(options), std::move(handler), std::move(*match), std::max(*from, Seq{1}));
  impl_->Add(entry);
  return std::unique_ptr<Subscription>(std::make_unique<OwnSubscription<Impl>>(impl_, std::move(entry)));
}

}  // namespace cairn
