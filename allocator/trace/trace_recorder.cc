#include "allocator/trace/trace_recorder.h"

#include <cerrno>
#include <new>

#include "allocator/system/errno_guard.h"

namespace headroom {
namespace {

// What is no block's address can be no block's end.
bool IsBlockAddress(const void* block) {
  return reinterpret_cast<uintptr_t>(block) % kAddressUnit == 0;
}

}  // namespace

void TraceRecorder::Start(const char* path) {
  if (path[0] == '\0') return;
  {
    LockGuard guard(lock_);
    file_.SetPath(path);
  }
  stopped_.store(false, std::memory_order_relaxed);
  TraceBuffer* nobodys = NewBuffer();
  LockGuard guard(lock_);
  nobodys_ = nobodys;
  threads_ = 0;
  if (nobodys != nullptr) nobodys->StartThread(0);
}

void TraceRecorder::OnAllocate(ThreadCache* own, TracedCall call,
                               const void* block, size_t bytes,
                               size_t alignment) {
  Record(own, [&](TraceBuffer& buffer) {
    buffer.PutAllocate(Stamp(), call, block, bytes, alignment);
  });
}

void TraceRecorder::OnFree(ThreadCache* own, const void* block) {
  if (!IsBlockAddress(block)) return;
  Record(own, [&](TraceBuffer& buffer) { buffer.PutFree(Stamp(), block); });
}

void TraceRecorder::OnReallocate(ThreadCache* own, uint64_t stamp_before,
                                 const void* old_block, const void* block,
                                 size_t bytes) {
  Record(own, [&](TraceBuffer& buffer) {
    buffer.PutReallocate(Stamp(), stamp_before, old_block, block, bytes);
  });
}

template <typename Put>
void TraceRecorder::Record(ThreadCache* own, Put put) {
  if (stopped()) return;
  if (own == nullptr) return RecordOfNobody(put);
  TraceBuffer* buffer = BufferOf(*own);
  if (buffer == nullptr) return;
  if (!buffer->HasRoom()) WriteAndClear(*buffer);
  put(*buffer);
  if (ending()) WriteAndClear(*buffer);
}

template <typename Put>
void TraceRecorder::RecordOfNobody(Put put) {
  const ErrnoGuard errno_guard;
  LockGuard guard(lock_);
  if (!nobodys_->HasRoom()) {
    Write(*nobodys_);
    nobodys_->Clear();
  }
  put(*nobodys_);
  if (ending()) Write(*nobodys_);
}

TraceBuffer* TraceRecorder::BufferOf(ThreadCache& own) {
  if (own.trace_buffer == nullptr) own.trace_buffer = NewBuffer();
  return own.trace_buffer;
}

// Null when out of memory: then the trace has a hole, and so ends.
TraceBuffer* TraceRecorder::NewBuffer() {
  if (TraceBuffer* unused = UnusedBuffer()) return unused;
  const ErrnoGuard errno_guard;
  void* place = arena_.Allocate(sizeof(TraceBuffer), alignof(TraceBuffer));
  LockGuard guard(lock_);
  if (place == nullptr) {
    if (!stopped_.exchange(true)) file_.Complain(ENOMEM);
    return nullptr;
  }
  auto* buffer = new (place) TraceBuffer();
  buffer->next = buffers_;
  buffers_ = buffer;
  buffer->in_use = true;
  buffer->StartThread(++threads_);
  return buffer;
}

TraceBuffer* TraceRecorder::UnusedBuffer() {
  LockGuard guard(lock_);
  for (TraceBuffer* buffer = buffers_; buffer != nullptr;
       buffer = buffer->next) {
    if (buffer->in_use) continue;
    buffer->in_use = true;
    buffer->StartThread(++threads_);
    return buffer;
  }
  return nullptr;
}

void TraceRecorder::Write(TraceBuffer& buffer) {
  size_t bytes;
  const unsigned char* records = buffer.Take(&bytes);
  if (bytes == 0 || stopped()) return;
  if (!file_.Append(buffer.thread, records, bytes)) {
    stopped_.store(true, std::memory_order_relaxed);
  }
}

void TraceRecorder::WriteAndClear(TraceBuffer& buffer) {
  const ErrnoGuard errno_guard;
  LockGuard guard(lock_);
  Write(buffer);
  buffer.Clear();
}

void TraceRecorder::EndThread(ThreadCache* own) {
  TraceBuffer* buffer = own->trace_buffer;
  if (buffer == nullptr) return;
  own->trace_buffer = nullptr;
  const ErrnoGuard errno_guard;
  LockGuard guard(lock_);
  Write(*buffer);
  buffer->in_use = false;
}

void TraceRecorder::EndProcess() {
  ending_.store(true, std::memory_order_relaxed);
  const ErrnoGuard errno_guard;
  LockGuard guard(lock_);
  for (TraceBuffer* buffer = buffers_; buffer != nullptr;
       buffer = buffer->next) {
    if (buffer->in_use) Write(*buffer);
  }
}

void TraceRecorder::BecomeChild(ThreadCache* own) {
  threads_ = 0;
  TraceBuffer* mine = own == nullptr ? nullptr : own->trace_buffer;
  for (TraceBuffer* buffer = buffers_; buffer != nullptr;
       buffer = buffer->next) {
    buffer->in_use = buffer == mine || buffer == nobodys_;
    buffer->StartThread(0);
  }
  if (mine != nullptr) mine->StartThread(++threads_);
  file_.BecomeChild();
}

}  // namespace headroom
