// What an instruction of the kernel calls' fuzzer works on: a file, an
// environment, and pages of memory.
//
// Role: asks what the system layer asks of the kernel, and compares with what
//   it made itself or reads by other means. Every call keeps errno that says
//   so, and writes nothing beside its buffer.
// Takes from: system. Gives to: kernel_calls_operations.
#ifndef FUZZ_KERNEL_CALLS_KERNEL_CALLS_STATE_H_
#define FUZZ_KERNEL_CALLS_KERNEL_CALLS_STATE_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "allocator/system/raw_file.h"
#include "allocator/system/real_os.h"
#include "fuzz/engine/empty_setup.h"

namespace headroom {

class KernelCallsState {
 public:
  static constexpr size_t kPages = 8;

  // Who is asked for a variable.
  enum class Source : uint8_t { kLibc, kKernel, kLibcOrKernel, kNoLibcYet };

  explicit KernelCallsState(EmptySetup);
  ~KernelCallsState();
  KernelCallsState(const KernelCallsState&) = delete;
  KernelCallsState& operator=(const KernelCallsState&) = delete;

  // kernel_calls_state.cc
  void AddVariable(const std::string& text) { environment_.push_back(text); }
  void FindVariable(const std::string& name, size_t capacity, Source source);
  // One of those that the process was started with.
  void FindOwnVariable(size_t index, size_t capacity, Source source);

  void StoreFile(const std::string& contents);
  void ReadFile(size_t bytes);
  void ReadFileAt(uint64_t offset, size_t bytes);
  void OpenNoFile() const;

  // kernel_calls_memory.cc
  void SetReadable(size_t page, bool readable);
  // From `offset` bytes behind the page in front of the first one; `asks`:
  // where the kernel's copy is forbidden.
  void ReadMemory(size_t offset, size_t bytes, bool asks);
  void ReadAbsurd(uintptr_t from, size_t bytes, bool asks) const;
  void DrawRandom(size_t bytes, bool without_kernel) const;
  // A mapping's life: made, closed, opened, resized, emptied, given back.
  void UseMapping(size_t pages, size_t new_pages, uint8_t seed);
  void AskForTooMuch(size_t bytes);
  void CloseForGood(size_t bytes) const;

  void AfterOperation();
  void Finish() {}

 private:
  std::optional<std::string> ValueOf(const std::vector<std::string>& variables,
                                     const std::string& name) const;
  char* page(size_t index) const;
  uintptr_t MoveBack(uintptr_t start, size_t bytes, size_t new_bytes);

  std::vector<std::string> environment_;
  const int file_;
  std::string contents_;
  std::optional<RawFile> open_;
  size_t position_ = 0;
  // A closed page, those of the input, a closed page.
  char* const pages_;
  std::array<bool, kPages> readable_;
  RealOs os_;
  uint64_t now_ms_ = 0;
};

std::string Expression(KernelCallsState::Source source);

}  // namespace headroom

#endif  // FUZZ_KERNEL_CALLS_KERNEL_CALLS_STATE_H_
