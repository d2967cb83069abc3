#include "allocator/allocator.h"

#include <pthread.h>
#include <sys/single_threaded.h>

#include <atomic>

#include "allocator/base/lock.h"
#include "allocator/system/clock.h"
#include "allocator/system/metadata_arena.h"
#include "allocator/system/random.h"
#include "allocator/system/read_only.h"
#include "allocator/system/real_os.h"
#include "allocator/system/system_heap.h"
#include "allocator/thread/thread_registry.h"

namespace headroom {
namespace {

// What all thread caches together may hold.
constexpr size_t kCacheBudgetBytes = size_t{64} << 20;

// The layers, lowest first. All are ready before any code of the process
// runs, and none is ever destroyed.
constinit RealOs real_os;
constinit SystemHeap system_heap(real_os);
constinit MetadataArena metadata_arena(system_heap);
constinit PageMap page_map(metadata_arena);
constinit PageHeap page_heap(system_heap, metadata_arena, page_map,
                             &MonotonicMilliseconds);
constinit CentralFreeLists central_lists;
constinit CacheBudget cache_budget(kCacheBudgetBytes);

}  // namespace

namespace process {

constinit SealKeyPage seal_keys;
constinit CentralCache central_cache(central_lists, metadata_arena, page_heap,
                                     page_map, seal_keys);
constexpr BlockFinder block_finder(page_map, seal_keys);
constexpr LargeBlocks large_blocks(page_heap, seal_keys);

}  // namespace process

namespace {

constinit Scavenger scavenger(process::central_cache, page_heap,
                              &MonotonicMilliseconds);
constinit ThreadRegistry registry(metadata_arena,
                                  {process::central_cache, scavenger,
                                   cache_budget, process::seal_keys});

// Caches that stay empty: before a thread's first call, and after its last
// destructor gave its cache up.
constinit ThreadCache unborn_cache;
constinit ThreadCache exited_cache;

constinit Lock start_lock(LockRank::kStartUp);
constinit std::atomic<bool> started{false};
pthread_key_t exit_key;
constinit bool has_exit_key = false;

// Our key was made first, so its destructor runs before the others', which may
// well free: it comes back for one more round.
void OnThreadExit(void* pointer) {
  auto* cache = static_cast<ThreadCache*>(pointer);
  if (!cache->leaving) {
    cache->leaving = true;
    if (pthread_setspecific(exit_key, cache) == 0) return;
  }
  process::thread_cache = &exited_cache;
  registry.Detach(cache);
}

// glibc's fork takes the lock of its list of FILEs after our handler ran. A
// thread may allocate with a FILE locked while another one, with the list
// locked, waits for that FILE: so the list must be taken before our locks. The
// lock is recursive. Absent where libc is another one.
extern "C" {
[[gnu::weak]] void _IO_list_lock() noexcept;
[[gnu::weak]] void _IO_list_unlock() noexcept;
[[gnu::weak]] void _IO_list_resetlock() noexcept;
}

constinit bool locked_for_fork = false;

// Every lock, in rank order, so that the child finds the heap at rest. A
// program of one thread takes none: its child is an exact copy, and a signal
// handler may fork in the middle of a malloc.
void BeforeFork() ABSL_NO_THREAD_SAFETY_ANALYSIS {
  if (__libc_single_threaded) return;
  if (_IO_list_lock != nullptr) _IO_list_lock();
  start_lock.Acquire();
  registry.AcquireForFork();
  process::central_cache.AcquireForFork();
  page_heap.AcquireForFork();
  metadata_arena.AcquireForFork();
  system_heap.AcquireForFork();
  locked_for_fork = true;
}

void AfterFork(bool in_child) ABSL_NO_THREAD_SAFETY_ANALYSIS {
  locked_for_fork = false;
  system_heap.ReleaseAfterFork(in_child);
  metadata_arena.ReleaseAfterFork(in_child);
  page_heap.ReleaseAfterFork(in_child);
  process::central_cache.ReleaseAfterFork(in_child);
  registry.ReleaseAfterFork(in_child);
  if (in_child) {
    start_lock.ResetAfterFork();
  } else {
    start_lock.Release();
  }
}

void AfterForkInParent() {
  if (!locked_for_fork) return;
  AfterFork(/*in_child=*/false);
  if (_IO_list_unlock != nullptr) _IO_list_unlock();
}

void AfterForkInChild() {
  if (!locked_for_fork) return;
  AfterFork(/*in_child=*/true);
  if (_IO_list_resetlock != nullptr) _IO_list_resetlock();
  ThreadCache* own = process::thread_cache;
  registry.ForgetAllBut(own->is_attached() ? own : nullptr);
}

void Start() {
  {
    LockGuard guard(start_lock);
    if (started.load(std::memory_order_relaxed)) return;
    SealKeys random;
    FillRandom(&random, sizeof(random));
    static_cast<SealKeys&>(process::seal_keys) = MakeSealKeys(random);
    MakeReadOnly(&process::seal_keys, sizeof(process::seal_keys));
    // Without a key (a thousand were made already) threads that end keep
    // what their caches hold.
    has_exit_key = pthread_key_create(&exit_key, &OnThreadExit) == 0;
    started.store(true, std::memory_order_release);
  }
  // May allocate where libc is not glibc, so the heap must be up.
  pthread_atfork(&BeforeFork, &AfterForkInParent, &AfterForkInChild);
}

// If nobody allocated earlier: while there is but one thread, so that none
// reads the keys, or forks, in the middle of it.
[[gnu::constructor]] void StartBeforeMain() {
  if (!started.load(std::memory_order_acquire)) Start();
}

}  // namespace

namespace process {

constinit thread_local ThreadCache* thread_cache = &unborn_cache;

ThreadCache* AttachThread() {
  if (thread_cache->is_attached()) return thread_cache;
  if (thread_cache == &exited_cache) return nullptr;
  if (!started.load(std::memory_order_acquire)) {
    Start();
    // It may have allocated, and so been here.
    if (thread_cache->is_attached()) return thread_cache;
  }
  ThreadCache* cache = registry.Attach();
  if (cache == nullptr) return nullptr;
  // First: setspecific may allocate.
  thread_cache = cache;
  if (has_exit_key) pthread_setspecific(exit_key, cache);
  return cache;
}

}  // namespace process

HeapStats ProcessHeapStats() {
  return CollectHeapStats(registry, process::central_cache, page_heap,
                          metadata_arena);
}

size_t ReleaseProcessMemory(size_t bytes) {
  ThreadCache* cache = CurrentThreadCache();
  if (cache->is_attached()) cache->Flush();
  process::central_cache.Scavenge(/*all=*/true);
  return page_heap.ReleaseFreePages(bytes);
}

}  // namespace headroom
