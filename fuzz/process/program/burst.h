// Threads that allocate all at once, while the process forks.
//
// Role: each child has to find the heap at rest, whatever lock a thread of its
//   parent held: it allocates of every kind, bears a thread and exits.
// Takes from: the malloc the program is linked with. Gives to: main.
#ifndef FUZZ_PROCESS_PROGRAM_BURST_H_
#define FUZZ_PROCESS_PROGRAM_BURST_H_

#include <cstdint>

namespace headroom {

// `forks` children, while two threads work from `seed` on.
void Burst(uint32_t seed, int forks);

}  // namespace headroom

#endif  // FUZZ_PROCESS_PROGRAM_BURST_H_
