// Watches over errno and refusals during one call of the heap.
//
// Takes from: fuzz_os. Gives to: heap_state.
#ifndef FUZZ_HEAP_HEAP_CALL_H_
#define FUZZ_HEAP_HEAP_CALL_H_

#include <cerrno>
#include <cstddef>
#include <cstdint>

#include "fuzz/engine/require.h"
#include "fuzz/world/fuzz_os.h"

namespace headroom {

class HeapCall {
 public:
  // `nulls` counts answers that are none.
  HeapCall(const FuzzOs& os, uint64_t& nulls)
      : os_(os), nulls_(nulls), refusals_(os.refusals()) {
    errno = kUntouched;
  }

  // `bytes`, `alignment`: what was asked for.
  void CheckAnswer(const void* block, size_t bytes, size_t alignment) const {
    const int error = errno;
    if (block != nullptr) {
      Require(error == kUntouched, "success leaves errno alone");
      return;
    }
    ++nulls_;
    Require(error == ENOMEM, "failure sets errno to ENOMEM");
    Require(os_.refusals() != refusals_ || bytes > kAddressSpaceBytes ||
                alignment > kAddressSpaceBytes,
            "null comes only when the kernel refused or the request is absurd");
  }
  void CheckErrnoKept() const {
    Require(errno == kUntouched, "the call leaves errno alone");
  }

 private:
  // Nobody's errno.
  static constexpr int kUntouched = EDOM;
  // What no kernel has: the heap need not even ask for it.
  static constexpr size_t kAddressSpaceBytes = size_t{1} << kAddressBits;

  const FuzzOs& os_;
  uint64_t& nulls_;
  const uint64_t refusals_;
};

}  // namespace headroom

#endif  // FUZZ_HEAP_HEAP_CALL_H_
