// Copies a string that is too long.
#include <alloca.h>

#include <cstring>

#include "tests/misuse/program.h"

namespace misuse {

void Program(size_t size, size_t /*n*/) {
  const Pair pair = Neighbours(size);
  char* const text = static_cast<char*>(Opaque(alloca(size + 200)));
  const auto length = static_cast<size_t>(pair.behind_low - pair.low) + 9;
  memset(text, 'A', length);
  text[length] = '\0';
  strcpy(Opaque(pair.low), text);
  ExpectPointer(pair.high);
  Free(pair.high);
}

}  // namespace misuse
