#include "allocator/override/new_handler.h"

#include <unistd.h>

#include <cstdlib>

// The C++ runtime, by weak references: libheadroom.so needs libc alone, and a
// program that calls operator new has brought the runtime itself. cxx_runtime
// pulls it out of a static archive.
extern "C" {
[[noreturn, gnu::weak]] void ThrowBadAlloc() __asm__(
    "_ZSt17__throw_bad_allocv");  // std::__throw_bad_alloc()
[[gnu::weak]] headroom::NewHandler GetNewHandler() noexcept
    __asm__("_ZSt15get_new_handlerv");  // std::get_new_handler()
}

// What a catch clause refers to. Without a runtime nothing is ever thrown.
__asm__(
    ".weak __gxx_personality_v0\n"
    ".weak __cxa_begin_catch\n"
    ".weak __cxa_end_catch\n"
    ".weak _Unwind_Resume\n"
    ".weak _ZSt9terminatev\n");

namespace headroom {
namespace {

void* TryNew(size_t bytes, size_t alignment, Origin origin) {
  ThreadCache* cache = CurrentThreadCache();
  if (origin == Origin::kNew) {
    return kProcessHeap.Allocate<Origin::kNew>(cache, bytes);
  }
  if (origin == Origin::kNewArray) {
    return kProcessHeap.Allocate<Origin::kNewArray>(cache, bytes);
  }
  return kProcessHeap.AllocateAligned(cache, alignment, bytes, origin);
}

// Null when no handler is left; lets pass what a handler throws.
void* NewWithHandler(size_t bytes, size_t alignment, Origin origin) {
  if (!IsPowerOfTwo(alignment)) return nullptr;
  while (true) {
    void* block = TryNew(bytes, alignment, origin);
    if (block != nullptr) [[likely]]
      return block;
    const NewHandler handler =
        &GetNewHandler != nullptr ? GetNewHandler() : nullptr;
    if (handler == nullptr) return nullptr;
    handler();
  }
}

}  // namespace

void* NewOrThrow(size_t bytes, size_t alignment, Origin origin) {
  void* block = NewWithHandler(bytes, alignment, origin);
  if (block != nullptr) return block;
  if (&ThrowBadAlloc != nullptr) ThrowBadAlloc();
  static constexpr char kText[] =
      "headroom: operator new: out of memory, and no C++ runtime to throw "
      "std::bad_alloc\n";
  if (write(STDERR_FILENO, kText, sizeof(kText) - 1) < 0) abort();
  abort();
}

// The standard lets a handler give up by throwing std::bad_alloc, and asks for
// null then: the one place of the allocator that is compiled with exceptions.
void* NewOrNull(size_t bytes, size_t alignment, Origin origin) noexcept {
  try {
    return NewWithHandler(bytes, alignment, origin);
  } catch (...) {
    return nullptr;
  }
}

}  // namespace headroom
