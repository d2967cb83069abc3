#include "allocator/report/entry_faults.h"

#include "allocator/base/units.h"

namespace headroom {
namespace {

// Whether the processor refuses the address before it looks at the page. The
// upper half is the kernel's: canonical, but never the program's.
bool IsNonCanonical(uintptr_t address) {
  const auto high = static_cast<intptr_t>(address) >> (kAddressBits - 1);
  return high > 1 || high < -2;
}

}  // namespace

// The pages of large and of sampled blocks become inaccessible.
bool EntryFaults::WasFreed(uintptr_t pointer) const {
  SampledBlock block;
  if (sampled_ != nullptr && sampled_->Find(pointer, &block)) {
    return !block.is_live && block.start == pointer;
  }
  const BlockFacts::Kind kind = heap_.Inspect(pointer).kind;
  return kind == BlockFacts::Kind::kFreePages ||
         kind == BlockFacts::Kind::kFreedMapping;
}

bool EntryFaults::Explain(const Fault& fault, Explanation* out) const {
  const auto begin = reinterpret_cast<uintptr_t>(begin_);
  const auto end = reinterpret_cast<uintptr_t>(end_);
  if (fault.pc < begin || fault.pc >= end) return false;
  const uintptr_t pointer = fault.first_argument;
  const uintptr_t header = pointer - kHeaderBytes;
  // A misaligned header may lie in two pages; the fault names the second.
  const bool is_header =
      fault.has_address ? fault.address - header < kHeaderBytes
                        : IsNonCanonical(header) || IsNonCanonical(pointer - 1);
  if (!is_header) return false;
  *out = {WasFreed(pointer) ? Misuse::kDoubleFree : Misuse::kUnmappedFree,
          pointer};
  return true;
}

}  // namespace headroom
