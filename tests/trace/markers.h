// Blocks of sizes that nothing else has, which say where in a trace we are.
//
// Gives to: traced_program, recorded_calls_test.
#ifndef TESTS_TRACE_MARKERS_H_
#define TESTS_TRACE_MARKERS_H_

#include <cstdlib>

namespace headroom {

enum Marker : size_t {
  kMainBegins = 1000001,
  kHandsOver = 1000002,
  kMainEnds = 1000003,
  kSecondBegins = 1000004,
  kSecondEnds = 1000005,
  kBeforeFork = 1000006,
  kOfChild = 1000007,
  kOfParent = 1000008,
  kBeforeExec = 1009,
  kAfterExec = 1000010,
};

// Stays, so that it is one operation.
inline void Mark(Marker marker) {
  void* volatile block = malloc(marker);
  if (block == nullptr) exit(3);
}

}  // namespace headroom

#endif  // TESTS_TRACE_MARKERS_H_
