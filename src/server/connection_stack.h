#pragma once

#include <boost/context/protected_fixedsize_stack.hpp>
#include <cstddef>

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#endif

namespace cairn {

/// Allocates the stack of a connection's coroutine, with a page in front that may not be touched (Boost.Context's
/// StackAllocator). Only what is touched is real memory.
class ConnectionStack {
 public:
  /// Of `size` bytes.
  explicit ConnectionStack(std::size_t size) : stack_(size) {}

  boost::context::stack_context allocate() { return stack_.allocate(); }
  void deallocate(boost::context::stack_context& stack) {
#if defined(__SANITIZE_ADDRESS__)
    // A coroutine's last frames are left, not returned from: what address sanitizer marked there would stay marked for
    // whatever is mapped there next.
    __asan_unpoison_memory_region(static_cast<char*>(stack.sp) - stack.size, stack.size);
#endif
    stack_.deallocate(stack);
  }

 private:
  boost::context::protected_fixedsize_stack stack_;
};

}  // namespace cairn
