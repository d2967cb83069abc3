// The instructions of the reports' fuzzer, and how bytes become instructions.
//
// Role: each is a small struct with Perform(state). ReadReportsOperation never
//   fails: any bytes are a program.
// Takes from: reports_state, byte_reader. Gives to: reports_fuzzer.
#ifndef FUZZ_REPORTS_REPORTS_OPERATIONS_H_
#define FUZZ_REPORTS_REPORTS_OPERATIONS_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <variant>

#include "fuzz/engine/byte_reader.h"
#include "fuzz/engine/operation_text.h"
#include "fuzz/reports/reports_state.h"

namespace headroom {

struct AllocateOperation {
  uint32_t count;
  size_t bytes;
  size_t alignment;
  void Perform(ReportsState& state) const {
    for (uint32_t i = 0; i < count; ++i) state.Allocate(bytes, alignment);
  }
  OperationText Describe() const {
    return {"AllocateOperation",
            {{"count", count}, {"bytes", bytes}, {"alignment", alignment}}};
  }
};

struct FreeOperation {
  uint32_t count;
  size_t index;
  void Perform(ReportsState& state) const {
    for (uint32_t i = 0; i < count; ++i) state.Free(index);
  }
  OperationText Describe() const {
    return {"FreeOperation", {{"count", count}, {"index", index}}};
  }
};

struct DamageOperation {
  size_t index;
  uint64_t bits;
  void Perform(ReportsState& state) const { state.Damage(index, bits); }
  OperationText Describe() const {
    return {"DamageOperation", {{"index", index}, {"bits", bits}}};
  }
};

struct ReleaseMemoryOperation {
  void Perform(ReportsState& state) const { state.ReleaseMemory(); }
  OperationText Describe() const { return {"ReleaseMemoryOperation", {}}; }
};

struct LookOperation {
  ReportsState::Near near;
  size_t index;
  ptrdiff_t offset;
  void Perform(ReportsState& state) const { state.Look(near, index, offset); }
  OperationText Describe() const {
    return {"LookOperation",
            {{"near", near}, {"index", index}, {"offset", offset}}};
  }
};

struct ReportOperation {
  ReportsState::Near near;
  size_t index;
  ptrdiff_t offset;
  Misuse misuse;
  size_t capacity;
  bool in_handler;
  void Perform(ReportsState& state) const {
    state.Report(near, index, offset, misuse, capacity, in_handler);
  }
  OperationText Describe() const {
    return {"ReportOperation",
            {{"near", near},
             {"index", index},
             {"offset", offset},
             {"misuse", misuse},
             {"capacity", capacity},
             {"in_handler", in_handler}}};
  }
};

struct FaultOperation {
  ReportsState::Near near;
  size_t index;
  ptrdiff_t offset;
  int signal;
  int code;
  bool entry;
  ptrdiff_t argument;
  void Perform(ReportsState& state) const {
    state.Fault(near, index, offset, signal, code, entry, argument);
  }
  OperationText Describe() const {
    return {"FaultOperation",
            {{"near", near},
             {"index", index},
             {"offset", offset},
             {"signal", signal},
             {"code", code},
             {"entry", entry},
             {"argument", argument}}};
  }
};

struct CallOnSampleOperation {
  ReportsState::Call call;
  bool freed;
  size_t index;
  ptrdiff_t offset;
  void Perform(ReportsState& state) const {
    state.CallOnSample(call, freed, index, offset);
  }
  OperationText Describe() const {
    return {"CallOnSampleOperation",
            {{"call", call},
             {"freed", freed},
             {"index", index},
             {"offset", offset}}};
  }
};

struct SetHookOperation {
  std::string text;
  void Perform(ReportsState& state) const { state.SetHook(text); }
  OperationText Describe() const {
    return {"SetHookOperation", {{"text", text}}};
  }
};

struct BeginTextOperation {
  size_t capacity;
  void Perform(ReportsState& state) const { state.writer().Begin(capacity); }
  OperationText Describe() const {
    return {"BeginTextOperation", {{"capacity", capacity}}};
  }
};

struct WriteTextOperation {
  WriterCheck::Form form;
  std::string text;
  uint64_t number;
  void Perform(ReportsState& state) const {
    state.writer().Write(form, text, number);
  }
  OperationText Describe() const {
    return {"WriteTextOperation",
            {{"form", form}, {"text", text}, {"number", number}}};
  }
};

struct FlushTextOperation {
  bool full;
  void Perform(ReportsState& state) const { state.writer().Flush(full); }
  OperationText Describe() const {
    return {"FlushTextOperation", {{"full", full}}};
  }
};

using ReportsOperation =
    std::variant<AllocateOperation, FreeOperation, DamageOperation,
                 ReleaseMemoryOperation, LookOperation, ReportOperation,
                 FaultOperation, CallOnSampleOperation, SetHookOperation,
                 BeginTextOperation, WriteTextOperation, FlushTextOperation>;

ReportsOperation ReadReportsOperation(ByteReader& bytes);

}  // namespace headroom

#endif  // FUZZ_REPORTS_REPORTS_OPERATIONS_H_
