// Every name of the product, called.
//
// Role: one function for each way to a block, and for each way to give one up
//   or to resize it; errno and exceptions are looked at here.
// Takes from: the malloc the program is linked with. Gives to: blocks, crimes.
#ifndef FUZZ_PROCESS_PROGRAM_CALLS_H_
#define FUZZ_PROCESS_PROGRAM_CALLS_H_

#include <cstddef>
#include <cstdint>

#include "fuzz/process/record.h"

namespace headroom {

// Who makes a block, and so frees it.
enum class Family : uint8_t {
  kMalloc,
  kNew,
  kNewArray,
  kNewAligned,
  kNewArrayAligned,
};
inline constexpr int kFamilies = 5;

Family FamilyOf(Make make);

// A block, or null; `requested` bytes were asked for in the end (calloc's
// product, pvalloc's pages), at `alignment` (0: none).
struct Made {
  char* block = nullptr;
  size_t requested = 0;
  size_t alignment = 0;
  bool zeroed = false;
  bool bad_arguments = false;  // no memory would have helped
};

// Looks at errno, or what is thrown. `count`: calloc's first argument.
Made CallMake(Make make, size_t size, size_t alignment, size_t count);

// How often `way` counts on before it comes to the first again.
int WaysToFree(Family family);
// Frees by the `way`-th function of the family.
void CallFree(Family family, int way, char* block, size_t size,
              size_t alignment);
// The ways of malloc's family that say a size: for crimes.
void CallFreeSized(Family family, int way, char* block, size_t size,
                   size_t alignment);
// Those that say an alignment.
void CallFreeAligned(int way, char* block, size_t size, size_t alignment);

// realloc and its relatives; never with 0 bytes. `requested` becomes what was
// asked for.
char* CallResize(int way, char* block, size_t size, size_t count,
                 size_t* requested);

size_t CallUsableSize(int way, char* block);

}  // namespace headroom

#endif  // FUZZ_PROCESS_PROGRAM_CALLS_H_
