// A heap on any level of hardening, where misuse is noted and survived.
//
// Takes from: test_heap, misuse_log. At the end nothing may be left unread,
//   lost or broken.
#ifndef HEADROOM_TESTS_FRONT_LOGGED_HEAP_FIXTURE_H_
#define HEADROOM_TESTS_FRONT_LOGGED_HEAP_FIXTURE_H_

#include <memory>
#include <string>

#include "gtest/gtest.h"
#include "tests/front/misuse_log.h"
#include "tests/front/test_heap.h"

namespace headroom {

class LoggedHeapTest : public ::testing::Test {
 protected:
  void Use(const Options& options) {
    thread_ = nullptr;  // of an older heap
    heap_ = std::make_unique<TestHeap>(options);
    thread_ = std::make_unique<TestThread>(*heap_);
  }
  ~LoggedHeapTest() override {
    if (heap_ == nullptr) return;
    EXPECT_EQ(log_.Take(), "");
    thread_->Exit();
    heap_->EmptyQuarantine();
    EXPECT_EQ(heap_->AllLiveBlocks(), lost_);
    EXPECT_EQ(heap_->BrokenInvariant(), "");
  }
  unsigned char* Malloc(size_t bytes) {
    return static_cast<unsigned char*>(thread_->Malloc(bytes));
  }
  std::string Free(void* block) {
    thread_->Free(block);
    return log_.Take();
  }
  template <Origin kOrigin>
  std::string FreeAs(void* block) {
    thread_->Free<kOrigin>(block);
    return log_.Take();
  }
  static bool IsFilled(const unsigned char* p, unsigned char value, size_t n) {
    for (size_t i = 0; i < n; ++i) {
      if (p[i] != value) return false;
    }
    return true;
  }

  MisuseLog log_;
  uint64_t lost_ = 0;  // blocks out of use at the end
  std::unique_ptr<TestHeap> heap_;
  std::unique_ptr<TestThread> thread_;
};

}  // namespace headroom

#endif  // HEADROOM_TESTS_FRONT_LOGGED_HEAP_FIXTURE_H_
