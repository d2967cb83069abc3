#include "fuzz/threads/thread_life.h"

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>

#include "allocator/base/hardening.h"
#include "allocator/front/block_tail.h"
#include "fuzz/engine/require.h"
#include "fuzz/threads/test_clock.h"
#include "fuzz/world/block_content.h"

namespace headroom {
namespace {

constexpr int kNoClass = -1;
// More than a child needs on the slowest machine.
constexpr unsigned kChildSeconds = 60;

int ClassOfRequest(size_t bytes, size_t alignment) {
  const size_t padded = PaddedBytes(bytes, alignment);
  return padded <= kMaxSmallBytes ? SizeClassFor(padded) : kNoClass;
}

}  // namespace

thread_local ThreadLife* ThreadLife::current_ = nullptr;

ThreadCache* ThreadLife::Attach() {
  ThreadLife& life = *current_;
  if (life.cache_->is_attached()) return life.cache_;
  if (life.dying_) return nullptr;
  ThreadCache* cache = life.heap().registry.Attach();
  if (cache == nullptr) return nullptr;
  cache->sampling_dice = 1;  // else its address would be
  life.heap().sampled.ChooseNext(cache);
  life.cache_ = cache;
  return cache;
}

void ThreadLife::Perform(const Step& step) {
  current_ = this;
  for (size_t i = 0; i < step.count; ++i) Once(step, step.index + i);
}

void ThreadLife::Once(const Step& step, size_t index) {
  switch (step.verb) {
    case Verb::kAllocate:
    case Verb::kAllocateZeroed:
    case Verb::kAllocateAligned:
      return Allocate(step, index);
    case Verb::kReallocate:
      return Reallocate(index, step.bytes);
    case Verb::kFree:
    case Verb::kFreeSized:
      if (!blocks_.empty()) Free(Take(index), step.verb == Verb::kFreeSized);
      return;
    case Verb::kAskSize:
      if (blocks_.empty()) return;
      Require(heap().heap.UsableBytes(blocks_[index % blocks_.size()].start) ==
                  blocks_[index % blocks_.size()].usable_bytes,
              "a block's size stays what it is");
      return;
    case Verb::kPost:
      if (!blocks_.empty()) world_.mailbox.Put(Take(index));
      return;
    case Verb::kTakeAndFree:
    case Verb::kTakeAndKeep:
      if (const auto block = world_.mailbox.Take()) {
        if (step.verb == Verb::kTakeAndKeep) {
          blocks_.push_back(*block);
        } else {
          Free(*block, /*sized=*/index % 2 == 1);
        }
      }
      return;
    case Verb::kReadStatistics:
      return ReadStatistics();
    case Verb::kScavenge:
      return heap().central.Scavenge(/*all=*/step.bytes % 2 == 1);
    case Verb::kReleaseMemory:
      if (cache_->is_attached()) cache_->Flush();
      heap().registry.FlushParked(ParkedCaches::kEndOfTime);
      heap().central.Scavenge(/*all=*/true);
      heap().pages.ReleaseFreePages(step.bytes);
      return;
    case Verb::kPassTime:
      AdvanceTestClock(step.bytes);
      heap().scavenger.RunIfDue();
      return;
    case Verb::kEndThread:
      return EndThread(/*dying=*/false);
    case Verb::kDie:
      return EndThread(/*dying=*/true);
    case Verb::kFork:
      return Fork();
  }
}

void ThreadLife::Allocate(const Step& step, size_t index) {
  if (blocks_.size() >= kMostBlocks) return;
  const size_t bytes = step.bytes;
  const uint64_t refusals = heap().os.refusals();
  const Heap& front = heap().heap;
  void* block;
  size_t alignment = kBlockAlignment;
  if (step.verb == Verb::kAllocateAligned) {
    alignment <<= index % 8;
    block = front.AllocateAligned(cache_, alignment, bytes, Origin::kMalloc);
  } else if (step.verb == Verb::kAllocateZeroed) {
    block = front.AllocateZeroed(cache_, bytes);
    const auto* start = static_cast<const char*>(block);
    if (block != nullptr && bytes > 0) {
      Require(*start == 0 && memcmp(start, start + 1, bytes - 1) == 0,
              "zeroed memory is zero");
    }
  } else {
    block = front.Allocate(cache_, bytes);
  }
  CheckAnswer(block, bytes, refusals);
  if (block != nullptr) AddBlock(block, bytes, alignment);
}

// Null may come only while the kernel refuses.
void ThreadLife::CheckAnswer(const void* block, size_t bytes,
                             uint64_t refusals) const {
  if (block != nullptr) return;
  Require(errno == ENOMEM, "failure sets errno to ENOMEM");
  Require(
      world_.under_test.os.refusals() != refusals || bytes > kMaxRequestBytes,
      "null comes only when the kernel refused");
}

void ThreadLife::AddBlock(void* block, size_t bytes, size_t alignment) {
  Require(reinterpret_cast<uintptr_t>(block) % alignment == 0,
          "a block is aligned as asked");
  const Options& options = heap().options;
  const size_t usable = heap().heap.UsableBytes(block);
  Require(usable >= bytes, "a block is as large as asked");
  int size_class = ClassOfRequest(
      bytes + (HasTails(options) ? BlockTail::kLeastBytes : 0), alignment);
  const Span* span = heap().map.Get(PageContaining(block));
  if (span == nullptr || span->use != SpanUse::kSmall) size_class = kNoClass;
  const OwnedBlock owned = {static_cast<char*>(block),
                            usable,
                            bytes,
                            alignment,
                            size_class,
                            next_seed_++};
  WriteContent(owned.start, usable, owned.seed);
  blocks_.push_back(owned);
}

OwnedBlock ThreadLife::Take(size_t index) {
  OwnedBlock& place = blocks_[index % blocks_.size()];
  const OwnedBlock block = place;
  place = blocks_.back();
  blocks_.pop_back();
  CheckContent(block.start, block.usable_bytes, block.seed, block.usable_bytes);
  return block;
}

void ThreadLife::HandOver(size_t index, ThreadLife& to) {
  if (!blocks_.empty()) to.blocks_.push_back(Take(index));
}

void ThreadLife::Reallocate(size_t index, size_t bytes) {
  if (blocks_.empty()) return;
  const OwnedBlock old = Take(index);
  bytes = std::max<size_t>(bytes, 1);
  const uint64_t refusals = heap().os.refusals();
  void* block = heap().heap.Reallocate(cache_, old.start, bytes);
  CheckAnswer(block, bytes, refusals);
  if (block == nullptr) {
    blocks_.push_back(old);
    return;
  }
  CheckContent(static_cast<char*>(block), old.usable_bytes, old.seed,
               std::min(bytes, old.usable_bytes));
  AddBlock(block, bytes, kBlockAlignment);
  // In place, it is of its old class.
  if (block == old.start) blocks_.back().size_class = old.size_class;
}

void ThreadLife::Free(const OwnedBlock& block, bool sized) {
  CheckContent(block.start, block.usable_bytes, block.seed, block.usable_bytes);
  const Heap& front = heap().heap;
  if (!sized) {
    front.Free(cache_, block.start);
  } else if (block.alignment > kBlockAlignment) {
    front.FreeAlignedSized(cache_, block.start, block.alignment, block.bytes,
                           Origin::kMalloc);
  } else {
    front.FreeSized(cache_, block.start, block.bytes);
  }
}

// While others are in the heap, each number is true for some moment.
void ThreadLife::ReadStatistics() {
  const PageHeapStats pages = heap().pages.stats();
  Require(pages.heap == pages.in_use + pages.free_dirty + pages.free_clean,
          "heap == in_use + free_dirty + free_clean");
  const HeapStats stats = CollectHeapStats(heap().registry, heap().central,
                                           heap().pages, heap().arena);
  Require(stats.thread_caches <= 8, "a thread has one cache");
  Require(stats.free_dirty + stats.free_clean <=
              FuzzOs::kBreakSpaceBytes + FuzzOs::kMostMappedBytes,
          "no more is free than there is");
}

void ThreadLife::EndThread(bool dying) {
  ThreadCache* cache = cache_;
  cache_ = &unborn_;
  dying_ = dying;
  if (cache->is_attached()) heap().registry.Detach(cache);
}

void ThreadLife::Finish() {
  current_ = this;
  while (!blocks_.empty()) {
    Free(Take(blocks_.size() - 1), /*sized=*/blocks_.size() % 2 == 1);
  }
  while (const auto block = world_.mailbox.Take()) Free(*block, true);
  EndThread(/*dying=*/false);
}

void ThreadLife::Fork() {
  if (world_.forks_left.fetch_sub(1) <= 0) return;
  heap().AcquireForFork();
  const pid_t child = fork();
  heap().ReleaseAfterFork(/*in_child=*/child == 0);
  if (child == 0) LiveAsChild();
  Require(child > 0, "the fuzzer's own fork works");
  int status;
  while (waitpid(child, &status, 0) != child) {
    Require(errno == EINTR, "the child can be waited for");
  }
  Require(status == 0, "a forked child finds a heap that works");
}

// Nobody else lives on here, whatever they were about.
void ThreadLife::LiveAsChild() {
  std::signal(SIGALRM, SIG_DFL);
  alarm(kChildSeconds);
  heap().os.RefuseLater(0, 0);
  heap().registry.ForgetAllBut(cache_->is_attached() ? cache_ : nullptr);
  ReadStatistics();
  const size_t old_blocks = blocks_.size();
  for (uint32_t i = 0; i < 64; ++i) {
    Allocate({Verb::kAllocate, 1, 0, i * i * 37}, 0);
  }
  for (size_t i = 0; i < old_blocks; ++i) Free(Take(i), /*sized=*/i % 2 == 1);
  Once({Verb::kReleaseMemory, 1, 0, 1 << 20}, 0);
  while (!blocks_.empty()) Free(Take(0), /*sized=*/false);
  EndThread(/*dying=*/false);
  heap().registry.FlushParked(ParkedCaches::kEndOfTime);
  Require(heap().registry.cache_count() == 0, "only the own cache was left");
  Require(heap().budget.reserved() == 0,
          "the dead threads' budget is not lost");
  ReadStatistics();
  _exit(0);
}

}  // namespace headroom
