// Buffers that grow by realloc while others grow beside them.
//
// Role: what string_growth and vector_growth share. A random one of kBuffers
//   grows; one that is full is freed, and an empty one takes its place. An
//   operation is one buffer's life: malloc, some reallocs, free.
// Takes from: context. Gives to: the two.
#ifndef BENCH_WORKLOADS_GROWTH_H_
#define BENCH_WORKLOADS_GROWTH_H_

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include "bench/workloads/context.h"
#include "bench/workloads/dice.h"
#include "bench/workloads/run_pattern.h"

namespace headroom {

// Sizes: kFirstBytes, then Limits::Next(bytes) until one of the buffer's own,
// between two powers of two.
template <typename Meter, typename Limits>
class Growth {
 public:
  using Shared = NothingShared;
  Growth(Context<Meter>& context, Shared&)
      : context_(context), dice_(context.NewDice()) {
    for (Buffer& buffer : buffers_) buffer = NewBuffer();
  }
  ~Growth() {
    for (Buffer& buffer : buffers_) context_.blocks.Delete(buffer.block);
  }

  void Run() {
    static constexpr int kSteps = 100;
    context_.Repeat([this] {
      int64_t lives = 0;
      for (int i = 0; i < kSteps; ++i) {
        Buffer& buffer = buffers_[dice_.Roll(Limits::kBuffers)];
        if (buffer.bytes < buffer.most_bytes) {
          Grow(buffer);
        } else {
          context_.blocks.Delete(buffer.block);
          buffer = NewBuffer();
          ++lives;
        }
      }
      return lives;
    });
  }

 private:
  struct Buffer {
    char* block;
    size_t bytes;
    size_t most_bytes;
  };

  Buffer NewBuffer() {
    return {.block = context_.blocks.New(Limits::kFirstBytes),
            .bytes = Limits::kFirstBytes,
            .most_bytes =
                dice_.PowersBetween(Limits::kLeastPower, Limits::kMostPower)};
  }
  void Grow(Buffer& buffer) {
    const size_t bytes =
        std::min(Limits::Next(buffer.bytes), buffer.most_bytes);
    buffer.block = context_.blocks.Grow(buffer.block, buffer.bytes, bytes);
    buffer.bytes = bytes;
  }

  Context<Meter>& context_;
  Dice dice_;
  std::array<Buffer, Limits::kBuffers> buffers_;
};

}  // namespace headroom

#endif  // BENCH_WORKLOADS_GROWTH_H_
