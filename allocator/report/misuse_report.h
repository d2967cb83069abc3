// The details of a report: thread, block, neighbour, stack, the service's own.
//
// Role: the process's MisuseListener. Each line stands on its own and what is
//   known goes out before anything is tried that may fail.
// Takes from: everything below, as it may be damaged. Gives to: misuse, by way
//   of the composition root. No allocation, no lock; signal-safe.
#ifndef HEADROOM_ALLOCATOR_REPORT_MISUSE_REPORT_H_
#define HEADROOM_ALLOCATOR_REPORT_MISUSE_REPORT_H_

#include <cstdint>

#include "allocator/base/misuse.h"
#include "allocator/base/options.h"
#include "allocator/report/heap_inspector.h"
#include "allocator/report/report_hook.h"
#include "allocator/report/sampled_block_finder.h"

namespace headroom {

class MisuseReport final : public MisuseListener {
 public:
  // `sampled` may be null.
  constexpr MisuseReport(const HeapInspector& heap,
                         const SampledBlockFinder* sampled,
                         const ReportHook& hook, const Options& options)
      : heap_(heap), sampled_(sampled), hook_(hook), options_(options) {}

  void Describe(Misuse misuse, const void* pointer, const void* ucontext,
                ReportWriter& report) const override;
  bool MayContinue() const override {
    return options_.on_misuse == kMisuseReports;
  }

 private:
  void DescribePointer(Misuse misuse, uintptr_t address,
                       ReportWriter& report) const;

  const HeapInspector& heap_;
  const SampledBlockFinder* const sampled_;
  const ReportHook& hook_;
  const Options& options_;
};

}  // namespace headroom

#endif  // HEADROOM_ALLOCATOR_REPORT_MISUSE_REPORT_H_
