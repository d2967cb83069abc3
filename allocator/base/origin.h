// By which family of functions a block is allocated or freed.
//
// Takes from: nothing. Gives to: front, override.
#ifndef HEADROOM_ALLOCATOR_BASE_ORIGIN_H_
#define HEADROOM_ALLOCATOR_BASE_ORIGIN_H_

#include <cstdint>

namespace headroom {

enum class Origin : uint8_t {
  kMalloc,  // and its relatives, aligned ones too: they share free
  kNew,
  kNewArray,
  kNewAligned,
  kNewArrayAligned,
};
inline constexpr int kOriginBits = 3;

}  // namespace headroom

#endif  // HEADROOM_ALLOCATOR_BASE_ORIGIN_H_
