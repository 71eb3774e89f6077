#include "scan/folder_work.h"

#include <algorithm>

namespace cairn {
namespace {

bool IsSame(const StateEntry& before, const Listed& now, const MethodTable& methods) {
  constexpr std::uint8_t kAgain = StateEntry::kPending | StateEntry::kTransient | StateEntry::kUnverified;
  if (before.name != now.name || before.kind != now.kind) return false;
  if (now.kind == FileKind::kFolder) return true;
  if (before.stamp != now.stamp || (before.flags & kAgain) != 0) return false;
  return before.kind != FileKind::kFile || before.method == 0 || methods.IsCurrent(before.method);
}

bool IsSameFolder(const WalkedFolder& walked, const StoredFolder& stored, const MethodTable& methods,
                  std::uint64_t& files) {
  if (!stored.problem.empty()) return false;
  EntryReader reader(stored.entries);
  for (const Listed& now : walked.listing->entries) {
    if (reader.entry() == nullptr || !IsSame(*reader.entry(), now, methods)) return false;
    if (now.kind != FileKind::kFolder) ++files;
    reader.Next();
  }
  return reader.entry() == nullptr;
}

std::string Join(const std::string& folder, std::string_view name) {
  return (folder == "/" ? folder : folder + "/") + std::string(name);
}

class Comparison {
 public:
  Comparison(const WalkedFolder& walked, const StoredFolder* stored, const MethodTable& methods,
             const CompareOptions& options)
      : walked_(walked),
        methods_(methods),
        options_(options),
        reader_(stored == nullptr ? std::string_view() : stored->entries) {
    out_.work = std::make_shared<FolderWork>();
    FolderWork& work = *out_.work;
    work.path = walked.path;
    if (stored != nullptr) work.problem_before = stored->problem;
    if (!walked.status.ok()) work.problem = walked.status.message();
    work.lost_reason = walked.status.ok() ? "it is gone" : "its folder cannot be read: " + walked.status.message();
  }

  ComparedFolder Run() {
    for (const Listed& now : walked_.listing->entries) {
      while (reader_.entry() != nullptr && reader_.entry()->name < now.name) Lose();
      const bool is_known = reader_.entry() != nullptr && reader_.entry()->name == now.name;
      if (is_known) {
        Keep(*reader_.entry(), now);
        reader_.Next();
      } else {
        Add(now);
      }
    }
    while (reader_.entry() != nullptr) Lose();
    out_.work->pending = out_.tasks.size();
    out_.work->is_gone.resize(out_.work->entries.size());
    return std::move(out_);
  }

 private:
  StateEntry& Append(const StateEntry& entry, std::string_view name) {
    out_.work->entries.push_back(entry);
    out_.work->entries.back().name = out_.work->names.Copy(name);
    return out_.work->entries.back();
  }

  void Keep(const StateEntry& before, const Listed& now) {
    if (before.kind == FileKind::kFolder || now.kind == FileKind::kFolder) {
      if (before.kind == now.kind) {
        Append(before, now.name);
      } else {
        Lose(before);
        Add(now);
      }
      return;
    }
    std::string why = options_.only != nullptr && !options_.only->contains(now.name)
                          ? ""
                          : WhyAgain(before, now, methods_, options_.force);
    Append(before, now.name);
    if (why.empty()) {
      ++out_.unchanged;
    } else {
      Task(std::move(why), now.kind, before.output != 0);
    }
  }

  void Add(const Listed& now) {
    StateEntry entry;
    entry.kind = now.kind;
    if (now.kind != FileKind::kFolder) entry.stamp = now.stamp;
    Append(entry, now.name);
    if (now.kind != FileKind::kFolder) Task("new", now.kind, false);
  }

  void Task(std::string why, FileKind kind, bool was_known) {
    auto task = std::make_shared<FileTask>();
    task->folder = out_.work;
    task->at = out_.work->entries.size() - 1;
    task->was_known = was_known;
    task->anew = options_.force;
    task->why = std::move(why);
    task->kind = kind;
    out_.tasks.push_back(std::move(task));
  }

  void Lose() {
    const StateEntry& before = *reader_.entry();
    const auto& unseen = walked_.listing->unseen;
    if (std::binary_search(unseen.begin(), unseen.end(), before.name)) {
      Append(before, before.name);
      ++out_.unchanged;
    } else {
      Lose(before);
    }
    reader_.Next();
  }

  void Lose(const StateEntry& before) {
    const std::string path = Join(walked_.path, before.name);
    if (before.kind == FileKind::kFolder) {
      out_.work->lost_folders.push_back(path);
    } else if (before.output != 0) {
      out_.work->removals.push_back({path, before.content, out_.work->lost_reason});
    }
  }

  const WalkedFolder& walked_;
  const MethodTable& methods_;
  const CompareOptions& options_;
  EntryReader reader_;
  ComparedFolder out_;
};

}  // namespace

std::string WhyAgain(const StateEntry& before, const Listed& now, const MethodTable& methods, bool force) {
  if (force) return "asked for";
  if (before.kind != now.kind) return "another kind of file";
  if (before.stamp != now.stamp) return StampDifference(before.stamp, now.stamp);
  if (before.Has(StateEntry::kPending)) return "not read yet";
  if (before.Has(StateEntry::kTransient)) return "it could not be read before";
  if (before.Has(StateEntry::kUnverified)) return "changed too shortly before it was read";
  if (before.kind == FileKind::kFile && before.method != 0 && !methods.IsCurrent(before.method)) {
    return "another version of the reader";
  }
  return {};
}

ComparedFolder CompareFolder(const WalkedFolder& walked, const StoredFolder* stored, const MethodTable& methods,
                             const CompareOptions& options) {
  ComparedFolder out;
  const bool is_seen = walked.status.ok() && walked.listing->unseen.empty();
  if (!options.force && options.only == nullptr && is_seen && stored != nullptr &&
      IsSameFolder(walked, *stored, methods, out.unchanged)) {
    return out;
  }
  return Comparison(walked, stored, methods, options).Run();
}

}  // namespace cairn
