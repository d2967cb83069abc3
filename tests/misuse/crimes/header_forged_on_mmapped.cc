// Frees mapped memory with headers that a forger would try.
#include <sys/mman.h>

#include "tests/misuse/program.h"

namespace misuse {

void Program(size_t /*size*/, size_t /*n*/) {
  constexpr uint64_t kTries[] = {0, ~uint64_t{0}, 1, 0x21, 0x4141414141414141};
  EachInChild(sizeof(kTries) / sizeof(kTries[0]), [&](size_t i) {
    void* const pages = mmap(nullptr, 4 * kPage, PROT_READ | PROT_WRITE,
                             MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    char* const forged = Opaque(static_cast<char*>(pages)) + 64;
    SetHeader(forged, kTries[i]);
    Free(forged);
  });
}

}  // namespace misuse
