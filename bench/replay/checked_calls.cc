#include "bench/replay/checked_calls.h"

#include <cstdint>
#include <cstdlib>

#include "bench/replay/calls.h"
#include "bench/replay/plan.h"
#include "bench/replay/trace.h"

namespace headroom::replay {
namespace {

constexpr char kOverwritten[] = "somebody else wrote into the block";

// Where a block's first, last and middle byte are; there may be fewer.
template <typename Visit>
void VisitBytes(void* block, uint64_t bytes, Visit visit) {
  if (bytes == 0) return;
  auto* start = static_cast<volatile unsigned char*>(block);
  visit(start[0]);
  visit(start[bytes / 2]);
  visit(start[bytes - 1]);
}

// What a block in this slot holds where it is looked at.
unsigned char MarkOf(uint32_t slot) {
  return static_cast<unsigned char>(slot % 255 + 1);
}

}  // namespace

const char* CheckedCalls::Do(const Step& step) {
  const Operation& operation = trace_.operations[next_++];
  const bool ends = operation.ends();
  const uint64_t ended_bytes = ends ? bytes_[step.ended_slot] : 0;
  if (ends && !HoldsItsMark(step.ended_slot)) return kOverwritten;
  if (step.call == TracedCall::kFree) {
    free(pointers_[step.ended_slot]);
  } else if (const char* wrong = Begin(step); wrong != nullptr) {
    return wrong;
  }
  tally_.Add(operation, ended_bytes);
  return nullptr;
}

bool CheckedCalls::HoldsItsMark(uint32_t slot) const {
  bool holds = true;
  VisitBytes(pointers_[slot], bytes_[slot], [&](volatile unsigned char& byte) {
    holds = holds && byte == MarkOf(slot);
  });
  return holds;
}

const char* CheckedCalls::Begin(const Step& step) {
  const bool resizes = step.call == TracedCall::kRealloc;
  void* block = resizes ? realloc(pointers_[step.ended_slot], step.bytes)
                        : BeginBlock(step);
  if (block == nullptr) return kNoMemory;
  if (resizes && bytes_[step.ended_slot] > 0 &&
      *static_cast<unsigned char*>(block) != MarkOf(step.ended_slot)) {
    return "realloc lost what the block held";
  }
  bool zero = true;
  VisitBytes(block, step.bytes, [&](volatile unsigned char& byte) {
    if (step.call == TracedCall::kCalloc) zero = zero && byte == 0;
  });
  if (!zero) return "calloc's block is not zero";
  const uint64_t low_bits = (uint64_t{1} << step.alignment_log2) - 1;
  if ((reinterpret_cast<uintptr_t>(block) & low_bits) != 0) {
    return "the block has not its alignment";
  }
  VisitBytes(block, step.bytes, [&](volatile unsigned char& byte) {
    byte = MarkOf(step.begun_slot);
  });
  pointers_[step.begun_slot] = block;
  bytes_[step.begun_slot] = step.bytes;
  return nullptr;
}

}  // namespace headroom::replay
