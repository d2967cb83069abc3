#include "fuzz/process/program/blocks.h"

#include <algorithm>
#include <cerrno>

#include "fuzz/process/program/tell.h"
#include "fuzz/world/block_content.h"

namespace headroom {
namespace {

// A request up to here has to succeed while nothing limits the process.
constexpr size_t kModest = size_t{64} << 20;
constexpr size_t kBlockAlignment = 16;

size_t CountOf(const Record& record) { return 2 + record.detail % 7; }

void CheckZero(const char* block, size_t bytes) {
  const size_t whole = std::min(bytes, kWholeBytes);
  const auto is_zero = [](char c) { return c == 0; };
  Promise(std::all_of(block, block + whole, is_zero) &&
              std::all_of(block + bytes - whole, block + bytes, is_zero),
          "calloc's memory is zero");
}

}  // namespace

void Blocks::Note(Block& at, const Made& made, Family family) {
  at.start = made.block;
  at.requested = made.requested;
  at.alignment = made.alignment;
  at.family = family;
  at.usable = CallUsableSize(next_seed_, at.start);
  at.seed = next_seed_++;
  const auto address = reinterpret_cast<uintptr_t>(at.start);
  Promise(address % std::max(kBlockAlignment, made.alignment) == 0,
          "a block has its alignment");
  Promise(at.usable >= at.requested, "a block holds what was asked for");
  if (made.zeroed) CheckZero(at.start, at.requested);
  CheckNoOverlap(at);
  WriteContent(at.start, at.usable, at.seed);
}

void Blocks::CheckNoOverlap(const Block& block) const {
  for (const Block& other : blocks_) {
    if (other.start == nullptr || &other == &block) continue;
    Promise(other.start != block.start &&
                (other.start + other.usable <= block.start ||
                 block.start + block.usable <= other.start),
            "no byte belongs to two blocks");
  }
}

void Blocks::Allocate(const Record& record) {
  Block& at = blocks_[record.slot % kSlots];
  if (at.start != nullptr) Free(at, static_cast<int>(record.detail));
  const auto make = static_cast<Make>(record.kind);
  const Made made =
      CallMake(make, record.size, record.alignment, CountOf(record));
  if (made.block != nullptr) {
    Promise(!made.bad_arguments, "bad arguments get no block");
    Note(at, made, FamilyOf(make));
    return;
  }
  Promise(made.bad_arguments || limited || made.requested > kModest ||
              made.alignment > kModest,
          "a modest request succeeds");
}

void Blocks::Free(Block& block, int way) {
  Check(block);
  const Block gone = block;
  block = {};
  CallFree(gone.family, way, gone.start, gone.requested, gone.alignment);
}

void Blocks::Resize(const Record& record) {
  Block* const at = FindOf(record.slot, Family::kMalloc);
  if (at == nullptr || record.size == 0) return;
  Check(*at);
  Made made;
  made.block = CallResize(record.kind, at->start, record.size, CountOf(record),
                          &made.requested);
  if (made.block == nullptr) {
    Promise(limited || made.requested > kModest, "a modest resize succeeds");
    Check(*at);
    return;
  }
  CheckContent(made.block, at->usable, at->seed,
               std::min(at->requested, made.requested));
  Note(*at, made, Family::kMalloc);
}

Block* Blocks::Find(int slot) {
  for (int i = 0; i < kSlots; ++i) {
    Block& block = blocks_[(slot + i) % kSlots];
    if (block.start != nullptr) return &block;
  }
  return nullptr;
}

Block* Blocks::FindOf(int slot, Family family) {
  for (int i = 0; i < kSlots; ++i) {
    Block& block = blocks_[(slot + i) % kSlots];
    if (block.start != nullptr && block.family == family) return &block;
  }
  return nullptr;
}

Block* Blocks::BehindOf(const Block& block) {
  constexpr size_t kHeaderBytes = 8;
  const auto next = std::ranges::find(
      blocks_, block.start + block.usable + kHeaderBytes, &Block::start);
  return next == blocks_.end() ? nullptr : &*next;
}

void Blocks::Check(const Block& block) const {
  CheckContent(block.start, block.usable, block.seed, block.usable);
  Promise(CallUsableSize(block.seed / 2, block.start) == block.usable,
          "a block's usable size stays");
}

void Blocks::CheckAll() const {
  for (const Block& block : blocks_) {
    if (block.start != nullptr) Check(block);
  }
}

void Blocks::FreeAll() {
  for (int i = 0; i < kSlots; ++i) {
    if (blocks_[i].start != nullptr) Free(blocks_[i], i);
  }
}

}  // namespace headroom
