// A thread writes behind a large block of another thread.
#include "tests/misuse/program.h"

namespace misuse {

void Program(size_t size, size_t /*n*/) {
  char* const block = Malloc(size);
  char volatile* const behind = PageBehind(block) + 100;
  ExpectPointer(const_cast<char*>(behind));
  InThread([&] { *behind = 'A'; });
  Free(block);
}

}  // namespace misuse
