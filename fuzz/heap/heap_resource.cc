#include "fuzz/heap/heap_resource.h"

#include <list>
#include <map>
#include <new>
#include <string>
#include <vector>

#include "allocator/base/memory_checker.h"
#include "allocator/memory_resource.h"
#include "fuzz/engine/require.h"

namespace headroom {
namespace {

const Heap* the_heap = nullptr;
// The thread's, which changes when it gets its cache.
ThreadCache* const* the_cache = nullptr;

void FillVector(std::pmr::memory_resource* resource, uint32_t count) {
  std::pmr::vector<uint32_t> numbers(resource);
  for (uint32_t i = 0; i < count; ++i) numbers.push_back(i);
  for (uint32_t i = 0; i < count; ++i) {
    Require(numbers[i] == i, "a vector keeps its elements");
  }
}

void FillMap(std::pmr::memory_resource* resource, uint32_t count) {
  std::pmr::map<uint32_t, std::pmr::string> texts(resource);
  for (uint32_t i = 0; i < count; ++i) texts[i].assign(i % 200, 'x');
  for (uint32_t i = 0; i < count; i += 2) texts.erase(i);
  for (const auto& [number, text] : texts) {
    Require(
        text.size() == number % 200 && text.find_first_not_of('x') == text.npos,
        "a map keeps its strings");
  }
}

struct alignas(128) Wide {
  uint32_t number;
};

void FillList(std::pmr::memory_resource* resource, uint32_t count) {
  std::pmr::list<Wide> wide(resource);
  for (uint32_t i = 0; i < count; ++i) wide.push_back({i});
  uint32_t expected = 0;
  for (const Wide& element : wide) {
    Require(reinterpret_cast<uintptr_t>(&element) % alignof(Wide) == 0,
            "an element is aligned as its type asks");
    Require(element.number == expected++, "a list keeps its elements");
  }
}

}  // namespace

UseResource::UseResource(const Heap& heap, ThreadCache* const& cache) {
  the_heap = &heap;
  the_cache = &cache;
}

UseResource::~UseResource() { the_heap = nullptr; }

std::pmr::memory_resource* TheResource() { return memory_resource(); }

bool FillContainer(uint32_t kind, uint32_t count) {
  try {
    switch (kind % 4) {
      case 0:
        FillVector(TheResource(), count);
        break;
      case 1:
        FillMap(TheResource(), count);
        break;
      case 2:
        FillList(TheResource(), count);
        break;
      default: {
        std::pmr::monotonic_buffer_resource buffer(TheResource());
        FillList(&buffer, count);
      }
    }
  } catch (const std::bad_alloc&) {
    return false;
  }
  return true;
}

}  // namespace headroom

extern "C" {

void* headroom_aligned_alloc(size_t alignment, size_t bytes) noexcept {
  void* block = headroom::the_heap->AllocateAligned(
      *headroom::the_cache, alignment, bytes, headroom::Origin::kMalloc);
  // libstdc++ links a container's nodes, unseen by MSan.
  if (block != nullptr) headroom::MemoryChecker::Open(block, bytes);
  return block;
}

void headroom_free_aligned_sized(void* block, size_t alignment,
                                 size_t bytes) noexcept {
  headroom::the_heap->FreeAlignedSized(*headroom::the_cache, block, alignment,
                                       bytes, headroom::Origin::kMalloc);
}

}  // extern "C"
