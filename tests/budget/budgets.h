// What Headroom may cost, in one place. A change that needs more says so here.
//
// Takes from: measurements, named below. Gives to: the budget tests.
#ifndef TESTS_BUDGET_BUDGETS_H_
#define TESTS_BUDGET_BUDGETS_H_

#include <cstdint>

namespace headroom {

// Instructions of one call for a cached block of 64 bytes, all checks and the
// sampler's countdown included, PLT not counted. Counted with g++ 12; clang 22
// needs no more.
inline constexpr int64_t kMallocBudget = 30;
inline constexpr int64_t kFreeBudget = 32;

// Memory of its own that a program has more than on the system's malloc, after
// one malloc and before anything else. Measured: 56 to 72 KiB, the library's
// own data and relocations, 12 KiB of keys and options, a page each of page
// map, metadata and heap; mimalloc 2.0.9 needs as much, jemalloc 5.3 190 KiB. A
// third more is allowed.
inline constexpr int64_t kStartUpKib = 96;

// Code and data of libheadroom.so that a program loads, no symbol tables.
// Measured: 197 KiB, of which 14 are the caches that stand in for a thread's
// own, 25 the unwinder for reports and 8 what records traces.
inline constexpr int64_t kLibraryKib = 204;

}  // namespace headroom

#endif  // TESTS_BUDGET_BUDGETS_H_
