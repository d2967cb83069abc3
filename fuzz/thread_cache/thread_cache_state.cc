#include "fuzz/thread_cache/thread_cache_state.h"

#include <bit>

#include "fuzz/engine/require.h"
#include "fuzz/world/report_log.h"

namespace headroom {
namespace {

// As many caches as a registry may keep for threads to come, and more.
constexpr int kCachesAtTheEnd = 12;

// Of a class; fills magazines and stacks, and no more, or an input takes long.
constexpr size_t kMostBytesOut = size_t{512} << 10;

}  // namespace

ThreadCacheState::ThreadCacheState(const ThreadCacheSetup& setup)
    : world_(setup.classes, &Now),
      blocks_(world_.map, world_.keys, setup.classes.zero_on_free),
      budget_(setup.budget, setup.allowance) {
  now_ms_ = 1000;
  ClearReports();
  // Most programs are about threads that have a cache.
  Attach(0);
}

void* ThreadCacheState::Pop(size_t thread, SizeClass size_class) {
  ThreadCache* cache = caches_[thread];
  if (cache == nullptr) {
    return TakeOne(world_.central, world_.keys, size_class, /*shard=*/0);
  }
  const SealKeys& keys = world_.keys;
  const uint64_t payload = PayloadOfClass(size_class);
  const uint64_t before = cache->cached_blocks(size_class);
  void* block = cache->TryPop(keys, payload, keys.hit_free(), keys.hit_live());
  if (block == nullptr) return cache->Pop(size_class);
  Require(cache->cached_blocks(size_class) + 1 == before,
          "a hit takes one block");
  return block;
}

void ThreadCacheState::Push(size_t thread, SizeClass size_class, void* block) {
  const SealKeys& keys = world_.keys;
  const uint64_t payload = PayloadOfClass(size_class);
  const BlockSeal seal(keys, block);
  Require(seal.Is(keys.live(), payload, HeaderOf(block)),
          "a block out is live");
  ThreadCache* cache = caches_[thread];
  if (cache == nullptr) {
    HeaderOf(block) = seal.Seal(keys.free(), payload);
    return world_.central.Put(size_class, 0, &block, 1);
  }
  const uint64_t before = cache->cached_blocks(size_class);
  if (!cache->TryPush(seal, block, payload, keys.hit_free())) {
    return cache->Push(size_class, block);
  }
  Require(cache->cached_blocks(size_class) == before + 1,
          "a hit puts one block");
}

void ThreadCacheState::Allocate(size_t thread, uint32_t number,
                                uint32_t count) {
  thread %= kThreads;
  const SizeClass size_class = world_.classes.Class(number);
  for (uint32_t i = 0; i < count; ++i) {
    if (blocks_.count(size_class) * StrideOf(size_class) >= kMostBytesOut) {
      return;
    }
    const uint64_t refusals = world_.os.refusals();
    void* block = Pop(thread, size_class);
    if (block == nullptr) {
      Require(world_.os.refusals() != refusals ||
                  blocks_.most_lost(size_class) != 0,
              "null comes only when the kernel refused");
      return;
    }
    Require(blocks_.Add(size_class, block, world_.keys.live()),
            "no damaged block is handed out");
  }
}

void ThreadCacheState::Free(size_t thread, uint32_t number, uint32_t count,
                            size_t first, size_t step) {
  thread %= kThreads;
  const SizeClass size_class = world_.classes.Class(number);
  for (uint32_t i = 0; i < count && blocks_.count(size_class) > 0; ++i) {
    Push(thread, size_class, blocks_.Take(size_class, first + i * step));
  }
}

void ThreadCacheState::Attach(size_t thread) {
  ThreadCache*& cache = caches_[thread % kThreads];
  if (cache != nullptr) return;
  const uint64_t refusals = world_.os.refusals();
  cache = registry_.Attach();
  Require(cache != nullptr || world_.os.refusals() != refusals,
          "null comes only when the kernel refused");
}

void ThreadCacheState::Detach(size_t thread) {
  ThreadCache*& cache = caches_[thread % kThreads];
  if (cache == nullptr) return;
  registry_.Detach(cache);
  cache = nullptr;
  has_detached_ = true;
}

void ThreadCacheState::Flush(size_t thread) {
  ThreadCache* cache = caches_[thread % kThreads];
  if (cache == nullptr) return;
  cache->Flush();
  Require(cache->reserved() == 0, "an empty cache holds no budget");
  for (size_t i = 0; i < kSizeClassCount; ++i) {
    Require(cache->cached_blocks(static_cast<SizeClass>(i)) == 0,
            "a flush leaves no block");
  }
}

void ThreadCacheState::Fork(size_t thread) {
  ThreadCache* const own = caches_[thread % kThreads];
  std::array<uint64_t, kSizeClassCount> before;
  for (size_t i = 0; i < kSizeClassCount; ++i) {
    before[i] = registry_.cached_blocks(static_cast<SizeClass>(i));
  }
  registry_.ForgetAllBut(own);
  for (size_t i = 0; i < kSizeClassCount; ++i) {
    left_behind_[i] +=
        before[i] - registry_.cached_blocks(static_cast<SizeClass>(i));
  }
  caches_.fill(nullptr);
  caches_[thread % kThreads] = own;
}

void ThreadCacheState::PassTime(uint64_t milliseconds) {
  now_ms_ += milliseconds;
  scavenger_.RunIfDue();
}

void ThreadCacheState::CheckClass(SizeClass size_class) {
  const CentralStats stats = world_.central.stats(size_class);
  const uint64_t known =
      blocks_.count(size_class) + stats.stacked_blocks + stats.span_blocks +
      registry_.cached_blocks(size_class) + left_behind_[size_class];
  Require(stats.carved_blocks >= known + blocks_.least_lost(size_class) &&
              stats.carved_blocks <= known + blocks_.most_lost(size_class),
          "carved == out + stacked + in spans + cached, but for damaged ones");
}

void ThreadCacheState::CheckCache(ThreadCache& cache) {
  size_t reserved = 0;
  for (uint32_t i = 0; i < world_.classes.class_count; ++i) {
    const SizeClass size_class = world_.classes.Class(i);
    const Magazine& magazine = cache.MagazineAt(PayloadOfClass(size_class));
    const uint32_t capacity = magazine.capacity();
    Require(cache.cached_blocks(size_class) <= capacity,
            "a magazine holds no more than it has room for");
    Require(capacity < std::bit_ceil(2 * kSizeClasses[size_class].max_batch),
            "a magazine holds at most two batches");
    Require(IsPowerOfTwo(capacity + 1),
            "a magazine's cells are a power of two");
    Require(*magazine.cells.Get() == kNoBlock,
            "nobody's block lies at the bottom");
    reserved += capacity * StrideOf(size_class);
  }
  Require(cache.reserved() == reserved,
          "a cache has reserved what its magazines may hold");
}

void ThreadCacheState::AfterOperation() {
  blocks_.CheckReports();
  for (uint32_t i = 0; i < world_.classes.class_count; ++i) {
    CheckClass(world_.classes.Class(i));
  }
  world_.CheckSpans();
  size_t reserved = 0;
  uint32_t attached = 0;
  for (ThreadCache* cache : caches_) {
    if (cache == nullptr) continue;
    CheckCache(*cache);
    reserved += cache->reserved();
    ++attached;
  }
  // Of ended threads' caches some may be kept, with what they hold.
  Require(has_detached_ ? budget_.reserved() >= reserved
                        : budget_.reserved() == reserved,
          "reservations are counted");
  Require(budget_.reserved() <= budget_.bound(),
          "the caches keep within their budget");
  Require(registry_.cache_count() >= attached, "caches are counted");
}

void ThreadCacheState::Finish() {
  world_.os.RefuseLater(0, 0);
  bool lost = false;
  for (uint32_t i = 0; i < world_.classes.class_count; ++i) {
    const SizeClass size_class = world_.classes.Class(i);
    lost = lost || blocks_.most_lost(size_class) != 0 ||
           left_behind_[size_class] != 0;
    Free(i, i, UINT32_MAX, 0, 0);
  }
  // What was kept of ended threads' caches goes to new ones, which go empty.
  for (size_t i = 0; i < kThreads; ++i) Detach(i);
  std::array<ThreadCache*, kCachesAtTheEnd> last;
  for (ThreadCache*& cache : last) {
    cache = registry_.Attach();
    if (cache != nullptr) cache->Flush();
  }
  for (ThreadCache* cache : last) {
    if (cache != nullptr) registry_.Detach(cache);
  }
  Scavenge(/*all=*/true);
  AfterOperation();
  Require(budget_.reserved() == 0, "ended threads hold no budget");
  Require(lost || world_.pages.stats().in_use == PageCount{0},
          "where nothing was damaged, nothing is lost");
}

std::string Expression(const ClassSetup& classes) {
  return classes.Describe().Statement();
}

}  // namespace headroom
