// What both workloads of false sharing do. Takes from: context. Gives to:
// false_sharing_active, false_sharing_passive.
#ifndef BENCH_WORKLOADS_WRITE_TO_OBJECTS_H_
#define BENCH_WORKLOADS_WRITE_TO_OBJECTS_H_

#include <cstddef>
#include <cstdint>

#include "bench/workloads/context.h"

namespace headroom {

constexpr size_t kSharedLineBytes = 8;

// Allocates a small object, writes to it again and again, frees it.
template <typename Meter>
void WriteToObjects(Context<Meter>& context) {
  constexpr int kWrites = 1000;
  context.Repeat([&blocks = context.blocks] {
    char* object = blocks.New(kSharedLineBytes);
    for (int i = 0; i < kWrites; ++i) {
      *static_cast<volatile char*>(object) = static_cast<char>(i);
    }
    blocks.Delete(object);
    return int64_t{1};
  });
}

}  // namespace headroom

#endif  // BENCH_WORKLOADS_WRITE_TO_OBJECTS_H_
