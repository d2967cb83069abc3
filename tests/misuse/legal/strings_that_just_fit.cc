// Strings that fill their blocks to the last byte, through libc.
#include <cstdio>
#include <cstring>

#include "tests/misuse/program.h"

namespace misuse {

void Program(size_t /*size*/, size_t /*n*/) {
  for (size_t length = 0; length < 600; ++length) {
    char* const text = Malloc(length + 1);
    memset(text, 'A', length);
    text[length] = '\0';
    char* const copy = strdup(Opaque(text));
    char* const bounded = strndup(Opaque(text), length / 2);
    Require(strlen(copy) == length && strlen(bounded) == length / 2, "copy");
    Free(copy);
    Free(bounded);
    Free(text);
  }
  char* line = nullptr;
  Require(asprintf(&line, "%s %d", "a line", 7) == 8, "asprintf");
  Free(line);
}

}  // namespace misuse
