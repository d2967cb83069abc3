// A trace as a file.
//
// Role: about two bytes an operation; README.md has the format. What is read is
//   whole, and every block in it is begun once and ended at most once.
// Takes from: trace, byte_reader. Gives to: replay.
#ifndef BENCH_REPLAY_TRACE_CODEC_H_
#define BENCH_REPLAY_TRACE_CODEC_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "bench/replay/trace.h"

namespace headroom::replay {

std::string EncodeTrace(const Trace& trace);

bool IsTrace(std::string_view file);
absl::StatusOr<Trace> DecodeTrace(std::string_view file);

}  // namespace headroom::replay

#endif  // BENCH_REPLAY_TRACE_CODEC_H_
