// The allocator's own enumerations as C++ expressions.
//
// Takes from: base. Gives to: the targets' operations.
#ifndef FUZZ_WORLD_WORLD_TEXT_H_
#define FUZZ_WORLD_WORLD_TEXT_H_

#include <string>

#include "allocator/base/origin.h"

namespace headroom {

inline std::string Expression(Origin origin) {
  switch (origin) {
    case Origin::kMalloc:
      return "Origin::kMalloc";
    case Origin::kNew:
      return "Origin::kNew";
    case Origin::kNewArray:
      return "Origin::kNewArray";
    case Origin::kNewAligned:
      return "Origin::kNewAligned";
    case Origin::kNewArrayAligned:
      return "Origin::kNewArrayAligned";
  }
  return "Origin{}";
}

}  // namespace headroom

#endif  // FUZZ_WORLD_WORLD_TEXT_H_
