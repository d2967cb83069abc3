#include "fuzz/process/program/deeds.h"

#include <sys/mman.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>

#include "fuzz/process/program/tell.h"

namespace headroom {
namespace {

constexpr size_t kPage = 4096;

alignas(16) char global_bytes[64] = "a global";
alignas(16) thread_local char thread_bytes[64];
alignas(16) constexpr char kConstants[64] = "a constant";

char* Map(int protection) {
  void* const pages =
      mmap(nullptr, 2 * kPage, protection, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  return pages == MAP_FAILED ? nullptr : static_cast<char*>(pages);
}

// Behind the end of its file.
char* MapNothing() {
  const int file = memfd_create("nothing", MFD_CLOEXEC);
  void* const pages =
      mmap(nullptr, kPage, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  close(file);
  return pages == MAP_FAILED ? nullptr : static_cast<char*>(pages);
}

char* Number(uintptr_t address) { return reinterpret_cast<char*>(address); }

}  // namespace

char* ForeignPointer(uint32_t kind, bool* unmapped) {
  alignas(16) static char* volatile escaped;
  alignas(16) char on_stack[64];
  *unmapped = false;
  switch (kind % 16) {
    case 0:
      escaped = on_stack + 16;
      return escaped;
    case 1:
      return global_bytes + 16;
    case 2:
      return thread_bytes + 16;
    case 3:
      return const_cast<char*>(kConstants) + 16;
    case 4:
      return Number(reinterpret_cast<uintptr_t>(&ForeignPointer) &
                    ~uintptr_t{15});
    case 5:
      return reinterpret_cast<char*>(stdout);
    case 6:
      return Map(PROT_READ | PROT_WRITE) + kPage;
    case 7:
      return Number(reinterpret_cast<uintptr_t>(&puts) & ~uintptr_t{15});
    default:
      break;
  }
  *unmapped = true;
  switch (kind % 16) {
    case 8:
      return Number(16);
    case 9:
      return Number(uintptr_t{0} - 16);
    case 10:
      return Number(uintptr_t{1} << 62);
    case 11:
      return Map(PROT_NONE) + kPage;
    case 12: {
      char* const gone = Map(PROT_READ);
      munmap(gone, 2 * kPage);
      return gone + kPage;
    }
    case 13:
      return MapNothing() + 32;
    case 14:
      return Number(uintptr_t{1} << 47);
    default:
      return static_cast<char*>(sbrk(0)) + 32;
  }
}

void CallResizeOrUsableSize(uint32_t kind, char* pointer) {
  kind %= 7;
  if (kind < kFirstUsableSize) {
    size_t requested;
    char* const left =
        CallResize(static_cast<int>(kind), pointer, 100, 2, &requested);
    Promise(left == nullptr, "a realloc of a bad pointer returns null");
  } else {
    Promise(CallUsableSize(static_cast<int>(kind), pointer) == 0,
            "a bad pointer has no usable size");
  }
}

bool AsksUsableSize(uint32_t kind) { return kind % 7 >= kFirstUsableSize; }

void Touch(const char* byte, bool writes) {
  volatile char* const at = const_cast<char*>(Opaque(byte));
  if (writes) {
    *at = 'x';
  } else {
    (void)*at;
  }
}

void Damage(char* start, size_t bytes) {
  volatile char* const at = Opaque(start);
  for (size_t i = 0; i < bytes; ++i) at[i] = static_cast<char>(at[i] ^ 0x5a);
}

void ReuseUntil(const char* block, size_t size) {
  constexpr size_t kMostBytes = size_t{4} << 20;
  for (size_t bytes = 0; bytes < kMostBytes; bytes += size + 4096) {
    if (Opaque(malloc(size)) == block) return;
  }
}

void Crash(uint32_t kind) {
  switch (kind % 6) {
    case 0:
      return Touch(Number(8), false);
    case 1:
      return Touch(Number(uintptr_t{1} << 62), true);
    case 2:
      raise(SIGSEGV);
      return;
    case 3:
      raise(SIGBUS);
      return;
    case 4:
      return Touch(MapNothing() + 32, false);
    default:
      return Touch(kConstants, true);
  }
}

}  // namespace headroom
