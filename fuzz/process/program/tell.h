// A line to whoever judges: by write(2), so that nothing is allocated.
//
// Takes from: record. Gives to: the program's parts.
#ifndef FUZZ_PROCESS_PROGRAM_TELL_H_
#define FUZZ_PROCESS_PROGRAM_TELL_H_

#include <unistd.h>

#include <cstdio>
#include <cstdlib>

#include "fuzz/process/record.h"

namespace headroom {

template <typename... Values>
void Tell(const char* format, Values... values) {
  char line[200];
  const int size = std::snprintf(line, sizeof(line), format, values...);
  if (write(kAnswersFile, line, static_cast<size_t>(size)) != size) _exit(98);
}

// A broken promise ends the program, and the judge reads which.
inline void Promise(bool kept, const char* promise) {
  if (kept) [[likely]]
    return;
  Tell("program: broken: %s\n", promise);
  _exit(99);
}

// The compiler sees no crime in what it does not know.
template <typename T>
T Opaque(T value) {
  __asm__ volatile("" : "+r"(value) : : "memory");
  return value;
}

}  // namespace headroom

#endif  // FUZZ_PROCESS_PROGRAM_TELL_H_
