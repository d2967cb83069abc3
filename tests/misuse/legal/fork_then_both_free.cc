// Parent and child both free all blocks of before the fork.
#include "tests/misuse/program.h"

namespace misuse {
namespace {

constexpr size_t kSizes[] = {0, 1, 8, 24, 100, 1000, 5000, 40000, 300000};

}  // namespace

void Program(size_t /*size*/, size_t /*n*/) {
  char* blocks[9 * 20];
  for (size_t i = 0; i < 9 * 20; ++i) blocks[i] = Malloc(kSizes[i % 9]);
  const int signal = SignalOfChild([&] {
    for (char* block : blocks) Free(block);
  });
  Require(signal == 0, "the child");
  for (char* block : blocks) Free(block);
}

}  // namespace misuse
