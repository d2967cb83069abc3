#include "allocator/base/stack_trace.h"

#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>
#include <unwind.h>

#include <atomic>
#include <cerrno>
#include <initializer_list>

#include "absl/base/attributes.h"

// Weak: a C program that links the archive may have no unwinder. libgcc 12 on
// glibc 2.35 and later finds unwind tables by _dl_find_object, which neither
// allocates nor locks; so malloc may call it even inside dlopen. Tables that
// are registered (by a static program, a JIT compiler) it sorts under a lock,
// in memory of malloc's: MayUnwind.
#pragma weak _Unwind_Backtrace
#pragma weak _Unwind_GetIP
extern "C" [[gnu::weak]] const void* _Unwind_Find_FDE(void* pc, void* bases);

namespace headroom {
namespace {

constexpr uintptr_t kKernelPage = 4096;
// No honest frame is larger; a wrong frame pointer mostly points farther.
constexpr uintptr_t kMaxFrameBytes = uintptr_t{1} << 20;

void Append(StackTrace* out, uintptr_t pc) {
  if (out->count < StackTrace::kMaxFrames) out->frames[out->count++] = pc;
}

bool IsFull(const StackTrace* out) {
  return out->count == StackTrace::kMaxFrames;
}

// Whether the kernel can read the word there: it looks at the set before it
// finds that there is no such operation.
bool IsReadable(uintptr_t address) {
  const int saved_errno = errno;
  const long result = syscall(SYS_rt_sigprocmask, -1, address, nullptr, 8);
  const bool readable = result == 0 || errno != EFAULT;
  errno = saved_errno;
  return readable;
}

// A static program registers its tables in its first constructor; who unwinds
// before is aborted.
constinit std::atomic<bool> unwinder_is_ready{false};
[[gnu::constructor]] void UnwinderIsReady() {
  unwinder_is_ready.store(true, std::memory_order_relaxed);
}

// Malloc's caller is not farther from a frame of ours.
constexpr uintptr_t kCallerDistance = 1024;
// What calls malloc is part of _Unwind_Find_FDE, or one of the functions that
// its file defines before it.
constexpr uintptr_t kBeforeFindFde = 4096;
constexpr uintptr_t kInFindFde = 1024;

// Of frames that are not this function's.
[[gnu::noinline]] ABSL_ATTRIBUTE_NO_SANITIZE_ADDRESS
    ABSL_ATTRIBUTE_NO_SANITIZE_MEMORY uintptr_t
    StackWord(uintptr_t address) {
  return *reinterpret_cast<const uintptr_t*>(address);
}

// Not while the unwinder itself waits for malloc, with its lock held. `frame`
// is a frame's address.
bool MayUnwind(const void* frame) {
  if (_Unwind_Backtrace == nullptr) return false;
  if (!unwinder_is_ready.load(std::memory_order_relaxed)) return false;
  if (_Unwind_Find_FDE == nullptr) return true;
  const uintptr_t unwinder =
      reinterpret_cast<uintptr_t>(&_Unwind_Find_FDE) - kBeforeFindFde;
  const auto start = reinterpret_cast<uintptr_t>(frame);
  for (uintptr_t at = start; at < start + kCallerDistance; at += 8) {
    // The stack may end there.
    if (at % kKernelPage == 0 && !IsReadable(at)) break;
    if (StackWord(at) - unwinder < kBeforeFindFde + kInFindFde) return false;
  }
  return true;
}

struct Registers {
  uintptr_t pc;
  uintptr_t frame_pointer;
};

Registers InterruptedRegisters(const void* ucontext) {
  const mcontext_t& machine =
      static_cast<const ucontext_t*>(ucontext)->uc_mcontext;
#if defined(__aarch64__)
  return {machine.pc, machine.regs[29]};
#else
  return {static_cast<uintptr_t>(machine.gregs[REG_RIP]),
          static_cast<uintptr_t>(machine.gregs[REG_RBP])};
#endif
}

// What the unwinder's callback works on.
struct Walk {
  StackTrace* out;
  int skip;        // frames still to be passed over
  bool searching;  // pass over all frames up to `from`
  uintptr_t from;
};

_Unwind_Reason_Code OnFrame(_Unwind_Context* context, void* argument) {
  Walk* walk = static_cast<Walk*>(argument);
  const uintptr_t pc = _Unwind_GetIP(context);
  if (walk->searching && walk->from != pc) return _URC_NO_REASON;
  walk->searching = false;
  if (walk->skip-- > 0) return _URC_NO_REASON;
  if (pc == 0) return _URC_END_OF_STACK;
  Append(walk->out, pc);
  return IsFull(walk->out) ? _URC_END_OF_STACK : _URC_NO_REASON;
}

}  // namespace

namespace internal_stack_trace {

void WalkFramePointers(StackTrace* out, uintptr_t frame_pointer) {
  uintptr_t readable_page = ~uintptr_t{0};
  while (!IsFull(out) && frame_pointer != 0 && frame_pointer % 8 == 0) {
    // A frame is the caller's frame pointer and the return address.
    for (const uintptr_t word : {frame_pointer, frame_pointer + 8}) {
      if (word / kKernelPage == readable_page) continue;
      if (!IsReadable(word)) return;
      readable_page = word / kKernelPage;
    }
    const uintptr_t* frame = reinterpret_cast<const uintptr_t*>(frame_pointer);
    if (frame[1] < kKernelPage) return;
    Append(out, frame[1]);
    // Stacks grow down: the caller's frame lies above.
    if (frame[0] <= frame_pointer) return;
    if (frame[0] - frame_pointer > kMaxFrameBytes) return;
    frame_pointer = frame[0];
  }
}

}  // namespace internal_stack_trace

using internal_stack_trace::WalkFramePointers;

[[gnu::noinline]] void CaptureStack(StackTrace* out, int skip) {
  out->count = 0;
  if (MayUnwind(__builtin_frame_address(0))) {
    Walk walk = {out, skip + 1, false, 0};  // 1: this function
    _Unwind_Backtrace(OnFrame, &walk);
    return;
  }
  WalkFramePointers(out,
                    reinterpret_cast<uintptr_t>(__builtin_frame_address(0)));
  // The first frame stands for the caller already.
  const uint32_t drop = static_cast<uint32_t>(skip) < out->count ? skip : 0;
  out->count -= drop;
  for (uint32_t i = 0; i < out->count; ++i) {
    out->frames[i] = out->frames[i + drop];
  }
}

[[gnu::noinline]] void CaptureStackFrom(StackTrace* out, const void* pc) {
  out->count = 0;
  const uintptr_t from = reinterpret_cast<uintptr_t>(pc);
  if (MayUnwind(__builtin_frame_address(0))) {
    Walk walk = {out, 0, true, from};
    _Unwind_Backtrace(OnFrame, &walk);
  } else {
    StackTrace all;
    WalkFramePointers(&all,
                      reinterpret_cast<uintptr_t>(__builtin_frame_address(0)));
    uint32_t i = 0;
    while (i < all.count && all.frames[i] != from) ++i;
    while (i < all.count) Append(out, all.frames[i++]);
  }
  if (out->count == 0) Append(out, from);
}

void CaptureFaultStack(StackTrace* out, const void* ucontext) {
  const Registers at = InterruptedRegisters(ucontext);
  CaptureStackFrom(out, reinterpret_cast<const void*>(at.pc));
  // No tables for where it is, or not as far as there.
  if (out->count <= 1) WalkFramePointers(out, at.frame_pointer);
}

}  // namespace headroom
