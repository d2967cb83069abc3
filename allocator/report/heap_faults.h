// Faults in the inaccessible pages of the heap: guard pages, freed pages.
//
// Role: an access of the program's that the page heap's protection stopped.
// Takes from: heap_inspector. Gives to: crash_handler, by way of the
//   composition root.
#ifndef HEADROOM_ALLOCATOR_REPORT_HEAP_FAULTS_H_
#define HEADROOM_ALLOCATOR_REPORT_HEAP_FAULTS_H_

#include "allocator/base/units.h"
#include "allocator/report/fault_explainer.h"
#include "allocator/report/heap_inspector.h"

namespace headroom {

class HeapFaults final : public FaultExplainer {
 public:
  explicit constexpr HeapFaults(const HeapInspector& heap) : heap_(heap) {}

  bool Explain(const Fault& fault, Explanation* out) const override;

 private:
  const HeapInspector& heap_;
};

}  // namespace headroom

#endif  // HEADROOM_ALLOCATOR_REPORT_HEAP_FAULTS_H_
