// A program's misuses of its heap, for a sanitizer to find.
//
// Role: what the tests of the sanitizers' view of the heap have in common.
#ifndef HEADROOM_TESTS_SANITIZERS_SANITIZER_FIXTURE_H_
#define HEADROOM_TESTS_SANITIZERS_SANITIZER_FIXTURE_H_

#include <cstddef>
#include <memory>

#include "allocator/base/options.h"
#include "gtest/gtest.h"
#include "tests/front/test_heap.h"

namespace headroom {

// One of each kind: size classes, spans, a mapping.
inline constexpr size_t kSizes[] = {1, 100, 32760, 40000, 5 << 20};

inline void Read(const volatile char* p) { static_cast<void>(*p); }

class SanitizerTest : public testing::Test {
 protected:
  void Use(const Options& options) {
    thread_.reset();
    heap_ = std::make_unique<TestHeap>(options);
    thread_ = std::make_unique<TestThread>(*heap_);
  }
  void SetUp() override { Use({}); }

  volatile char* Malloc(size_t bytes) {
    return static_cast<volatile char*>(thread_->Malloc(bytes));
  }
  volatile char* Calloc(size_t bytes) {
    return static_cast<volatile char*>(thread_->Calloc(bytes));
  }
  volatile char* Realloc(volatile char* block, size_t bytes) {
    return static_cast<volatile char*>(
        thread_->Realloc(const_cast<char*>(block), bytes));
  }
  void Free(volatile char* block) { thread_->Free(const_cast<char*>(block)); }
  size_t UsableBytes(volatile char* block) {
    return thread_->UsableBytes(const_cast<char*>(block));
  }

  std::unique_ptr<TestHeap> heap_;
  std::unique_ptr<TestThread> thread_;
};

}  // namespace headroom

#endif  // HEADROOM_TESTS_SANITIZERS_SANITIZER_FIXTURE_H_
