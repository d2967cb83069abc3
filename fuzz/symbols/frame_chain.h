// A stack of frame pointers as an input wants it, and who returns where.
//
// Role: a chain that may lead down, too far, beside itself or out of memory;
//   the walk over it has to end as the rules say, and reads no closed page.
// Takes from: stack_trace, mmap. Gives to: symbols_operations.
#ifndef FUZZ_SYMBOLS_FRAME_CHAIN_H_
#define FUZZ_SYMBOLS_FRAME_CHAIN_H_

#include <cstddef>
#include <cstdint>
#include <vector>

namespace headroom {

class FrameChain {
 public:
  FrameChain();
  ~FrameChain();
  FrameChain(const FrameChain&) = delete;
  FrameChain& operator=(const FrameChain&) = delete;

  // A frame at this word of the stack, which leads to another one, plus a few
  // bytes.
  void SetFrame(size_t word, size_t next, uint8_t bytes, uint64_t pc);
  void Walk(size_t word, uint8_t bytes) const;

 private:
  // Two pages, then one that is closed.
  static constexpr size_t kWords = 1024;

  uintptr_t AddressOf(size_t word, uint8_t bytes) const {
    return reinterpret_cast<uintptr_t>(words_ + word % (kWords + 1)) + bytes;
  }

  uint64_t* const words_;
};

}  // namespace headroom

#endif  // FUZZ_SYMBOLS_FRAME_CHAIN_H_
