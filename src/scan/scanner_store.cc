// How a scan knows its store, and the store what a scan did.

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <map>
#include <unordered_set>

#include "base/hash.h"
#include "scan/file_name.h"
#include "scan/scanner_pass.h"

namespace cairn {
namespace {

// By which a state knows its store: a record and what it holds.
constexpr std::string_view kMetaMark = "store";
constexpr std::string_view kMetaLooks = "log";
// That earlier state was lost, counted; and, before the path of a root, after which loss what was gone of it is
// recorded.
constexpr std::string_view kMetaLost = "lost";
constexpr std::string_view kMetaSwept = "swept ";

constexpr std::size_t kPageFacts = 1000;

std::string MarkOf(const Fact& fact) { return fmt::format("{} {:016x}", fact.seq().value, Hash64(fact.record())); }

}  // namespace

std::string Scanner::LooksOfLog() const {
  auto names = parts_.files->List(parts_.log_folder);
  if (!names || names->empty()) return {};
  struct stat folder {};
  struct stat oldest {};
  if (::stat(parts_.log_folder.c_str(), &folder) != 0) return {};
  if (::stat(JoinPath(parts_.log_folder, names->front()).c_str(), &oldest) != 0) return {};
  return fmt::format("{} {} {}", folder.st_ino, names->front(), oldest.st_ino);
}

Status Scanner::CheckStore() {
  auto looks = state_->Meta(kMetaLooks);
  if (!looks) return looks.error();
  if (!looks->empty() && *looks == LooksOfLog()) return Status::Ok();
  auto mark = state_->Meta(kMetaMark);
  if (!mark) return mark.error();
  // Neither state nor log: the store is made while files are read.
  makes_store_ = mark->empty() && !parts_.log_folder.empty() && !parts_.files->Exists(parts_.log_folder);
  if (makes_store_) return Status::Ok();
  return CheckMark(*mark);
}

Status Scanner::CheckMark(const std::string& mark) {
  auto store = store_.Get();
  const bool is_dry = parts_.zygote == nullptr;
  if (!store && is_dry && store.error().code() == StatusCode::kNotFound) return Status::Ok();
  if (!store) return store.error();
  if (mark.find(' ') == std::string::npos) {
    auto stats = (*store)->Stats();
    if (!stats || stats->records == 0) return Status::Ok();
    if (Status lost = LoseState(); !lost.ok()) return lost;
    return is_dry ? Status::Ok() : MarkStore();
  }
  const Seq seq{std::strtoull(mark.c_str(), nullptr, 10)};
  auto page = (*store)->Tail(seq, 1);
  if (!page) return page.error();
  if (!page->facts.empty() && MarkOf(page->facts.front()) == mark) {
    if (Status saved = state_->SaveMeta(kMetaLooks, LooksOfLog()); !saved.ok()) return saved;
    return state_->Commit();
  }
  notes_.emplace_back("the state of earlier scans is not of this store: every file is read again");
  if (Status cleared = state_->Clear(); !cleared.ok()) return cleared;
  return LoseState();
}

Status Scanner::LoseState() {
  if (parts_.zygote == nullptr) return Status::Ok();  // Nothing is written.
  auto before = state_->Meta(kMetaLost);
  if (!before) return before.error();
  const std::string lost = std::to_string(std::strtoull(before->c_str(), nullptr, 10) + 1);
  if (Status saved = state_->SaveMeta(kMetaLost, lost); !saved.ok()) return saved;
  return state_->Commit();
}

Status Scanner::CheckEnd() {
  auto ahead = state_->Meta(kMetaAhead);
  if (!ahead || ahead->empty() || parts_.zygote == nullptr) return ahead ? Status::Ok() : ahead.error();
  if (Status forgotten = ForgetUnsaved(); !forgotten.ok()) return forgotten;
  if (Status saved = state_->SaveMeta(kMetaAhead, ""); !saved.ok()) return saved;
  return LoseState();
}

Status Scanner::ForgetUnsaved() {
  auto mark = state_->Meta(kMetaMark);
  if (!mark) return mark.error();
  auto store = store_.Get();
  if (!store) return store.error();
  std::map<std::string, std::map<std::string, std::uint64_t>> newest;  // By folder and name.
  for (Seq from{std::strtoull(mark->c_str(), nullptr, 10) + 1};;) {
    auto page = (*store)->Tail(from, kPageFacts);
    if (!page) return page.error();
    if (page->facts.empty()) break;
    for (const Fact& fact : page->facts) {
      const auto details = fact.Parse();
      const bool is_file = details && details->kind == kKindFile && details->node.ns == kFileNamespace;
      if (!is_file || details->node.tenant != options_.tenant || !details->node.name.starts_with('/')) continue;
      const std::string path = PathOfName(details->node.name);
      const std::size_t slash = path.rfind('/');
      newest[slash == 0 ? "/" : path.substr(0, slash)][path.substr(slash + 1)] = fact.seq().value;
    }
    from = page->next;
  }
  for (const auto& [folder, names] : newest) {
    auto row = state_->LoadFolder(folder);
    if (!row) return row.error();
    if (!*row) continue;
    StoredFolder changed{{}, (*row)->problem};
    for (EntryReader reader((*row)->entries); reader.entry() != nullptr; reader.Next()) {
      StateEntry entry = *reader.entry();
      const auto stated = names.find(std::string(entry.name));
      if (stated != names.end() && stated->second != entry.seq && entry.kind != FileKind::kFolder) {
        entry.stamp = {};
        entry.output = 0;
      }
      AppendEntry(changed.entries, entry);
    }
    if (Status saved = state_->SaveFolder(folder, changed); !saved.ok()) return saved;
  }
  return Status::Ok();
}

Result<bool> Scanner::HasLostState() {
  auto lost = state_->Meta(kMetaLost);
  if (!lost || lost->empty()) return lost ? Result<bool>(false) : lost.error();
  for (const Root& root : roots_) {
    auto swept = state_->Meta(std::string(kMetaSwept) + root.folder);
    if (!swept) return swept.error();
    if (*swept != *lost && root.only.empty()) return true;
  }
  return false;
}

Status Scanner::MarkStore() {
  if (Status noted = NoteStore(); !noted.ok()) return noted;
  return state_->Commit();
}

// So that the state is known for that of this store.
Status Scanner::NoteStore() {
  auto store = store_.Get();
  if (!store) return store.error();
  auto stats = (*store)->Stats();
  if (!stats) return stats.error();
  auto page = (*store)->Tail(stats->last_seq, 1);
  if (!page) return page.error();
  if (page->facts.empty()) return Status::Ok();
  if (Status saved = state_->SaveMeta(kMetaMark, MarkOf(page->facts.front())); !saved.ok()) return saved;
  return state_->SaveMeta(kMetaLooks, LooksOfLog());
}

// Those that the state has of one folder: reading its row for each of them would take the square of their number.
struct Scanner::KnownFiles {
  std::string folder;
  std::unordered_set<std::string> names;
};

Status Scanner::FindLost() {
  has_lost_state_ = false;
  auto lost = state_->Meta(kMetaLost);
  if (!lost) return lost.error();
  if (Status dropped = DropOrphans(); !dropped.ok()) return dropped;
  auto store = store_.Get();
  if (!store) return store.error();
  auto nodes = (*store)->FindNodes(options_.tenant, NodeId(FileNode("", "/")), SIZE_MAX);
  if (!nodes) return nodes.error();
  // By folder: those below it stand in between otherwise.
  const auto folder_of = [](const NodeKey& node) {
    return std::string_view(node.name).substr(0, node.name.rfind('/'));
  };
  std::sort(nodes->begin(), nodes->end(),
            [&](const NodeKey& a, const NodeKey& b) { return folder_of(a) < folder_of(b); });
  KnownFiles last;
  for (const NodeKey& node : *nodes) {
    if (node.type != kTypeFile || node.ns != kFileNamespace || !node.name.starts_with('/')) continue;
    const std::string path = PathOfName(node.name);
    const bool is_ours = std::any_of(roots_.begin(), roots_.end(), [&path](const Root& root) {
      return root.only.empty() && IsInside(path, root.folder);
    });
    if (!is_ours) continue;
    auto fact = (*store)->Latest(kKindFile, node);
    if (!fact) continue;
    auto details = fact->Parse();
    if (!details || !details->payload.starts_with(R"({"state":"present")")) continue;
    auto known = IsKnown(path, details->payload.find(R"("type":"inode/directory")") != std::string::npos, last);
    if (!known) return known.error();
    if (*known) continue;
    if (Status saved = state_->SaveRemoval({path, {}, "it is gone"}); !saved.ok()) return saved;
  }
  // With the removals, in one transaction.
  for (const Root& root : roots_) {
    if (!root.only.empty()) continue;
    if (Status saved = state_->SaveMeta(std::string(kMetaSwept) + root.folder, *lost); !saved.ok()) return saved;
  }
  return state_->Commit();
}

Status Scanner::DropOrphans() {
  std::vector<std::string> orphans;
  for (const Root& root : roots_) {
    if (!root.only.empty()) continue;
    std::vector<std::string> unnamed;
    std::unordered_set<std::string> named{root.folder};
    const auto look = [&](std::string_view path, const StoredFolder& row) {
      // A folder comes before what is in it.
      if (!named.contains(std::string(path))) {
        unnamed.emplace_back(path);
        return;
      }
      for (EntryReader reader(row.entries); reader.entry() != nullptr; reader.Next()) {
        if (reader.entry()->kind == FileKind::kFolder) named.insert(JoinPath(std::string(path), reader.entry()->name));
      }
    };
    if (Status looked = state_->EachFolder(root.folder, look); !looked.ok()) return looked;
    std::string inner;  // A root of its own, and what is below it.
    for (std::string& path : unnamed) {
      if (!inner.empty() && IsInside(path, inner)) continue;
      auto is_root = state_->Meta(std::string(kMetaRoot) + path);
      if (!is_root) return is_root.error();
      if (is_root->empty()) {
        orphans.push_back(std::move(path));
      } else {
        inner = std::move(path);
      }
    }
  }
  for (const std::string& path : orphans) {
    if (Status dropped = state_->DropFolder(path); !dropped.ok()) return dropped;
  }
  return Status::Ok();
}

Result<bool> Scanner::IsKnown(const std::string& path, bool as_folder, KnownFiles& last) {
  if (as_folder) {
    auto self = state_->LoadFolder(path);
    return self ? Result<bool>(self->has_value()) : self.error();
  }
  const std::size_t slash = path.rfind('/');
  std::string folder = slash == 0 ? "/" : path.substr(0, slash);
  if (last.folder != folder) {
    auto row = state_->LoadFolder(folder);
    if (!row) return row.error();
    last = {std::move(folder), {}};
    for (EntryReader reader(*row ? std::string_view((*row)->entries) : std::string_view()); reader.entry() != nullptr;
         reader.Next()) {
      if (reader.entry()->kind != FileKind::kFolder) last.names.emplace(reader.entry()->name);
    }
  }
  return last.names.contains(path.substr(slash + 1));
}

std::vector<std::string> Scanner::ScanRecords(const ScanReport& report) const {
  std::vector<std::string> records;
  std::vector<std::string> targets;
  for (const Root& root : roots_) {
    if (root.only.empty() && !unknown_roots_.contains(root.folder)) targets.push_back(root.folder);
    for (const std::string& name : root.only) targets.push_back(JoinPath(root.folder, name));
  }
  for (const std::string& target : targets) {
    RecordDraft draft;
    draft.kind = kKindScan;
    draft.target = FileNode(options_.tenant, target);
    draft.produced_at = parts_.clock->Now();
    draft.producer_id = producer_->name();
    draft.run_id = options_.run_id;
    draft.payload = fmt::format(
        R"({{"files":{},"folders":{},"added":{},"changed":{},"removed":{},"renamed":{},"problems":{},"extracted":{},"reused":{},"seconds":{:.3f},"stopped":{}}})",
        report.files(), report.folders, report.added, report.changed, report.removed, report.renamed, report.problems,
        report.extracted, report.reused, report.seconds, report.stopped);
    records.push_back(draft.ToJson());
  }
  return records;
}

Status Scanner::RecordScan(const ScanReport& report) {
  const std::vector<std::string> records = ScanRecords(report);
  const std::vector<std::string_view> views(records.begin(), records.end());
  auto store = store_.Get();
  if (!store) return store.error();
  for (const auto& stored : (*store)->BulkStore(views)) {
    if (!stored) return stored.error();
  }
  return Status::Ok();
}

}  // namespace cairn
