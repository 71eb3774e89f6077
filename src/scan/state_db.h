#pragma once

#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cache/sqlite.h"
#include "cairn/status.h"
#include "scan/state_entry.h"

namespace cairn {

/// By what a file was read. Ids stand in entries.
struct ReadMethod {
  std::string type;       ///< MIME.
  std::string extractor;  ///< Empty where there is none for that type.
  std::int64_t version = 0;
  std::uint64_t config = 0;  ///< Hash of what else decides on the result.
  friend auto operator<=>(const ReadMethod&, const ReadMethod&) = default;
};

struct StoredFolder {
  std::string entries;
  std::string problem;  ///< Why the folder could not be read when it was last tried.
};

/// A result that stands in the log already.
struct KnownResult {
  std::uint64_t seq = 0;  ///< A record with this result.
};

/// A file that is gone, and whose record is not written yet.
struct Removal {
  std::string path;
  ContentHash content;
  std::string reason;
};

/// One connection to the state of scans, `<store>/scan/state.db` (docs/scan.md). One thread at a time; several
/// connections at once, one of which writes. It may be lost: then everything is read again, and nothing is recorded
/// twice. What is made anew stands in memory until the first commit, which writes its file whole: of a scan that ends
/// sooner SQLite's own files cost more than all it has to remember.
class StateDb {
 public:
  /// Makes the folder where there is none. A file that is damaged, or of another version, is put aside; `note` says so.
  /// Where there is none it knows nothing until it is made, by `Make` or the first write.
  static Result<std::unique_ptr<StateDb>> Open(const std::string& folder, std::string* note = nullptr);
  /// Opens what stands. Returns NOT_FOUND where there is none.
  static Result<std::unique_ptr<StateDb>> OpenToRead(const std::string& folder);

  /// Begins one where there is none. Returns UNAVAILABLE where it cannot be written.
  Status Make();

  Result<std::optional<StoredFolder>> LoadFolder(std::string_view path);
  /// Paths of all folders at and below `path`, with their entries.
  Status EachFolder(std::string_view path, const std::function<void(std::string_view, const StoredFolder&)>& each);
  Result<std::optional<KnownResult>> FindResult(const ContentHash& key);
  Result<std::vector<std::pair<std::uint16_t, ReadMethod>>> LoadMethods();
  Result<std::string> Meta(std::string_view name);
  Result<bool> HasFolders();
  Result<bool> HasResults();

  /// Writes are one transaction until `Commit`.
  Status SaveFolder(std::string_view path, const StoredFolder& folder);
  Status DropFolder(std::string_view path);
  Status SaveResult(const ContentHash& key, const KnownResult& result);
  /// Forgets the oldest results, where there are more; and a tenth of those to be kept too, so that it is not done
  /// each time. Commits.
  Status BoundResults(std::uint64_t max);
  Status SaveMethod(std::uint16_t id, const ReadMethod& method);
  Status SaveRemoval(const Removal& removal);
  /// At most `limit` of them, by path.
  Result<std::vector<Removal>> LoadRemovals(std::size_t limit);
  Status DropRemoval(std::string_view path);
  Status SaveMeta(std::string_view name, std::string_view value);
  Status Commit();
  /// Forgets everything.
  Status Clear();

 private:
  // What is asked of it, each prepared when it is first asked.
  enum Question {
    kLoadFolder,
    kEachFolder,
    kFindResult,
    kSaveFolder,
    kDropFolder,
    kSaveResult,
    kSaveMethod,
    kSaveRemoval,
    kLoadRemovals,
    kDropRemoval,
    kLoadMeta,
    kSaveMeta,
    kQuestions
  };

  explicit StateDb(std::string path) : path_(std::move(path)) {}
  Status Connect();
  // Opens the file where there is one by now.
  Status Reach();
  // What stood in memory alone; the next that is asked or written opens the file.
  Status WriteFile();
  Result<SqliteStatement*> Prepared(Question question);
  // Runs it within the transaction, with what `bind` gives it.
  template <class Bind>
  Status Write(Question question, const Bind& bind);

  const std::string path_;
  std::unique_ptr<SqliteConnection> connection_;  // Null: there was no file when it was last asked.
  bool is_in_memory_ = false;
  std::array<std::optional<SqliteStatement>, kQuestions> statements_;
};

/// A connection that is opened when it is first wanted: a scan into a state that knows nothing asks it nothing. One
/// thread at a time.
class LazyStateDb {
 public:
  explicit LazyStateDb(std::string folder) : folder_(std::move(folder)) {}
  /// Returns what `StateDb::Open` does.
  Result<StateDb*> Get();

 private:
  std::string folder_;
  std::unique_ptr<StateDb> state_;
};

}  // namespace cairn
