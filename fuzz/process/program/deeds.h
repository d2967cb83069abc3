// The deeds of the crimes: a few lines each, that touch what they must not.
//
// Takes from: calls. Gives to: crimes.
#ifndef FUZZ_PROCESS_PROGRAM_DEEDS_H_
#define FUZZ_PROCESS_PROGRAM_DEEDS_H_

#include <cstddef>
#include <cstdint>

#include "fuzz/process/program/blocks.h"

namespace headroom {

// A pointer that is no block's. `*unmapped`: reading in front of it may fault.
char* ForeignPointer(uint32_t kind, bool* unmapped);

// realloc and malloc_usable_size, with their relatives.
inline constexpr uint32_t kFirstUsableSize = 5;
void CallResizeOrUsableSize(uint32_t kind, char* pointer);
bool AsksUsableSize(uint32_t kind);

void Touch(const char* byte, bool writes);
// Changes up to `bytes` bytes from `start` on.
void Damage(char* start, size_t bytes);

// Allocates as large ones until `block` comes back, or not.
void ReuseUntil(const char* block, size_t size);

// Ends the process by a fault or signal that no heap explains.
void Crash(uint32_t kind);

}  // namespace headroom

#endif  // FUZZ_PROCESS_PROGRAM_DEEDS_H_
