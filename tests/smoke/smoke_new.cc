// A C++ program that uses little of the C++ library: operator new is
// Headroom's, and throws std::bad_alloc, even where a static link takes only
// what is asked for. Exit status 0, or 1 with a line.
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <new>

#include "allocator/headroom.h"

namespace {

volatile size_t huge = SIZE_MAX - 100;

// Keeps the compiler from taking new and delete away together.
template <typename T>
T Opaque(T value) {
  __asm__ volatile("" : "+r"(value) : : "memory");
  return value;
}

uint64_t LiveBytes() {
  struct headroom_stats stats;
  headroom_stats(&stats, sizeof(stats));
  return stats.small_live_bytes + stats.large_live_bytes + stats.mapping_bytes;
}

int Fail(const char* what) {
  printf("smoke_new: %s\n", what);
  return 1;
}

}  // namespace

int main() {
  const uint64_t before = LiveBytes();
  char* block = Opaque(new char[10 << 20]);
  if (LiveBytes() < before + (10 << 20)) return Fail("new is not Headroom's");
  memset(block, 1, 10 << 20);
  delete[] block;
  if (LiveBytes() != before) return Fail("delete is not Headroom's");
  try {
    delete[] Opaque(new char[huge]);
    return Fail("new of all memory succeeded");
  } catch (const std::bad_alloc&) {
  }
  if (Opaque(new (std::nothrow) char[huge]) != nullptr) {
    return Fail("nothrow new of all memory succeeded");
  }
  puts("smoke_new: headroom");
  return 0;
}
