// The workloads of the contention benchmark, each a Google Benchmark function.
//
// Role: one pattern of allocation each, named as in the table. An item is one
//   malloc and the free that goes with it.
// Takes from: block. Gives to: contention_benchmark.
#ifndef BENCH_WORKLOADS_H_
#define BENCH_WORKLOADS_H_

#include "benchmark/benchmark.h"

namespace headroom {

// Each thread for itself.
void Pair(benchmark::State& state);         // malloc(64), free, at once
void BatchLifo(benchmark::State& state);    // 1000 blocks, freed last first
void BatchFifo(benchmark::State& state);    // the same, freed first first
void BatchRandom(benchmark::State& state);  // the same, in random order
void WorkingSet(benchmark::State& state);   // 10,000 blocks, replaced at random

// Patterns of well-known allocator benchmarks, written anew.
void Sh6(benchmark::State& state);  // runs of one size, freed in mixed order
void Sh8(benchmark::State& state);  // mixed sizes, survivors among the dead
void Larson(
    benchmark::State& state);  // sets of blocks go from thread to thread

// Blocks that one thread allocates and another frees; an even number of
// threads, or one that does both.
void ProducerConsumer(benchmark::State& state);

// Threads that live for a hundred blocks.
void ThreadChurn(benchmark::State& state);

}  // namespace headroom

#endif  // BENCH_WORKLOADS_H_
