#include "fuzz/heap/heap_state.h"

#include "fuzz/engine/require.h"

namespace headroom {
namespace {

HeapState* the_state = nullptr;

// Conservation walks all size classes: too dear after each operation.
constexpr int kConservationPeriod = 32;

Options OptionsOf(const HeapSetup& setup) {
  Options options = LevelSetup{setup.levels}.options();
  options.sample_every = setup.sample_every;
  return options;
}

}  // namespace

HeapState::HeapState(const HeapSetup& setup) : HeapState(OptionsOf(setup)) {}

HeapState::HeapState(const Options& options)
    : under_test_(options, &Attach, &Now) {
  Require(the_state == nullptr, "one state at a time");
  the_state = this;
  threads_.fill({&unborn_});
}

HeapState::~HeapState() { the_state = nullptr; }

uint64_t HeapState::Now() {
  const auto& fails = the_state->clock_fails;
  return fails && fails() ? 0 : the_state->now_ms_;
}

void HeapState::SampleNext() {
  ThreadCache* cache = Attach();
  if (cache != nullptr) cache->SampleAfter(1);
}

ThreadCache* HeapState::Attach() {
  Thread& thread = the_state->current();
  if (thread.cache->is_attached()) return thread.cache;
  if (thread.dying) return nullptr;
  ThreadCache* cache = the_state->under_test_.registry.Attach();
  if (cache == nullptr) return nullptr;
  // Else its address would be: an input does the same in each process.
  cache->sampling_dice = 1;
  the_state->under_test_.sampled.ChooseNext(cache);
  thread.cache = cache;
  return cache;
}

void HeapState::EndThread(bool dying) {
  Thread& thread = current();
  ThreadCache* cache = thread.cache;
  thread = {&unborn_, dying};
  if (cache->is_attached()) under_test_.registry.Detach(cache);
}

void HeapState::ReleaseMemory(size_t bytes) {
  ThreadCache* cache = current().cache;
  if (cache->is_attached()) cache->Flush();
  under_test_.registry.FlushParked(ParkedCaches::kEndOfTime);
  under_test_.central.Scavenge(/*all=*/true);
  under_test_.pages.ReleaseFreePages(bytes);
}

void HeapState::AfterOperation() {
  CheckInvariants();
  if (++operations_ % kConservationPeriod == 0) CheckConservation();
}

void HeapState::CheckInvariants() {
  Require(under_test_.budget.reserved() <= under_test_.budget.bound(),
          "the caches keep within their budget");
  const PageHeapStats pages = under_test_.pages.stats();
  Require(pages.heap == pages.in_use + pages.free_dirty + pages.free_clean,
          "heap == in_use + free_dirty + free_clean");
  Require(pages.mappings <= model_.other_blocks(),
          "a mapping has a live block");
}

void HeapState::CheckConservation() {
  for (size_t i = 0; i < kSizeClassCount; ++i) {
    const auto size_class = static_cast<SizeClass>(i);
    const CentralStats central = under_test_.central.stats(size_class);
    const uint64_t known = central.stacked_blocks + central.span_blocks +
                           under_test_.registry.cached_blocks(size_class) +
                           model_.live_blocks(size_class);
    // What is in quarantine nobody counts.
    Require(central.carved_blocks == known ||
                (under_test_.options.quarantine != 0 &&
                 central.carved_blocks > known),
            "carved == stacked + in spans + cached + live");
  }
  const HeapStats stats =
      CollectHeapStats(under_test_.registry, under_test_.central,
                       under_test_.pages, under_test_.arena);
  Require(stats.heap_bytes == stats.small_live + stats.small_cached +
                                  stats.small_central + stats.small_uncut +
                                  stats.large_live + stats.free_dirty +
                                  stats.free_clean,
          "the parts of the heap add up");
}

void HeapState::ReadStatistics() {
  CheckConservation();
  const HeapStats stats =
      CollectHeapStats(under_test_.registry, under_test_.central,
                       under_test_.pages, under_test_.arena);
  const GuardPoolStats sampled = under_test_.guard.stats();
  size_t bytes = 0;
  size_t sampled_blocks = 0;
  for (size_t i = 0; i < model_.count(); ++i) {
    const HeapModel::Block& block = model_.at(i);
    if (under_test_.sampled.Contains(block.start)) {
      ++sampled_blocks;
    } else {
      bytes += block.usable_bytes;
    }
  }
  Require(stats.live_bytes() >= bytes, "what lives is counted");
  Require(stats.live_bytes() + stats.free_bytes() ==
              stats.heap_bytes + stats.mapping_bytes,
          "what does not live is free");
  Require(sampled.live == sampled_blocks, "sampled blocks are counted");
}

void HeapState::Finish() {
  CheckConservation();
  while (!model_.empty()) Free(model_.count() - 1);
  under_test_.heap.Free(current().cache, nullptr);
  under_test_.heap.FreeSized(current().cache, nullptr, 1);
  for (size_t i = 0; i < kThreads; ++i) {
    SwitchThread(i);
    EndThread(/*dying=*/false);
  }
  under_test_.os.RefuseLater(0, 0);
  EmptyQuarantine(under_test_);
  ReleaseMemory(SIZE_MAX);
  CheckInvariants();
  CheckConservation();
  const PageHeapStats pages = under_test_.pages.stats();
  Require(under_test_.budget.reserved() == 0, "ended threads hold no budget");
  Require(pages.in_use == PageCount{0}, "no span is in use at the end");
  Require(pages.mappings == 0, "no mapping is left at the end");
  Require(under_test_.guard.stats().live == 0, "nor a sampled block");
  Require(pages.free_dirty == PageCount{0}, "a trim leaves no dirty page");
}

}  // namespace headroom
