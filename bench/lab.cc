#include "lab.h"

#include <fmt/format.h>

#include <atomic>
#include <filesystem>
#include <thread>

#include "scratch.h"

namespace cairn::bench {
namespace {

constexpr double kSlowPassSeconds = 15;
constexpr std::size_t kBuildCallers = 2;

}  // namespace

const Dataset& Lab::data() {
  if (!data_) data_.emplace(options_.records, 0, options_.records);
  return *data_;
}

std::string Lab::NewFolder() {
  std::string folder = fmt::format("{}/{}", folder_, ++folders_);
  std::filesystem::create_directory(folder);
  return folder;
}

void Lab::Remove(const std::string& folder) {
  std::filesystem::remove_all(folder);
  SettleDisk(folder_);
}

const std::string& Lab::UnsealedStore() {
  if (unsealed_.empty()) {
    unsealed_ = NewFolder();
    IngestInto(*OpenStore(unsealed_, Unsealed()), data(), kBuildCallers);
  }
  return unsealed_;
}

const std::string& Lab::SealedStore() {
  if (sealed_.empty()) {
    sealed_ = NewFolder();
    StoreOptions options;
    options.segment_bytes = std::uint64_t{64} << 20;
    const auto store = OpenStore(sealed_, options);
    IngestInto(*store, data(), kBuildCallers);
    Must(store->Seal(), "sealing");
  }
  return sealed_;
}

SqliteRival& Lab::Sqlite() {
  if (!sqlite_) {
    sqlite_.emplace(NewFolder(), SqliteRival::Tuning::kClustered, /*durable=*/false);
    IngestInto(*sqlite_, data(), 1);
  }
  return *sqlite_;
}

LmdbRival& Lab::Lmdb() {
  if (!lmdb_) {
    lmdb_.emplace(NewFolder(), /*durable=*/false);
    IngestInto(*lmdb_, data(), 1);
  }
  return *lmdb_;
}

MapRival& Lab::Map() {
  if (!map_) map_.emplace(data());
  return *map_;
}

StoreOptions Unsealed() {
  StoreOptions options;
  options.seal = false;
  return options;
}

std::unique_ptr<Repository> OpenStore(const std::string& path, const StoreOptions& options) {
  return Must(OpenRepository(path, options), "opening a store");
}

double IngestInto(Repository& store, const Dataset& data, std::size_t callers, bool known) {
  std::atomic<std::size_t> next{0};
  const auto call = [&] {
    for (std::size_t b = next++; b < data.batches(); b = next++) {
      for (const Result<Stored>& stored : store.BulkStore(data.batch(b))) {
        Must(stored.status(), "storing a record");
        if (stored->known != known)
          Fail(known ? "a record that stood was stored again" : "a new record was held for known");
      }
    }
  };
  const Stopwatch watch;
  std::vector<std::thread> threads;
  for (std::size_t t = 1; t < callers; ++t) threads.emplace_back(call);
  call();
  for (std::thread& thread : threads) thread.join();
  return watch.Seconds();
}

void Passes::Run(const std::function<double()>& pass) {
  if (slow_) return;
  const Stopwatch watch;
  values_.push_back(pass());
  slow_ = watch.Seconds() > kSlowPassSeconds;
}

}  // namespace cairn::bench
