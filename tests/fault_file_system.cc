#include "fault_file_system.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>

namespace cairn {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kPageBytes = 4096;
constexpr std::size_t kSampledBytes = std::size_t{64} << 10;
constexpr std::string_view kBootId = "/proc/sys/kernel/random/boot_id";

Status PowerIsOff() { return {StatusCode::kUnavailable, "the power is off"}; }
Status DiskIsFull() { return {StatusCode::kResourceExhausted, "the disk is full"}; }

std::string ReadFrom(const std::string& path, std::uint64_t offset = 0) {
  std::ifstream in(path, std::ios::binary);
  in.seekg(static_cast<std::streamoff>(offset));
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

void WriteWhole(const std::string& path, const std::string& bytes) { std::ofstream(path, std::ios::binary) << bytes; }

std::string Parent(const std::string& path) { return path.substr(0, path.rfind('/')); }

std::uint64_t UpTo(std::mt19937_64& random, std::uint64_t most) {
  return std::uniform_int_distribution<std::uint64_t>(0, most)(random);
}

// Zeros in some of the pages of `bytes` that reach into [from, to), chosen by chance.
void TearPages(std::string& bytes, std::uint64_t from, std::uint64_t to, std::mt19937_64& random) {
  to = std::min<std::uint64_t>(to, bytes.size());
  while (from < to) {
    const std::uint64_t end = std::min<std::uint64_t>(to, (from / kPageBytes + 1) * kPageBytes);
    if (UpTo(random, 1) == 0)
      std::fill(bytes.begin() + static_cast<long>(from), bytes.begin() + static_cast<long>(end), '\0');
    from = end;
  }
}

}  // namespace

class FaultFileSystem::TrackedAppendFile final : public AppendFile {
 public:
  TrackedAppendFile(FaultFileSystem& files, std::string path, NodePtr node, std::unique_ptr<AppendFile> real)
      : files_(files),
        path_(std::move(path)),
        node_(std::move(node)),
        real_(std::move(real)),
        generation_(files.generation_) {}

  Status Append(std::string_view bytes) override {
    const std::lock_guard lock(files_.mutex_);
    return Write(fs::file_size(node_->link), bytes, [&](std::string_view written) { return real_->Append(written); });
  }

  Status WriteAt(std::uint64_t offset, std::string_view bytes) override {
    const std::lock_guard lock(files_.mutex_);
    return Write(offset, bytes, [&](std::string_view written) { return real_->WriteAt(offset, written); });
  }

  Status Sync() override {
    const std::lock_guard lock(files_.mutex_);
    if (generation_ != files_.generation_) return PowerIsOff();
    const Fate fate = files_.Step(DiskOp::kSync, path_);
    if (!fate.status.ok()) {
      if (!files_.power_is_off_) node_->doomed.push_back({node_->unchanged, fs::file_size(node_->link)});
      return fate.status;
    }
    if (files_.options_.lie_about_sync) return Status::Ok();
    node_->synced.resize(node_->unchanged);
    node_->synced += ReadFrom(node_->link, node_->unchanged);
    node_->unchanged = node_->synced.size();
    node_->uncut = node_->unchanged;
    return Status::Ok();
  }

  Status Truncate(std::uint64_t size) override {
    const std::lock_guard lock(files_.mutex_);
    if (generation_ != files_.generation_) return PowerIsOff();
    if (const Fate fate = files_.Step(DiskOp::kTruncate, path_); !fate.status.ok()) return fate.status;
    files_.used_bytes_ = files_.used_bytes_ - fs::file_size(node_->link) + size;
    if (Status status = real_->Truncate(size); !status.ok()) return status;
    node_->unchanged = std::min(node_->unchanged, size);
    node_->uncut = std::min(node_->uncut, size);
    for (Range& range : node_->doomed) range.to = std::min(range.to, size);
    ForgetEmpty(node_->doomed);
    return Status::Ok();
  }

  Result<std::uint64_t> Size() const override { return real_->Size(); }

 private:
  static void ForgetEmpty(std::vector<Range>& ranges) {
    std::erase_if(ranges, [](const Range& range) { return range.from >= range.to; });
  }

