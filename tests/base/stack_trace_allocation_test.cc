// A stack trace is taken inside malloc: it must not allocate, not even the
// first one of the process or of a thread.
#include <atomic>
#include <cstddef>
#include <thread>

#include "allocator/base/stack_trace.h"
#include "gtest/gtest.h"

extern "C" {
void* __libc_malloc(size_t bytes);
void* __libc_calloc(size_t count, size_t bytes);
void* __libc_realloc(void* block, size_t bytes);
}

namespace {

constinit thread_local int allocations = 0;

}  // namespace

extern "C" {
void* malloc(size_t bytes) {
  ++allocations;
  return __libc_malloc(bytes);
}
void* calloc(size_t count, size_t bytes) {
  ++allocations;
  return __libc_calloc(count, bytes);
}
void* realloc(void* block, size_t bytes) {
  ++allocations;
  return __libc_realloc(block, bytes);
}
}

namespace headroom {
namespace {

// What a trace of this thread costs in allocations.
int AllocationsOfATrace() {
  StackTrace trace;
  const int before = allocations;
  CaptureStack(&trace, 0);
  const int after = allocations;
  EXPECT_GT(trace.count, 0u);
  return after - before;
}

TEST(StackTraceAllocationTest, TheCountWorks) {
  const int before = allocations;
  operator delete(operator new(100));
  EXPECT_GT(allocations, before);
}

TEST(StackTraceAllocationTest, NoTraceAllocates) {
  EXPECT_EQ(AllocationsOfATrace(), 0);
  EXPECT_EQ(AllocationsOfATrace(), 0);
  std::thread([] { EXPECT_EQ(AllocationsOfATrace(), 0); }).join();
}

}  // namespace
}  // namespace headroom
