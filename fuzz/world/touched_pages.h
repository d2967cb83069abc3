// The pages of a range that hold memory, and so may hold anything but zeros.
//
// Role: looks at those alone, and clears them: to read or to drop all pages of
//   megabytes would cost a fault each.
// Takes from: mincore. Gives to: fuzz_os, the targets' states.
#ifndef FUZZ_WORLD_TOUCHED_PAGES_H_
#define FUZZ_WORLD_TOUCHED_PAGES_H_

#include <cstddef>

#include "allocator/base/units.h"

namespace headroom {

// Is all of it zero? Private memory of no file.
bool IsZero(const char* start, size_t bytes);

// Makes it read as zero; the pages that are there stay. `range` is aligned to
// the kernel's pages and accessible, whatever a memory checker thinks of it.
void ClearPages(MemoryRange range);

}  // namespace headroom

#endif  // FUZZ_WORLD_TOUCHED_PAGES_H_
