// The recorder of HEADROOM_OPTIONS=trace=FILE.
//
// Role: a buffer for each thread, which goes to the file when it is full, when
//   the thread ends and when the process does. What threads do that have no
//   cache (at their end) is the work of thread 0. When the kernel refuses, the
//   trace ends and the program goes on.
// Takes from: metadata arena, thread, trace_buffer, trace_file. Gives to: the
//   composition root.
// Lock: its own, kTraceFile: for a full buffer, a thread's begin and end, and
//   each call of thread 0.
// Invariant: a buffer in use has one owner, or is the parent's that is lost.
#ifndef HEADROOM_ALLOCATOR_TRACE_TRACE_RECORDER_H_
#define HEADROOM_ALLOCATOR_TRACE_TRACE_RECORDER_H_

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "absl/base/thread_annotations.h"
#include "allocator/base/lock.h"
#include "allocator/system/metadata_arena.h"
#include "allocator/thread/thread_cache.h"
#include "allocator/trace/call_recorder.h"
#include "allocator/trace/trace_buffer.h"
#include "allocator/trace/trace_file.h"

namespace headroom {

class TraceRecorder final : public CallRecorder {
 public:
  explicit constexpr TraceRecorder(MetadataArena& arena) : arena_(arena) {}

  // Once, before any other call. `path` outlives this; an empty one: no trace.
  void Start(const char* path) ABSL_LOCKS_EXCLUDED(lock_);

  void OnAllocate(ThreadCache* own, TracedCall call, const void* block,
                  size_t bytes, size_t alignment) override;
  void OnFree(ThreadCache* own, const void* block) override;
  uint64_t Stamp() override {
    // Of one variable all agree on the order, and it keeps to theirs.
    return stamps_.fetch_add(1, std::memory_order_relaxed) + 1;
  }
  void OnReallocate(ThreadCache* own, uint64_t stamp_before,
                    const void* old_block, const void* block,
                    size_t bytes) override;

  // The owner of `own` ends: writes what it did.
  void EndThread(ThreadCache* own) ABSL_LOCKS_EXCLUDED(lock_);

  // The process ends: writes what all did. Who goes on is written at each call.
  void EndProcess() ABSL_LOCKS_EXCLUDED(lock_);

  // The composition root's fork handlers. BecomeChild, in a child that is the
  // only thread, whether or not the others ran: forgets what the parent writes.
  void AcquireForFork() ABSL_EXCLUSIVE_LOCK_FUNCTION(lock_) { lock_.Acquire(); }
  void ReleaseAfterFork(bool in_child) ABSL_UNLOCK_FUNCTION(lock_) {
    in_child ? lock_.ResetAfterFork() : lock_.Release();
  }
  void BecomeChild(ThreadCache* own) ABSL_NO_THREAD_SAFETY_ANALYSIS;

 private:
  friend class Measures;

  template <typename Put>
  void Record(ThreadCache* own, Put put);
  template <typename Put>
  void RecordOfNobody(Put put) ABSL_LOCKS_EXCLUDED(lock_);
  TraceBuffer* BufferOf(ThreadCache& own);
  TraceBuffer* NewBuffer() ABSL_LOCKS_EXCLUDED(lock_);
  TraceBuffer* UnusedBuffer() ABSL_LOCKS_EXCLUDED(lock_);
  void Write(TraceBuffer& buffer) ABSL_EXCLUSIVE_LOCKS_REQUIRED(lock_);
  void WriteAndClear(TraceBuffer& buffer) ABSL_LOCKS_EXCLUDED(lock_);

  bool stopped() const { return stopped_.load(std::memory_order_relaxed); }
  bool ending() const { return ending_.load(std::memory_order_relaxed); }

  MetadataArena& arena_;
  std::atomic<uint64_t> stamps_{0};
  std::atomic<bool> stopped_{true};  // until Start
  std::atomic<bool> ending_{false};
  Lock lock_{LockRank::kTraceFile};
  TraceFile file_ ABSL_GUARDED_BY(lock_);
  TraceBuffer* buffers_ ABSL_GUARDED_BY(lock_) = nullptr;
  TraceBuffer* nobodys_ ABSL_GUARDED_BY(lock_) = nullptr;  // thread 0's
  uint64_t threads_ ABSL_GUARDED_BY(lock_) = 0;
};

}  // namespace headroom

#endif  // HEADROOM_ALLOCATOR_TRACE_TRACE_RECORDER_H_
