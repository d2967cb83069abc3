// The composition root: the process's one heap, wired together.
//
// Role: owns the only globals. Everything below receives what it needs; only
//   override/ includes this file.
// Takes from: report, front. Gives to: override.
// Thread-safety: all functions. Usable before constructors ran and after
//   thread-local destructors did.
#ifndef HEADROOM_ALLOCATOR_ALLOCATOR_H_
#define HEADROOM_ALLOCATOR_ALLOCATOR_H_

#include <cstddef>

#include "allocator/front/heap.h"
#include "allocator/front/heap_stats.h"
#include "allocator/measures.h"
#include "allocator/report/report_hook.h"
#include "allocator/trace/trace_recorder.h"

#pragma GCC visibility push(hidden)

namespace headroom {

// Definitions are in allocator.cc. Declared here so that the hit path sees
// constants instead of pointers.
namespace process {

ThreadCache* AttachThread();

// What is set once, in the first call of all. Alone in its pages, which are
// read-only from then on.
struct alignas(kKernelPageBytes) Settings {
  SealKeys keys;
  Options options;
};
extern Settings settings;
extern CentralCache central_cache;
extern Quarantine quarantine;
extern const BlockFinder block_finder;
extern const LargeBlocks large_blocks;
extern ReportHook report_hook;
extern const SampledBlocks sampled_blocks;
extern TraceRecorder trace_recorder;

// This thread's cache, or a placeholder that stays empty. The only static
// TLS of the library: one pointer.
extern constinit thread_local ThreadCache* thread_cache
    [[gnu::tls_model("initial-exec")]];

}  // namespace process

inline constexpr Heap kProcessHeap(
    {process::settings.keys, process::settings.options, process::central_cache,
     process::block_finder, process::large_blocks, process::sampled_blocks,
     process::quarantine, &process::trace_recorder},
    &process::AttachThread);

inline ThreadCache* CurrentThreadCache() { return process::thread_cache; }

// Where every byte is, now.
HeapStats ProcessHeapStats();

// Gives free memory back to the kernel: the calling thread's cache, those of
// threads that ended, idle blocks, then at least `bytes` of free pages where
// there are as many. Returns the bytes of pages given back.
size_t ReleaseProcessMemory(size_t bytes);

// For the measured library alone.
const Measures& ProcessMeasures();

}  // namespace headroom

#pragma GCC visibility pop

#endif  // HEADROOM_ALLOCATOR_ALLOCATOR_H_
