// Makes the bytes of a recording, for tests: a TraceBuffer for each thread.
//
// Takes from: allocator/trace. Gives to: tests of bench/replay.
#ifndef TESTS_REPLAY_RECORDING_MAKER_H_
#define TESTS_REPLAY_RECORDING_MAKER_H_

#include <cstdint>
#include <map>
#include <string>

#include "allocator/trace/trace_buffer.h"
#include "allocator/trace/trace_format.h"

namespace headroom::replay {

class RecordingMaker {
 public:
  RecordingMaker& Malloc(uint64_t thread, uintptr_t at, size_t bytes) {
    Of(thread).PutAllocate(++stamp_, TracedCall::kMalloc, Block(at), bytes, 16);
    return *this;
  }
  RecordingMaker& Calloc(uint64_t thread, uintptr_t at, size_t bytes) {
    Of(thread).PutAllocate(++stamp_, TracedCall::kCalloc, Block(at), bytes, 16);
    return *this;
  }
  RecordingMaker& Aligned(uint64_t thread, uintptr_t at, size_t bytes,
                          size_t alignment) {
    Of(thread).PutAllocate(++stamp_, TracedCall::kAligned, Block(at), bytes,
                           alignment);
    return *this;
  }
  RecordingMaker& Free(uint64_t thread, uintptr_t at) {
    Of(thread).PutFree(++stamp_, Block(at));
    return *this;
  }
  // What is put between the two stamps of a realloc comes from `between`.
  template <typename Between>
  RecordingMaker& Realloc(uint64_t thread, uintptr_t from, uintptr_t to,
                          size_t bytes, Between between) {
    const uint64_t before = ++stamp_;
    between();
    Of(thread).PutReallocate(++stamp_, before, Block(from), Block(to), bytes);
    return *this;
  }
  RecordingMaker& Realloc(uint64_t thread, uintptr_t from, uintptr_t to,
                          size_t bytes) {
    return Realloc(thread, from, to, bytes, [] {});
  }

  // Ends the chunks of all threads; they go on in others.
  RecordingMaker& Cut() {
    for (auto& [thread, buffer] : buffers_) {
      size_t bytes;
      const unsigned char* start = buffer.Take(&bytes);
      unsigned char head[2 * kMostVarintBytes];
      const unsigned char* end = PutVarint(PutVarint(head, thread), bytes);
      file_.append(reinterpret_cast<const char*>(head), end - head);
      file_.append(reinterpret_cast<const char*>(start), bytes);
    }
    return *this;
  }
  std::string File() {
    Cut();
    return file_;
  }

 private:
  static const void* Block(uintptr_t at) {
    return reinterpret_cast<const void*>(at * kAddressUnit);
  }
  TraceBuffer& Of(uint64_t thread) {
    const auto [at, is_new] = buffers_.try_emplace(thread);
    if (is_new) at->second.StartThread(thread);
    return at->second;
  }

  uint64_t stamp_ = 0;
  std::map<uint64_t, TraceBuffer> buffers_;
  std::string file_{kRecordedMagic, sizeof(kRecordedMagic)};
};

// Two threads, each kind of call, edges both ways, a block that stays.
inline std::string RichRecording() {
  return RecordingMaker()
      .Malloc(1, 10, 100)
      .Calloc(1, 20, 50)
      .Aligned(2, 30, 64, 256)
      .Free(2, 10)
      .Cut()
      .Realloc(1, 20, 20, 60)
      .Realloc(2, 20, 40, 6000)
      .Malloc(2, 20, 1)
      .Free(1, 40)
      .Free(1, 30)
      .Malloc(1, 10, 300)
      .File();
}

}  // namespace headroom::replay

#endif  // TESTS_REPLAY_RECORDING_MAKER_H_
