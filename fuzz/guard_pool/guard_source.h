// The guard pool's memory source: a real one, which notes what is open.
//
// Role: knows by itself which pages of the pool are accessible, and counts what
//   was refused.
// Takes from: system heap. Gives to: guard_pool_state.
#ifndef FUZZ_GUARD_POOL_GUARD_SOURCE_H_
#define FUZZ_GUARD_POOL_GUARD_SOURCE_H_

#include <bitset>
#include <cstddef>

#include "allocator/guard/guard_layout.h"
#include "allocator/system/memory_source.h"
#include "fuzz/engine/require.h"

namespace headroom {

using GuardPages = std::bitset<kGuardPoolBytes / kKernelPageBytes>;

class GuardSource final : public MemorySource {
 public:
  explicit GuardSource(MemorySource& source) : source_(source) {}

  MemoryRange Grow(size_t bytes, size_t alignment, GrowKind kind) override {
    Require(pool.empty(), "there is one pool");
    Require(bytes == kGuardPoolBytes && kind == GrowKind::kMapping,
            "a pool is one mapping");
    pool = source_.Grow(bytes, alignment, kind);
    open.set();
    if (pool.empty()) ++refusals;
    return pool;
  }

  bool Release(MemoryRange range, ReleaseMode mode) override {
    Require(range.start >= pool.start && range.end() <= pool.end() &&
                !range.empty(),
            "the pool changes its own pages");
    if (!source_.Release(range, mode)) {
      ++refusals;
      return false;
    }
    if (mode == ReleaseMode::kUnmap) {
      Require(range == pool, "a pool goes back as a whole");
      pool = {};
    } else if (mode == ReleaseMode::kDecommit) {
      emptied = range;
    } else {
      SetOpen(range, mode == ReleaseMode::kUnprotect);
    }
    return true;
  }

  MemoryRange Resize(MemoryRange, size_t) override {
    Require(false, "no pool is resized");
    return {};
  }

  MemoryRange Move(MemoryRange, size_t) override {
    Require(false, "no pool is moved");
    return {};
  }

  // Of the pool's pages.
  void Mark(MemoryRange range, bool value, GuardPages* pages) const {
    for (size_t i = 0; i < range.bytes; i += kKernelPageBytes) {
      (*pages)[(range.start + i - pool.start) / kKernelPageBytes] = value;
    }
  }

  MemoryRange pool;
  GuardPages open;
  MemoryRange emptied;  // last
  size_t refusals = 0;

 private:
  void SetOpen(MemoryRange range, bool is_open) { Mark(range, is_open, &open); }

  MemorySource& source_;
};

}  // namespace headroom

#endif  // FUZZ_GUARD_POOL_GUARD_SOURCE_H_
