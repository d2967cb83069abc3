#include "allocator/report/heap_faults.h"

namespace headroom {
namespace {

using Kind = BlockFacts::Kind;

bool IsLarge(const BlockFacts& block) {
  return block.kind == Kind::kLarge || block.kind == Kind::kMapping;
}

}  // namespace

bool HeapFaults::Explain(const Fault& fault, Explanation* out) const {
  if (!fault.has_address || fault.cause == Fault::Cause::kOther) return false;
  const uintptr_t address = fault.address;
  out->pointer = address;
  const BlockFacts here = heap_.Inspect(address);
  // Where a mapping was, there may be one of the program's now.
  if (here.kind == Kind::kFreePages ||
      (here.kind == Kind::kFreedMapping &&
       fault.cause == Fault::Cause::kUnmapped)) {
    out->misuse = Misuse::kFreedAccess;
    return true;
  }
  // Guard pages lie inside of the block's span, or just outside of it.
  const BlockFacts before =
      IsLarge(here) ? here : heap_.Inspect(address - kKernelPageBytes);
  if (IsLarge(before) && address >= before.start + before.usable_bytes &&
      address - before.start - before.usable_bytes < kPageBytes) {
    out->misuse = before.usable_bytes == 0 ? Misuse::kZeroSizeAccess
                                           : Misuse::kOverflowAccess;
    return true;
  }
  const BlockFacts behind =
      IsLarge(here) ? here : heap_.Inspect(address + kKernelPageBytes);
  if (IsLarge(behind) && address < behind.start &&
      behind.start - address <= kPageBytes) {
    out->misuse = Misuse::kUnderflowAccess;
    return true;
  }
  return false;
}

}  // namespace headroom
