// memory_resource.h: Headroom under std::pmr containers.
#include "allocator/memory_resource.h"

#include <cstdint>
#include <map>
#include <memory_resource>
#include <new>
#include <string>
#include <vector>

#include "allocator/headroom.h"
#include "gtest/gtest.h"
#include "tests/override/opaque.h"

namespace headroom {
namespace {

uint64_t LiveBytes() {
  struct headroom_stats stats;
  headroom_stats(&stats, sizeof(stats));
  return stats.small_live_bytes + stats.large_live_bytes + stats.mapping_bytes;
}

TEST(MemoryResourceTest, CarriesContainers) {
  const uint64_t before = LiveBytes();
  {
    std::pmr::map<int, std::pmr::string> names(memory_resource());
    for (int i = 0; i < 1000; ++i) {
      names[i] = std::string(static_cast<size_t>(i), 'x');
    }
    EXPECT_GT(LiveBytes(), before + 500000);
    for (const auto& [i, name] : names) {
      EXPECT_EQ(name.size(), static_cast<size_t>(i));
    }
  }
  EXPECT_EQ(LiveBytes(), before);
}

TEST(MemoryResourceTest, Aligns) {
  for (size_t alignment = 1; alignment <= 1 << 16; alignment *= 2) {
    void* block = memory_resource()->allocate(100, alignment);
    EXPECT_EQ(reinterpret_cast<uintptr_t>(block) % alignment, 0u);
    memory_resource()->deallocate(block, 100, alignment);
  }
}

TEST(MemoryResourceTest, ThrowsBadAlloc) {
  EXPECT_THROW((void)memory_resource()->allocate(Opaque(SIZE_MAX)),
               std::bad_alloc);
  EXPECT_THROW((void)memory_resource()->allocate(Opaque(SIZE_MAX), 64),
               std::bad_alloc);
}

TEST(MemoryResourceTest, AllInstancesAreEqual) {
  MemoryResource one;
  MemoryResource two;
  EXPECT_EQ(one, two);
  EXPECT_EQ(one, *memory_resource());
  EXPECT_NE(static_cast<std::pmr::memory_resource&>(one),
            *std::pmr::new_delete_resource());
  EXPECT_EQ(memory_resource(), memory_resource());
}

}  // namespace
}  // namespace headroom
