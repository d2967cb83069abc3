// The program's own memory, apart from the malloc that it measures.
//
// Role: replaces new and delete, so that the trace, the plan and the threads'
//   states are no block of the malloc's, and how much they are is known. What
//   is freed is kept for the next of its size.
// Takes from: mmap. Gives to: replay.
// Invariant: all that was mapped is resident.
#ifndef BENCH_REPLAY_OWN_MEMORY_H_
#define BENCH_REPLAY_OWN_MEMORY_H_

#include <cstdint>

namespace headroom::replay {

int64_t OwnMemoryKib();

}  // namespace headroom::replay

#endif  // BENCH_REPLAY_OWN_MEMORY_H_
