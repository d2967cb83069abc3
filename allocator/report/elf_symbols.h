// The name of the function at an address of an ELF file.
//
// Role: reads the file's own symbol table, piece by piece: neither the
//   loader's lists and locks nor a mapping that may be cut short under us.
//   No allocation; safe in a signal handler.
// Takes from: raw_file. Gives to: stack_lines.
#ifndef HEADROOM_ALLOCATOR_REPORT_ELF_SYMBOLS_H_
#define HEADROOM_ALLOCATOR_REPORT_ELF_SYMBOLS_H_

#include <elf.h>

#include <cstddef>
#include <cstdint>

namespace headroom {

// Writes the name, as the linker knows it, terminated and cut off where it is
// too long, to `out`. `header` is the header in memory: a file on disk that
// has another one has been replaced since. False: no name, `out` is empty.
bool FindSymbol(const char* path, const Elf64_Ehdr& header,
                uintptr_t address_in_file, char* out, size_t capacity);

}  // namespace headroom

#endif  // HEADROOM_ALLOCATOR_REPORT_ELF_SYMBOLS_H_
