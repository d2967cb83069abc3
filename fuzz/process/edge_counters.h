// Which edges the program under test reached, told to libFuzzer as its own.
//
// Takes from: the program's edge_callbacks, by a file in memory.
// Gives to: child, libFuzzer.
#ifndef FUZZ_PROCESS_EDGE_COUNTERS_H_
#define FUZZ_PROCESS_EDGE_COUNTERS_H_

namespace headroom {

// The descriptor that the program finds its counters by.
int EdgesFile();

// Hands on what the last run counted.
void CollectEdges();

}  // namespace headroom

#endif  // FUZZ_PROCESS_EDGE_COUNTERS_H_
