// The part of the kernel calls' fuzzer that is about memory.
//
// Takes from: system, block_content. Gives to: kernel_calls_state.
#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "allocator/base/units.h"
#include "allocator/system/random.h"
#include "allocator/system/read_only.h"
#include "allocator/system/safe_read.h"
#include "fuzz/engine/require.h"
#include "fuzz/kernel_calls/kernel_calls_state.h"
#include "fuzz/world/block_content.h"

namespace headroom {
namespace {

constexpr int kUntouched = EDOM;  // nobody's errno
constexpr char kUnwritten = '\x5a';

char* Pointer(uintptr_t address) { return reinterpret_cast<char*>(address); }

bool CanBeRead(uintptr_t address) {
  char byte = 0;
  const iovec local = {&byte, 1};
  const iovec remote = {Pointer(address), 1};
  return process_vm_readv(getpid(), &local, 1, &remote, 1, 0) == 1;
}

// By the kernel: it says so where a write would fault.
bool CanBeWritten(char* address) {
  char byte = 1;
  const iovec local = {&byte, 1};
  const iovec remote = {address, 1};
  return process_vm_writev(getpid(), &local, 1, &remote, 1, 0) == 1;
}

bool IsZero(const char* start, size_t bytes) {
  return std::all_of(start, start + bytes, [](char c) { return c == 0; });
}

bool Read(uintptr_t from, void* out, size_t bytes, bool asks) {
  errno = kUntouched;
  if (asks) return internal_safe_read::AskAndCopy(from, out, bytes);
  const bool read = SafeRead(from, out, bytes);
  Require(errno == kUntouched, "a safe read leaves errno alone");
  return read;
}

}  // namespace

char* KernelCallsState::page(size_t index) const {
  return pages_ + (index + 1) * kKernelPageBytes;
}

void KernelCallsState::SetReadable(size_t index, bool readable) {
  index %= kPages;
  readable_[index] = readable;
  mprotect(page(index), kKernelPageBytes,
           readable ? PROT_READ | PROT_WRITE : PROT_NONE);
}

void KernelCallsState::ReadMemory(size_t offset, size_t bytes, bool asks) {
  constexpr size_t kBytes = (kPages + 2) * kKernelPageBytes;
  offset %= kBytes;
  bytes %= kBytes - offset + 1;
  bool is_readable = true;
  for (size_t at = offset; at < offset + bytes;
       at = AlignDown(at, kKernelPageBytes) + kKernelPageBytes) {
    const size_t index = at / kKernelPageBytes;
    if (index == 0 || index > kPages || !readable_[index - 1]) {
      is_readable = false;
    }
  }
  std::string out(bytes + 1, kUnwritten);
  const bool read = Read(reinterpret_cast<uintptr_t>(pages_) + offset,
                         out.data(), bytes, asks);
  // Of no bytes, all can be read.
  Require(bytes == 0 || read == is_readable,
          "what can be read is read, all of it");
  Require(!read || memcmp(out.data(), pages_ + offset, bytes) == 0,
          "a safe read reads what is there");
  Require(out.back() == kUnwritten, "nothing is written behind it");
}

void KernelCallsState::ReadAbsurd(uintptr_t from, size_t bytes,
                                  bool asks) const {
  // Null's page, the kernel's half, or a range that wraps.
  constexpr uintptr_t kKernelHalf = uintptr_t{1} << 63;
  from = from % 2 == 0 ? from % kKernelPageBytes : from | kKernelHalf;
  char out[64];
  Require(!Read(from, out, 1 + bytes % sizeof(out), asks),
          "what no program has is not read");
}

void KernelCallsState::DrawRandom(size_t bytes, bool without_kernel) const {
  const auto draw = [&] {
    std::string out(bytes + 8, kUnwritten);
    errno = kUntouched;
    without_kernel ? internal_random::FillWithoutKernel(out.data(), bytes)
                   : FillRandom(out.data(), bytes);
    Require(errno == kUntouched, "random numbers leave errno alone");
    Require(out.find_first_not_of(kUnwritten, bytes) == out.npos,
            "nothing is written behind them");
    return out.substr(0, bytes);
  };
  // As good as impossible, from 16 bytes on.
  Require(bytes < 16 || draw() != draw(), "no two draws are alike");
}

void KernelCallsState::UseMapping(size_t pages, size_t new_pages,
                                  uint8_t seed) {
  const size_t bytes = (1 + pages) * kKernelPageBytes;
  const size_t new_bytes = (1 + new_pages) * kKernelPageBytes;
  const uintptr_t start = os_.Map(bytes);
  Require(start != 0 && start % kKernelPageBytes == 0, "there is memory");
  Require(IsZero(Pointer(start), bytes), "new memory is zero");
  WriteContent(Pointer(start), bytes, seed);
  Require(os_.Protect(start, bytes, false) && !CanBeRead(start) &&
              !CanBeRead(start + bytes - 1),
          "closed memory is closed");
  Require(os_.Protect(start, bytes, true), "and is opened");
  CheckContent(Pointer(start), bytes, seed, bytes);
  const uintptr_t moved = os_.Remap(start, bytes, new_bytes);
  Require(moved != 0, "a mapping is resized");
  CheckContent(Pointer(moved), bytes, seed, std::min(bytes, new_bytes));
  if (new_bytes > bytes) {
    Require(IsZero(Pointer(moved + bytes), new_bytes - bytes),
            "what is new is zero");
  }
  const uintptr_t target = MoveBack(moved, new_bytes, bytes);
  CheckContent(Pointer(target), bytes, seed, std::min(bytes, new_bytes));
  Require(os_.Decommit(target, bytes) && IsZero(Pointer(target), bytes),
          "emptied memory is zero");
  Require(os_.Unmap(target, bytes), "memory goes back");
}

// To a place that was free; returns it.
uintptr_t KernelCallsState::MoveBack(uintptr_t start, size_t bytes,
                                     size_t new_bytes) {
  Require(os_.Move(start, bytes, new_bytes,
                   reinterpret_cast<uintptr_t>(page(0))) == 0,
          "nothing is moved onto what is there");
  Require(CanBeRead(start) && CanBeRead(start + bytes - 1),
          "what was not moved stays");
  const uintptr_t target = os_.Map(new_bytes);
  Require(target != 0 && os_.Unmap(target, new_bytes), "there is a free place");
  Require(os_.Move(start, bytes, new_bytes, target) == target,
          "a mapping is moved there");
  Require(!CanBeRead(start) && !CanBeRead(start + bytes - 1),
          "nothing is left where it was");
  return target;
}

void KernelCallsState::AskForTooMuch(size_t bytes) {
  bytes |= size_t{1} << 62;
  Require(os_.Map(bytes) == 0, "no mapping is larger than the address space");
  Require(os_.Sbrk(static_cast<intptr_t>(bytes >> 1)) == kSbrkFailed,
          "nor is the heap");
  const uintptr_t brk = os_.Sbrk(0);
  Require(brk != kSbrkFailed && os_.KernelBreak() >= brk,
          "the break is where it was");
}

void KernelCallsState::CloseForGood(size_t bytes) const {
  bytes = AlignUp(1 + bytes, kKernelPageBytes);
  void* memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  Require(memory != MAP_FAILED, "the fuzzer's own mmap works");
  char* const start = static_cast<char*>(memory);
  start[bytes - 1] = 1;
  errno = kUntouched;
  Require(MakeReadOnly(start, bytes), "memory can be made read-only");
  Require(errno == kUntouched, "which leaves errno alone");
  Require(start[bytes - 1] == 1, "it can be read");
  Require(!CanBeWritten(start) && !CanBeWritten(start + bytes - 1),
          "it cannot be written");
  munmap(memory, bytes);
  errno = kUntouched;
  Require(!MakeReadOnly(start, bytes), "what is not there cannot be closed");
  Require(errno == kUntouched, "which leaves errno alone, too");
}

}  // namespace headroom
