// The seam at the operating system: where memory comes from and goes to.
//
// Role: the one interface between the heap and the kernel; tests put a fake
//   here. Thread-safe: implementations lock inside. Never allocates.
// Takes from: base. Gives to: metadata arena, page heap, mappings.
#ifndef HEADROOM_ALLOCATOR_SYSTEM_MEMORY_SOURCE_H_
#define HEADROOM_ALLOCATOR_SYSTEM_MEMORY_SOURCE_H_

#include <cstddef>
#include <cstdint>

#include "allocator/base/units.h"

namespace headroom {

enum class GrowKind : uint8_t {
  kHeap,     // joins the heap for good; may come back larger than asked for
  kMapping,  // a mapping of its own, exactly as large as asked for
};

enum class ReleaseMode : uint8_t {
  kDecommit,   // keep the addresses, drop the pages: they read as zero again
  kUnmap,      // give a mapping (or its tail) back altogether
  kProtect,    // any access faults from now on; the content is kept
  kUnprotect,  // readable and writable again
};

class MemorySource {
 public:
  // Zeroed memory of at least `bytes` (a multiple of kKernelPageBytes, not 0)
  // whose start is a multiple of `alignment` (a power of two, at least
  // kKernelPageBytes; kHeap ranges start and end on kPageBytes). Empty when
  // the kernel has none.
  virtual MemoryRange Grow(size_t bytes, size_t alignment, GrowKind kind) = 0;

  // `range` is page-aligned for the kernel. False when the kernel refuses:
  // then the memory is unchanged.
  virtual bool Release(MemoryRange range, ReleaseMode mode) = 0;

  // Resizes a kMapping range to `bytes`, moving it (content kept) when it
  // cannot grow in place. Empty when the kernel refuses: then the old mapping
  // is unchanged.
  virtual MemoryRange Resize(MemoryRange mapping, size_t bytes) = 0;

  // As Resize, for a kMapping range or the head of one, but always moves it, to
  // addresses that nothing had for long: an access to the old ones faults.
  // Backed pages stay so, and it costs less than to change their access.
  virtual MemoryRange Move(MemoryRange head, size_t bytes) = 0;

 protected:
  ~MemorySource() = default;
};

}  // namespace headroom

#endif  // HEADROOM_ALLOCATOR_SYSTEM_MEMORY_SOURCE_H_