  // Only what makes the file longer takes the disk.
  Status Write(std::uint64_t offset, std::string_view bytes, const auto& write) {
    if (generation_ != files_.generation_) return PowerIsOff();
    Fate fate = files_.Step(DiskOp::kAppend, path_);
    const std::uint64_t before = fs::file_size(node_->link);
    const auto growth = [&](std::uint64_t written) { return std::max(before, offset + written) - before; };
    std::uint64_t written = bytes.size();
    if (!fate.status.ok()) {
      written = fate.cut_short ? UpTo(files_.random_, bytes.size()) : 0;
    } else if (files_.disk_bytes_ && files_.used_bytes_ + growth(written) > *files_.disk_bytes_) {
      const std::uint64_t left = *files_.disk_bytes_ - std::min(files_.used_bytes_, *files_.disk_bytes_);
      written -= growth(written) - left;
      fate.status = DiskIsFull();
    }
    if (Status status = write(bytes.substr(0, written)); !status.ok()) return status;
    files_.used_bytes_ += growth(written);
    node_->unchanged = std::min(node_->unchanged, offset);
    // What is written anew is no longer what a failed Sync was to write.
    for (Range& range : node_->doomed) {
      if (offset <= range.from) range.from = std::max(range.from, offset + written);
    }
    ForgetEmpty(node_->doomed);
    return fate.status;
  }

