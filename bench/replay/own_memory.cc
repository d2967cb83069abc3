#include "bench/replay/own_memory.h"

#include <sys/mman.h>

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <new>

namespace headroom::replay {
namespace {

constexpr size_t kChunk = size_t{64} << 10;
constexpr int kSizes = 48;

// In front of what is handed out.
struct alignas(16) Header {
  char* start;
  int log2;  // of the whole block's bytes
};

struct FreeBlock {
  FreeBlock* next;
};

constinit std::mutex lock;
constinit FreeBlock* free_blocks[kSizes] = {};
constinit char* chunk = nullptr;
constinit size_t chunk_left = 0;
constinit size_t mapped = 0;

char* Map(size_t bytes) {
  void* memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
  if (memory == MAP_FAILED) throw std::bad_alloc();
  mapped += bytes;
  return static_cast<char*>(memory);
}

char* Take(int log2) {
  const std::lock_guard guard(lock);
  if (FreeBlock* block = free_blocks[log2]; block != nullptr) {
    free_blocks[log2] = block->next;
    return reinterpret_cast<char*>(block);
  }
  const size_t bytes = size_t{1} << log2;
  if (bytes >= kChunk) return Map(bytes);
  if (chunk_left < bytes) {
    chunk = Map(kChunk);
    chunk_left = kChunk;
  }
  chunk_left -= bytes;
  return chunk + chunk_left;
}

void* New(size_t bytes, size_t alignment = alignof(Header)) {
  alignment = std::max(alignment, alignof(Header));
  const size_t whole = bytes + sizeof(Header) + alignment;
  const int log2 = std::bit_width(whole - 1);
  if (whole < bytes || log2 >= kSizes) throw std::bad_alloc();
  char* start = Take(log2);
  const auto address = reinterpret_cast<uintptr_t>(start + sizeof(Header));
  char* payload =
      start + sizeof(Header) + (alignment - address % alignment) % alignment;
  reinterpret_cast<Header*>(payload)[-1] = {.start = start, .log2 = log2};
  return payload;
}

void Delete(void* payload) {
  if (payload == nullptr) return;
  const Header header = static_cast<Header*>(payload)[-1];
  auto* block = reinterpret_cast<FreeBlock*>(header.start);
  const std::lock_guard guard(lock);
  block->next = free_blocks[header.log2];
  free_blocks[header.log2] = block;
}

}  // namespace

int64_t OwnMemoryKib() {
  const std::lock_guard guard(lock);
  return static_cast<int64_t>(mapped / 1024);
}

}  // namespace headroom::replay

// The other forms of new and delete call these.
void* operator new(size_t bytes) { return headroom::replay::New(bytes); }
void* operator new(size_t bytes, std::align_val_t alignment) {
  return headroom::replay::New(bytes, static_cast<size_t>(alignment));
}
void operator delete(void* block) noexcept { headroom::replay::Delete(block); }
void operator delete(void* block, size_t) noexcept {
  headroom::replay::Delete(block);
}
void operator delete(void* block, std::align_val_t) noexcept {
  headroom::replay::Delete(block);
}
void operator delete(void* block, size_t, std::align_val_t) noexcept {
  headroom::replay::Delete(block);
}
