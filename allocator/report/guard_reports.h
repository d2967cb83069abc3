// The guard pool's part in reports: whose block, and what a fault there means.
//
// Role: says in the report's words what the pool knows.
// Takes from: guard. Gives to: misuse_report, entry_faults, crash_handler, by
//   way of the composition root. Signal-safe, as GuardPool::Describe is.
#ifndef HEADROOM_ALLOCATOR_REPORT_GUARD_REPORTS_H_
#define HEADROOM_ALLOCATOR_REPORT_GUARD_REPORTS_H_

#include "allocator/guard/guard_pool.h"
#include "allocator/report/fault_explainer.h"
#include "allocator/report/sampled_block_finder.h"

namespace headroom {

class GuardReports final : public SampledBlockFinder, public FaultExplainer {
 public:
  explicit constexpr GuardReports(const GuardPool& pool) : pool_(pool) {}

  bool Find(uintptr_t address, SampledBlock* out) const override;
  bool Explain(const Fault& fault, Explanation* out) const override;

 private:
  const GuardPool& pool_;
};

}  // namespace headroom

#endif  // HEADROOM_ALLOCATOR_REPORT_GUARD_REPORTS_H_