  FaultFileSystem& files_;
  std::string path_;
  NodePtr node_;
  std::unique_ptr<AppendFile> real_;
  std::uint64_t generation_;
};

FaultFileSystem::FaultFileSystem(std::string root, const FaultOptions& options)
    : real_(*FileSystem::Default()),
      root_(std::move(root)),
      lost_(root_ + ".lost"),
      options_(options),
      random_(options.seed) {
  fs::create_directories(root_);
  ScanRoot();
}

FaultFileSystem::~FaultFileSystem() {
  std::error_code ignored;
  fs::remove_all(lost_, ignored);
}

std::uint64_t FaultFileSystem::operations() const {
  const std::lock_guard lock(mutex_);
  return operations_;
}

std::uint64_t FaultFileSystem::used_bytes() const {
  const std::lock_guard lock(mutex_);
  return used_bytes_;
}

void FaultFileSystem::Fail(Fault fault) {
  const std::lock_guard lock(mutex_);
  faults_.push_back({std::move(fault)});
}

void FaultFileSystem::ClearFaults() {
  const std::lock_guard lock(mutex_);
  faults_.clear();
}

void FaultFileSystem::SetDiskBytes(std::optional<std::uint64_t> bytes) {
  const std::lock_guard lock(mutex_);
  disk_bytes_ = bytes;
}

void FaultFileSystem::PowerOffAt(std::uint64_t nth) {
  const std::lock_guard lock(mutex_);
  power_off_at_ = operations_ + nth;
}

bool FaultFileSystem::power_is_off() const {
  const std::lock_guard lock(mutex_);
  return power_is_off_;
}

void FaultFileSystem::Restart() {
  const std::lock_guard lock(mutex_);
  power_is_off_ = false;
  power_off_at_ = 0;
  ++generation_;
}

void FaultFileSystem::Crash(std::uint64_t seed) {
  const std::lock_guard lock(mutex_);
  std::mt19937_64 random(seed);
  if (!power_is_off_) SampleMappings();
  std::map<std::string, std::string> contents;
  const std::map<std::string, NodePtr> entries = EntriesAfterCrash(random);
  for (const auto& [path, node] : entries) {
    if (!node->folder) contents[path] = AfterCrash(*node, random);
  }
  for (const auto& [path, node] : live_) {
    const auto kept = entries.find(path);
    if (!node->folder) fs::remove(path);
    if (node->folder && (kept == entries.end() || !kept->second->folder)) fs::remove_all(path);
  }
  for (const auto& [path, node] : entries) {
    if (node->folder) {
      fs::create_directories(path);
    } else {
      WriteWhole(path, contents[path]);
    }
  }
  power_is_off_ = false;
  power_off_at_ = 0;
  ++generation_;
  ++crashes_;
  ScanRoot();
}

Result<std::unique_ptr<AppendFile>> FaultFileSystem::OpenAppend(const std::string& path, bool create) {
  const std::lock_guard lock(mutex_);
  const bool made = !real_.Exists(path);
  if (made && create) {
    if (const Fate fate = Step(DiskOp::kCreate, path); !fate.status.ok()) return fate.status;
  }
  auto file = real_.OpenAppend(path, create);
  if (!file) return file;
  if (made) Created(path, false);
  return std::unique_ptr<AppendFile>(new TrackedAppendFile(*this, path, Track(path), std::move(*file)));
}

Result<std::unique_ptr<Mapping>> FaultFileSystem::Map(const std::string& path, std::uint64_t bytes) {
  return real_.Map(path, bytes);
}

Result<std::unique_ptr<Mapping>> FaultFileSystem::MapShared(const std::string& path, std::uint64_t bytes) {
  const std::lock_guard lock(mutex_);
  const bool made = !real_.Exists(path);
  if (const Fate fate = Step(DiskOp::kMapShared, path); !fate.status.ok()) return fate.status;
  const std::uint64_t before = made ? 0 : fs::file_size(path);
  const std::uint64_t grows = bytes > before ? bytes - before : 0;
  if (grows != 0 && disk_bytes_ && used_bytes_ + grows > *disk_bytes_) return DiskIsFull();
  auto mapping = real_.MapShared(path, bytes);
  if (!mapping) return mapping;
  if (made) Created(path, false);
  used_bytes_ += grows;
  const NodePtr node = Track(path);
  if (!node->mapped) node->earlier.push_back(ReadFrom(node->link));
  node->mapped = true;
  return mapping;
}

Result<std::unique_ptr<FileLock>> FaultFileSystem::OpenLock(const std::string& path) {
  const std::lock_guard lock(mutex_);
  const bool made = !real_.Exists(path);
  if (made) {
    if (const Fate fate = Step(DiskOp::kCreate, path); !fate.status.ok()) return fate.status;
  }
  auto file_lock = real_.OpenLock(path);
  if (file_lock && made) Created(path, false);
  return file_lock;
}

Result<std::string> FaultFileSystem::Read(const std::string& path) {
  auto bytes = real_.Read(path);
  const std::lock_guard lock(mutex_);
  if (bytes && path == kBootId && crashes_ != 0) bytes->replace(0, 8, fmt::format("{:08x}", crashes_));
  return bytes;
}
Result<std::uint64_t> FaultFileSystem::Size(const std::string& path) { return real_.Size(path); }
bool FaultFileSystem::Exists(const std::string& path) { return real_.Exists(path); }
Result<std::vector<std::string>> FaultFileSystem::List(const std::string& dir) { return real_.List(dir); }
Result<std::string> FaultFileSystem::NetworkKind(const std::string& path) { return real_.NetworkKind(path); }

Status FaultFileSystem::MakeDirs(const std::string& dir) {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> missing;
  for (std::string at = dir; at.size() > root_.size() && !real_.Exists(at); at = Parent(at)) missing.push_back(at);
  if (missing.empty()) return real_.MakeDirs(dir);
  if (const Fate fate = Step(DiskOp::kMakeDirs, dir); !fate.status.ok()) return fate.status;
  if (Status status = real_.MakeDirs(dir); !status.ok()) return status;
  for (auto at = missing.rbegin(); at != missing.rend(); ++at) Created(*at, true);
  return Status::Ok();
}

Status FaultFileSystem::Rename(const std::string& from, const std::string& to) {
  const std::lock_guard lock(mutex_);
  if (const Fate fate = Step(DiskOp::kRename, from); !fate.status.ok()) return fate.status;
  const std::uint64_t replaced = real_.Exists(to) ? fs::file_size(to) : 0;
  const NodePtr node = real_.Exists(from) ? Track(from) : nullptr;
  if (Status status = real_.Rename(from, to); !status.ok()) return status;
  used_bytes_ -= replaced;
  pending_.push_back({from, to, node});
  Apply(pending_.back(), live_);
  return Status::Ok();
}

Status FaultFileSystem::Remove(const std::string& path) {
  const std::lock_guard lock(mutex_);
  if (!real_.Exists(path)) return real_.Remove(path);
  if (const Fate fate = Step(DiskOp::kRemove, path); !fate.status.ok()) return fate.status;
  const NodePtr node = Track(path);
  if (Status status = real_.Remove(path); !status.ok()) return status;
  used_bytes_ -= fs::file_size(node->link);
  pending_.push_back({path, "", node});
  Apply(pending_.back(), live_);
  return Status::Ok();
}

Status FaultFileSystem::SyncDir(const std::string& dir) {
  const std::lock_guard lock(mutex_);
  if (const Fate fate = Step(DiskOp::kSyncDir, dir); !fate.status.ok()) return fate.status;
  if (Status status = real_.SyncDir(dir); !status.ok()) return status;
  std::erase_if(pending_, [&](const EntryChange& change) {
    const bool here =
        (!change.from.empty() && Parent(change.from) == dir) || (!change.to.empty() && Parent(change.to) == dir);
    if (here) Apply(change, durable_);
    return here;
  });
  return Status::Ok();
}

FaultFileSystem::Fate FaultFileSystem::Step(DiskOp op, const std::string& path) {
  ++operations_;
  if (power_is_off_) return {PowerIsOff(), false};
  SampleMappings();
  if (power_off_at_ != 0 && operations_ >= power_off_at_) {
    power_is_off_ = true;
    return {PowerIsOff(), true};
  }
  Fate fate;
  for (PendingFault& pending : faults_) {
    const Fault& fault = pending.fault;
    if (fault.op != DiskOp::kAny && fault.op != op) continue;
    if (!fault.path_part.empty() && path.find(fault.path_part) == std::string::npos) continue;
    ++pending.seen;
    if (pending.seen == fault.nth || (pending.seen > fault.nth && fault.keeps_failing)) fate = {fault.status, true};
  }
  return fate;
}

FaultFileSystem::NodePtr FaultFileSystem::Track(const std::string& path) {
  if (const auto found = live_.find(path); found != live_.end()) return found->second;
  const auto node = std::make_shared<Node>();
  node->folder = fs::is_directory(path);
  if (!node->folder) {
    node->link = lost_ + "/" + std::to_string(++links_);
    fs::create_hard_link(path, node->link);
    node->synced = ReadFrom(path);
    node->unchanged = node->synced.size();
    node->uncut = node->unchanged;
    used_bytes_ += node->synced.size();
  }
  live_[path] = node;
  durable_[path] = node;
  return node;
}

void FaultFileSystem::Created(const std::string& path, bool folder) {
  const auto node = std::make_shared<Node>();
  node->folder = folder;
  if (!folder) {
    node->link = lost_ + "/" + std::to_string(++links_);
    fs::create_hard_link(path, node->link);
  }
  pending_.push_back({"", path, node});
  Apply(pending_.back(), live_);
}

void FaultFileSystem::SampleMappings() {
  for (const auto& [path, node] : live_) {
    if (!node->mapped || fs::file_size(node->link) > kSampledBytes) continue;
    std::string now = ReadFrom(node->link);
    if (node->earlier.empty() || node->earlier.back() != now) node->earlier.push_back(std::move(now));
  }
}

void FaultFileSystem::ScanRoot() {
  live_.clear();
  durable_.clear();
  pending_.clear();
  used_bytes_ = 0;
  fs::remove_all(lost_);
  fs::create_directories(lost_);
  for (const auto& entry : fs::recursive_directory_iterator(root_)) Track(entry.path().string());
}

std::string FaultFileSystem::AfterCrash(const Node& node, std::mt19937_64& random) const {
  if (node.mapped) {
    const std::uint64_t chosen = UpTo(random, node.earlier.size());
    return chosen == 0 ? std::string(fs::file_size(node.link), '\0') : node.earlier[chosen - 1];
  }
  std::string now = ReadFrom(node.link);
  if (now.size() != node.unchanged || node.synced.size() != node.unchanged) {
    switch (UpTo(random, 3)) {
      case 0:
        now = node.synced;
        break;
      case 1:
        now.resize(node.unchanged + UpTo(random, now.size() - node.unchanged));
        // What stood behind it, where it was written over.
        if (now.size() < node.uncut) now += node.synced.substr(now.size(), node.uncut - now.size());
        break;
      case 2:
        TearPages(now, node.unchanged, now.size(), random);
        break;
      default:
        break;
    }
  }
  for (const Range& range : node.doomed) TearPages(now, range.from, range.to, random);
  return now;
}

std::map<std::string, FaultFileSystem::NodePtr> FaultFileSystem::EntriesAfterCrash(std::mt19937_64& random) const {
  const auto folder_of = [](const EntryChange& change) { return Parent(change.to.empty() ? change.from : change.to); };
  std::map<std::string, std::uint64_t> kept;
  for (const EntryChange& change : pending_) ++kept[folder_of(change)];
  for (auto& [folder, count] : kept) {
    switch (UpTo(random, 2)) {
      case 0:
        count = 0;
        break;
      case 1:
        count = UpTo(random, count);
        break;
      default:
        break;
    }
  }
  std::map<std::string, NodePtr> entries = durable_;
  for (const EntryChange& change : pending_) {
    std::uint64_t& left = kept[folder_of(change)];
    if (left == 0) continue;
    --left;
    Apply(change, entries);
  }
  // What stood in a folder that never came to be is gone with it; folders stand before what is in them.
  std::set<std::string> folders = {root_};
  std::erase_if(entries, [&](const auto& entry) {
    if (!folders.contains(Parent(entry.first))) return true;
    if (entry.second->folder) folders.insert(entry.first);
    return false;
  });
  return entries;
}

void FaultFileSystem::Apply(const EntryChange& change, std::map<std::string, NodePtr>& entries) {
  if (!change.from.empty()) entries.erase(change.from);
  if (!change.to.empty()) entries[change.to] = change.node;
}

}  // namespace cairn
