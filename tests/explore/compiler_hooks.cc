// What code that is compiled with -fsanitize=thread calls at each access to
// memory: here it calls the scheduler instead of a sanitizer's library.
//
// Role: the seam at memory, which the compiler sews: the allocator's sources
//   know nothing of it. Whoever calls outside of a run just gets the access.
// Takes from: scheduler. Gives to: the linker.
#include <cstddef>
#include <cstdint>

#include "tests/explore/scheduler.h"

namespace headroom::explore {
namespace {

uintptr_t At(const volatile void* p) { return reinterpret_cast<uintptr_t>(p); }

void Touch(const volatile void* p, size_t bytes, bool is_write, void* pc) {
  if (!Scheduler::IsActive()) return;
  Scheduler::current->Plain(At(p), bytes, is_write, At(pc));
}

template <class T>
T LoadAtomic(const volatile T* p, int order, void* pc) {
  if (!Scheduler::IsActive()) return __atomic_load_n(p, __ATOMIC_SEQ_CST);
  return static_cast<T>(
      Scheduler::current->Load(At(p), sizeof(T), order, At(pc)));
}

template <class T>
void StoreAtomic(volatile T* p, T value, int order, void* pc) {
  if (!Scheduler::IsActive()) {
    __atomic_store_n(p, value, __ATOMIC_SEQ_CST);
    return;
  }
  Scheduler::current->Store(At(p), sizeof(T), value, order, At(pc));
}

template <class T>
T ModifyAtomic(volatile T* p, T operand, Scheduler::Change change, int order,
               void* pc) {
  if (!Scheduler::IsActive()) {
    const T before = *p;
    *p = static_cast<T>(change(before, operand));
    return before;
  }
  return static_cast<T>(Scheduler::current->Modify(At(p), sizeof(T), change,
                                                   operand, order, At(pc)));
}

template <class T>
int ExchangeAtomic(volatile T* p, T* expected, T desired, int order,
                   int failure_order, void* pc) {
  if (!Scheduler::IsActive()) {
    return __atomic_compare_exchange_n(p, expected, desired, false,
                                       __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
  }
  const auto before = static_cast<T>(Scheduler::current->CompareExchange(
      At(p), sizeof(T), *expected, desired, order, failure_order, At(pc)));
  if (before == *expected) return 1;
  *expected = before;
  return 0;
}

uint64_t Replace(uint64_t, uint64_t operand) { return operand; }
uint64_t Add(uint64_t value, uint64_t operand) { return value + operand; }
uint64_t Subtract(uint64_t value, uint64_t operand) { return value - operand; }
uint64_t And(uint64_t value, uint64_t operand) { return value & operand; }
uint64_t Or(uint64_t value, uint64_t operand) { return value | operand; }
uint64_t Xor(uint64_t value, uint64_t operand) { return value ^ operand; }

}  // namespace
}  // namespace headroom::explore

using namespace headroom::explore;  // NOLINT: C functions, in no namespace

#define PC __builtin_return_address(0)

#define PLAIN(name, bytes)                                                  \
  void __tsan_read##name(void* p) { Touch(p, bytes, false, PC); }           \
  void __tsan_write##name(void* p) { Touch(p, bytes, true, PC); }           \
  void __tsan_read_write##name(void* p) { Touch(p, bytes, true, PC); }      \
  void __tsan_unaligned_read##name(void* p) { Touch(p, bytes, false, PC); } \
  void __tsan_unaligned_write##name(void* p) { Touch(p, bytes, true, PC); } \
  void __tsan_unaligned_read_write##name(void* p) { Touch(p, bytes, true, PC); }

#define MODIFY(bits, name, change)                                     \
  uint##bits##_t __tsan_atomic##bits##_##name(                         \
      volatile uint##bits##_t* p, uint##bits##_t operand, int order) { \
    return ModifyAtomic(p, operand, change, order, PC);                \
  }

#define ATOMIC(bits)                                                          \
  uint##bits##_t __tsan_atomic##bits##_load(const volatile uint##bits##_t* p, \
                                            int order) {                      \
    return LoadAtomic(p, order, PC);                                          \
  }                                                                           \
  void __tsan_atomic##bits##_store(volatile uint##bits##_t* p,                \
                                   uint##bits##_t value, int order) {         \
    StoreAtomic(p, value, order, PC);                                         \
  }                                                                           \
  MODIFY(bits, exchange, &Replace)                                            \
  MODIFY(bits, fetch_add, &Add)                                               \
  MODIFY(bits, fetch_sub, &Subtract)                                          \
  MODIFY(bits, fetch_and, &And)                                               \
  MODIFY(bits, fetch_or, &Or)                                                 \
  MODIFY(bits, fetch_xor, &Xor)                                               \
  int __tsan_atomic##bits##_compare_exchange_strong(                          \
      volatile uint##bits##_t* p, uint##bits##_t* expected,                   \
      uint##bits##_t desired, int order, int failure_order) {                 \
    return ExchangeAtomic(p, expected, desired, order, failure_order, PC);    \
  }                                                                           \
  int __tsan_atomic##bits##_compare_exchange_weak(                            \
      volatile uint##bits##_t* p, uint##bits##_t* expected,                   \
      uint##bits##_t desired, int order, int failure_order) {                 \
    return ExchangeAtomic(p, expected, desired, order, failure_order, PC);    \
  }                                                                           \
  uint##bits##_t __tsan_atomic##bits##_compare_exchange_val(                  \
      volatile uint##bits##_t* p, uint##bits##_t expected,                    \
      uint##bits##_t desired, int order, int failure_order) {                 \
    ExchangeAtomic(p, &expected, desired, order, failure_order, PC);          \
    return expected;                                                          \
  }

extern "C" {

void __tsan_init() {}
void __tsan_func_entry(void*) {}
void __tsan_func_exit() {}
// A virtual table's pointer is written before its object is anybody's.
void __tsan_vptr_read(void**) {}
void __tsan_vptr_update(void**, void*) {}

PLAIN(1, 1)
PLAIN(2, 2)
PLAIN(4, 4)
PLAIN(8, 8)
PLAIN(16, 16)

void __tsan_read_range(void* p, size_t bytes) { Touch(p, bytes, false, PC); }
void __tsan_write_range(void* p, size_t bytes) { Touch(p, bytes, true, PC); }

ATOMIC(8)
ATOMIC(16)
ATOMIC(32)
ATOMIC(64)

// The allocator has no fences, and the model knows none.
void __tsan_atomic_thread_fence(int) { __builtin_trap(); }
void __tsan_atomic_signal_fence(int) {}

// clang's; with g++ the linker wraps libc's functions (see libc_hooks.cc).
void* __tsan_memcpy(void* to, const void* from, size_t bytes) {
  Touch(from, bytes, false, PC);
  Touch(to, bytes, true, PC);
  return __builtin_memcpy(to, from, bytes);
}
void* __tsan_memmove(void* to, const void* from, size_t bytes) {
  Touch(from, bytes, false, PC);
  Touch(to, bytes, true, PC);
  return __builtin_memmove(to, from, bytes);
}
void* __tsan_memset(void* to, int value, size_t bytes) {
  Touch(to, bytes, true, PC);
  return __builtin_memset(to, value, bytes);
}

}  // extern "C"
