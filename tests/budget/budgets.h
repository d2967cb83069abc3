// What Headroom may cost, in one place. A change that needs more says so here.
//
// Takes from: measurements, named below. Gives to: the budget tests.
#ifndef TESTS_BUDGET_BUDGETS_H_
#define TESTS_BUDGET_BUDGETS_H_

#include <cstdint>

namespace headroom {

// Instructions of one call for a cached block of 64 bytes, PLT not counted.
// Counted with g++ 12; clang 22 needs no more. g++ 16 holds the product's
// factors in other registers and saves them: five more.
#if defined(__clang__) || __GNUC__ < 13
inline constexpr int64_t kMallocBudget = 35;
#else
inline constexpr int64_t kMallocBudget = 40;
#endif
inline constexpr int64_t kFreeBudget = 31;

// Memory of its own that a program has more than on the system's malloc, after
// one malloc and before anything else. Measured: 40 to 48 KiB, the library's
// own data and relocations, a page each of page map, metadata and heap;
// mimalloc 2.0.9 needs as much, jemalloc 5.3 190 KiB. A third more is allowed.
inline constexpr int64_t kStartUpKib = 64;

// Code and data of libheadroom.so that a program loads, no symbol tables.
// Measured: 115 KiB, of which 28 KiB are the central lists' first state, and 14
// the caches that stand in for a thread's own.
inline constexpr int64_t kLibraryKib = 120;

}  // namespace headroom

#endif  // TESTS_BUDGET_BUDGETS_H_
