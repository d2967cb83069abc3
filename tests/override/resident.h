// How much memory the kernel holds for this process now.
#ifndef HEADROOM_TESTS_OVERRIDE_RESIDENT_H_
#define HEADROOM_TESTS_OVERRIDE_RESIDENT_H_

#include <fcntl.h>
#include <unistd.h>

#include <cstddef>
#include <cstdio>

namespace headroom {

// In bytes; without a call of malloc.
inline size_t ResidentBytes() {
  char text[128] = {};
  const int file = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
  if (file < 0) return 0;
  const bool read_all = read(file, text, sizeof(text) - 1) > 0;
  close(file);
  size_t total = 0;
  size_t resident = 0;
  if (!read_all || sscanf(text, "%zu %zu", &total, &resident) != 2) return 0;
  return resident * static_cast<size_t>(getpagesize());
}

}  // namespace headroom

#endif  // HEADROOM_TESTS_OVERRIDE_RESIDENT_H_
