// Copies a string one longer than the block.
#include <cstring>

#include "tests/misuse/program.h"

namespace misuse {

void Program(size_t size, size_t /*n*/) {
  char* const text = static_cast<char*>(Opaque(malloc(size + 2)));
  memset(text, 'A', size + 1);
  text[size + 1] = '\0';
  char* const block = Malloc(size);
  strcpy(Opaque(block), text);
  ExpectPointer(block);
  Free(block);
}

}  // namespace misuse
