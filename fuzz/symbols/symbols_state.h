// What an instruction of the symbols fuzzer works on: an ELF file, a region of
// memory in which it is mapped, and the process itself.
//
// Role: asks the report's parsers of files and of /proc, and compares with what
//   elf_image and maps read.
// Takes from: report, elf_image, maps, module_region. Gives to:
//   symbols_operations.
#ifndef FUZZ_SYMBOLS_SYMBOLS_STATE_H_
#define FUZZ_SYMBOLS_SYMBOLS_STATE_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "allocator/base/stack_trace.h"
#include "allocator/report/stack_lines.h"
#include "fuzz/engine/empty_setup.h"
#include "fuzz/symbols/elf_image.h"
#include "fuzz/symbols/frame_chain.h"
#include "fuzz/symbols/maps.h"
#include "fuzz/symbols/module_region.h"

namespace headroom {

class SymbolsState {
 public:
  // What an address is near to.
  enum class Near : uint8_t {
    kNull,
    kRegion,
    kProgram,    // a function of the program's
    kAllocator,  // one of the allocator's
    kLibc,
    kStack,
  };
  struct Address {
    Near near;
    uint32_t offset;
  };

  explicit SymbolsState(EmptySetup) {}

  ElfImage& image() { return image_; }
  ModuleRegion& region() { return region_; }
  FrameChain& chain() { return chain_; }

  // In the file; `replaced`: by now there is another one under its name.
  void FindName(uintptr_t address, size_t capacity, bool replaced);
  void FindModule(Address address);
  void WriteFrames(const std::vector<Address>& frames, FirstFrame first);

  void AfterOperation() {}
  void Finish() {}

 private:
  bool TryFindModule(uintptr_t address) const;
  uintptr_t Resolve(Address address) const;
  std::string ExpectedStart(const Maps& maps, uintptr_t pc,
                            uintptr_t inside) const;

  ElfImage image_;
  ModuleRegion region_;
  FrameChain chain_;
};

std::string Expression(SymbolsState::Near near);
std::string Expression(SymbolsState::Address address);
std::string Expression(const std::vector<SymbolsState::Address>& addresses);
std::string Expression(FirstFrame first);

}  // namespace headroom

#endif  // FUZZ_SYMBOLS_SYMBOLS_STATE_H_
