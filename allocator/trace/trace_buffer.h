// What one thread did lately, as bytes of a trace.
//
// Role: encodes calls; numbers are differences from the thread's call before.
// Takes from: trace_format. Gives to: trace_recorder.
// Thread-safety: the owner puts; who holds the recorder's lock takes. The owner
//   holds it, too, when it makes room.
// Invariant: the bytes up to size() are whole records and do not change.
#ifndef HEADROOM_ALLOCATOR_TRACE_TRACE_BUFFER_H_
#define HEADROOM_ALLOCATOR_TRACE_TRACE_BUFFER_H_

#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>

#include "allocator/trace/trace_format.h"

namespace headroom {

class TraceBuffer {
 public:
  static constexpr size_t kBytes = size_t{16} << 10;

  bool HasRoom() const { return kBytes - size() >= kMostRecordBytes; }

  void PutAllocate(uint64_t stamp, TracedCall call, const void* block,
                   size_t bytes, size_t alignment) {
    unsigned char* out = Begin(stamp, call);
    if (call == TracedCall::kAligned) {
      out = PutVarint(out, static_cast<uint64_t>(std::countr_zero(alignment)));
    }
    out = PutVarint(out, bytes);
    End(PutAddress(out, block));
  }

  void PutFree(uint64_t stamp, const void* block) {
    End(PutAddress(Begin(stamp, TracedCall::kFree), block));
  }

  void PutReallocate(uint64_t stamp, uint64_t stamp_before,
                     const void* old_block, const void* block, size_t bytes) {
    unsigned char* out = Begin(stamp, TracedCall::kRealloc);
    out = PutVarint(out, stamp - stamp_before);
    out = PutVarint(out, bytes);
    End(PutAddress(PutAddress(out, old_block), block));
  }

  // The rest is for whoever holds the recorder's lock.

  // Of bytes that are nobody's yet, or lost.
  void StartThread(uint64_t thread_number) {
    thread = thread_number;
    stamp_ = 0;
    address_ = 0;
    Clear();
  }
  void Clear() {
    size_.store(0, std::memory_order_relaxed);
    taken_ = 0;
  }
  // What was not taken before.
  const unsigned char* Take(size_t* bytes) {
    const size_t end = size();
    const unsigned char* start = bytes_ + taken_;
    *bytes = end - taken_;
    taken_ = end;
    return start;
  }

  uint64_t thread = 0;
  bool in_use = false;
  TraceBuffer* next = nullptr;  // of all that there are

 private:
  static constexpr size_t kMostRecordBytes = 5 * kMostVarintBytes;

  size_t size() const { return size_.load(std::memory_order_acquire); }

  unsigned char* Begin(uint64_t stamp, TracedCall call) {
    const uint64_t passed = stamp - stamp_;
    stamp_ = stamp;
    return PutVarint(bytes_ + size(),
                     passed << kTracedCallBits | static_cast<uint64_t>(call));
  }
  unsigned char* PutAddress(unsigned char* out, const void* block) {
    const uint64_t address = reinterpret_cast<uintptr_t>(block) / kAddressUnit;
    const uint64_t difference = address - address_;
    address_ = address;
    return PutVarint(out, ZigZag(difference));
  }
  void End(const unsigned char* end) {
    size_.store(static_cast<size_t>(end - bytes_), std::memory_order_release);
  }

  std::atomic<size_t> size_{0};
  size_t taken_ = 0;
  uint64_t stamp_ = 0;
  uint64_t address_ = 0;
  unsigned char bytes_[kBytes] = {};
};

}  // namespace headroom

#endif  // HEADROOM_ALLOCATOR_TRACE_TRACE_BUFFER_H_
