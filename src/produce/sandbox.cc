#include "produce/sandbox.h"

#include <fcntl.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <string>

namespace cairn {
namespace {

// Address sanitizer reserves terabytes of addresses.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kBoundsMemory = false;
#else
constexpr bool kBoundsMemory = true;
#endif

constexpr int kAllowed[] = {
    SCMP_SYS(read),
    SCMP_SYS(pread64),
    SCMP_SYS(readv),
    SCMP_SYS(preadv),
    SCMP_SYS(write),
    SCMP_SYS(writev),
    SCMP_SYS(lseek),
    SCMP_SYS(fstat),
    SCMP_SYS(close),
    SCMP_SYS(recvmsg),
    SCMP_SYS(brk),
    SCMP_SYS(munmap),
    SCMP_SYS(madvise),
    SCMP_SYS(futex),
    SCMP_SYS(sched_yield),
    SCMP_SYS(clock_gettime),
    SCMP_SYS(gettimeofday),
    SCMP_SYS(getrandom),
    SCMP_SYS(getpid),
    SCMP_SYS(gettid),
    SCMP_SYS(rt_sigprocmask),
    SCMP_SYS(rt_sigreturn),
    SCMP_SYS(exit),
    SCMP_SYS(exit_group),
    SCMP_SYS(restart_syscall),
    SCMP_SYS(getrusage),
};

std::uint64_t AddressSpaceInUse() {
  std::uint64_t pages = 0;
  if (std::FILE* file = std::fopen("/proc/self/statm", "re")) {
    unsigned long value = 0;
    if (std::fscanf(file, "%lu", &value) == 1) pages = value;
    std::fclose(file);
  }
  return pages * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
}

Status Failed(const char* what, int error) {
  return {StatusCode::kFailedPrecondition, std::string(what) + ": " + std::strerror(error)};
}

}  // namespace

Status EnterSandbox(std::uint64_t memory_bytes) {
  if (kBoundsMemory && memory_bytes != 0) {
    const rlim_t bytes = AddressSpaceInUse() + memory_bytes;
    const rlimit memory{bytes, bytes};
    if (setrlimit(RLIMIT_AS, &memory) != 0) return Failed("RLIMIT_AS", errno);
  }
  const rlimit none{0, 0};
  (void)setrlimit(RLIMIT_CORE, &none);
  (void)setrlimit(RLIMIT_FSIZE, &none);
  (void)prctl(PR_SET_DUMPABLE, 0);

  // Not killed but refused: a library that looks for its configuration goes on without.
  scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
  if (filter == nullptr) return Failed("seccomp", ENOMEM);
  int failed = 0;
  const auto check = [&](int code) {
    if (code != 0 && failed == 0) failed = -code;
  };
  for (const int call : kAllowed) check(seccomp_rule_add(filter, SCMP_ACT_ALLOW, call, 0));
  // Memory of its own only, never to be run.
  check(seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 2, SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0),
                         SCMP_A3(SCMP_CMP_MASKED_EQ, MAP_ANONYMOUS, MAP_ANONYMOUS)));
  check(seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1, SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0)));
  check(seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mremap), 0));
  // abort() signals itself, and only itself.
  check(seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(tgkill), 1,
                         SCMP_A0(SCMP_CMP_EQ, static_cast<scmp_datum_t>(getpid()))));
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  check(seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(sigaltstack), 0));
  // By which undefined-behaviour sanitizer learns whether an object's table can be read.
  check(seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(pipe2), 0));
#endif
  if (failed == 0) check(seccomp_load(filter));
  seccomp_release(filter);
  return failed == 0 ? Status::Ok() : Failed("seccomp", failed);
}

}  // namespace cairn
