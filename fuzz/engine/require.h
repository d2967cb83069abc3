// What a fuzzer says before it dies: which promise was broken, and where.
//
// Takes from: nothing. Gives to: every fuzzer.
#ifndef FUZZ_ENGINE_REQUIRE_H_
#define FUZZ_ENGINE_REQUIRE_H_

#include <cstdio>
#include <cstdlib>
#include <source_location>

namespace headroom {

inline void Require(bool kept, const char* promise,
                    std::source_location at = std::source_location::current()) {
  if (kept) [[likely]]
    return;
  std::fprintf(stderr, "%s:%u: broken: %s\n", at.file_name(),
               static_cast<unsigned>(at.line()), promise);
  std::abort();
}

}  // namespace headroom

#endif  // FUZZ_ENGINE_REQUIRE_H_
