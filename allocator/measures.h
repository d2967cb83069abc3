// What the locks and tiers of a measured build counted, as JSON.
//
// Role: knows every lock and its name; writes and resets what they counted.
//   Part of the measured library alone. The format is in docs/measures.md.
// Takes from: all layers with a lock, which make it their friend. Gives to:
//   allocator.cc, override.
// Thread-safety: all functions, while others allocate: each lock is taken in
//   turn, uncounted, and none while the file is written; so the figures of one
//   lock belong together, those of two may be microseconds apart. No
//   allocation; keeps errno.
#ifndef HEADROOM_ALLOCATOR_MEASURES_H_
#define HEADROOM_ALLOCATOR_MEASURES_H_

#include <cstddef>
#include <cstdint>

#include "allocator/base/lock.h"
#include "allocator/base/tally.h"
#include "allocator/central/central_cache.h"
#include "allocator/front/quarantine.h"
#include "allocator/guard/guard_pool.h"
#include "allocator/pages/page_heap.h"
#include "allocator/system/cell_pool.h"
#include "allocator/system/metadata_arena.h"
#include "allocator/system/system_heap.h"
#include "allocator/thread/thread_registry.h"
#include "allocator/trace/trace_recorder.h"

namespace headroom {

class Measures {
 public:
  struct Parts {
    Lock& start_lock;
    ThreadRegistry& registry;
    Quarantine& quarantine;
    CentralFreeLists& central;
    GuardPool& guards;
    PageHeap& pages;
    CellPool& cells;
    MetadataArena& arena;
    SystemHeap& system;
    TraceRecorder& recorder;
  };

  explicit constexpr Measures(const Parts& parts) : parts_(parts) {}

  // One JSON object, without a new line. What the kernel refuses is lost.
  void Write(int fd) const;
  // All counting begins anew. `in_child`: of a fork; takes no lock there.
  void Reset(bool in_child) const;

  // Takes the name of the file, HEADROOM_MEASURES, from the environment.
  void ReadFileName();
  // Appends the object and a new line to the file, if one was named. Processes
  // may share it.
  void AppendToFile() const;

  // Holds the central list's lock of the class that serves `bytes`, so that a
  // wait of known length can be looked for in the measures.
  void HoldCentralLock(size_t bytes, uint32_t microseconds) const;

 private:
  static constexpr size_t kMaxFileName = 1024;

  template <typename Visitor>
  void ForEachLock(Visitor visit) const;
  HitCounts CentralTally() const;

  const Parts parts_;
  char file_name_[kMaxFileName] = {};
};

}  // namespace headroom

#endif  // HEADROOM_ALLOCATOR_MEASURES_H_
