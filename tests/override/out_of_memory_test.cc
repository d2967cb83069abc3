// When the kernel says no: NULL with ENOMEM, std::bad_alloc, and a heap that
// works on as soon as something is freed.
#include <malloc.h>
#include <sys/resource.h>

#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <new>

#include "gtest/gtest.h"
#include "tests/override/child.h"
#include "tests/override/opaque.h"
#include "tests/override/pattern.h"

namespace headroom {
namespace {

constexpr size_t kMaxBlocks = 4 << 20;
constexpr size_t kRoom = 64 << 20;

// A child has no room for a vector's growth.
void* blocks[kMaxBlocks];

size_t AddressSpaceInUse() {
  size_t pages = 0;
  FILE* file = fopen("/proc/self/statm", "r");
  if (file == nullptr || fscanf(file, "%zu", &pages) != 1) abort();
  fclose(file);
  return pages * 4096;
}

// AS: every mapping counts. DATA: the break and private writable mappings.
void LimitTo(__rlimit_resource_t what, size_t bytes) {
  const rlimit limit = {bytes, bytes};
  if (setrlimit(what, &limit) != 0) abort();
}

size_t AllocateAll(size_t bytes) {
  size_t count = 0;
  errno = 0;
  while (count < kMaxBlocks) {
    void* block = Opaque(malloc(bytes));
    if (block == nullptr) break;
    Fill(block, bytes < 64 ? bytes : 64, static_cast<uint32_t>(count));
    blocks[count++] = block;
  }
  return count;
}

bool FreeAll(size_t count, size_t bytes) {
  bool intact = true;
  for (size_t i = 0; i < count; ++i) {
    intact &=
        Holds(blocks[i], bytes < 64 ? bytes : 64, static_cast<uint32_t>(i));
    free(blocks[i]);
  }
  return intact;
}

// 0, or the number of the first promise that was broken.
int ExhaustTwice(size_t bytes) {
  const size_t first = AllocateAll(bytes);
  if (errno != ENOMEM) return 1;
  if (first * bytes < kRoom / 4) return 2;
  // Twice kRoom cannot be there; all ways must say so.
  errno = 0;
  if (Opaque(calloc(2, Opaque(kRoom))) != nullptr || errno != ENOMEM) return 3;
  errno = 0;
  if (Opaque(aligned_alloc(64, Opaque(2 * kRoom))) != nullptr ||
      errno != ENOMEM) {
    return 4;
  }
  void* aligned = nullptr;
  if (posix_memalign(&aligned, 4096, Opaque(2 * kRoom)) != ENOMEM) return 5;
  errno = 0;
  if (Opaque(realloc(Opaque(blocks[0]), Opaque(2 * kRoom))) != nullptr) {
    return 6;
  }
  if (errno != ENOMEM) return 7;
  if (Opaque(::operator new(Opaque(2 * kRoom), std::nothrow)) != nullptr) {
    return 8;
  }
  try {
    ::operator delete(Opaque(::operator new(Opaque(2 * kRoom))));
    return 9;
  } catch (const std::bad_alloc&) {
  }
  if (!FreeAll(first, bytes)) return 10;
  const size_t second = AllocateAll(bytes);
  if (second < first - first / 8) return 11;
  return FreeAll(second, bytes) ? 0 : 12;
}

class OutOfMemoryTest : public testing::TestWithParam<size_t> {};

TEST_P(OutOfMemoryTest, ComesBackAndTheHeapWorksOnUnderRlimitAs) {
  EXPECT_EQ(StatusOfChild([] {
              LimitTo(RLIMIT_AS, AddressSpaceInUse() + kRoom);
              return ExhaustTwice(GetParam());
            }),
            0);
}

TEST_P(OutOfMemoryTest, ComesBackAndTheHeapWorksOnUnderRlimitData) {
  EXPECT_EQ(StatusOfChild([] {
              LimitTo(RLIMIT_DATA, sizeof(blocks) + 2 * kRoom);
              return ExhaustTwice(GetParam());
            }),
            0);
}

INSTANTIATE_TEST_SUITE_P(Sizes, OutOfMemoryTest,
                         testing::Values(24, 500, 5000, 33000, 500000,
                                         6000000));

int handler_frees = 0;
void* reserve = nullptr;

void FreeTheReserve() {
  ++handler_frees;
  free(reserve);
  reserve = nullptr;
  std::set_new_handler(nullptr);
}

TEST(OutOfMemoryTest, NewHandlerThatFreesMemorySavesTheDay) {
  EXPECT_EQ(StatusOfChild([] {
              reserve = Opaque(malloc(32 << 20));
              LimitTo(RLIMIT_AS, AddressSpaceInUse() + (4 << 20));
              std::set_new_handler(&FreeTheReserve);
              void* block = ::operator new(Opaque(size_t{24} << 20));
              ::operator delete(block);
              return handler_frees == 1 ? 0 : 1;
            }),
            0);
}

}  // namespace
}  // namespace headroom
