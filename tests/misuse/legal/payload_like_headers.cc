// Payloads full of copies of live and free headers; every block is freed.
#include <cstring>

#include "tests/misuse/program.h"

namespace misuse {
namespace {

constexpr size_t kSizes[] = {8, 24, 100, 1000, 5000, 40000};

}  // namespace

void Program(size_t /*size*/, size_t /*n*/) {
  for (const size_t size : kSizes) {
    char* blocks[64];
    for (char*& block : blocks) block = Malloc(size);
    Free(blocks[0]);
    uint64_t headers[64];
    for (int i = 1; i < 64; ++i) headers[i] = HeaderOf(blocks[i]);
    headers[0] = headers[1] ^ 1;
    for (int i = 1; i < 64; ++i) {
      for (size_t at = 0; at + 8 <= size; at += 8) {
        memcpy(blocks[i] + at, &headers[at / 8 % 64], 8);
      }
    }
    for (int i = 1; i < 64; ++i) Free(blocks[i]);
    for (char*& block : blocks) block = Malloc(size);
    for (char* block : blocks) Free(block);
  }
}

}  // namespace misuse
