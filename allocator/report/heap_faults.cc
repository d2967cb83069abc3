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
  // Guard pages lie inside of the block's span; what is next to it is others'.
  if (!IsLarge(here)) return false;
  if (address >= here.start + here.usable_bytes) {
    out->misuse = here.usable_bytes == 0 ? Misuse::kZeroSizeAccess
                                         : Misuse::kOverflowAccess;
    return true;
  }
  out->misuse = Misuse::kUnderflowAccess;
  return address < here.start;
}

}  // namespace headroom
