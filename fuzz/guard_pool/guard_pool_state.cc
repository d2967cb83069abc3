#include "fuzz/guard_pool/guard_pool_state.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "allocator/base/memory_checker.h"
#include "allocator/guard/sampler.h"
#include "fuzz/engine/require.h"
#include "fuzz/world/block_content.h"
#include "tests/block/closed_memory.h"

namespace headroom {
namespace {

using FreeResult = GuardPool::FreeResult;

constexpr unsigned char kHeaderByte = 0x5c;
constexpr int kUntouched = EDOM;  // nobody's errno

char* Pointer(uintptr_t address) { return reinterpret_cast<char*>(address); }

bool IsOne(const StackTrace& stack, uintptr_t frame) {
  return stack.count == 1 && stack.frames[0] == frame;
}

bool TailIsIntact(const GuardModel::Slot& slot) {
  return ReadClosed(Pointer(slot.end()), slot.tail.size()) == slot.tail;
}

}  // namespace

GuardPoolState::GuardPoolState(EmptySetup) {
  os_.refuses = [this](OsCall call) {
    if (call != refused_kind_ || kind_to_refuse_ == 0) return false;
    if (kind_to_grant_ > 0) {
      --kind_to_grant_;
      return false;
    }
    --kind_to_refuse_;
    return true;
  };
}

StackTrace GuardPoolState::NextStack() {
  StackTrace stack;
  stack.count = 1;
  stack.frames[0] = ++last_frame_;
  return stack;
}

void GuardPoolState::Allocate(size_t bytes, size_t alignment) {
  const bool may_fit = pool_.MayFit(bytes, alignment);
  Require(
      may_fit == (bytes <= kMaxGuardedBytes && alignment <= kKernelPageBytes &&
                  model_.free_slots() != 0),
      "MayFit knows sizes and free slots");
  const uint64_t refusals = os_.refusals();
  const StackTrace where = NextStack();
  errno = kUntouched;
  void* block = pool_.Allocate(bytes, alignment, where);
  Require(errno == kUntouched, "a sample leaves errno alone");
  const bool refused = os_.refusals() != refusals;
  const bool was_made = made_;
  made_ = !source_.pool.empty() && pool_.Contains(Pointer(source_.pool.start));
  Require(made_ || !was_made, "a pool is made for good");
  Require(made_ || !may_fit || refused, "the kernel alone prevents a pool");
  if (!may_fit) {
    Require(block == nullptr && !refused, "what cannot fit is not tried");
    return;
  }
  if (!made_) {
    Require(block == nullptr, "without a pool there is no block");
    return;
  }
  const bool fits = GuardModel::Fits(bytes, alignment);
  Require(block == nullptr || fits, "a block has its size and alignment");
  if (block == nullptr) {
    Require(!fits || refused, "null needs a reason");
    model_.Postpone();
    return;
  }
  const auto address = reinterpret_cast<uintptr_t>(block);
  Require(address % alignment == 0, "a block is aligned as asked");
  ++allocations_;
  Adopt(model_.Take(source_.pool.start, address, bytes, alignment),
        last_frame_);
}

void GuardPoolState::Adopt(GuardModel::Slot& slot, uintptr_t frame) {
  slot.allocated_at = frame;
  slot.seed = static_cast<uint8_t>(frame);
  char* const block = Pointer(slot.block);
  MemoryChecker::Open(block, slot.bytes);  // Nobody wrote it, but it is zero.
  Require(std::all_of(block, block + slot.bytes, [](char c) { return c == 0; }),
          "a sampled block is zeroed");
  WriteContent(block, slot.bytes, slot.seed);
  FillClosed(block - kHeaderBytes, kHeaderByte, kHeaderBytes);
  slot.tail = ReadClosed(block + slot.bytes, slot.open.end() - slot.end());
  Require(std::ranges::count(slot.tail, '\0') == 0,
          "a zero behind a block shows");
}

void GuardPoolState::FreeLive(size_t index) {
  GuardModel::Slot* slot = model_.Live(index);
  if (slot != nullptr) Free(*slot);
}

void GuardPoolState::Free(GuardModel::Slot& slot) {
  char* const block = Pointer(slot.block);
  CheckContent(block, slot.bytes, slot.seed, slot.bytes);
  const auto header = ReadClosed(block - kHeaderBytes, kHeaderBytes);
  Require(std::ranges::count(header, static_cast<char>(kHeaderByte)) ==
              static_cast<ptrdiff_t>(kHeaderBytes),
          "the header is the caller's");
  const bool intact = TailIsIntact(slot);
  const uint64_t refusals = os_.refusals();
  const StackTrace where = NextStack();
  errno = kUntouched;
  const FreeResult result = pool_.Free(block, where);
  Require(errno == kUntouched, "free leaves errno alone");
  Require(result == (intact ? FreeResult::kFreed : FreeResult::kTailOverrun),
          "free knows whether the bytes behind a block were overwritten");
  ++frees_;
  slot.freed_at = last_frame_;
  const bool was_closed =
      !source_.open[(slot.open.start - source_.pool.start) / kKernelPageBytes];
  Require(os_.refusals() != refusals ||
              (was_closed && source_.emptied == slot.open),
          "a freed block's pages are closed and go back");
  model_.Free(slot, was_closed);
}

void GuardPoolState::FreeAt(Origin origin, size_t index, ptrdiff_t offset) {
  const uintptr_t address = Address(origin, index, offset);
  GuardModel::Slot* slot = model_.StartingAt(address);
  if (slot != nullptr && slot->live) return Free(*slot);
  CheckNotFreed(address);
}

void GuardPoolState::CheckNotFreed(uintptr_t address) {
  const FreeResult expected = model_.StartingAt(address) != nullptr
                                  ? FreeResult::kDoubleFree
                                  : FreeResult::kNotABlock;
  Require(pool_.Free(Pointer(address), NextStack()) == expected,
          "a bad free is known for what it is");
}

void GuardPoolState::Look(Origin origin, size_t index, ptrdiff_t offset) {
  const uintptr_t address = Address(origin, index, offset);
  Require(pool_.Contains(Pointer(address)) ==
              (made_ && address - source_.pool.start < kGuardPoolBytes),
          "the pool knows its addresses");
  const GuardModel::Slot* slot = model_.StartingAt(address);
  const bool is_live = slot != nullptr && slot->live;
  Require(pool_.IsLive(Pointer(address)) == is_live,
          "live is what starts there");
  Require(pool_.BytesOf(Pointer(address)) == (is_live ? slot->bytes : 0),
          "a live block has the size it was asked for");
  CheckDescription(address);
}

void GuardPoolState::CheckDescription(uintptr_t address) const {
  GuardPool::Description said;
  const bool found = pool_.Describe(Pointer(address), &said);
  const GuardModel::Slot* slot =
      made_ && address - source_.pool.start < kGuardPoolBytes
          ? model_.Nearest(source_.pool.start, address)
          : nullptr;
  Require(found == (slot != nullptr), "what was used is described");
  if (!found) return;
  Require(said.start == slot->block && said.bytes == slot->bytes &&
              said.live == slot->live,
          "the block that an address has most to do with");
  const auto place = address < slot->block   ? GuardPool::Place::kInFront
                     : address < slot->end() ? GuardPool::Place::kInside
                                             : GuardPool::Place::kBehind;
  Require(said.place == place, "where in it the address lies");
  const auto thread = static_cast<uint32_t>(gettid());
  Require(said.allocating_thread == thread &&
              IsOne(said.allocated_at, slot->allocated_at),
          "who allocated it");
  Require(slot->live ? said.freeing_thread == 0 && said.freed_at.count == 0
                     : said.freeing_thread == thread &&
                           IsOne(said.freed_at, slot->freed_at),
          "who freed it");
}

uintptr_t GuardPoolState::Address(Origin origin, size_t index,
                                  ptrdiff_t offset) {
  uintptr_t from = source_.pool.start;
  const GuardModel::Slot* slot = model_.Used(index);
  switch (origin) {
    case Origin::kBlock:
      if (slot != nullptr) from = slot->block;
      break;
    case Origin::kBlockEnd:
      if (slot != nullptr) from = slot->end();
      break;
    case Origin::kPool:
      from += index * kKernelPageBytes;
      break;
    case Origin::kPoolEnd:
      from += kGuardPoolBytes;
  }
  return from + static_cast<uintptr_t>(offset);
}

void GuardPoolState::Overrun(size_t index, size_t offset, uint8_t bits) {
  GuardModel::Slot* slot = model_.Live(index);
  if (slot == nullptr || slot->tail.empty()) return;
  ClosedByte byte(Pointer(slot->end()) + offset % slot->tail.size());
  byte = static_cast<unsigned char>(byte ^ bits);
}

void GuardPoolState::RefuseKind(OsCall call, uint32_t skip, uint32_t count) {
  refused_kind_ = call;
  kind_to_grant_ = skip;
  kind_to_refuse_ = count;
}

void GuardPoolState::Fork(bool in_child) {
  pool_.AcquireForFork();
  GuardPool::Description description;
  Require(!pool_.Describe(Pointer(source_.pool.start), &description),
          "a report waits for nobody");
  pool_.ReleaseAfterFork(in_child);
}

void GuardPoolState::Sample(uint64_t seed, uint32_t every, uint32_t count) {
  Sampler sampler(seed, every);
  Sampler same(seed, every);
  Require(sampler.is_on() == (every != 0), "0 is off");
  const uint64_t mean = std::min(every, Sampler::kMaxEvery);
  for (uint32_t i = 0; i < count; ++i) {
    const uint32_t next = sampler.Next();
    Require(next == same.Next(), "a seed has its distances");
    Require(every == 0 ? next == Sampler::kNever
                       : next >= 1 && next <= 2 * mean - 1,
            "a distance is in its range");
  }
}

void GuardPoolState::AfterOperation() {
  GuardPoolStats expected;
  GuardPages open;
  for (const GuardModel::Slot& slot : model_.slots()) {
    if (slot.live) {
      ++expected.live;
      expected.live_bytes += slot.bytes;
      expected.open_bytes += slot.open.bytes;
    }
    if (slot.stays_open) ++expected.retired;
    if (slot.live || slot.stays_open) source_.Mark(slot.open, true, &open);
  }
  Require(!made_ || source_.open == open,
          "what is open is live or was refused");
  const GuardPoolStats stats = pool_.stats();
  Require(stats.live == expected.live &&
              stats.live_bytes == expected.live_bytes &&
              stats.open_bytes == expected.open_bytes &&
              stats.retired == expected.retired,
          "live blocks and lost slots are counted");
  Require(stats.allocations == allocations_ && stats.frees == frees_,
          "calls are counted");
  Require(stats.refusals == source_.refusals, "refusals are counted");
  Require(expected.live + expected.retired + model_.free_slots() == kGuardSlots,
          "slots == free + live + retired");
}

void GuardPoolState::Finish() {
  os_.RefuseLater(0, 0);
  kind_to_refuse_ = 0;
  while (model_.Live(0) != nullptr) FreeLive(0);
  AfterOperation();
  const size_t slots = model_.free_slots();
  for (size_t i = 0; i < slots; ++i) {
    Allocate(1, kBlockAlignment);
    Require(allocations_ - frees_ == i + 1, "every slot can be used again");
  }
  Allocate(1, kBlockAlignment);
  AfterOperation();
}

std::string Expression(GuardPoolState::Origin origin) {
  constexpr const char* kNames[] = {"kBlock", "kBlockEnd", "kPool", "kPoolEnd"};
  return std::string("GuardPoolState::Origin::") +
         kNames[static_cast<int>(origin)];
}

std::string Expression(OsCall call) {
  constexpr const char* kNames[] = {"kSbrk",    "kKernelBreak", "kMap",
                                    "kUnmap",   "kRemap",       "kDecommit",
                                    "kProtect", "kMove"};
  return std::string("OsCall::") + kNames[static_cast<int>(call)];
}

}  // namespace headroom
