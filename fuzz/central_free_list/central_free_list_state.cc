#include "fuzz/central_free_list/central_free_list_state.h"

#include <algorithm>

#include "fuzz/engine/require.h"
#include "fuzz/world/report_log.h"

namespace headroom {

CentralFreeListState::CentralFreeListState(const ClassSetup& setup)
    : world_(setup, &Now),
      blocks_(world_.map, world_.keys, setup.zero_on_free) {
  now_ms_ = 1000;
  ClearReports();
}

// As the cache makes them.
uint32_t CentralFreeListState::NewSpan(SizeClass size_class, uint32_t shard,
                                       void** out, uint32_t want) {
  const uint32_t words = BitmapWords(size_class);
  void** cells = world_.cells.Allocate(words);
  if (cells == nullptr) return 0;
  Span* span =
      world_.pages.NewSpan(PageCount{kSizeClasses[size_class].pages_per_span},
                           SpanUse::kSmall, size_class);
  if (span == nullptr) {
    world_.cells.Free(cells, words);
    return 0;
  }
  std::fill_n(cells, words, nullptr);
  span->free_bits = reinterpret_cast<uint64_t*>(cells);
  if (world_.classes.zero_on_free) {
    std::fill_n(reinterpret_cast<char*>(span->memory.start), span->memory.bytes,
                '\0');
  }
  return world_.lists[size_class].AddSpan(world_.keys, span, shard, out, want);
}

void CentralFreeListState::Take(TakeWay way, uint32_t number, uint32_t shard,
                                uint32_t want) {
  const SizeClass size_class = world_.classes.Class(number);
  shard %= kShardCount;
  want = want % kMostWanted + 1;
  void* out[kMostWanted];
  const CentralStats before = world_.central.stats(size_class);
  const uint64_t refusals = world_.os.refusals();
  CentralFreeList& list = world_.lists[size_class];
  uint32_t count = 0;
  switch (way) {
    case TakeWay::kCache:
      count = world_.central.Take(size_class, shard, out, want);
      if (count == 0) count = NewSpan(size_class, shard, out, want);
      break;
    case TakeWay::kList:
      count = list.Take(world_.keys, shard, out, want);
      break;
    case TakeWay::kIdle:
    case TakeWay::kAny:
      count = list.TakeIdle(way == TakeWay::kAny, out, want);
      break;
    case TakeWay::kNewSpan:
      count = NewSpan(size_class, shard, out, want);
      break;
  }
  Require(count <= want, "no more blocks than wanted");
  if (way == TakeWay::kCache || way == TakeWay::kNewSpan) {
    Require(count > 0 || world_.os.refusals() != refusals,
            "none come only when the kernel refused");
  }
  CheckTaken(way, size_class, shard, before, out, count, want);
  for (uint32_t i = 0; i < count; ++i) {
    blocks_.Add(size_class, out[i], world_.keys.free());
  }
}

// What left the stacks is what the model says, in its order.
void CentralFreeListState::CheckTaken(TakeWay way, SizeClass size_class,
                                      uint32_t shard,
                                      const CentralStats& before,
                                      void* const* out, uint32_t count,
                                      uint32_t want) {
  const CentralStats after = world_.central.stats(size_class);
  StackModel& stacks = stacks_[size_class];
  StackModel::Blocks expected;
  if (way == TakeWay::kIdle) {
    expected = stacks.PopIdle(want);
  } else if (way == TakeWay::kAny) {
    expected = stacks.Steal(want);
  } else if (way != TakeWay::kNewSpan && stacks.size(shard) != 0) {
    expected = stacks.Pop(shard, want);
  } else if (after.stacked_blocks != before.stacked_blocks) {
    Require(after.span_blocks == 0, "stealing comes after blocks in spans");
    expected = stacks.Steal(want);
  } else {
    return;
  }
  Require(std::equal(expected.begin(), expected.end(), out, out + count),
          "a stack's own blocks come, in order");
}

// As the cache does it.
void CentralFreeListState::ReturnToSpans(SizeClass size_class,
                                         void* const* blocks, uint32_t count) {
  CentralFreeList& list = world_.lists[size_class];
  while (count > 0) {
    Span* emptied = nullptr;
    const uint32_t returned = list.ReturnToSpans(
        world_.keys, world_.map, size_class, blocks, count, emptied);
    Require(returned == std::min(count, kMostBlocksWalked),
            "so many go back at once");
    blocks += returned;
    count -= returned;
    while (emptied != nullptr) {
      Span* span = emptied;
      emptied = span->next;
      Require(span->carved_blocks == 0 && span->free_blocks == 0,
              "an empty span has no block");
      world_.cells.Free(reinterpret_cast<void**>(span->free_bits),
                        BitmapWords(size_class));
      world_.pages.DeleteSpan(span);
    }
  }
}

void CentralFreeListState::Put(PutWay way, uint32_t number, uint32_t shard,
                               uint32_t count, size_t first, size_t step,
                               bool damaged) {
  const SizeClass size_class = world_.classes.Class(number);
  shard %= kShardCount;
  count = static_cast<uint32_t>(
      std::min<size_t>(count % kMostWanted + 1, blocks_.count(size_class)));
  if (count == 0) return;
  void* blocks[kMostWanted];
  for (uint32_t i = 0; i < count; ++i) {
    blocks[i] = blocks_.Take(size_class, first + i * step);
  }
  if (damaged) blocks_.DamageTaken(size_class, blocks[0]);
  const size_t stacked_before = world_.central.stats(size_class).stacked_blocks;
  const uint64_t refusals = world_.os.refusals();
  switch (way) {
    case PutWay::kCache:
      world_.central.Put(size_class, shard, blocks, count);
      break;
    case PutWay::kStack: {
      const uint32_t stacked = world_.lists[size_class].Stack(
          world_.arena, size_class, shard, blocks, count);
      const size_t room =
          StackCapacity(size_class) - stacks_[size_class].size(shard);
      Require(stacked == std::min<size_t>(count, room) ||
                  (stacked == 0 && world_.os.refusals() != refusals),
              "as many are stacked as there is room for");
      ReturnToSpans(size_class, blocks + stacked, count - stacked);
      break;
    }
    case PutWay::kSpans:
      ReturnToSpans(size_class, blocks, count);
  }
  const auto stacked = static_cast<uint32_t>(
      world_.central.stats(size_class).stacked_blocks - stacked_before);
  Require(stacked <= count, "no more are stacked than came");
  stacks_[size_class].Push(shard, blocks, stacked);
  Require(!damaged || stacked != 0 || IsReported(blocks[0]),
          "what does not say that it is free is reported");
}

void CentralFreeListState::PutAgain(size_t index) {
  void* block = blocks_.InSpan(index);
  if (block == nullptr) return;
  blocks_.DamageFreed(index, BlockModel::Damage::kFree);
  const SizeClass size_class =
      world_.map.Get(PageContaining(block))->size_class;
  ReturnToSpans(size_class, &block, 1);
  Require(IsReported(block), "no block comes back twice");
  ClearReports();
}

void CentralFreeListState::Scavenge(bool all) {
  world_.central.Scavenge(all);
  for (auto& [size_class, stacks] : stacks_) {
    while (!(all ? stacks.Steal(kMostWanted) : stacks.PopIdle(kMostWanted))
                .empty()) {
    }
    stacks.BeginEpoch();
  }
}

void CentralFreeListState::PassTime(uint64_t milliseconds) {
  now_ms_ += milliseconds;
  world_.pages.Decay();
}

// Blocks that were cut and of which nobody knows.
uint64_t CentralFreeListState::Unknown(SizeClass size_class) {
  const CentralStats stats = world_.central.stats(size_class);
  const uint64_t known =
      blocks_.count(size_class) + stats.stacked_blocks + stats.span_blocks;
  Require(stats.carved_blocks >= known, "no more blocks than were cut");
  return stats.carved_blocks - known;
}

void CentralFreeListState::CheckClass(SizeClass size_class) {
  const uint64_t unknown = Unknown(size_class);
  Require(unknown >= blocks_.least_lost(size_class) &&
              unknown <= blocks_.most_lost(size_class),
          "carved == out + stacked + in spans, but for damaged blocks");
  const CentralStats stats = world_.central.stats(size_class);
  Require(stats.stacked_blocks == stacks_[size_class].blocks(),
          "stacked blocks are counted");
  Require(stats.carved_blocks == 0 || unknown != 0 ||
              stats.span_blocks < stats.carved_blocks,
          "a span whose blocks are all back goes back");
}

void CentralFreeListState::AfterOperation() {
  blocks_.CheckReports();
  for (uint32_t i = 0; i < world_.classes.class_count; ++i) {
    CheckClass(world_.classes.Class(i));
  }
  world_.CheckSpans();
}

void CentralFreeListState::Finish() {
  world_.os.RefuseLater(0, 0);
  bool damaged = false;
  for (uint32_t i = 0; i < world_.classes.class_count; ++i) {
    const SizeClass size_class = world_.classes.Class(i);
    damaged = damaged || blocks_.most_lost(size_class) != 0;
    while (blocks_.count(size_class) > 0) {
      Put(PutWay::kCache, i, i, kMostWanted - 1, 0, 0, /*damaged=*/false);
    }
  }
  Scavenge(/*all=*/true);
  AfterOperation();
  Require(damaged || world_.pages.stats().in_use == PageCount{0},
          "where nothing was damaged, nothing is lost");
}

std::string Expression(CentralFreeListState::TakeWay way) {
  constexpr const char* kNames[] = {"kCache", "kList", "kIdle", "kAny",
                                    "kNewSpan"};
  return std::string("CentralFreeListState::TakeWay::") +
         kNames[static_cast<int>(way)];
}

std::string Expression(CentralFreeListState::PutWay way) {
  constexpr const char* kNames[] = {"kCache", "kStack", "kSpans"};
  return std::string("CentralFreeListState::PutWay::") +
         kNames[static_cast<int>(way)];
}

}  // namespace headroom
