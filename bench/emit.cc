#include <atomic>
#include <thread>

#include "lab.h"
#include "rival_append.h"
#include "scratch.h"
#include "workload.h"

namespace cairn::bench {
namespace {

constexpr std::size_t kEmits = 2'000;
constexpr std::size_t kCallers = 16;

void StoreOne(Repository& store, std::string_view record) {
  const Result<Stored> stored = store.Store(record);
  Must(stored.status(), "storing a record");
  if (stored->known) Fail("a new record was held for known");
}

void EmitOne(Lab& lab, const Report& report) {
  std::vector<double> ours, append;
  for (std::size_t pass = 0; pass < lab.options().repeat; ++pass) {
    const std::string folder = lab.NewFolder();
    {
      const auto store = OpenStore(folder);
      const std::string append_folder = lab.NewFolder();
      AppendRival rival(append_folder);
      std::vector<double> store_us, append_us;
      // In turns, so that whatever else the disk does meets both.
      for (std::size_t i = 0; i < std::min(kEmits, lab.data().size()); ++i) {
        const std::string_view record = lab.data().record(i);
        const std::string_view line(record.data(), record.size() + 1);
        const Stopwatch store_watch;
        StoreOne(*store, record);
        store_us.push_back(store_watch.Seconds() * 1e6);
        const Stopwatch append_watch;
        rival.Append(line);
        append_us.push_back(append_watch.Seconds() * 1e6);
      }
      ours.push_back(Median(store_us));
      append.push_back(Median(append_us));
    }
    lab.Remove(folder);
  }
  report({"emit_one", SpreadOf(ours), "us", "bare append", SpreadOf(append), {Bound::Of::kRatioAtMost, 1.5}});
}

// Durable emits a second of `callers` threads on a fresh store.
double EmitRate(Lab& lab, std::size_t callers, std::size_t emits) {
  const std::string folder = lab.NewFolder();
  double seconds = 0;
  {
    const auto store = OpenStore(folder);
    std::atomic<std::size_t> next{0};
    const Stopwatch watch;
    std::vector<std::thread> threads;
    for (std::size_t t = 0; t < callers; ++t) {
      threads.emplace_back([&] {
        for (std::size_t i = next++; i < emits; i = next++) StoreOne(*store, lab.data().record(i));
      });
    }
    for (std::thread& thread : threads) thread.join();
    seconds = watch.Seconds();
  }
  lab.Remove(folder);
  return static_cast<double>(emits) / seconds;
}

void Emit16(Lab& lab, const Report& report) {
  std::vector<double> many, one;
  for (std::size_t pass = 0; pass < lab.options().repeat; ++pass) {
    one.push_back(EmitRate(lab, 1, std::min(kEmits * 2, lab.data().size())));
    many.push_back(EmitRate(lab, kCallers, std::min(kEmits * kCallers, lab.data().size())));
  }
  report({"emit_16", SpreadOf(many), "records/s", "one caller", SpreadOf(one), {Bound::Of::kRatioAtLeast, 4}});
}

}  // namespace

std::vector<Workload> EmitWorkloads() {
  return {
      {"emit_one", "one durable emit, one caller, p50, in turns with a bare append of the same bytes", EmitOne},
      {"emit_16", "durable emits of 16 callers at once", Emit16},
  };
}

}  // namespace cairn::bench
