// Where a thread is: the addresses it will return to.
//
// Role: a stack as plain numbers, taken inside malloc or in a crash handler.
//   Allocates nothing, takes no lock of ours, leaves errno as it was.
// Takes from: libgcc's unwinder where the program has one and it is not the one
//   that waits for malloc, else the chain of frame pointers. Gives to: guard,
//   front, report.
#ifndef HEADROOM_ALLOCATOR_BASE_STACK_TRACE_H_
#define HEADROOM_ALLOCATOR_BASE_STACK_TRACE_H_

#include <cstdint>

namespace headroom {

// Innermost frame first. All are return addresses (so the call is one byte
// before), but for the first one of CaptureFaultStack.
struct StackTrace {
  static constexpr int kMaxFrames = 24;
  uint32_t count = 0;
  uintptr_t frames[kMaxFrames] = {};
};

// The stack of the calling thread. With `skip` 0 the first frame is the caller
// of this function.
void CaptureStack(StackTrace* out, int skip);

// As above, from the frame that returns to `pc` on. Of use where inlining
// leaves the number of frames to skip unknown: pass an outer function's
// __builtin_return_address(0). When no frame returns there, `pc` alone.
void CaptureStackFrom(StackTrace* out, const void* pc);

// In a signal handler: the stack of what it interrupted. The first frame is
// the interrupted instruction. `ucontext` is the handler's third argument.
// When a stack is so damaged that reading it faults, the process dies of it:
// write what is known first.
void CaptureFaultStack(StackTrace* out, const void* ucontext);

namespace internal_stack_trace {

// What is used where there is no unwinder: appends the frames that the chain
// at `frame_pointer` leads to. Reads nothing that it has not asked the kernel
// about; ends where the chain does not look like one.
void WalkFramePointers(StackTrace* out, uintptr_t frame_pointer);

}  // namespace internal_stack_trace

}  // namespace headroom

#endif  // HEADROOM_ALLOCATOR_BASE_STACK_TRACE_H_
