// The kernel writes to the last byte of blocks.
#include "tests/misuse/program.h"

namespace misuse {
namespace {

constexpr size_t kSizes[] = {8, 24, 100, 1000, 5000, 40000};

}  // namespace

void Program(size_t /*size*/, size_t /*n*/) {
  int ends[2];
  Require(pipe(ends) == 0, "pipe");
  for (const size_t bytes : kSizes) {
    char* const block = Malloc(bytes);
    char* const copy = Malloc(bytes);
    Require(write(ends[1], block, bytes) == static_cast<ssize_t>(bytes),
            "write");
    Require(read(ends[0], copy, bytes) == static_cast<ssize_t>(bytes), "read");
    Require(copy[bytes - 1] == 'm', "content");
    Free(block);
    Free(copy);
  }
}

}  // namespace misuse
