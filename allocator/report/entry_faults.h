// Faults of free itself: no header can be read in front of the pointer.
//
// Role: free reads the header without a test; a pointer to memory that is not
//   mapped makes it fault, and this turns the fault into a report.
// Takes from: heap_inspector, sampled_block_finder; the bounds of the section
//   in which override/'s functions are, whose first argument is the pointer.
//   Gives to: crash_handler, by way of the composition root.
#ifndef HEADROOM_ALLOCATOR_REPORT_ENTRY_FAULTS_H_
#define HEADROOM_ALLOCATOR_REPORT_ENTRY_FAULTS_H_

#include "allocator/report/fault_explainer.h"
#include "allocator/report/heap_inspector.h"
#include "allocator/report/sampled_block_finder.h"

namespace headroom {

class EntryFaults final : public FaultExplainer {
 public:
  // `sampled` may be null. [begin, end): the section. Pointers, because only
  // the linker knows them.
  constexpr EntryFaults(const HeapInspector& heap,
                        const SampledBlockFinder* sampled, const char* begin,
                        const char* end)
      : heap_(heap), sampled_(sampled), begin_(begin), end_(end) {}

  bool Explain(const Fault& fault, Explanation* out) const override;

 private:
  bool WasFreed(uintptr_t pointer) const;

  const HeapInspector& heap_;
  const SampledBlockFinder* const sampled_;
  const char* const begin_;
  const char* const end_;
};

}  // namespace headroom

#endif  // HEADROOM_ALLOCATOR_REPORT_ENTRY_FAULTS_H_
