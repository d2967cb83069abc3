#include "bench/measure/turns.h"

#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

namespace headroom {
namespace {

// False at the end of the input.
bool ReadLine() {
  char byte = 0;
  while (byte != '\n') {
    const ssize_t count = read(STDIN_FILENO, &byte, 1);
    if (count == 0 || (count < 0 && errno != EINTR)) return false;
  }
  return true;
}

}  // namespace

bool Turns::Next() {
  ++begun_;
  return slices_ ? ReadLine() : is_first();
}

void Turns::Over(int64_t operations, int64_t ns) const {
  if (!slices_) return;
  std::array<char, 48> line;
  const int length = std::snprintf(line.data(), line.size(), "%lld %lld\n",
                                   static_cast<long long>(operations),
                                   static_cast<long long>(ns));
  // Else nobody listens any more.
  if (write(STDOUT_FILENO, line.data(), static_cast<size_t>(length)) !=
      length) {
    std::_Exit(1);
  }
}

}  // namespace headroom
