// Fuzzes the heap: any sequence of calls, threads, time and refusals of the
// kernel, on any level of hardening, against a shadow model.
//
// Takes from: heap_operations. Gives to: libFuzzer, or replay_main.
#include <cstddef>
#include <cstdint>
#include <variant>

#include "fuzz/byte_reader.h"
#include "fuzz/heap_operations.h"
#include "fuzz/heap_state.h"

namespace headroom {
namespace {

constexpr int kMostOperations = 500;
// Conservation walks all size classes: too dear after each instruction.
constexpr int kConservationPeriod = 32;

void Run(ByteReader bytes) {
  HeapState state(OptionsFrom(bytes.Byte()));
  for (int i = 1; i <= kMostOperations && !bytes.empty(); ++i) {
    const HeapOperation operation = ReadOperation(bytes);
    std::visit([&state](const auto& op) { op.Perform(state); }, operation);
    state.CheckInvariants();
    if (i % kConservationPeriod == 0) state.CheckConservation();
  }
  state.CheckConservation();
  state.Finish();
}

}  // namespace
}  // namespace headroom

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  headroom::Run(headroom::ByteReader(data, size));
  return 0;
}
