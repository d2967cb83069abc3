// Which file an address was mapped from, as the kernel knows it.
//
// Role: module and offset of a code address; what an unknown pointer points
//   into. Asks /proc/self/maps, because the loader's own lists are behind its
//   locks. No allocation; safe in a signal handler.
// Takes from: raw_file, safe_read. Gives to: stack_lines, misuse_report.
#ifndef HEADROOM_ALLOCATOR_REPORT_MODULE_MAP_H_
#define HEADROOM_ALLOCATOR_REPORT_MODULE_MAP_H_

#include <elf.h>

#include <cstddef>
#include <cstdint>

namespace headroom {

struct Mapping {
  uintptr_t start = 0;
  uintptr_t end = 0;
  // Where the file's first mapping lies that belongs to this one.
  uintptr_t base = 0;
  // A path, or a word such as [stack]; empty for anonymous memory, cut off
  // where it is too long.
  char path[256] = {};

  bool Contains(uintptr_t address) const {
    return start <= address && address < end;
  }
};

// False: nothing is mapped at `address`, or there is no /proc.
bool FindMapping(uintptr_t address, Mapping* out);

// The ELF header at the mapping's base. False: it is no ELF file.
bool ReadElfHeader(const Mapping& mapping, Elf64_Ehdr* out);

// The address as the file's symbols and addr2line count it.
inline uintptr_t AddressInFile(const Mapping& mapping, const Elf64_Ehdr& header,
                               uintptr_t address) {
  return header.e_type == ET_DYN ? address - mapping.base : address;
}

}  // namespace headroom

#endif  // HEADROOM_ALLOCATOR_REPORT_MODULE_MAP_H_
