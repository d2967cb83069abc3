#include "allocator/allocator.h"

#include <pthread.h>
#include <sys/single_threaded.h>

#include <atomic>
#include <iterator>

#include "allocator/base/build_mode.h"
#include "allocator/base/hardening.h"
#include "allocator/base/lock.h"
#include "allocator/base/memory_checker.h"
#include "allocator/base/options.h"
#include "allocator/base/report_writer.h"
#include "allocator/debug_anchor.h"
#include "allocator/measures.h"
#include "allocator/report/crash_handler.h"
#include "allocator/report/entry_faults.h"
#include "allocator/report/guard_reports.h"
#include "allocator/report/heap_faults.h"
#include "allocator/report/heap_inspector.h"
#include "allocator/report/misuse_report.h"
#include "allocator/system/cell_pool.h"
#include "allocator/system/clock.h"
#include "allocator/system/environment.h"
#include "allocator/system/errno_guard.h"
#include "allocator/system/metadata_arena.h"
#include "allocator/system/random.h"
#include "allocator/system/read_only.h"
#include "allocator/system/real_os.h"
#include "allocator/system/system_heap.h"
#include "allocator/thread/thread_registry.h"
#include "allocator/trace/trace_path.h"

namespace headroom {
namespace {

// What all thread caches together may hold.
constexpr size_t kCacheBudgetBytes = size_t{32} << 20;

// How many of the kernel's pages a second may become inaccessible as guards or
// freed large blocks: about a microsecond each, most of it when they are used
// again, so less than a hundredth of a processor's time.
constexpr uint32_t kProtectionsPerSecond = 4096;
constexpr uint32_t kProtectionBurst = 2048;

// How many sampled blocks a second: about ten microseconds each.
constexpr uint32_t kSamplesPerSecond = 500;
constexpr uint32_t kSampleBurst = 100;

// The layers, lowest first. All are ready before any code of the process
// runs, and none is ever destroyed.
constinit RealOs real_os;
constinit SystemHeap system_heap(real_os);
constinit MetadataArena metadata_arena(system_heap);
constinit CellPool cell_pool(metadata_arena);
constinit PageMap page_map(metadata_arena);
constinit PageHeap page_heap(system_heap, metadata_arena, page_map,
                             &MonotonicMilliseconds);
constinit CentralFreeLists central_lists;
constinit CacheBudget cache_budget(kCacheBudgetBytes);
constinit TokenBucket protection_budget(kProtectionsPerSecond,
                                        kProtectionBurst);
constinit FreedMappings freed_mappings;
constinit GuardPool guard_pool(system_heap, metadata_arena);
constinit TokenBucket sampling_budget(kSamplesPerSecond, kSampleBurst);

}  // namespace

namespace process {

constinit Settings settings;
constinit CentralCache central_cache(central_lists, metadata_arena, cell_pool,
                                     page_heap, page_map, settings.keys,
                                     settings.options);
constinit Quarantine quarantine(metadata_arena);
constexpr BlockFinder block_finder(page_map, settings.keys, freed_mappings);
constexpr LargeBlocks large_blocks({page_heap, system_heap, freed_mappings,
                                    protection_budget, &MonotonicMilliseconds,
                                    settings.keys, settings.options});
constexpr SampledBlocks sampled_blocks(guard_pool, sampling_budget,
                                       &MonotonicMilliseconds, settings.keys,
                                       settings.options);
constinit ReportHook report_hook;
constinit TraceRecorder trace_recorder(metadata_arena);

}  // namespace process

namespace {

// Made by the linker: where the functions of HEADROOM_EXPORT_FREE are. Weak,
// because a test may have none.
extern "C" {
[[gnu::weak,
  gnu::visibility("hidden")]] extern const char __start_headroom_entry[];
[[gnu::weak,
  gnu::visibility("hidden")]] extern const char __stop_headroom_entry[];
}

// Reports and crashes.
constexpr HeapInspector heap_inspector(page_map, freed_mappings,
                                       process::settings.keys);
constexpr GuardReports guard_reports(guard_pool);
constinit const EntryFaults entry_faults(heap_inspector, &guard_reports,
                                         __start_headroom_entry,
                                         __stop_headroom_entry);
constexpr MisuseReport misuse_report(heap_inspector, &guard_reports,
                                     process::report_hook,
                                     process::settings.options);
constexpr HeapFaults heap_faults(heap_inspector);
// The entries first: they know more about an access to freed pages.
constexpr const FaultExplainer* kExplainers[] = {&entry_faults, &guard_reports,
                                                 &heap_faults};
constexpr CrashHandler crash_handler(kExplainers, std::size(kExplainers));

void OnFault(int signal, siginfo_t* info, void* ucontext) {
  crash_handler.Handle(signal, *info, ucontext);
}

constinit Scavenger scavenger(process::central_cache, page_heap,
                              &MonotonicMilliseconds);
constinit ThreadRegistry registry(metadata_arena,
                                  {process::central_cache, scavenger,
                                   cache_budget, cell_pool,
                                   process::settings.keys});

// Caches that stay empty: before a thread's first call, and after its last
// destructor gave its cache up.
constinit ThreadCache unborn_cache;
constinit ThreadCache exited_cache;

constinit Lock start_lock(LockRank::kStartUp);
constinit std::atomic<bool> started{false};
constinit Measures measures({start_lock, registry, process::quarantine,
                             central_lists, guard_pool, page_heap, cell_pool,
                             metadata_arena, system_heap,
                             process::trace_recorder});
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
  process::trace_recorder.EndThread(cache);
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

constinit std::atomic<bool> has_fork_handlers{false};
constinit bool locked_for_fork = false;

// Every lock, in rank order, so that the child finds the heap at rest. A
// program of one thread takes none: its child is an exact copy, and a signal
// handler may fork in the middle of a malloc.
void BeforeFork() ABSL_NO_THREAD_SAFETY_ANALYSIS {
  if (__libc_single_threaded) return;
  if (_IO_list_lock != nullptr) _IO_list_lock();
  start_lock.Acquire();
  registry.AcquireForFork();
  process::quarantine.AcquireForFork();
  process::central_cache.AcquireForFork();
  guard_pool.AcquireForFork();
  page_heap.AcquireForFork();
  cell_pool.AcquireForFork();
  metadata_arena.AcquireForFork();
  system_heap.AcquireForFork();
  process::trace_recorder.AcquireForFork();
  locked_for_fork = true;
}

void AfterFork(bool in_child) ABSL_NO_THREAD_SAFETY_ANALYSIS {
  locked_for_fork = false;
  process::trace_recorder.ReleaseAfterFork(in_child);
  system_heap.ReleaseAfterFork(in_child);
  metadata_arena.ReleaseAfterFork(in_child);
  cell_pool.ReleaseAfterFork(in_child);
  page_heap.ReleaseAfterFork(in_child);
  guard_pool.ReleaseAfterFork(in_child);
  process::central_cache.ReleaseAfterFork(in_child);
  process::quarantine.ReleaseAfterFork(in_child);
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
  ThreadCache* own = process::thread_cache;
  if (!own->is_attached()) own = nullptr;
  if (locked_for_fork) {
    AfterFork(/*in_child=*/true);
    if (_IO_list_resetlock != nullptr) _IO_list_resetlock();
    registry.ForgetAllBut(own);
  }
  process::trace_recorder.BecomeChild(own);
  if constexpr (kMeasuredBuild) measures.Reset(/*in_child=*/true);
}

// May allocate, so the heap must be up; and fail, then the next thread tries
// again: as long as there is but one, a fork needs no handlers.
void SetForkHandlers() {
  if (has_fork_handlers || has_fork_handlers.exchange(true)) return;
  if (pthread_atfork(&BeforeFork, &AfterForkInParent, &AfterForkInChild) != 0) {
    has_fork_handlers = false;
  }
}

// docs/options.md says how much of it counts.
constexpr size_t kMaxOptionsBytes = 1024;

Options ReadOptions() {
  const ErrnoGuard errno_guard;
  char text[kMaxOptionsBytes];
  const size_t bytes = ReadEnvironment("HEADROOM_OPTIONS", text, sizeof(text));
  if (bytes == 0) return {};
  char buffer[1024];
  ReportWriter complaints(buffer, sizeof(buffer));
  Options options = ParseOptions(text, bytes, complaints);
  MakeTracePathAbsolute(options, complaints);
  if (options.help != 0) WriteOptionsHelp(complaints);
  complaints.Flush();
  return options;
}

void MakeSettings() {
  Options& options = process::settings.options;
  options = ReadOptions();
  FillRandom(&process::settings.keys, sizeof(process::settings.keys));
  FinishSealKeys(process::settings.keys,
                 /*hits_allowed=*/!ClosesHitPaths(options));
  MakeReadOnly(&process::settings, sizeof(process::settings));
}

void Start() {
  // Else a linker that drops what nobody refers to drops it.
  asm volatile("" : : "r"(&headroom_debug_anchor));
  {
    LockGuard guard(start_lock);
    if (started.load(std::memory_order_relaxed)) return;
    MakeSettings();
    if constexpr (kMeasuredBuild) measures.ReadFileName();
    if (process::settings.options.crash_handler != 0) {
      crash_handler.Install(&OnFault);
    }
    // Without a key (a thousand were made already) no thread has a cache: it
    // could not give it up in the end.
    has_exit_key = pthread_key_create(&exit_key, &OnThreadExit) == 0;
    process::trace_recorder.Start(process::settings.options.trace_path.text);
    started.store(true, std::memory_order_release);
  }
}

// If nobody allocated earlier: while there is but one thread, so that none
// reads the keys, or forks, in the middle of it.
[[gnu::constructor]] void StartBeforeMain() {
  if (!started.load(std::memory_order_acquire)) Start();
  SetForkHandlers();
}

// Destructors of other libraries may come after it: see EndProcess.
[[gnu::destructor]] void EndAfterMain() {
  if (IsTraced(process::settings.options)) process::trace_recorder.EndProcess();
}

}  // namespace

namespace process {

constinit thread_local ThreadCache* thread_cache = &unborn_cache;

ThreadCache* AttachThread() {
  if (thread_cache->is_attached()) return thread_cache;
  if (thread_cache == &exited_cache) return nullptr;
  const ErrnoGuard errno_guard;
  if (!started.load(std::memory_order_acquire)) Start();
  SetForkHandlers();
  // Both may have allocated, and so been here.
  if (thread_cache->is_attached()) return thread_cache;
  if (!has_exit_key) return nullptr;
  if constexpr (MemoryChecker::kFindsLeaks) return nullptr;
  ThreadCache* cache = registry.Attach();
  if (cache == nullptr) return nullptr;
  // One that was parked counts on.
  if (cache->sampling_dice == 0) sampled_blocks.ChooseNext(cache);
  // First: setspecific may allocate.
  thread_cache = cache;
  if (pthread_setspecific(exit_key, cache) != 0) {
    thread_cache = &unborn_cache;
    registry.Detach(cache);
    return nullptr;
  }
  return cache;
}

}  // namespace process

const MisuseListener* ProcessMisuseListener() { return &misuse_report; }

HeapStats ProcessHeapStats() {
  HeapStats stats = CollectHeapStats(registry, process::central_cache,
                                     page_heap, metadata_arena);
  // To the program, a sampled block is one in a mapping of its own.
  const GuardPoolStats sampled = guard_pool.stats();
  stats.mapping_bytes += sampled.live_bytes;
  stats.mapping_count += sampled.live;
  return stats;
}

const Measures& ProcessMeasures() { return measures; }

size_t ReleaseProcessMemory(size_t bytes) {
  ThreadCache* cache = CurrentThreadCache();
  if (cache->is_attached()) cache->Flush();
  registry.FlushParked(ParkedCaches::kEndOfTime);
  process::central_cache.Scavenge(/*all=*/true);
  return page_heap.ReleaseFreePages(bytes);
}

}  // namespace headroom

constinit const headroom::DebugAnchor headroom_debug_anchor =
    headroom::DebugLayout::Describe(headroom_debug_anchor, headroom::page_map,
                                    headroom::process::settings.keys,
                                    headroom::registry, headroom::central_lists,
                                    headroom::process::quarantine,
                                    headroom::freed_mappings);
