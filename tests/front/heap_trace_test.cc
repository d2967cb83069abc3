#include <cstdint>
#include <cstring>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "allocator/front/heap.h"
#include "allocator/trace/call_recorder.h"
#include "gtest/gtest.h"
#include "tests/front/test_heap.h"

namespace headroom {
namespace {

// Notes what the heap tells, with a name for each block.
class NotingRecorder final : public CallRecorder {
 public:
  void OnAllocate(ThreadCache*, TracedCall call, const void* block,
                  size_t bytes, size_t alignment) override {
    constexpr const char* kWords[] = {"malloc", "calloc", "aligned"};
    notes_ += kWords[static_cast<int>(call)];
    notes_ += " " + std::to_string(bytes);
    if (call == TracedCall::kAligned) {
      notes_ += " at " + std::to_string(alignment);
    }
    notes_ += ": " + Name(block, "new ") + "\n";
  }
  void OnFree(ThreadCache*, const void* block) override {
    notes_ += "free " + Name(block) + "\n";
    names_.erase(block);
  }
  uint64_t Stamp() override { return ++stamp_; }
  void OnReallocate(ThreadCache*, uint64_t stamp_before, const void* old_block,
                    const void* block, size_t bytes) override {
    EXPECT_EQ(stamp_before, stamp_);
    notes_ += "realloc " + Name(old_block) + " " + std::to_string(bytes);
    names_.erase(old_block);
    notes_ += ": " + Name(block, "new ") + "\n";
  }

  std::string Take() { return std::exchange(notes_, ""); }

 private:
  std::string Name(const void* block, const char* when_new = "stranger ") {
    const auto [at, is_new] = names_.try_emplace(block, count_);
    if (is_new) ++count_;
    return (is_new ? when_new : "") + std::to_string(at->second);
  }

  std::string notes_;
  std::map<const void*, int> names_;
  int count_ = 0;
  uint64_t stamp_ = 0;
};

Options Traced() {
  Options options;
  options.trace = 1;
  return options;
}

class HeapTraceTest : public ::testing::TestWithParam<uint64_t> {
 protected:
  static Options OptionsOf(uint64_t strict) {
    Options options = Traced();
    options.tail_canary = strict;
    options.zero_on_free = strict;
    return options;
  }

  Heap HeapWith(CallRecorder* recorder) {
    return Heap({base_.keys, base_.options, base_.central, base_.finder,
                 base_.large, base_.sampled, base_.quarantine, recorder},
                [] { return (ThreadCache*)nullptr; });
  }
  void* Malloc(size_t bytes) { return heap_.Allocate(cache_, bytes); }
  void Free(void* block) { heap_.Free(cache_, block); }

  TestHeap base_{OptionsOf(GetParam())};
  ThreadCache* const cache_ = base_.registry.Attach();
  NotingRecorder recorder_;
  const Heap heap_ = HeapWith(&recorder_);
};

TEST_P(HeapTraceTest, EachCallIsToldOnce) {
  void* a = Malloc(100);
  void* b = heap_.AllocateZeroed(cache_, 200);
  void* c = heap_.AllocateAligned(cache_, 256, 300, Origin::kMalloc);
  void* large = Malloc(100000);
  void* zeroed = heap_.AllocateZeroed(cache_, 100001);
  EXPECT_EQ(recorder_.Take(),
            "malloc 100: new 0\n"
            "calloc 200: new 1\n"
            "aligned 300 at 256: new 2\n"
            "malloc 100000: new 3\n"
            "calloc 100001: new 4\n");
  Free(a);
  heap_.FreeSized(cache_, b, 200);
  heap_.FreeAlignedSized(cache_, c, 256, 300, Origin::kMalloc);
  Free(large);
  Free(zeroed);
  EXPECT_EQ(recorder_.Take(),
            "free 0\n"
            "free 1\n"
            "free 2\n"
            "free 3\n"
            "free 4\n");
}

TEST_P(HeapTraceTest, AReallocIsOneCallWhateverItDoes) {
  void* block = Malloc(100);
  for (const size_t bytes : {5000, 100000, 150000, 6000000, 10}) {
    block = heap_.Reallocate(cache_, block, bytes);
    memset(block, 1, bytes);
  }
  Free(block);
  const std::string notes = recorder_.Take();
  // In place, it is the same block anew.
  int reallocs = 0;
  for (size_t at = 0; (at = notes.find("realloc ", at)) != notes.npos; ++at) {
    ++reallocs;
  }
  EXPECT_EQ(reallocs, 5) << notes;
  EXPECT_EQ(notes.find("stranger"), notes.npos) << notes;
  EXPECT_EQ(notes.find("malloc ", 1), notes.npos) << notes;
  EXPECT_EQ(notes.find("free "), notes.rfind("free ")) << notes;
}

TEST_P(HeapTraceTest, WhatIsRefusedIsNotTold) {
  void* block = Malloc(100);
  recorder_.Take();
  EXPECT_EQ(Malloc(SIZE_MAX), nullptr);
  EXPECT_EQ(heap_.AllocateZeroed(cache_, SIZE_MAX), nullptr);
  EXPECT_EQ(heap_.AllocateAligned(cache_, 64, SIZE_MAX, Origin::kNew), nullptr);
  EXPECT_EQ(heap_.Reallocate(cache_, block, SIZE_MAX), nullptr);
  Free(nullptr);
  EXPECT_EQ(recorder_.Take(), "");
  Free(block);
}

TEST_P(HeapTraceTest, CallocIsZeroOnDirtyBlocks) {
  for (const size_t bytes : {24, 5000, 40000}) {
    void* block = Malloc(bytes);
    memset(block, 0xff, bytes);
    Free(block);
    auto* zeroed =
        static_cast<unsigned char*>(heap_.AllocateZeroed(cache_, bytes));
    for (size_t i = 0; i < bytes; ++i) ASSERT_EQ(zeroed[i], 0) << i;
    Free(zeroed);
  }
}

INSTANTIATE_TEST_SUITE_P(Levels, HeapTraceTest, ::testing::Values(0, 1));

TEST(HeapWithoutTraceTest, NobodyIsTold) {
  const auto base_of_its_own = std::make_unique<TestHeap>();
  TestHeap& base = *base_of_its_own;
  NotingRecorder recorder;
  const Heap heap({base.keys, base.options, base.central, base.finder,
                   base.large, base.sampled, base.quarantine, &recorder},
                  [] { return (ThreadCache*)nullptr; });
  ThreadCache* cache = base.registry.Attach();
  for (const size_t bytes : {100, 100000}) {
    void* block = heap.AllocateZeroed(cache, bytes);
    block = heap.Reallocate(cache, block, 2 * bytes);
    heap.Free(cache, block);
    heap.Free(cache, heap.Allocate(cache, bytes));
  }
  EXPECT_EQ(recorder.Take(), "");
}

}  // namespace
}  // namespace headroom
