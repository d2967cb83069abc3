// Where the largest blocks lay that were freed last.
//
// Role: their addresses are the kernel's again, so nothing but this tells a
//   second free or a late use from any wild pointer. For reports only.
// Takes from: base. Gives to: large_blocks, report.
// Thread-safety: lock-free; signal-safe. A range that is being noted may be
//   missed.
#ifndef HEADROOM_ALLOCATOR_FRONT_FREED_MAPPINGS_H_
#define HEADROOM_ALLOCATOR_FRONT_FREED_MAPPINGS_H_

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "allocator/base/units.h"

namespace headroom {

class FreedMappings {
 public:
  constexpr FreedMappings() = default;

  void Note(MemoryRange range) {
    Entry& entry =
        entries_[next_.fetch_add(1, std::memory_order_relaxed) % kEntries];
    entry.end.store(0, std::memory_order_relaxed);
    entry.start.store(range.start, std::memory_order_relaxed);
    entry.end.store(range.end(), std::memory_order_relaxed);
  }

  bool Contains(const void* pointer) const {
    const auto address = reinterpret_cast<uintptr_t>(pointer);
    for (const Entry& entry : entries_) {
      if (address >= entry.start.load(std::memory_order_relaxed) &&
          address < entry.end.load(std::memory_order_relaxed)) {
        return true;
      }
    }
    return false;
  }

 private:
  friend struct DebugLayout;

  static constexpr size_t kEntries = 64;

  struct Entry {
    std::atomic<uintptr_t> start{0};
    std::atomic<uintptr_t> end{0};
  };

  Entry entries_[kEntries];
  std::atomic<size_t> next_{0};
};

}  // namespace headroom

#endif  // HEADROOM_ALLOCATOR_FRONT_FREED_MAPPINGS_H_
