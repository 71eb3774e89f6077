#include "produce/worker.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cstring>
#include <fstream>
#include <set>
#include <vector>

#include "temp_dir.h"

namespace cairn {
namespace {

using std::chrono::milliseconds;

// What a worker may try, each the name of an error, or `done`.
std::string Try(std::string_view what) {
  errno = 0;
  long got = -1;
  if (what == "open") got = ::open("/etc/passwd", O_RDONLY);
  if (what == "open64 by number") got = syscall(SYS_open, "/etc/passwd", O_RDONLY);
  if (what == "create") got = ::open("/tmp/cairn-worker-was-here", O_CREAT | O_WRONLY, 0600);
  if (what == "openat2") got = syscall(SYS_openat2, AT_FDCWD, "/etc/passwd", nullptr, 0);
  if (what == "socket") got = ::socket(AF_INET, SOCK_STREAM, 0);
  if (what == "unix socket") got = ::socket(AF_UNIX, SOCK_STREAM, 0);
  if (what == "socketpair") {
    int pair[2];
    got = ::socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
  }
  if (what == "exec") got = ::execl("/bin/true", "true", nullptr);
  if (what == "fork") got = ::fork();
  if (what == "kill the parent") got = ::kill(getppid(), SIGTERM);
  if (what == "unlink") got = ::unlink("/tmp/cairn-no-such-file");
  if (what == "stat") {
    struct stat seen {};
    got = ::stat("/etc/passwd", &seen);
  }
  if (what == "ptrace") got = syscall(SYS_ptrace, 0, 0, 0, 0);
  if (what == "io_uring") got = syscall(SYS_io_uring_setup, 1, nullptr);
  return got >= 0 ? "done" : strerrorname_np(errno);
}

Result<std::string> Job(int fd, std::string_view request, const std::function<Status()>& keep_going) {
  if (request == "read") {
    char bytes[64] = {};
    const ssize_t got = ::pread(fd, bytes, sizeof(bytes), 0);
    return std::string(bytes, got > 0 ? static_cast<std::size_t>(got) : 0);
  }
  if (request == "descriptors") {
    int open = 0;
    struct stat seen {};
    for (int at = 3; at < 100; ++at) open += syscall(SYS_fstat, at, &seen) == 0 ? 1 : 0;
    return std::to_string(open);
  }
  if (request == "pid") return std::to_string(getpid());
  if (request == "refuse") return Status(StatusCode::kInvalidArgument, "no picture");
  if (request == "throw") throw std::runtime_error("unforeseen");
  if (request == "crash") raise(SIGTRAP), abort();  // Which no sanitizer takes for itself.
  if (request == "abort") abort();
  if (request == "hang") {
    for (std::atomic<int> turns = 0;; ++turns) continue;
  }
  if (request == "busy") {
    for (int i = 0; i < 40; ++i) {
      const auto until = std::chrono::steady_clock::now() + milliseconds(10);
      while (std::chrono::steady_clock::now() < until) continue;
      if (Status go_on = keep_going(); !go_on.ok()) return go_on;
    }
    return std::string("done");
  }
  if (request == "busy for ever") {
    for (;;) (void)keep_going();
  }
  if (request == "eat") {
    std::vector<std::string> eaten;
    for (;;) eaten.emplace_back(std::size_t{1} << 20, 'x');
  }
  if (request == "long") return std::string(std::size_t{3} << 20, 'y');
  return Try(request);
}

class WorkerTest : public testing::Test {
 protected:
  void SetUp() override { Begin({}); }
  void Begin(WorkerLimits limits) {
    worker_.reset();
    auto zygote = Zygote::Start(Job, limits);
    ASSERT_TRUE(zygote) << zygote.error();
    zygote_ = std::move(*zygote);
    worker_ = std::make_unique<Worker>(*zygote_, 0);
  }
  Worker::Answer Ask(std::string_view request) {
    const int fd = ::open(dir_.Write("file", "twelve bytes").c_str(), O_RDONLY | O_CLOEXEC);
    Worker::Answer answer = worker_->Run({fd, std::string(request)});
    ::close(fd);
    return answer;
  }
  static std::string TextOf(const Worker::Answer& answer) {
    return answer.result ? *answer.result : answer.result.error().ToString();
  }
  std::string Said(std::string_view request) { return TextOf(Ask(request)); }
  // What is said to all of them, handed over at once.
  std::vector<std::string> SaidToAll(const std::vector<std::string>& requests) {
    const int fd = ::open(dir_.Write("file", "twelve bytes").c_str(), O_RDONLY | O_CLOEXEC);
    std::vector<Worker::Task> tasks;
    for (const std::string& request : requests) tasks.push_back({fd, request});
    std::vector<std::string> out;
    for (const Worker::Answer& answer : worker_->RunAll(tasks)) out.push_back(TextOf(answer));
    ::close(fd);
    return out;
  }

