#include "tests/faults/workloads.h"

#include <cstddef>
#include <cstdint>
#include <vector>

#include "fuzz/world/level_setup.h"

namespace headroom {
namespace {

using Steps = std::vector<std::function<void(HeapState&)>>;

constexpr size_t kMiB = size_t{1} << 20;

void FreeHalf(HeapState& state) {
  const size_t count = state.model().count();
  for (size_t i = 0; i < count / 2; ++i) state.Free(i);
}

void FreeAll(HeapState& state) {
  while (!state.model().empty()) state.Free(0);
}

void Trim(HeapState& state) { state.ReleaseMemory(SIZE_MAX); }

// Pages decay, idle blocks go back to their spans.
void PassTime(HeapState& state) {
  for (int i = 0; i < 4; ++i) {
    state.AdvanceClock(600);
    state.under_test().scavenger.RunIfDue();
  }
}

Steps SmallSteps() {
  // Before there is a heap.
  Steps steps = {[](HeapState& s) { s.under_test().map.PrepareSpareLeaves(); }};
  for (size_t bytes = 1; bytes <= kMaxSmallBytes; bytes += bytes / 3 + 16) {
    steps.push_back([bytes](HeapState& s) { s.Allocate({}, bytes); });
  }
  steps.push_back(FreeHalf);
  steps.push_back([](HeapState& s) { s.AllocateZeroed(1000); });
  steps.push_back([](HeapState& s) { s.AllocateAligned({}, 256, 700); });
  steps.push_back([](HeapState& s) { s.Reallocate(3, 9000); });
  steps.push_back([](HeapState& s) { s.Reallocate(1, 10); });
  steps.push_back(FreeAll);
  steps.push_back(PassTime);
  return steps;
}

// Magazines and stacks grow, blocks travel between threads, threads end.
Steps ThreadSteps() {
  Steps steps;
  for (size_t thread = 0; thread < 4; ++thread) {
    steps.push_back([thread](HeapState& s) { s.SwitchThread(thread); });
    for (const size_t bytes : {24, 500, 4000}) {
      for (int i = 0; i < 3; ++i) {
        steps.push_back([bytes](HeapState& s) {
          for (int k = 0; k < 60; ++k) s.Allocate({}, bytes);
        });
      }
    }
    steps.push_back([](HeapState& s) {
      for (int k = 0; k < 300; ++k) s.Free(7 * k);
    });
  }
  steps.push_back([](HeapState& s) { s.EndThread(/*dying=*/false); });
  steps.push_back([](HeapState& s) {
    s.SwitchThread(1);
    s.EndThread(/*dying=*/true);
  });
  steps.push_back([](HeapState& s) { s.Allocate({}, 100); });
  steps.push_back(FreeHalf);
  steps.push_back(PassTime);
  steps.push_back(FreeAll);
  steps.push_back(Trim);
  return steps;
}

// One class is large, then others want what it has: half its cells, which
// another thread took meanwhile.
Steps SpentBudgetSteps() {
  Steps steps;
  for (int i = 0; i < 3; ++i) {
    steps.push_back([](HeapState& s) {
      for (int k = 0; k < 100; ++k) s.Allocate({}, 500);
    });
  }
  steps.push_back([](HeapState& s) {
    s.SwitchThread(1);
    s.Allocate({}, 8);
    s.SwitchThread(0);
  });
  for (size_t bytes = 1000; bytes <= 4000; bytes += 500) {
    steps.push_back([bytes](HeapState& s) {
      for (int k = 0; k < 20; ++k) s.Allocate({}, bytes);
    });
  }
  steps.push_back(FreeAll);
  steps.push_back(Trim);
  return steps;
}

// Pages from the middle of a free span, which no block needs today, at a time
// when there is one record to spare, and not the second one.
Steps AlignedPagesSteps() {
  constexpr size_t kBytes = 70000;
  return {
      [](HeapState& s) { s.Allocate({}, kBytes); },
      [](HeapState& s) {
        // The free span behind it starts on an odd page.
        const bool odd = s.model().empty() ||
                         PageContaining(s.model().at(0).start).value % 2 != 0;
        s.Allocate({}, kBytes + (odd ? 0 : kPageBytes));
      },
      [](HeapState& s) { s.Free(0); },
      [](HeapState& s) { s.Allocate({}, kBytes); },
      [](HeapState& s) {
        PageHeap& pages = s.under_test().pages;
        Span* span =
            pages.NewSpan(PageCount{1}, SpanUse::kLarge, 0, 2 * kPageBytes);
        if (span != nullptr) pages.DeleteSpan(span);
      },
      FreeAll,
  };
}

// Spans of their own: split, joined, resized in place, closed and opened.
Steps LargeSteps() {
  Steps steps = AlignedPagesSteps();
  for (const size_t bytes : {40000, 100000, 300000, 1000000, 50000}) {
    steps.push_back([bytes](HeapState& s) { s.Allocate({}, bytes); });
  }
  steps.push_back([](HeapState& s) { s.Free(1); });
  steps.push_back([](HeapState& s) { s.Reallocate(0, 90000); });
  steps.push_back([](HeapState& s) { s.Free(2); });
  steps.push_back([](HeapState& s) { s.AllocateZeroed(200000); });
  steps.push_back([](HeapState& s) { s.Reallocate(1, 40000); });
  steps.push_back([](HeapState& s) { s.AllocateAligned({}, 65536, 70000); });
  steps.push_back([](HeapState& s) { s.Reallocate(0, 1200000); });
  steps.push_back([](HeapState& s) { s.Allocate({}, 3 * kMiB); });
  steps.push_back(FreeHalf);
  steps.push_back(PassTime);
  steps.push_back([](HeapState& s) { s.Allocate({}, 2000); });
  steps.push_back([](HeapState& s) { s.Allocate({}, 60000); });
  steps.push_back(FreeAll);
  steps.push_back(Trim);
  steps.push_back([](HeapState& s) { s.AllocateZeroed(150000); });
  steps.push_back(FreeAll);
  return steps;
}

constexpr size_t kLeafReach = size_t{1} << 30;

// Its end is in a leaf of the page map that nobody needed yet.
void AllocateOverLeafEnd(HeapState& state) {
  state.under_test().os.MapNextBefore(kLeafReach);
  state.Allocate({}, 5 * kMiB);
  state.Free(state.model().count() - 1);
}

// Its start and its block are not in the same leaf of the page map.
void AllocateAcrossLeaves(HeapState& state) {
  state.under_test().os.MapNextBefore(kLeafReach);
  state.AllocateAligned({}, kKernelPageBytes, 5 * kMiB);
}

Steps MappingSteps() {
  // The thread has its cache by then.
  Steps steps = {[](HeapState& s) { s.Allocate({}, 10); }, AllocateOverLeafEnd,
                 AllocateAcrossLeaves};
  for (const size_t bytes : {5 * kMiB + 4096, 9 * kMiB}) {
    steps.push_back([bytes](HeapState& s) { s.Allocate({}, bytes); });
  }
  steps.push_back([](HeapState& s) { s.Reallocate(0, 7 * kMiB); });
  steps.push_back([](HeapState& s) { s.Reallocate(0, 5 * kMiB); });
  steps.push_back([](HeapState& s) { s.Reallocate(1, 2 * kMiB); });
  steps.push_back([](HeapState& s) { s.Reallocate(1, 6 * kMiB); });
  steps.push_back(
      [](HeapState& s) { s.AllocateAligned({}, 2 * kMiB, 5 * kMiB); });
  steps.push_back([](HeapState& s) { s.AllocateZeroed(6 * kMiB); });
  steps.push_back([](HeapState& s) { s.Free(1); });
  steps.push_back([](HeapState& s) { s.Reallocate(0, 100); });
  steps.push_back(FreeAll);
  steps.push_back([](HeapState& s) { s.Allocate({}, 5 * kMiB); });
  // What is kept of mappings is split, grows, makes room for a span and goes.
  for (const size_t bytes : {5 * kMiB, 12 * kMiB, 2 * kMiB}) {
    steps.push_back(FreeAll);
    steps.push_back([bytes](HeapState& s) { s.Allocate({}, bytes); });
  }
  steps.push_back(FreeAll);
  steps.push_back(PassTime);
  steps.push_back(Trim);
  return steps;
}

// From here on sbrk has nothing to give.
void EndBreak(HeapState& state) {
  state.under_test().os.ForeignGrow(FuzzOs::kBreakSpaceBytes);
}

// The break is somebody else's, too, and then at its end: growth goes on in
// mappings that are not aligned to the heap's pages.
Steps BreakSteps() {
  Steps steps;
  for (const size_t foreign : {size_t{1}, size_t{4096}, 3 * kMiB}) {
    steps.push_back([](HeapState& s) { s.Allocate({}, 700000); });
    steps.push_back(
        [foreign](HeapState& s) { s.under_test().os.ForeignGrow(foreign); });
    steps.push_back([](HeapState& s) { s.Allocate({}, kMiB); });
  }
  steps.push_back(EndBreak);
  for (const size_t gap : {size_t{0}, kKernelPageBytes, size_t{0}}) {
    steps.push_back([gap](HeapState& s) {
      s.under_test().os.LeaveGaps(gap);
      s.under_test().os.MapNextBefore(kPageBytes);
      const size_t held = s.under_test().pages.stats().heap.bytes();
      for (int k = 0; k < 20; ++k) {
        s.Allocate({}, 3 * kMiB);
        if (s.under_test().pages.stats().heap.bytes() != held) break;
      }
    });
  }
  steps.push_back(FreeAll);
  steps.push_back(PassTime);
  return steps;
}

// Sampled blocks, live and freed.
Steps SampleSteps() {
  Steps steps;
  for (int i = 0; i < 6; ++i) {
    steps.push_back([i](HeapState& s) {
      s.SampleNext();
      s.Allocate({}, 30 + 900 * i);
    });
  }
  steps.push_back([](HeapState& s) { s.Reallocate(0, 3000); });
  steps.push_back(FreeHalf);
  steps.push_back([](HeapState& s) {
    s.SampleNext();
    s.AllocateZeroed(64);
  });
  steps.push_back(FreeAll);
  return steps;
}

// What strict levels add: tails, a quarantine, pages without a byte.
Steps StrictSteps() {
  Steps steps;
  for (const size_t bytes : {0, 10, 1000, 20000, 60000, 300000}) {
    steps.push_back([bytes](HeapState& s) { s.Allocate({}, bytes); });
  }
  steps.push_back([](HeapState& s) { s.AllocateZeroed(70000); });
  steps.push_back([](HeapState& s) { s.AllocateAligned({}, 4096, 80000); });
  steps.push_back([](HeapState& s) { s.Allocate({}, 5 * kMiB); });
  steps.push_back([](HeapState& s) { s.Reallocate(4, 90000); });
  steps.push_back([](HeapState& s) { s.Reallocate(8, 6 * kMiB); });
  steps.push_back([](HeapState& s) { s.Free(0); });
  steps.push_back([](HeapState& s) {
    for (int k = 0; k < 20; ++k) s.Allocate({}, 8000);
  });
  steps.push_back(FreeHalf);
  steps.push_back([](HeapState& s) { s.Allocate({}, 0); });
  steps.push_back([](HeapState& s) { s.Allocate({}, 100000); });
  steps.push_back(FreeAll);
  steps.push_back(Trim);
  return steps;
}

Options GuardPages() {
  Options options;
  options.guard_pages = 1;
  return options;
}

std::vector<Workload> MakeWorkloads() {
  static const Steps small = SmallSteps();
  static const Steps threads = ThreadSteps();
  static const Steps spent = SpentBudgetSteps();
  static const Steps large = LargeSteps();
  static const Steps mappings = MappingSteps();
  static const Steps breaks = BreakSteps();
  static const Steps samples = SampleSteps();
  static const Steps strict = StrictSteps();
  const Options defaults;
  const Options all_levels = LevelSetup{0xff}.options();
  return {
      {"small blocks", defaults, false, small},
      {"small blocks, no records left", defaults, true, small},
      {"threads", defaults, false, threads},
      {"threads, no records left", defaults, true, threads},
      {"a spent budget", defaults, false, spent},
      {"a spent budget, no records left", defaults, true, spent},
      {"large blocks", defaults, false, large},
      {"large blocks, no records left", defaults, true, large},
      {"large blocks with guards", GuardPages(), false, large},
      {"mappings", defaults, false, mappings},
      {"mappings, no records left", defaults, true, mappings},
      {"mappings with guards", GuardPages(), false, mappings},
      {"a crowded break", defaults, false, breaks},
      {"a crowded break, no records left", defaults, true, breaks},
      {"sampled blocks", defaults, false, samples},
      {"sampled blocks, no records left", defaults, true, samples},
      {"strict", all_levels, false, strict},
      {"strict, no records left", all_levels, true, strict},
  };
}

}  // namespace

std::span<const Workload> Workloads() {
  static const std::vector<Workload> workloads = MakeWorkloads();
  return workloads;
}

}  // namespace headroom
