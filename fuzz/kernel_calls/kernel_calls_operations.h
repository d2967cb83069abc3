// The instructions of the kernel calls' fuzzer, and how bytes become
// instructions.
//
// Role: each is a small struct with Perform(state). ReadKernelCallsOperation
//   never fails: any bytes are a program.
// Takes from: kernel_calls_state, byte_reader. Gives to: kernel_calls_fuzzer.
#ifndef FUZZ_KERNEL_CALLS_KERNEL_CALLS_OPERATIONS_H_
#define FUZZ_KERNEL_CALLS_KERNEL_CALLS_OPERATIONS_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <variant>

#include "fuzz/engine/byte_reader.h"
#include "fuzz/engine/operation_text.h"
#include "fuzz/kernel_calls/kernel_calls_state.h"

namespace headroom {

struct AddVariableOperation {
  std::string text;
  void Perform(KernelCallsState& state) const { state.AddVariable(text); }
  OperationText Describe() const {
    return {"AddVariableOperation", {{"text", text}}};
  }
};

struct FindVariableOperation {
  std::string name;
  size_t capacity;
  KernelCallsState::Source source;
  void Perform(KernelCallsState& state) const {
    state.FindVariable(name, capacity, source);
  }
  OperationText Describe() const {
    return {"FindVariableOperation",
            {{"name", name}, {"capacity", capacity}, {"source", source}}};
  }
};

struct FindOwnVariableOperation {
  size_t index;
  size_t capacity;
  KernelCallsState::Source source;
  void Perform(KernelCallsState& state) const {
    state.FindOwnVariable(index, capacity, source);
  }
  OperationText Describe() const {
    return {"FindOwnVariableOperation",
            {{"index", index}, {"capacity", capacity}, {"source", source}}};
  }
};

struct StoreFileOperation {
  std::string contents;
  void Perform(KernelCallsState& state) const { state.StoreFile(contents); }
  OperationText Describe() const {
    return {"StoreFileOperation", {{"contents", contents}}};
  }
};

struct ReadFileOperation {
  size_t bytes;
  void Perform(KernelCallsState& state) const { state.ReadFile(bytes); }
  OperationText Describe() const {
    return {"ReadFileOperation", {{"bytes", bytes}}};
  }
};

struct ReadFileAtOperation {
  uint64_t offset;
  size_t bytes;
  void Perform(KernelCallsState& state) const {
    state.ReadFileAt(offset, bytes);
  }
  OperationText Describe() const {
    return {"ReadFileAtOperation", {{"offset", offset}, {"bytes", bytes}}};
  }
};

struct OpenNoFileOperation {
  void Perform(KernelCallsState& state) const { state.OpenNoFile(); }
  OperationText Describe() const { return {"OpenNoFileOperation", {}}; }
};

struct SetReadableOperation {
  size_t page;
  bool readable;
  void Perform(KernelCallsState& state) const {
    state.SetReadable(page, readable);
  }
  OperationText Describe() const {
    return {"SetReadableOperation", {{"page", page}, {"readable", readable}}};
  }
};

struct ReadMemoryOperation {
  size_t offset;
  size_t bytes;
  bool asks;
  void Perform(KernelCallsState& state) const {
    state.ReadMemory(offset, bytes, asks);
  }
  OperationText Describe() const {
    return {"ReadMemoryOperation",
            {{"offset", offset}, {"bytes", bytes}, {"asks", asks}}};
  }
};

struct ReadAbsurdOperation {
  uintptr_t from;
  size_t bytes;
  bool asks;
  void Perform(KernelCallsState& state) const {
    state.ReadAbsurd(from, bytes, asks);
  }
  OperationText Describe() const {
    return {"ReadAbsurdOperation",
            {{"from", from}, {"bytes", bytes}, {"asks", asks}}};
  }
};

struct DrawRandomOperation {
  size_t bytes;
  bool without_kernel;
  void Perform(KernelCallsState& state) const {
    state.DrawRandom(bytes, without_kernel);
  }
  OperationText Describe() const {
    return {"DrawRandomOperation",
            {{"bytes", bytes}, {"without_kernel", without_kernel}}};
  }
};

struct UseMappingOperation {
  size_t pages;
  size_t new_pages;
  uint8_t seed;
  void Perform(KernelCallsState& state) const {
    state.UseMapping(pages, new_pages, seed);
  }
  OperationText Describe() const {
    return {"UseMappingOperation",
            {{"pages", pages}, {"new_pages", new_pages}, {"seed", seed}}};
  }
};

struct AskForTooMuchOperation {
  size_t bytes;
  void Perform(KernelCallsState& state) const { state.AskForTooMuch(bytes); }
  OperationText Describe() const {
    return {"AskForTooMuchOperation", {{"bytes", bytes}}};
  }
};

struct CloseForGoodOperation {
  size_t bytes;
  void Perform(KernelCallsState& state) const { state.CloseForGood(bytes); }
  OperationText Describe() const {
    return {"CloseForGoodOperation", {{"bytes", bytes}}};
  }
};

using KernelCallsOperation =
    std::variant<AddVariableOperation, FindVariableOperation,
                 FindOwnVariableOperation, StoreFileOperation,
                 ReadFileOperation, ReadFileAtOperation, OpenNoFileOperation,
                 SetReadableOperation, ReadMemoryOperation, ReadAbsurdOperation,
                 DrawRandomOperation, UseMappingOperation,
                 AskForTooMuchOperation, CloseForGoodOperation>;

KernelCallsOperation ReadKernelCallsOperation(ByteReader& bytes);

}  // namespace headroom

#endif  // FUZZ_KERNEL_CALLS_KERNEL_CALLS_OPERATIONS_H_
