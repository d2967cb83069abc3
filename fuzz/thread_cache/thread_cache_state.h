// What an instruction of the thread caches' fuzzer works on: caches of a few
// threads in turn, over central lists, within a small budget.
//
// Role: calls as the front does, the hit paths first; damages free blocks;
//   checks who gets what, that every block is accounted for, and that caches
//   and budget keep their bounds.
// Takes from: thread, central_under_test, block_model. Gives to:
//   thread_cache_operations. One instance at a time: the clock is static.
#ifndef FUZZ_THREAD_CACHE_THREAD_CACHE_STATE_H_
#define FUZZ_THREAD_CACHE_THREAD_CACHE_STATE_H_

#include <array>
#include <cstddef>
#include <cstdint>

#include "allocator/central/scavenger.h"
#include "allocator/thread/cache_budget.h"
#include "allocator/thread/thread_cache.h"
#include "allocator/thread/thread_registry.h"
#include "fuzz/engine/byte_reader.h"
#include "fuzz/engine/operation_text.h"
#include "fuzz/world/block_model.h"
#include "fuzz/world/central_under_test.h"

namespace headroom {

struct ThreadCacheSetup {
  ClassSetup classes;
  size_t budget;
  size_t allowance;

  static ThreadCacheSetup Read(ByteReader& bytes) {
    constexpr size_t kKiB = 1024;
    const ClassSetup classes = ClassSetup::Read(bytes);
    const size_t budget = bytes.Byte() * 4 * kKiB;
    return {classes, budget, bytes.Byte() % 16 * kKiB};
  }
  OperationText Describe() const {
    return {
        "ThreadCacheSetup",
        {{"classes", classes}, {"budget", budget}, {"allowance", allowance}}};
  }
};
std::string Expression(const ClassSetup& classes);

class ThreadCacheState {
 public:
  static constexpr size_t kThreads = 6;

  explicit ThreadCacheState(const ThreadCacheSetup& setup);
  ThreadCacheState(const ThreadCacheState&) = delete;
  ThreadCacheState& operator=(const ThreadCacheState&) = delete;

  // Numbers are taken modulo what there is. A thread without a cache goes to
  // the central lists.
  void Allocate(size_t thread, uint32_t number, uint32_t count);
  // Blocks `step` apart in the model's order, whoever allocated them.
  void Free(size_t thread, uint32_t number, uint32_t count, size_t first,
            size_t step);
  void Damage(size_t index, BlockModel::Damage damage) {
    blocks_.DamageFreed(index, damage);
  }

  void Attach(size_t thread);
  void Detach(size_t thread);
  void Flush(size_t thread);
  // Only this thread lives on, in a child.
  void Fork(size_t thread);

  void Scavenge(bool all) { world_.central.Scavenge(all); }
  void PassTime(uint64_t milliseconds);

  FuzzOs& os() { return world_.os; }

  void AfterOperation();
  void Finish();

 private:
  static uint64_t Now() { return now_ms_; }

  void* Pop(size_t thread, SizeClass size_class);
  void Push(size_t thread, SizeClass size_class, void* block);
  void CheckClass(SizeClass size_class);
  void CheckCache(ThreadCache& cache);

  static inline uint64_t now_ms_ = 0;

  CentralUnderTest world_;
  BlockModel blocks_;
  Scavenger scavenger_{world_.central, world_.pages, &Now};
  CacheBudget budget_;
  ThreadRegistry registry_{
      world_.arena,
      {world_.central, scavenger_, budget_, world_.cells, world_.keys}};
  std::array<ThreadCache*, kThreads> caches_ = {};
  bool has_detached_ = false;
  // In caches of threads that a fork left behind.
  std::array<uint64_t, kSizeClassCount> left_behind_ = {};
};

}  // namespace headroom

#endif  // FUZZ_THREAD_CACHE_THREAD_CACHE_STATE_H_
