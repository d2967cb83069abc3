// Whoever writes the heap's calls down.
//
// Role: the seam between the heap and a trace. A stamp is the place of an event
//   among all of the process: a block's begin is stamped when it is there, its
//   end before it goes, so that of two lives at one address the first ends
//   before the second begins.
// Takes from: trace_format. Gives to: front. Thread-safe; methods keep errno.
#ifndef HEADROOM_ALLOCATOR_TRACE_CALL_RECORDER_H_
#define HEADROOM_ALLOCATOR_TRACE_CALL_RECORDER_H_

#include <cstddef>
#include <cstdint>

#include "allocator/trace/trace_format.h"

namespace headroom {

class ThreadCache;

class CallRecorder {
 public:
  // `own` is the calling thread's cache, null when it has none.
  virtual void OnAllocate(ThreadCache* own, TracedCall call, const void* block,
                          size_t bytes, size_t alignment) = 0;
  // Before the block is freed.
  virtual void OnFree(ThreadCache* own, const void* block) = 0;

  // A realloc is stamped twice; this is the first.
  virtual uint64_t Stamp() = 0;
  virtual void OnReallocate(ThreadCache* own, uint64_t stamp_before,
                            const void* old_block, const void* block,
                            size_t bytes) = 0;

 protected:
  ~CallRecorder() = default;
};

}  // namespace headroom

#endif  // HEADROOM_ALLOCATOR_TRACE_CALL_RECORDER_H_
