// The heap's calls, written down where the options ask for a trace.
#include "allocator/base/hardening.h"
#include "allocator/front/heap.h"

namespace headroom {

bool Heap::IsTraced() const {
  return recorder_ != nullptr && headroom::IsTraced(options_);
}

// The same heap, for the calls inside one that is written down.
Heap Heap::Silent() const {
  Heap silent = *this;
  silent.recorder_ = nullptr;
  return silent;
}

// Returns `block`, which was just made, or null.
void* Heap::Noted(TracedCall call, ThreadCache* own, void* block, size_t bytes,
                  size_t alignment) const {
  if (block != nullptr && IsTraced()) {
    recorder_->OnAllocate(own, call, block, bytes, alignment);
  }
  return block;
}

void Heap::NoteFree(ThreadCache* cache, const void* block) const {
  recorder_->OnFree(AttachedOrNull(cache), block);
}

void* Heap::ResizeNoted(ThreadCache* cache, void* block, size_t bytes) const {
  ThreadCache* own = AttachedOrNull(cache);
  const uint64_t stamp_before = recorder_->Stamp();
  void* resized = Silent().Resize(own != nullptr ? own : cache, block, bytes);
  if (resized != nullptr) {
    recorder_->OnReallocate(own, stamp_before, block, resized, bytes);
  }
  return resized;
}

}  // namespace headroom
