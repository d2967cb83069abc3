#include "tests/faults/fault_sweep.h"

#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>

#include "fuzz/engine/require.h"

namespace headroom {
namespace {

// Said by whoever dies.
std::string last_words;

void SayLastWords(int signal) {
  if (write(STDERR_FILENO, last_words.data(), last_words.size()) < 0) _exit(3);
  std::signal(signal, SIG_DFL);
  raise(signal);
}

// What is left of the arena's chunk; nothing where no chunk can be had.
void SpendArena(HeapState& state) {
  MetadataArena& arena = state.under_test().arena;
  constexpr size_t kPiece = 16 * 1024;
  const size_t held = arena.stats().held_bytes;
  do {
    if (arena.Allocate(kPiece, 1) == nullptr) return;
  } while (arena.stats().held_bytes == held);
  for (size_t left = kArenaChunkBytes; left > kPiece; left -= kPiece) {
    arena.Allocate(kPiece, 1);
  }
}

void Perform(HeapState& state, const Workload& workload) {
  for (const auto& step : workload.steps) {
    if (workload.spends_arena) SpendArena(state);
    step(state);
    state.CheckInvariants();
  }
  state.CheckConservation();
}

// Until nothing waits to join the heap.
void GrowOnce(HeapState& state) {
  const auto growths = [&] {
    const SystemHeapStats stats = state.under_test().system.stats();
    return stats.sbrk_growths + stats.heap_map_growths;
  };
  for (const size_t before = growths(); growths() == before;) {
    state.Allocate(Origin::kMalloc, LargeBlocks::kMaxSpanBytes / 2);
  }
}

void SampleOnce(HeapState& state) {
  state.SwitchThread(HeapState::kThreads - 1);  // the last may be dying
  state.AdvanceClock(1000);                     // or the budget may be spent
  state.SampleNext();
  state.Allocate(Origin::kMalloc, 100);
  Require(state.under_test().guard.stats().live == 1, "samples are to be had");
}

// Every byte the kernel gave is in the heap, in the metadata, or in the guard
// pool, but for what it was asked to take back and refused.
void CheckNothingIsLost(HeapState& state, const FaultPlan& plan,
                        uint64_t failures) {
  HeapUnderTest& heap = state.under_test();
  const SystemHeapStats stats = heap.system.stats();
  const size_t grown = stats.sbrk_bytes + stats.heap_map_bytes;
  const size_t pages = heap.pages.stats().heap.bytes();
  Require(pages >= grown, "all of the heap's memory is in the page heap");
  const size_t joined = pages - grown;  // mappings that were not taken back
  const size_t known = heap.arena.stats().held_bytes + kGuardPoolBytes +
                       stats.heap_map_bytes + joined +
                       heap.pages.stats().kept_bytes;
  const size_t mapped = heap.os.mapped_bytes();
  Require(mapped >= known, "nothing is there twice");
  const size_t lost = mapped - known;
  Require(lost <= heap.os.kept_bytes() - joined,
          "nothing is lost but what the kernel would not take");
  if (plan.kinds != 1u << static_cast<int>(OsCall::kUnmap)) return;
  // A mapping joins the heap but for less than a page at either end; growth
  // that was not aligned comes again.
  Require(lost <= failures * 2 * kPageBytes + stats.heap_map_bytes,
          "what is lost has a bound");
}

}  // namespace

RunResult RunUnder(const FaultPlan& plan, const Workload& workload,
                   std::set<CallStack>* stacks) {
  last_words =
      std::string(workload.name) + ", failing: " + plan.InWords() + "\n";
  for (const int signal : {SIGABRT, SIGSEGV, SIGBUS}) {
    std::signal(signal, SayLastWords);
  }
  FaultInjector injector(plan, stacks);
  auto state = std::make_unique<HeapState>(workload.options);
  FuzzOs& os = state->under_test().os;
  os.refuses = [&](OsCall call) {
    return injector.Fails(static_cast<int>(call));
  };
  state->clock_fails = [&] { return injector.Fails(kClockCall); };
  Perform(*state, workload);
  injector.Stop();
  state->Finish();
  const uint64_t nulls = state->nulls();
  Perform(*state, workload);
  GrowOnce(*state);
  SampleOnce(*state);
  Require(state->nulls() == nulls, "a heap that got over it refuses nothing");
  state->Finish();
  CheckNothingIsLost(*state, plan, injector.failures());
  return {injector.calls(), injector.failures()};
}

uint64_t FailEach(const Workload& workload, uint32_t kinds, bool for_ever,
                  std::set<CallStack>* stacks) {
  uint64_t failures = 0;
  for (uint64_t n = 1;; ++n) {
    const RunResult run = RunUnder({kinds, n, 0, for_ever}, workload, stacks);
    failures += run.failures;
    if (run.failures == 0) return failures;
  }
}

uint64_t FailPairs(const Workload& workload, uint64_t most_calls,
                   uint64_t most_distance, std::set<CallStack>* stacks) {
  uint64_t failures = 0;
  for (uint64_t n = 1;; ++n) {
    const uint64_t behind = n < most_calls ? most_calls - n : 0;
    const uint64_t last = std::max(behind, most_distance);
    for (uint64_t distance = 1; distance <= last; ++distance) {
      const RunResult run =
          RunUnder({kMemoryKinds, n, distance, false}, workload, stacks);
      failures += run.failures;
      if (run.failures == 0) return failures;
      if (run.failures == 1) break;  // the workload has no more calls
    }
  }
}

}  // namespace headroom
