#include "scan/folder_reader.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/fsuid.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <map>

#include "scan/folder_work.h"
#include "temp_dir.h"

namespace cairn {
namespace {

using ::testing::ElementsAre;

constexpr uid_t kNobody = 65'534;

// Who may list a folder and not look at what is in it would take all of it for gone.
TEST(FolderReader, AFolderThatMayOnlyBeListedCannotBeRead) {
  TempDir temp;
  temp.Write("sub/a", "one");
  const int fd = ::open(temp.Sub("sub").c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  ASSERT_GE(fd, 0);
  Listing listing;
  ASSERT_TRUE(ReadFolder(fd, 0, LinkPolicy::kRecord, listing).ok());
  EXPECT_EQ(listing.entries.size(), 1U);
  ASSERT_EQ(::chmod(temp.Sub("sub").c_str(), 0444), 0);
  ASSERT_EQ(::lseek(fd, 0, SEEK_SET), 0);
  const int before = ::setfsuid(kNobody);  // Of this thread; rights do not bind root.
  const Status status = ReadFolder(fd, 0, LinkPolicy::kRecord, listing);
  const int error = errno;
  (void)::setfsuid(static_cast<uid_t>(before));
  ASSERT_EQ(::chmod(temp.Sub("sub").c_str(), 0755), 0);
  ::close(fd);
  EXPECT_EQ(status.code(), StatusCode::kUnavailable) << listing.entries.size() << " entries";
  EXPECT_EQ(error, EACCES);
}

TEST(FolderReader, WhatCannotBeLookedAtStaysAsItIsKnown) {
  StoredFolder stored;
  for (const char* name : {"a", "b", "c"}) {
    StateEntry entry;
    entry.name = name;
    entry.output = 7;
    AppendEntry(stored.entries, entry);
  }
  Listing listing;
  listing.unseen = {"b", "new"};
  listing.unseen_error = EIO;
  WalkedFolder walked;
  walked.path = "/f";
  walked.listing = &listing;
  const MethodTable methods({}, 0);
  const ComparedFolder compared = CompareFolder(walked, &stored, methods, {});
  ASSERT_NE(compared.work, nullptr);
  ASSERT_EQ(compared.work->entries.size(), 1U);
  EXPECT_EQ(compared.work->entries[0].name, "b");
  std::vector<std::string> gone;
  for (const Removal& removal : compared.work->removals) gone.push_back(removal.path);
  EXPECT_THAT(gone, ElementsAre("/f/a", "/f/c"));
  EXPECT_TRUE(compared.tasks.empty());
}

}  // namespace
}  // namespace cairn
