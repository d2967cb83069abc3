// Who can say what a crash of the program has to do with the heap.
//
// Role: the crash handler asks each in turn; the first answer counts.
// Takes from: fault, misuse. Gives to: crash_handler; entry_faults, heap_faults
//   and the composition root (for the guard pool) implement it.
#ifndef HEADROOM_ALLOCATOR_REPORT_FAULT_EXPLAINER_H_
#define HEADROOM_ALLOCATOR_REPORT_FAULT_EXPLAINER_H_

#include <cstdint>

#include "allocator/base/misuse.h"
#include "allocator/system/fault.h"

namespace headroom {

struct Explanation {
  Misuse misuse;
  uintptr_t pointer;  // for the report's first line
};

class FaultExplainer {
 public:
  // False: it is none of this one's. Called in a signal handler, whatever
  // locks are held, perhaps on a small stack.
  virtual bool Explain(const Fault& fault, Explanation* out) const = 0;

 protected:
  ~FaultExplainer() = default;
};

}  // namespace headroom

#endif  // HEADROOM_ALLOCATOR_REPORT_FAULT_EXPLAINER_H_
