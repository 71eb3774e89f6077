#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/file_system.h"

namespace cairn {

/// The real disk, with named points at which a test does what another process might do just then, or changes what a
/// folder seems to hold.
class HookFileSystem final : public FileSystem {
 public:
  /// Called with the path that the operation is about.
  using Hook = std::function<void(const std::string& path)>;
  Hook before_lock;
  Hook before_try_lock;
  Hook before_map;
  Hook after_map;
  Hook after_sync;
  std::function<void(std::vector<std::string>* names)> after_list;

  Result<std::unique_ptr<AppendFile>> OpenAppend(const std::string& path, bool create) override {
    auto file = real_.OpenAppend(path, create);
    if (!file) return file;
    return std::unique_ptr<AppendFile>(new HookFile(*this, path, std::move(*file)));
  }
  Result<std::unique_ptr<Mapping>> Map(const std::string& path, std::uint64_t bytes) override {
    Call(before_map, path);
    auto mapping = real_.Map(path, bytes);
    Call(after_map, path);
    return mapping;
  }
  Result<std::unique_ptr<Mapping>> MapShared(const std::string& path, std::uint64_t bytes) override {
    return real_.MapShared(path, bytes);
  }
  Result<std::unique_ptr<FileLock>> OpenLock(const std::string& path) override {
    auto lock = real_.OpenLock(path);
    if (!lock) return lock;
    return std::unique_ptr<FileLock>(new HookLock(*this, path, std::move(*lock)));
  }
  Result<std::string> Read(const std::string& path) override { return real_.Read(path); }
  Result<std::uint64_t> Size(const std::string& path) override { return real_.Size(path); }
  bool Exists(const std::string& path) override { return real_.Exists(path); }
  Result<std::vector<std::string>> List(const std::string& dir) override {
    auto names = real_.List(dir);
    if (names && after_list) after_list(&*names);
    return names;
  }
  Status MakeDirs(const std::string& dir) override { return real_.MakeDirs(dir); }
  Status Rename(const std::string& from, const std::string& to) override { return real_.Rename(from, to); }
  Status Remove(const std::string& path) override { return real_.Remove(path); }
  Status SyncDir(const std::string& dir) override { return real_.SyncDir(dir); }
  Result<std::string> NetworkKind(const std::string& path) override { return real_.NetworkKind(path); }

 private:
  class HookFile final : public AppendFile {
   public:
    HookFile(HookFileSystem& files, std::string path, std::unique_ptr<AppendFile> real)
        : files_(files), path_(std::move(path)), real_(std::move(real)) {}
    Status Append(std::string_view bytes) override { return real_->Append(bytes); }
    Status WriteAt(std::uint64_t offset, std::string_view bytes) override { return real_->WriteAt(offset, bytes); }
    void StartSync(std::uint64_t begin, std::uint64_t end) override { real_->StartSync(begin, end); }
    Status Sync() override {
      Status status = real_->Sync();
      Call(files_.after_sync, path_);
      return status;
    }
    Status Truncate(std::uint64_t size) override { return real_->Truncate(size); }
    [[nodiscard]] Result<std::uint64_t> Size() const override { return real_->Size(); }

   private:
    HookFileSystem& files_;
    std::string path_;
    std::unique_ptr<AppendFile> real_;
  };

  class HookLock final : public FileLock {
   public:
    HookLock(HookFileSystem& files, std::string path, std::unique_ptr<FileLock> real)
        : files_(files), path_(std::move(path)), real_(std::move(real)) {}
    Status Lock() override {
      Call(files_.before_lock, path_);
      return real_->Lock();
    }
    Status TryLock() override {
      Call(files_.before_try_lock, path_);
      return real_->TryLock();
    }
    void Unlock() override { real_->Unlock(); }

   private:
    HookFileSystem& files_;
    std::string path_;
    std::unique_ptr<FileLock> real_;
  };

  static void Call(const Hook& hook, const std::string& path) {
    if (hook) hook(path);
  }

  FileSystem& real_ = *FileSystem::Default();
};

}  // namespace cairn
