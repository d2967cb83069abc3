// A kernel of our own: a small break, a small address space, refusals on
// demand.
//
// Role: runs the real SystemHeap under every mishap an input asks for, and
//   takes everything back at the end of the input. Memory that was unmapped
//   or lies above the break faults when it is touched.
// Takes from: mmap, touched_pages. Gives to: heap_under_test. Thread-safe, but
// for birth and
//   death: one lock, which is taken last of all.
#ifndef FUZZ_WORLD_FUZZ_OS_H_
#define FUZZ_WORLD_FUZZ_OS_H_

#include <atomic>
#include <bitset>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>

#include "allocator/base/units.h"
#include "allocator/system/os.h"

namespace headroom {

enum class OsCall : uint8_t {
  kSbrk,
  kKernelBreak,
  kMap,
  kUnmap,
  kRemap,
  kDecommit,
  kProtect,
  kMove,
};

class FuzzOs final : public Os {
 public:
  // What may be mapped at a time.
  static constexpr size_t kMostMappedBytes = size_t{256} << 20;
  // Where the break may go.
  static constexpr size_t kBreakSpaceBytes = size_t{64} << 20;

  FuzzOs();
  ~FuzzOs();
  FuzzOs(const FuzzOs&) = delete;
  FuzzOs& operator=(const FuzzOs&) = delete;

  uintptr_t Sbrk(intptr_t increment) override;
  uintptr_t KernelBreak() override;
  uintptr_t Map(size_t bytes) override;
  bool Unmap(uintptr_t start, size_t bytes) override;
  uintptr_t Remap(uintptr_t start, size_t old_bytes, size_t new_bytes) override;
  // Anywhere but at an address that was used: `target` is none of ours.
  uintptr_t Move(uintptr_t start, size_t old_bytes, size_t new_bytes,
                 uintptr_t target) override;
  bool Decommit(uintptr_t start, size_t bytes) override;
  bool Protect(uintptr_t start, size_t bytes, bool accessible) override;

  // After `calls` more calls, refuses the `refusals` that follow.
  void RefuseLater(uint32_t calls, uint32_t refusals);
  // Asked at every call, if set: true refuses it.
  std::function<bool(OsCall)> refuses;
  // The next mapping begins a page of the kernel's before a multiple of
  // `alignment`, a power of two.
  void MapNextBefore(size_t alignment);
  // So many bytes behind each mapping from now on are nobody's.
  void LeaveGaps(size_t bytes) { gap_ = bytes; }
  // Somebody else moves the break up.
  void ForeignGrow(size_t bytes);

  // Is this memory below the break, and accessible?
  bool IsOpenHeap(uintptr_t start, size_t bytes) const;

  // Calls refused so far, for whatever reason.
  uint64_t refusals() const {
    return refusals_.load(std::memory_order_relaxed);
  }
  size_t mapped_bytes() const { return mapped_bytes_; }
  // Of the calls of Unmap that were refused, all together.
  size_t kept_bytes() const { return kept_bytes_; }

  // Around a fork: the child finds the lock free.
  void AcquireForFork() { lock_.lock(); }
  void ReleaseAfterFork() { lock_.unlock(); }

 private:
  // All of these want the lock held.
  uintptr_t PlaceMapping(size_t bytes);
  // Returns where the break was.
  uintptr_t MoveBreak(size_t bytes);
  void TakeBreakBack();
  void TakeAway(uintptr_t start, size_t bytes);
  // True when this call is to be refused.
  bool Refused(OsCall call);
  bool IsRefusedByHook(OsCall call) { return refuses && refuses(call); }
  uintptr_t Refuse();

  bool IsOpenBelowBreak(uintptr_t start, size_t bytes) const;
  void NoteAccess(uintptr_t start, size_t bytes, bool accessible);

  mutable std::mutex lock_;
  uintptr_t break_;
  uintptr_t next_map_;
  size_t gap_ = 0;
  size_t mapped_bytes_ = 0;
  uint32_t calls_to_grant_ = 0;
  uint32_t calls_to_refuse_ = 0;
  std::atomic<uint64_t> refusals_ = 0;  // each call asks
  size_t kept_bytes_ = 0;
  // The kernel's pages below the break's limit that are inaccessible.
  std::bitset<kBreakSpaceBytes / kKernelPageBytes> closed_;
};

}  // namespace headroom

#endif  // FUZZ_WORLD_FUZZ_OS_H_
