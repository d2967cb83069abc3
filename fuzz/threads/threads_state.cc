#include "fuzz/threads/threads_state.h"

#include <algorithm>
#include <array>

#include "fuzz/engine/require.h"
#include "fuzz/threads/test_clock.h"

namespace headroom {
namespace {

// Looks at everything: too dear after each operation.
constexpr int kLookPeriod = 32;

Options OptionsOf(const ThreadsSetup& setup) {
  Options options = LevelSetup{setup.levels}.options();
  options.sample_every = setup.sample_every;
  return options;
}

}  // namespace

ThreadsState::ThreadsState(const ThreadsSetup& setup)
    : world_(OptionsOf(setup), &ThreadLife::Attach, &ReadTestClock,
             static_cast<int>(setup.forks)) {
  const size_t threads =
      std::clamp<size_t>(setup.threads, 1, ThreadPool::kThreads);
  for (size_t i = 0; i < threads; ++i) {
    lives_.push_back(std::make_unique<ThreadLife>(world_, i));
  }
}

void ThreadsState::Perform(size_t thread, const Step& step) {
  thread %= lives_.size();
  pool_.Run(thread, 1, [&](size_t i) { lives_[i]->Perform(step); });
}

void ThreadsState::Burst(size_t first, const std::vector<Script>& scripts) {
  const size_t count = std::min(scripts.size(), lives_.size());
  if (count == 0) return;
  // The pool goes round all its threads, of which there may be more.
  first %= lives_.size() - count + 1;
  pool_.Run(first, count, [&](size_t i) {
    for (const Step& step : scripts[i - first].steps) lives_[i]->Perform(step);
  });
  CheckOwners();
}

void ThreadsState::HandOver(size_t from, size_t index, size_t to) {
  lives_[from % lives_.size()]->HandOver(index, *lives_[to % lives_.size()]);
}

std::vector<OwnedBlock> ThreadsState::LiveBlocks() const {
  std::vector<OwnedBlock> all = world_.mailbox.blocks();
  for (const auto& life : lives_) {
    all.insert(all.end(), life->blocks().begin(), life->blocks().end());
  }
  return all;
}

void ThreadsState::CheckOwners() const {
  std::vector<OwnedBlock> all = LiveBlocks();
  std::ranges::sort(all, {}, &OwnedBlock::start);
  for (size_t i = 1; i < all.size(); ++i) {
    Require(all[i - 1].start + all[i - 1].usable_bytes <=
                all[i].start - kHeaderBytes,
            "nobody holds what another one holds");
  }
}

void ThreadsState::CheckInvariants() {
  Require(under_test().budget.reserved() <= under_test().budget.bound(),
          "the caches keep within their budget");
  const PageHeapStats pages = under_test().pages.stats();
  Require(pages.heap == pages.in_use + pages.free_dirty + pages.free_clean,
          "heap == in_use + free_dirty + free_clean");
}

void ThreadsState::CheckConservation() {
  std::array<uint64_t, kSizeClassCount> live = {};
  for (const OwnedBlock& block : LiveBlocks()) {
    if (block.size_class >= 0) ++live[static_cast<size_t>(block.size_class)];
  }
  for (size_t i = 0; i < kSizeClassCount; ++i) {
    const auto size_class = static_cast<SizeClass>(i);
    const CentralStats central = under_test().central.stats(size_class);
    const uint64_t known = central.stacked_blocks + central.span_blocks +
                           under_test().registry.cached_blocks(size_class) +
                           live[i];
    // What is in quarantine nobody counts.
    Require(central.carved_blocks == known ||
                (under_test().options.quarantine != 0 &&
                 central.carved_blocks > known),
            "carved == stacked + in spans + cached + live");
  }
}

void ThreadsState::AfterOperation() {
  CheckInvariants();
  if (++operations_ % kLookPeriod != 0) return;
  CheckOwners();
  CheckConservation();
}

void ThreadsState::Finish() {
  CheckOwners();
  CheckConservation();
  under_test().os.RefuseLater(0, 0);
  // All at once: the blocks of all threads die at the same time.
  pool_.Run(0, lives_.size(), [&](size_t i) { lives_[i]->Finish(); });
  EmptyQuarantine(under_test());
  under_test().registry.FlushParked(ParkedCaches::kEndOfTime);
  under_test().central.Scavenge(/*all=*/true);
  under_test().pages.ReleaseFreePages(SIZE_MAX);
  CheckInvariants();
  CheckConservation();
  const PageHeapStats pages = under_test().pages.stats();
  Require(under_test().registry.cache_count() == 0, "ended threads are gone");
  Require(under_test().budget.reserved() == 0, "ended threads hold no budget");
  Require(pages.in_use == PageCount{0}, "no span is in use at the end");
  Require(pages.mappings == 0, "no mapping is left at the end");
  Require(under_test().guard.stats().live == 0,
          "no sampled block is left at the end");
}

}  // namespace headroom
