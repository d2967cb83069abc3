#include "allocator/thread/thread_registry.h"

#include <algorithm>

namespace headroom {

ThreadCache* ThreadRegistry::Attach() {
  LockGuard guard(lock_);
  ThreadCache* cache;
  if (parked_count_ > 0) {
    // The last one's lines are most likely still in a processor's cache.
    cache = parked_[--parked_count_].cache;
    cache->leaving = false;
  } else {
    cache = caches_.New();
    if (cache == nullptr) return nullptr;
    cache->Attach(supply_, *this, next_shard_++ % kShardCount);
    supply_.budget.AddCache();
    Link(cache);
  }
  ++count_;
  return cache;
}

void ThreadRegistry::Detach(ThreadCache* cache) {
  // A thread that found all in its cache had no miss to do this.
  const uint64_t now = supply_.scavenger.RunIfDue();
  if (TryPark(cache, now)) {
    FlushParked(now);
  } else {
    {
      LockGuard guard(lock_);
      --count_;
    }
    FlushAndForget(cache);
  }
}

bool ThreadRegistry::TryPark(ThreadCache* cache, uint64_t now_ms) {
  if (cache->reserved() > kMostParkedBytes) return false;
  LockGuard guard(lock_);
  if (parked_count_ == kMostParked) return false;
  parked_[parked_count_++] = {cache, now_ms};
  --count_;
  return true;
}

bool ThreadRegistry::FlushParked(uint64_t now_ms) {
  bool flushed = false;
  while (ThreadCache* cache = TakeParked(now_ms)) {
    FlushAndForget(cache);
    flushed = true;
  }
  return flushed;
}

ThreadCache* ThreadRegistry::TakeParked(uint64_t now_ms) {
  LockGuard guard(lock_);
  if (parked_count_ == 0) return nullptr;
  const auto [cache, since_ms] = parked_[0];
  if (now_ms < since_ms + kParkedMs) return nullptr;
  std::copy_n(parked_ + 1, --parked_count_, parked_);
  return cache;
}

void ThreadRegistry::FlushAndForget(ThreadCache* cache) {
  cache->Flush();
  LockGuard guard(lock_);
  Unlink(cache);
  supply_.budget.RemoveCache();
  gone_.Add(cache->tally());
  caches_.Delete(cache);
}

void ThreadRegistry::Link(ThreadCache* cache) {
  cache->previous = nullptr;
  cache->next = head_;
  if (head_ != nullptr) head_->previous = cache;
  head_ = cache;
}

void ThreadRegistry::Unlink(ThreadCache* cache) {
  if (cache->previous != nullptr) {
    cache->previous->next = cache->next;
  } else {
    head_ = cache->next;
  }
  if (cache->next != nullptr) cache->next->previous = cache->previous;
}

void ThreadRegistry::ForgetAllBut(ThreadCache* own) {
  LockGuard guard(lock_);
  head_ = nullptr;
  count_ = 0;
  size_t reserved = 0;
  for (uint32_t i = 0; i < parked_count_; ++i) {
    Link(parked_[i].cache);
    reserved += parked_[i].cache->reserved();
  }
  if (own != nullptr) {
    Link(own);
    count_ = 1;
    reserved += own->reserved();
  }
  supply_.budget.ResetAfterFork(count_ + parked_count_, reserved);
}

uint64_t ThreadRegistry::cached_blocks(SizeClass size_class) {
  LockGuard guard(lock_);
  uint64_t blocks = 0;
  for (const ThreadCache* cache = head_; cache != nullptr;
       cache = cache->next) {
    blocks += cache->cached_blocks(size_class);
  }
  return blocks;
}

uint32_t ThreadRegistry::cache_count() {
  LockGuard guard(lock_);
  return count_;
}

uint32_t ThreadRegistry::parked_count() {
  LockGuard guard(lock_);
  return parked_count_;
}

HitCounts ThreadRegistry::tally() {
  LockGuard guard(lock_);
  HitCounts counts = gone_.counts();
  for (const ThreadCache* cache = head_; cache != nullptr;
       cache = cache->next) {
    counts += cache->tally();
  }
  return counts;
}

void ThreadRegistry::ResetTally(bool in_child) ABSL_NO_THREAD_SAFETY_ANALYSIS {
  if (!in_child) lock_.Acquire();
  gone_.Reset();
  for (ThreadCache* cache = head_; cache != nullptr; cache = cache->next) {
    cache->ResetTally();
  }
  if (!in_child) lock_.Release();
}

void ThreadRegistry::AcquireForFork() { lock_.Acquire(); }

void ThreadRegistry::ReleaseAfterFork(bool in_child) {
  if (in_child) {
    lock_.ResetAfterFork();
  } else {
    lock_.Release();
  }
}

}  // namespace headroom
