#include "fuzz/symbols/frame_chain.h"

#include <sys/mman.h>

#include <algorithm>

#include "allocator/base/stack_trace.h"
#include "allocator/base/units.h"
#include "fuzz/engine/require.h"

namespace headroom {
namespace {

constexpr size_t kBytes = 3 * kKernelPageBytes;

uint64_t* MakeStack() {
  void* stack = mmap(nullptr, kBytes, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  Require(stack != MAP_FAILED, "the fuzzer's own mmap works");
  mprotect(static_cast<char*>(stack) + 2 * kKernelPageBytes, kKernelPageBytes,
           PROT_NONE);
  return static_cast<uint64_t*>(stack);
}

}  // namespace

FrameChain::FrameChain() : words_(MakeStack()) {
  static_assert(kWords * sizeof(uint64_t) == 2 * kKernelPageBytes);
}

FrameChain::~FrameChain() { munmap(words_, kBytes); }

void FrameChain::SetFrame(size_t word, size_t next, uint8_t bytes,
                          uint64_t pc) {
  word %= kWords - 1;
  words_[word] = AddressOf(next, bytes);
  words_[word + 1] = pc;
}

void FrameChain::Walk(size_t word, uint8_t bytes) const {
  const uintptr_t begin = reinterpret_cast<uintptr_t>(words_);
  std::vector<uintptr_t> expected;
  uintptr_t at = AddressOf(word, bytes);
  const uintptr_t start = at;
  for (uintptr_t before = 0; at > before && at % sizeof(uint64_t) == 0;) {
    const size_t index = (at - begin) / sizeof(uint64_t);
    // No return address is in the first page.
    if (index + 1 >= kWords || words_[index + 1] < kKernelPageBytes) break;
    expected.push_back(words_[index + 1]);
    before = at;
    at = words_[index];
    if (at < begin) break;
  }
  expected.resize(std::min<size_t>(expected.size(), StackTrace::kMaxFrames));
  StackTrace walked;
  internal_stack_trace::WalkFramePointers(&walked, start);
  Require(
      std::ranges::equal(
          expected, std::vector(walked.frames, walked.frames + walked.count)),
      "a walk follows the chain as long as it is one");
}

}  // namespace headroom
