// A file that the allocator recorded, and the trace that it means.
//
// Role: a recording has addresses and stamps; the order of the stamps says
//   which block an address is, and so who ended whose.
// Takes from: trace, byte_reader. Gives to: replay.
#ifndef BENCH_REPLAY_RECORDING_H_
#define BENCH_REPLAY_RECORDING_H_

#include <cstdint>
#include <string_view>

#include "absl/status/statusor.h"
#include "bench/replay/trace.h"

namespace headroom::replay {

struct Compiled {
  Trace trace;
  // Of blocks that began before the recording, as a forked child has them.
  uint64_t ends_of_strangers = 0;
  // Of which another began at the same address: the end was not recorded.
  uint64_t blocks_without_end = 0;
};

bool IsRecording(std::string_view file);
absl::StatusOr<Compiled> CompileRecording(std::string_view file);

}  // namespace headroom::replay

#endif  // BENCH_REPLAY_RECORDING_H_
