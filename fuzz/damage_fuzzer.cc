// Fuzzes the heap under a program that overwrites headers, tails and freed
// blocks and frees what it does not have, on any level of hardening.
//
// Takes from: damage_operations. Gives to: libFuzzer, or replay_main.
#include <cstddef>
#include <cstdint>
#include <variant>

#include "fuzz/byte_reader.h"
#include "fuzz/damage_operations.h"
#include "fuzz/damage_state.h"

namespace headroom {
namespace {

constexpr int kMostOperations = 400;

void Run(ByteReader bytes) {
  DamageState state(OptionsFrom(bytes.Byte()));
  for (int i = 0; i < kMostOperations && !bytes.empty(); ++i) {
    const DamageOperation operation = ReadDamageOperation(bytes);
    std::visit([&state](const auto& op) { op.Perform(state); }, operation);
  }
  state.Finish();
}

}  // namespace
}  // namespace headroom

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  headroom::Run(headroom::ByteReader(data, size));
  return 0;
}
