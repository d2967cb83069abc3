#include "fuzz/symbols/symbols_state.h"

#include <gnu/libc-version.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cstring>
#include <memory>
#include <optional>
#include <sstream>

#include "allocator/base/units.h"
#include "allocator/report/elf_symbols.h"
#include "allocator/report/module_map.h"
#include "fuzz/engine/require.h"
#include "tests/report/text_of.h"

// Outside of the allocator's namespace, whose frames are left out.
extern "C" [[gnu::noinline]] void symbols_fuzzer_frame() {
  asm volatile("nop; nop; nop; nop; nop; nop; nop; nop");
}

namespace headroom {
namespace {

constexpr int kMostTries = 4;
constexpr char kUnwritten = '\x5a';

template <typename Function>
uintptr_t AddressOf(Function* function) {
  return reinterpret_cast<uintptr_t>(function);
}

std::string Hex(uintptr_t value) {
  std::ostringstream text;
  text << "0x" << std::hex << value;
  return text.str();
}

// What is in memory at a module's base, if it is an ELF header.
std::optional<Elf64_Ehdr> HeaderAt(const std::string& path, uintptr_t base) {
  Elf64_Ehdr header = {};
  const iovec local = {&header, sizeof(header)};
  const iovec remote = {reinterpret_cast<void*>(base), sizeof(header)};
  if (!path.starts_with('/') ||
      process_vm_readv(getpid(), &local, 1, &remote, 1, 0) != sizeof(header) ||
      memcmp(header.e_ident, ELFMAG, SELFMAG) != 0 ||
      header.e_ident[EI_CLASS] != ELFCLASS64) {
    return std::nullopt;
  }
  return header;
}

}  // namespace

void SymbolsState::FindName(uintptr_t address, size_t capacity, bool replaced) {
  region_.Store(image_);
  Elf64_Ehdr header = image_.header();
  if (replaced) ++header.e_entry;
  // Ends where its memory ends, for ASan.
  const auto out = std::make_unique<char[]>(capacity);
  memset(out.get(), kUnwritten, capacity);
  const bool found =
      FindSymbol(region_.path().c_str(), header, address, out.get(), capacity);
  const size_t length = strnlen(out.get(), capacity);
  Require(length < capacity, "a name is terminated");
  Require(found == (length > 0), "no name is an empty one");
  const ElfImage::Answer answer = image_.NameAt(address, capacity);
  if (replaced) {
    Require(!found, "a file that was replaced has no names");
  } else if (!answer.is_cut) {
    Require(found == answer.name.has_value(), "a function has a name");
    Require(!found || *answer.name == out.get(), "and it is this one");
  }
}

uintptr_t SymbolsState::Resolve(Address address) const {
  static const auto stack = reinterpret_cast<uintptr_t>(environ[0]);
  switch (address.near) {
    case Near::kNull:
      return address.offset - uintptr_t{1000};
    case Near::kRegion:
      return region_.start() +
             address.offset % (ModuleRegion::kPages * kKernelPageBytes);
    case Near::kProgram:
      return AddressOf(&symbols_fuzzer_frame) + address.offset % 4;
    case Near::kAllocator:
      return AddressOf(&WriteStack) + 1 + address.offset % 8;
    case Near::kLibc:
      return AddressOf(&gnu_get_libc_version) + address.offset % 4;
    case Near::kStack:
      return stack;
  }
  return 0;
}

void SymbolsState::FindModule(Address where) {
  const uintptr_t address = Resolve(where);
  for (int i = 0; i < kMostTries && !TryFindModule(address); ++i) {
  }
}

// False: the fuzzer's own memory grew meanwhile.
bool SymbolsState::TryFindModule(uintptr_t address) const {
  const Maps maps = ReadMaps();
  Mapping found;
  const bool is_mapped = FindMapping(address, &found);
  Elf64_Ehdr header = {};
  const bool is_elf = is_mapped && ReadElfHeader(found, &header);
  if (ReadMaps() != maps) return false;
  const auto index = EntryAround(maps, address);
  Require(is_mapped == index.has_value(), "what is mapped is found");
  if (!is_mapped) return true;
  const MapsEntry& entry = maps[*index];
  Require(found.start == entry.start && found.end == entry.end &&
              found.Contains(address) && found.path == entry.path,
          "the mapping around an address");
  Require(found.base == BaseOf(maps, *index), "a module has one base");
  const auto expected = HeaderAt(entry.path, found.base);
  Require(is_elf == expected.has_value(), "an ELF file is known by its header");
  Require(!is_elf || memcmp(&header, &*expected, sizeof(header)) == 0,
          "the header is the one in memory");
  return true;
}

// All of a line but for its number and the name.
std::string SymbolsState::ExpectedStart(const Maps& maps, uintptr_t pc,
                                        uintptr_t inside) const {
  std::string line = ' ' + Hex(pc);
  const auto index = EntryAround(maps, inside);
  if (!index) return line;
  const std::string& path = maps[*index].path;
  const uintptr_t base = BaseOf(maps, *index);
  const auto header = HeaderAt(path, base);
  const bool is_absolute = header && header->e_type != ET_DYN;
  return line + ' ' + (path.empty() ? "[anonymous]" : path) + '+' +
         Hex(is_absolute ? pc : pc - base);
}

void SymbolsState::WriteFrames(const std::vector<Address>& frames,
                               FirstFrame first) {
  region_.Store(image_);
  StackTrace stack;
  for (const Address frame : frames)
    stack.frames[stack.count++] = Resolve(frame);
  const Maps maps = ReadMaps();
  const std::string text =
      TextOf([&](ReportWriter& out) { WriteStack(stack, first, out); });
  if (ReadMaps() != maps) return;
  std::istringstream lines(text);
  std::string line;
  size_t shown = 0;
  for (size_t i = 0; i < frames.size(); ++i) {
    const Near near = frames[i].near;
    if (shown == 0 && near == Near::kAllocator) continue;
    const uintptr_t pc = stack.frames[i];
    const bool exact = i == 0 && first == FirstFrame::kInstruction;
    const std::string start = "    #" + std::to_string(shown++) +
                              ExpectedStart(maps, pc, exact ? pc : pc - 1);
    Require(static_cast<bool>(std::getline(lines, line)), "a line a frame");
    Require(line.starts_with(start), "a line has its number and place");
    const std::string name = line.substr(start.size());
    Require(name.empty() || name.starts_with(' '), "a name is a word");
    Require(near != Near::kRegion || name.empty(),
            "what has no file has no name");
    const bool is_inside = exact || frames[i].offset % 4 != 0;
    Require(
        near != Near::kProgram || !is_inside || name == " symbols_fuzzer_frame",
        "a function of the program has its name");
  }
  if (shown == 0) {
    Require(static_cast<bool>(std::getline(lines, line)) &&
                line == "    cannot be taken in this program",
            "no stack is said to be none");
  }
  Require(!std::getline(lines, line), "no line that is no frame's");
}

std::string Expression(SymbolsState::Near near) {
  constexpr const char* kNames[] = {"kNull",      "kRegion", "kProgram",
                                    "kAllocator", "kLibc",   "kStack"};
  return std::string("SymbolsState::Near::") + kNames[static_cast<int>(near)];
}

std::string Expression(SymbolsState::Address address) {
  return '{' + Expression(address.near) + ", " +
         std::to_string(address.offset) + '}';
}

std::string Expression(const std::vector<SymbolsState::Address>& addresses) {
  std::string list = "{";
  for (const SymbolsState::Address address : addresses) {
    if (list.size() > 1) list += ", ";
    list += Expression(address);
  }
  return list + '}';
}

std::string Expression(FirstFrame first) {
  return first == FirstFrame::kInstruction ? "FirstFrame::kInstruction"
                                           : "FirstFrame::kReturnAddress";
}

}  // namespace headroom
