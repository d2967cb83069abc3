// The levels of hardening that an input's first byte asks for.
//
// Takes from: base. Gives to: the targets that run a whole heap.
#ifndef FUZZ_WORLD_LEVEL_SETUP_H_
#define FUZZ_WORLD_LEVEL_SETUP_H_

#include <cstddef>
#include <cstdint>

#include "allocator/base/options.h"
#include "fuzz/engine/byte_reader.h"
#include "fuzz/engine/operation_text.h"

namespace headroom {

struct LevelSetup {
  uint8_t levels;  // 0: the default one

  static LevelSetup Read(ByteReader& bytes) { return {bytes.Byte()}; }
  OperationText Describe() const {
    return {"LevelSetup", {{"levels", levels}}};
  }

  Options options() const {
    Options options;
    options.zero_on_free = levels & 1;
    options.verify_on_reuse = (levels >> 1) % 3;
    options.tail_canary = levels >> 3 & 1;
    options.check_origin = levels >> 4 & 1;
    options.quarantine = (levels >> 5 & 1) * (size_t{64} << 10);
    options.guard_pages = levels >> 6 & 1;
    options.zero_size_page = levels >> 7 & 1;
    return options;
  }
};

}  // namespace headroom

#endif  // FUZZ_WORLD_LEVEL_SETUP_H_