  TempDir dir_;
  std::unique_ptr<Zygote> zygote_;
  std::unique_ptr<Worker> worker_;
};

TEST_F(WorkerTest, ReadsTheFileItWasHanded) { EXPECT_EQ(Said("read"), "twelve bytes"); }

TEST_F(WorkerTest, OpensNeitherFileNorSocketNorProcess) {
  for (const char* what : {"open", "open64 by number", "create", "openat2", "socket", "unix socket", "socketpair",
                           "exec", "fork", "kill the parent", "unlink", "stat", "ptrace", "io_uring"}) {
    EXPECT_EQ(Said(what), "EPERM") << what;
  }
  EXPECT_NE(access("/tmp/cairn-worker-was-here", F_OK), 0);
  EXPECT_EQ(Try("open"), "done") << "without the sandbox this works, so the test can fail";
}

TEST_F(WorkerTest, HoldsNoDescriptorsOfItsOwner) {
  const int secret = ::open(dir_.Write("secret", "of the owner").c_str(), O_RDONLY);
  Begin({});
  EXPECT_EQ(Said("descriptors"), "2") << "its socket and the file";
  ::close(secret);
}

TEST_F(WorkerTest, AreMadeAheadForTheSlotsThatComeFirst) {
  const auto zygote = Zygote::Start(Job, {}, {}, 3);
  ASSERT_TRUE(zygote) << zygote.error();
  std::set<std::string> pids;
  const auto pid_of = [&](Worker& worker) {
    const int fd = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
    const auto answer = worker.Run({fd, "pid"});
    ::close(fd);
    return answer.result ? *answer.result : answer.result.error().ToString();
  };
  // In any order; one behind them is made when it is asked for, one of them again when it died.
  Worker second(**zygote, 1);
  Worker other(**zygote, 7);
  pids.insert(pid_of(second));
  pids.insert(pid_of(other));
  {
    Worker first(**zygote, 0);
    const auto crashed = first.Run({-1, "crash"});
    EXPECT_TRUE(crashed.killed);
    pids.insert(pid_of(first));
  }
  EXPECT_EQ(pids.size(), 3U);
  EXPECT_EQ(pids.count(pid_of(second)), 1U);
  // The third was never taken, and ends with the zygote all the same.
}

TEST_F(WorkerTest, NoneIsMadeOnceTheZygoteIsClosed) {
  zygote_->Close();
  EXPECT_EQ(Ask("pid").result.error().code(), StatusCode::kUnavailable);
}

TEST_F(WorkerTest, OneProcessForManyFiles) { EXPECT_EQ(Said("pid"), Said("pid")); }

TEST_F(WorkerTest, SeveralAtOnceAreAnsweredInTheirOrder) {
  const std::string pid = Said("pid");
  EXPECT_THAT(SaidToAll({"read", "pid", "refuse", "throw", "descriptors", "pid"}),
              testing::ElementsAre("twelve bytes", pid, "INVALID_ARGUMENT: no picture", "INTERNAL: unforeseen",
                                   testing::_, pid));
  EXPECT_EQ(worker_->restarts(), 0U);
  EXPECT_THAT(SaidToAll({}), testing::IsEmpty());
  EXPECT_EQ(Said("read"), "twelve bytes") << "and what is asked next is answered by itself";
}

TEST_F(WorkerTest, AmongSeveralOnlyTheOneThatKillsIsLost) {
  WorkerLimits limits;
  limits.stall = milliseconds(120);
  Begin(limits);
  const auto said = SaidToAll({"read", "crash", "refuse", "hang", "read"});
  ASSERT_EQ(said.size(), 5U);
  EXPECT_EQ(said[0], "twelve bytes");
  EXPECT_THAT(said[1], testing::HasSubstr("SIG"));
  EXPECT_EQ(said[2], "INVALID_ARGUMENT: no picture");
  EXPECT_THAT(said[3], testing::HasSubstr("no progress"));
  EXPECT_EQ(said[4], "twelve bytes");
}

TEST_F(WorkerTest, AmongSeveralItIsToldHowManyOneKilled) {
  const int fd = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  const std::vector<Worker::Task> tasks{{fd, "pid"}, {fd, "crash"}, {fd, "pid"}};
  const auto answers = worker_->RunAll(tasks);
  ::close(fd);
  ASSERT_EQ(answers.size(), 3U);
  EXPECT_EQ(answers[0].kills, 0);
  EXPECT_EQ(answers[1].kills, 2) << "that which read all three, and one of its own";
  EXPECT_EQ(answers[2].kills, 0);
  EXPECT_EQ(worker_->restarts(), 2U);
}

TEST_F(WorkerTest, LongAnswersAmongSeveralComeWhole) {
  const auto said = SaidToAll({"read", "long", "read", "long", "read"});
  EXPECT_THAT(said, testing::ElementsAre("twelve bytes", std::string(std::size_t{3} << 20, 'y'), "twelve bytes",
                                         std::string(std::size_t{3} << 20, 'y'), "twelve bytes"));
}

TEST_F(WorkerTest, GivingUpSeveralGivesUpAll) {
  const int fd = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  const std::vector<Worker::Task> tasks(3, {fd, "hang"});
  const auto answers = worker_->RunAll(tasks, [] { return Status(StatusCode::kCancelled, "enough"); });
  ::close(fd);
  ASSERT_EQ(answers.size(), 3U);
  for (const auto& answer : answers) EXPECT_EQ(answer.result.status().code(), StatusCode::kCancelled);
  EXPECT_EQ(worker_->restarts(), 1U);
}

TEST_F(WorkerTest, IsReplacedAfterSoManyFiles) {
  WorkerLimits limits;
  limits.tasks_max = 2;
  Begin(limits);
  const std::string first = Said("pid");
  EXPECT_EQ(Said("pid"), first);
  EXPECT_NE(Said("pid"), first);
  EXPECT_EQ(worker_->restarts(), 1u);
}

TEST_F(WorkerTest, WhatTheJobRefusesKillsNobody) {
  const std::string pid = Said("pid");
  const auto answer = Ask("refuse");
  EXPECT_EQ(answer.result.error(), Status(StatusCode::kInvalidArgument, "no picture"));
  EXPECT_FALSE(answer.killed);
  EXPECT_EQ(Said("pid"), pid);
}

TEST_F(WorkerTest, AnExceptionIsAnAnswer) {
  EXPECT_EQ(Ask("throw").result.error(), Status(StatusCode::kInternal, "unforeseen"));
}

TEST_F(WorkerTest, ACrashCostsOneAnswer) {
  const std::string pid = Said("pid");
  const auto answer = Ask("crash");
  EXPECT_TRUE(answer.killed);
  EXPECT_EQ(answer.result.error().code(), StatusCode::kInternal);
  EXPECT_NE(answer.result.error().message().find("SIG"), std::string::npos) << answer.result.error();
  EXPECT_EQ(Said("read"), "twelve bytes");
  EXPECT_NE(Said("pid"), pid);
}

TEST_F(WorkerTest, AnAssertionThatFailsIsACrash) { EXPECT_TRUE(Ask("abort").killed); }

TEST_F(WorkerTest, WhatMakesNoProgressIsKilled) {
  WorkerLimits limits;
  limits.stall = milliseconds(120);
  Begin(limits);
  const auto answer = Ask("hang");
  EXPECT_TRUE(answer.killed);
  EXPECT_GE(answer.took, limits.stall) << "what it cost";
  EXPECT_EQ(answer.result.error().code(), StatusCode::kDeadlineExceeded);
  EXPECT_EQ(Said("read"), "twelve bytes");
}

TEST_F(WorkerTest, WhatMakesProgressIsLetWork) {
  WorkerLimits limits;
  limits.stall = milliseconds(200);  // The work takes 400.
  Begin(limits);
  EXPECT_EQ(Said("busy"), "done");
}

TEST_F(WorkerTest, ButNotForEver) {
  WorkerLimits limits;
  limits.total = milliseconds(150);
  Begin(limits);
  const auto answer = Ask("busy for ever");
  EXPECT_TRUE(answer.killed);
  EXPECT_EQ(answer.result.error().code(), StatusCode::kDeadlineExceeded);
}

TEST_F(WorkerTest, MemoryIsBounded) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "a sanitizer reserves more addresses than any bound";
#endif
  WorkerLimits limits;
  limits.memory_bytes = std::uint64_t{64} << 20;
  Begin(limits);
  const auto answer = Ask("eat");
  EXPECT_EQ(answer.result.error().code(), StatusCode::kResourceExhausted);
  EXPECT_EQ(Said("read"), "twelve bytes");
}

TEST_F(WorkerTest, LongAnswersComeWholeUpToTheBound) {
  EXPECT_EQ(Said("long").size(), std::size_t{3} << 20);
  WorkerLimits limits;
  limits.answer_bytes_max = std::uint64_t{1} << 20;
  Begin(limits);
  EXPECT_EQ(Ask("long").result.error().code(), StatusCode::kResourceExhausted);
}

TEST_F(WorkerTest, TheOwnerMayGiveUp) {
  int looks = 0;
  const int fd = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  const auto answer = worker_->Run(
      {fd, "hang"}, [&looks] { return ++looks < 2 ? Status::Ok() : Status(StatusCode::kCancelled, "stopped"); });
  ::close(fd);
  EXPECT_EQ(answer.result.error().code(), StatusCode::kCancelled);
  EXPECT_FALSE(answer.killed) << "it is not the file's fault";
}

// The only child of this process.
pid_t ChildOfThis() {
  std::ifstream children("/proc/self/task/" + std::to_string(getpid()) + "/children");
  pid_t child = -1;
  children >> child;
  return child;
}

TEST_F(WorkerTest, AZygoteThatIsStoppedHoldsNobodyUp) {
  const auto begun = std::chrono::steady_clock::now();
  Begin({.patience = milliseconds(200)});
  const pid_t zygote = ChildOfThis();
  ASSERT_GT(zygote, 0);
  ::kill(zygote, SIGSTOP);
  const Worker::Answer answer = Ask("read");
  ASSERT_FALSE(answer.result);
  EXPECT_EQ(answer.result.error().code(), StatusCode::kUnavailable) << answer.result.error();
  EXPECT_FALSE(answer.killed);
  Begin({.patience = milliseconds(200)});
  EXPECT_EQ(Said("read"), "twelve bytes");
  ::kill(ChildOfThis(), SIGSTOP);
  Begin({});  // Waits for the one before.
  EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds(20));
}

