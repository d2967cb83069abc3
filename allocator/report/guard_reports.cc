#include "allocator/report/guard_reports.h"

namespace headroom {

bool GuardReports::Find(uintptr_t address, SampledBlock* out) const {
  GuardPool::Description found;
  if (!pool_.Describe(reinterpret_cast<const void*>(address), &found)) {
    return false;
  }
  *out = {found.start,          found.bytes,
          found.live,           found.allocating_thread,
          found.freeing_thread, found.allocated_at,
          found.freed_at};
  return true;
}

bool GuardReports::Explain(const Fault& fault, Explanation* out) const {
  SampledBlock block;
  if (!fault.has_address || !Find(fault.address, &block)) return false;
  out->pointer = fault.address;
  if (!block.is_live) {
    out->misuse = Misuse::kFreedAccess;
  } else if (fault.address < block.start) {
    out->misuse = Misuse::kUnderflowAccess;
  } else if (fault.address - block.start >= block.requested_bytes) {
    out->misuse = Misuse::kOverflowAccess;
  } else {
    return false;  // a live block is accessible: something else is wrong
  }
  return true;
}

}  // namespace headroom
