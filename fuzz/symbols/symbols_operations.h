// The instructions of the symbols fuzzer, and how bytes become instructions.
//
// Role: each is a small struct with Perform(state). ReadSymbolsOperation never
//   fails: any bytes are a program.
// Takes from: symbols_state, byte_reader. Gives to: symbols_fuzzer.
#ifndef FUZZ_SYMBOLS_SYMBOLS_OPERATIONS_H_
#define FUZZ_SYMBOLS_SYMBOLS_OPERATIONS_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "fuzz/engine/byte_reader.h"
#include "fuzz/engine/operation_text.h"
#include "fuzz/symbols/symbols_state.h"

namespace headroom {

struct AddSymbolOperation {
  std::string name;
  uint64_t value;
  uint64_t size;
  uint8_t info;
  uint16_t section;
  void Perform(SymbolsState& state) const {
    Elf64_Sym symbol = {};
    symbol.st_info = info;
    symbol.st_shndx = section;
    symbol.st_value = value;
    symbol.st_size = size;
    state.image().AddSymbol(name, symbol);
  }
  OperationText Describe() const {
    return {"AddSymbolOperation",
            {{"name", name},
             {"value", value},
             {"size", size},
             {"info", info},
             {"section", section}}};
  }
};

struct AddLoaderTableOperation {
  void Perform(SymbolsState& state) const { state.image().AddLoaderTable(); }
  OperationText Describe() const { return {"AddLoaderTableOperation", {}}; }
};

struct OverwriteOperation {
  uint64_t offset;
  std::string bytes;
  void Perform(SymbolsState& state) const {
    state.image().Overwrite(offset, bytes);
  }
  OperationText Describe() const {
    return {"OverwriteOperation", {{"offset", offset}, {"bytes", bytes}}};
  }
};

struct ResizeFileOperation {
  uint64_t bytes;
  void Perform(SymbolsState& state) const { state.image().Resize(bytes); }
  OperationText Describe() const {
    return {"ResizeFileOperation", {{"bytes", bytes}}};
  }
};

struct FindNameOperation {
  uint64_t address;
  size_t capacity;
  bool replaced;
  void Perform(SymbolsState& state) const {
    state.FindName(address, capacity, replaced);
  }
  OperationText Describe() const {
    return {
        "FindNameOperation",
        {{"address", address}, {"capacity", capacity}, {"replaced", replaced}}};
  }
};

// Neighbours, which have a page of the file each, or all the same.
struct MapPagesOperation {
  size_t page;
  size_t count;
  ModuleRegion::Content content;
  size_t file_page;
  size_t step;
  void Perform(SymbolsState& state) const {
    for (size_t i = 0; i < count; ++i) {
      state.region().Map(page + i, content, file_page + i * step);
    }
  }
  OperationText Describe() const {
    return {"MapPagesOperation",
            {{"page", page},
             {"count", count},
             {"content", content},
             {"file_page", file_page},
             {"step", step}}};
  }
};

struct FindModuleOperation {
  SymbolsState::Address address;
  void Perform(SymbolsState& state) const { state.FindModule(address); }
  OperationText Describe() const {
    return {"FindModuleOperation", {{"address", address}}};
  }
};

struct WriteFramesOperation {
  std::vector<SymbolsState::Address> frames;
  FirstFrame first;
  void Perform(SymbolsState& state) const { state.WriteFrames(frames, first); }
  OperationText Describe() const {
    return {"WriteFramesOperation", {{"frames", frames}, {"first", first}}};
  }
};

struct SetFrameOperation {
  size_t word;
  size_t next;
  uint8_t bytes;
  uint64_t pc;
  void Perform(SymbolsState& state) const {
    state.chain().SetFrame(word, next, bytes, pc);
  }
  OperationText Describe() const {
    return {"SetFrameOperation",
            {{"word", word}, {"next", next}, {"bytes", bytes}, {"pc", pc}}};
  }
};

struct WalkFramesOperation {
  size_t word;
  uint8_t bytes;
  void Perform(SymbolsState& state) const { state.chain().Walk(word, bytes); }
  OperationText Describe() const {
    return {"WalkFramesOperation", {{"word", word}, {"bytes", bytes}}};
  }
};

using SymbolsOperation =
    std::variant<AddSymbolOperation, AddLoaderTableOperation,
                 OverwriteOperation, ResizeFileOperation, FindNameOperation,
                 MapPagesOperation, FindModuleOperation, WriteFramesOperation,
                 SetFrameOperation, WalkFramesOperation>;

SymbolsOperation ReadSymbolsOperation(ByteReader& bytes);

}  // namespace headroom

#endif  // FUZZ_SYMBOLS_SYMBOLS_OPERATIONS_H_