TEST_F(WorkerTest, NoWorkerOutlivesItsOwner) {
  int pipe_ends[2];
  ASSERT_EQ(::pipe(pipe_ends), 0);
  const pid_t owner = fork();
  if (owner == 0) {
    auto zygote = Zygote::Start(Job, {});
    auto spawned = (*zygote)->Spawn(0);
    (void)!::write(pipe_ends[1], &spawned->pid, sizeof(pid_t));
    _exit(0);  // As if killed: no destructor runs.
  }
  pid_t worker = -1;
  ASSERT_EQ(::read(pipe_ends[0], &worker, sizeof(worker)), static_cast<ssize_t>(sizeof(worker)));
  waitpid(owner, nullptr, 0);
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  const auto gone = [&] {
    if (::kill(worker, 0) != 0) return true;
    // Where nobody reaps orphans it stays as a zombie.
    std::string stat(256, '\0');
    const int fd = ::open(("/proc/" + std::to_string(worker) + "/stat").c_str(), O_RDONLY);
    const ssize_t got = ::read(fd, stat.data(), stat.size());
    ::close(fd);
    return got <= 0 || stat.find(") Z ") != std::string::npos;
  };
  while (!gone() && std::chrono::steady_clock::now() < until) sched_yield();
  EXPECT_TRUE(gone());
  ::close(pipe_ends[0]);
  ::close(pipe_ends[1]);
}

}  // namespace
}  // namespace cairn
