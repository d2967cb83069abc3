#include "allocator/thread/thread_registry.h"

namespace headroom {

ThreadCache* ThreadRegistry::Attach() {
  LockGuard guard(lock_);
  ThreadCache* cache = caches_.New();
  if (cache == nullptr) return nullptr;
  cache->Attach(supply_, next_shard_++ % kShardCount);
  ++count_;
  supply_.budget.AddCache();
  cache->next = head_;
  if (head_ != nullptr) head_->previous = cache;
  head_ = cache;
  return cache;
}

void ThreadRegistry::Detach(ThreadCache* cache) {
  cache->Flush();
  LockGuard guard(lock_);
  if (cache->previous != nullptr) {
    cache->previous->next = cache->next;
  } else {
    head_ = cache->next;
  }
  if (cache->next != nullptr) cache->next->previous = cache->previous;
  --count_;
  supply_.budget.RemoveCache();
  caches_.Delete(cache);
}

void ThreadRegistry::ForgetAllBut(ThreadCache* own) {
  LockGuard guard(lock_);
  head_ = own;
  count_ = 0;
  size_t reserved = 0;
  if (own != nullptr) {
    own->next = own->previous = nullptr;
    count_ = 1;
    reserved = own->reserved();
  }
  supply_.budget.ResetAfterFork(count_, reserved);
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

void ThreadRegistry::AcquireForFork() { lock_.Acquire(); }

void ThreadRegistry::ReleaseAfterFork(bool in_child) {
  if (in_child) {
    lock_.ResetAfterFork();
  } else {
    lock_.Release();
  }
}

}  // namespace headroom
