// Blocks as the workloads hold them: allocated, touched as a program would,
// freed.
//
// Role: the only place that calls malloc's family. Hides the pointer from the
//   compiler, which else removes the pair. A Meter is NoMeter or LatencyMeter.
// Takes from: malloc, whichever is preloaded; latency_meter. Gives to:
//   workloads.
#ifndef BENCH_WORKLOADS_BLOCKS_H_
#define BENCH_WORKLOADS_BLOCKS_H_

#include <cstddef>
#include <cstdlib>

#include "bench/measure/latency_meter.h"

namespace headroom {

// The compiler must assume that the block is read and written here.
inline void Publish(char* block) { asm volatile("" : : "r"(block) : "memory"); }

// What a consumer does with a block before it frees it.
inline void Read(const char* block) {
  const char first = *static_cast<const volatile char*>(block);
  asm volatile("" : : "r"(first));
}

template <typename Meter>
class Blocks {
 public:
  char* New(size_t bytes) {
    return Filled(
        meter_.template Time<Call::kMalloc>([=] { return std::malloc(bytes); }),
        0, bytes);
  }
  char* NewZeroed(size_t bytes) {
    return Filled(meter_.template Time<Call::kMalloc>(
                      [=] { return std::calloc(1, bytes); }),
                  0, bytes);
  }
  char* NewAligned(size_t alignment, size_t bytes) {
    return Filled(meter_.template Time<Call::kMalloc>([=] {
      void* memory = nullptr;
      return posix_memalign(&memory, alignment, bytes) == 0 ? memory : nullptr;
    }),
                  0, bytes);
  }
  // The block, moved or not, with what was not there before touched.
  char* Grow(char* block, size_t old_bytes, size_t bytes) {
    return Filled(meter_.template Time<Call::kRealloc>(
                      [=] { return std::realloc(block, bytes); }),
                  old_bytes, bytes);
  }
  void Delete(char* block) {
    Publish(block);
    meter_.template Time<Call::kFree>([=] {
      std::free(block);
      return true;
    });
  }

  Meter& meter() { return meter_; }

 private:
  static constexpr size_t kPage = 4096;

  // Writes the first and the last byte, and one in each page between.
  static char* Filled(void* memory, size_t from, size_t bytes) {
    if (memory == nullptr) std::abort();
    char* block = static_cast<char*>(memory);
    const char mark = static_cast<char>(bytes);
    block[from] = mark;
    for (size_t i = from + kPage; i < bytes; i += kPage) block[i] = mark;
    block[bytes - 1] = mark;
    Publish(block);
    return block;
  }

  Meter meter_;
};

}  // namespace headroom

#endif  // BENCH_WORKLOADS_BLOCKS_H_
