// The blocks that the program holds, and what has to be true of them.
//
// Role: carries out allocations, frees and resizes, and looks at each result:
//   alignment, usable size, content, zeros, no overlap.
// Takes from: calls, block_content. Gives to: the program's parts.
// Thread-safety: one thread at a time.
#ifndef FUZZ_PROCESS_PROGRAM_BLOCKS_H_
#define FUZZ_PROCESS_PROGRAM_BLOCKS_H_

#include <array>
#include <cstddef>
#include <cstdint>

#include "fuzz/process/program/calls.h"
#include "fuzz/process/record.h"

namespace headroom {

struct Block {
  char* start = nullptr;  // null: none
  size_t requested = 0;
  size_t usable = 0;
  size_t alignment = 0;
  Family family = Family::kMalloc;
  uint8_t seed = 0;
};

class Blocks {
 public:
  void Allocate(const Record& record);
  void Free(Block& block, int way);
  void Resize(const Record& record);

  // The slot's own block, or the next one there is; null: there is none.
  Block* Find(int slot);
  Block* FindOf(int slot, Family family);
  // The block whose header lies right behind `block`.
  Block* BehindOf(const Block& block);

  void Check(const Block& block) const;
  void CheckAll() const;
  void FreeAll();

  // While it is set, anything may fail.
  bool limited = false;

 private:
  void Note(Block& at, const Made& made, Family family);
  void CheckNoOverlap(const Block& block) const;

  std::array<Block, kSlots> blocks_;
  uint8_t next_seed_ = 1;
};

}  // namespace headroom

#endif  // FUZZ_PROCESS_PROGRAM_BLOCKS_H_
