#include "allocator/report/stack_lines.h"

#include <sys/auxv.h>

#include <cstring>

#include "allocator/report/elf_symbols.h"
#include "allocator/report/module_map.h"

namespace headroom {
namespace {

bool StartsWith(const char* text, const char* start) {
  return strncmp(text, start, strlen(start)) == 0;
}

// A frame, and the module of it and of the frames before.
class Frame {
 public:
  Frame()
      : program_(getauxval(AT_ENTRY)),
        own_(reinterpret_cast<uintptr_t>(&WriteStack)) {}

  // `inside` lies inside of the instruction, `pc` perhaps behind it.
  void Look(uintptr_t pc, uintptr_t inside) {
    pc_ = pc;
    inside_ = inside;
    if (!mapping_.Contains(inside)) {
      is_mapped_ = FindMapping(inside, &mapping_);
      is_elf_ = is_mapped_ && ReadElfHeader(mapping_, &header_);
    }
    name_[0] = '\0';
    if (is_elf_) {
      FindSymbol(mapping_.path, header_,
                 AddressInFile(mapping_, header_, inside), name_,
                 sizeof(name_));
    }
  }

  // In a library of its own everything of it is the allocator's; in a program
  // the names tell.
  bool IsAllocators() const {
    if (StartsWith(name_, "_ZN8headroom") || StartsWith(name_, "_ZNK8headroom"))
      return true;
    return mapping_.Contains(own_) && !mapping_.Contains(program_);
  }

  void Write(uint32_t number, ReportWriter& out) const {
    out.Text("    #").Decimal(number).Text(" ").Hex(pc_);
    if (is_mapped_) {
      out.Text(" ").Text(mapping_.path[0] == '\0' ? "[anonymous]"
                                                  : mapping_.path);
      const uintptr_t offset =
          is_elf_ ? AddressInFile(mapping_, header_, pc_) : pc_ - mapping_.base;
      out.Text("+").Hex(offset);
    }
    if (name_[0] != '\0') out.Text(" ").Text(name_);
    out.Text("\n");
  }

 private:
  const uintptr_t program_;
  const uintptr_t own_;
  uintptr_t pc_ = 0;
  uintptr_t inside_ = 0;
  Mapping mapping_;
  bool is_mapped_ = false;
  bool is_elf_ = false;
  Elf64_Ehdr header_ = {};
  char name_[200] = {};
};

}  // namespace

void WriteStack(const StackTrace& stack, FirstFrame first, ReportWriter& out) {
  Frame frame;
  uint32_t shown = 0;
  for (uint32_t i = 0; i < stack.count; ++i) {
    const uintptr_t pc = stack.frames[i];
    const bool exact = i == 0 && first == FirstFrame::kInstruction;
    frame.Look(pc, exact ? pc : pc - 1);
    if (shown == 0 && frame.IsAllocators()) continue;
    frame.Write(shown++, out);
  }
  // A C program that links the archive has no unwinder.
  if (shown == 0) out.Text("    cannot be taken in this program\n");
}

}  // namespace headroom
