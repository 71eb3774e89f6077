#include "cache/random.h"

#include <sodium.h>

#include <bit>

#include "cache/fork_gate.h"

namespace cairn {
namespace {

class Xoshiro {
 public:
  Xoshiro() : forks_(ForkGate::forks_seen()) { randombytes_buf(state_, sizeof state_); }
  std::uint64_t Next() {
    const std::uint64_t result = std::rotl(state_[1] * 5, 7) * 9;
    const std::uint64_t shifted = state_[1] << 17;
    state_[2] ^= state_[0];
    state_[3] ^= state_[1];
    state_[1] ^= state_[2];
    state_[0] ^= state_[3];
    state_[2] ^= shifted;
    state_[3] = std::rotl(state_[3], 45);
    return result;
  }
  [[nodiscard]] std::uint64_t forks() const { return forks_; }

 private:
  std::uint64_t forks_;
  std::uint64_t state_[4];
};

}  // namespace

std::uint64_t FastRandom() {
  thread_local Xoshiro random;
  // A child must not repeat its parent's numbers.
  if (random.forks() != ForkGate::forks_seen()) random = Xoshiro();
  return random.Next();
}

}  // namespace cairn
