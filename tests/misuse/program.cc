// main() of the programs of crimes/ and legal/, and what they share.
#include "tests/misuse/program.h"

#include <sys/mman.h>
#include <sys/resource.h>

#include <algorithm>
#include <cstdio>
#include <cstring>

namespace misuse {
namespace {

constexpr size_t kManyBytes = size_t{32} << 20;
constexpr size_t kChurnBytes = size_t{64} << 20;
constexpr size_t kMostBlocks = 20000;

// No stdio: it allocates.
void Say(const char* line) {
  if (write(STDOUT_FILENO, line, strlen(line)) < 0) _exit(2);
}

// Room for pointers that is not the allocator's under test.
char** Pointers() {
  void* room = mmap(nullptr, kMostBlocks * sizeof(char*),
                    PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  Require(room != MAP_FAILED, "mmap");
  return static_cast<char**>(room);
}

}  // namespace

char* Malloc(size_t bytes) {
  char* const block = static_cast<char*>(Opaque(malloc(Opaque(bytes))));
  Require(block != nullptr, "malloc");
  if (bytes > 0) block[0] = block[bytes - 1] = 'm';
  return block;
}

char* AlignedAlloc(size_t alignment, size_t bytes) {
  void* block = nullptr;
  Require(posix_memalign(&block, Opaque(alignment), Opaque(bytes)) == 0,
          "posix_memalign");
  return static_cast<char*>(Opaque(block));
}

void Free(void* block) { free(Opaque(block)); }

size_t UsableSize(void* block) { return malloc_usable_size(Opaque(block)); }

void ExpectPointer(const void* pointer) {
  char line[64];
  snprintf(line, sizeof(line), "pointer 0x%zx\n",
           reinterpret_cast<uintptr_t>(pointer));
  Say(line);
}

void SaySurvivor(size_t i) {
  char line[64];
  snprintf(line, sizeof(line), "survived: number %zu\n", i);
  Say(line);
}

void Skip(const char* why) {
  Say("skipped: ");
  Say(why);
  Say("\n");
  _exit(77);
}

void Fail(const char* what) {
  Say("failed: ");
  Say(what);
  Say("\n");
  _exit(1);
}

uint64_t HeaderOf(const char* block) {
  uint64_t header;
  memcpy(&header, Opaque(block) - sizeof(header), sizeof(header));
  return header;
}

void SetHeader(char* block, uint64_t header) {
  memcpy(Opaque(block) - sizeof(header), &header, sizeof(header));
}

void Damage(char* from, size_t n) {
  char volatile* byte = Opaque(from);
  for (size_t i = 0; i < n; ++i) byte[i] = static_cast<char>(byte[i] ^ 0x5a);
}

size_t Many(size_t size) {
  return std::clamp(kManyBytes / std::max<size_t>(size, 1), size_t{16},
                    kMostBlocks);
}

Pair Neighbours(size_t size) {
  constexpr size_t kTries = 512;
  const size_t count = std::min(Many(size), kTries);
  char* blocks[kTries];
  for (size_t i = 0; i < count; ++i) blocks[i] = Malloc(size);
  std::sort(blocks, blocks + count);
  const size_t usable = UsableSize(blocks[0]);
  size_t closest = SIZE_MAX;
  size_t best = 0;
  for (size_t i = 1; i + 1 < count; ++i) {
    const size_t distance = static_cast<size_t>(blocks[i + 1] - blocks[i]);
    if (distance >= closest) continue;
    closest = distance;
    best = i;
  }
  if (closest > usable + kPage) Skip("no two blocks are neighbours");
  char* const low = blocks[best];
  char* const high = low + closest;
  char* const end = low + UsableSize(low);
  return {low, high, end, std::max(end, high - 8), blocks[count - 1]};
}

void Overflow(const Pair& pair, size_t n) {
  Damage(pair.end_of_low,
         static_cast<size_t>(pair.behind_low - pair.end_of_low) + n);
}

char* PageBehind(char* block) {
  const size_t end = reinterpret_cast<uintptr_t>(block) + UsableSize(block);
  return reinterpret_cast<char*>((end + kPage - 1) / kPage * kPage);
}

bool AllocateUntil(const char* block, size_t size) {
  char** const blocks = Pointers();
  const size_t count = Many(size);
  bool found = false;
  // What is in quarantine comes back only when other blocks are freed.
  for (size_t freed = 0; !found && freed < kChurnBytes;) {
    size_t n = 0;
    while (n < count && !found) {
      blocks[n] = Malloc(size);
      found = blocks[n++] == block;
    }
    if (!found) std::for_each(blocks, blocks + n, Free);
    freed += n * (size + 8);
  }
  munmap(blocks, kMostBlocks * sizeof(char*));
  if (!found && block != nullptr) Say("the block does not come back\n");
  return found;
}

void Churn(size_t size) { AllocateUntil(nullptr, size); }

}  // namespace misuse

int main(int argc, char** argv) {
  const auto number = [&](int i) {
    return i < argc ? strtoull(argv[i], nullptr, 0) : 0;
  };
  misuse::Program(number(1), number(2));
  misuse::Say("undetected\n");
  return 0;
}
