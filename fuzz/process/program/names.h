// Names of the product that no system header declares.
//
// Takes from: the malloc the program is linked with. Gives to: calls, frees.
#ifndef FUZZ_PROCESS_PROGRAM_NAMES_H_
#define FUZZ_PROCESS_PROGRAM_NAMES_H_

#include <cstddef>
#include <cstdint>
#include <new>

// Names without a header. NOLINTBEGIN(bugprone-reserved-identifier)
enum class __hot_cold_t : uint8_t {};
struct __sized_ptr_t {
  void* p;
  size_t n;
};
using std::align_val_t;
using std::nothrow_t;

extern "C" {
void* __libc_malloc(size_t bytes);
void* __libc_calloc(size_t count, size_t bytes);
void* __libc_realloc(void* block, size_t bytes);
void* __libc_memalign(size_t alignment, size_t bytes);
void* __libc_valloc(size_t bytes);
void* __libc_pvalloc(size_t bytes);
void __libc_free(void* block);
void cfree(void* block);
void free_sized(void* block, size_t bytes);
void free_aligned_sized(void* block, size_t alignment, size_t bytes);
__sized_ptr_t __size_returning_new(size_t bytes);
__sized_ptr_t __size_returning_new_aligned(size_t bytes, align_val_t a);
__sized_ptr_t __size_returning_new_hot_cold(size_t bytes, __hot_cold_t);
__sized_ptr_t __size_returning_new_aligned_hot_cold(size_t bytes, align_val_t a,
                                                    __hot_cold_t);
}
void* operator new(size_t bytes, __hot_cold_t);
void* operator new[](size_t bytes, __hot_cold_t);
void* operator new(size_t bytes, const nothrow_t& t, __hot_cold_t) noexcept;
void* operator new[](size_t bytes, const nothrow_t& t, __hot_cold_t) noexcept;
void* operator new(size_t bytes, align_val_t a, __hot_cold_t);
void* operator new[](size_t bytes, align_val_t a, __hot_cold_t);
void* operator new(size_t bytes, align_val_t a, const nothrow_t& t,
                   __hot_cold_t) noexcept;
void* operator new[](size_t bytes, align_val_t a, const nothrow_t& t,
                     __hot_cold_t) noexcept;
// NOLINTEND(bugprone-reserved-identifier)

#endif  // FUZZ_PROCESS_PROGRAM_NAMES_H_
