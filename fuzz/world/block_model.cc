#include "fuzz/world/block_model.h"

#include <utility>

#include "allocator/base/memory_checker.h"
#include "allocator/pages/span.h"
#include "fuzz/engine/require.h"
#include "fuzz/world/report_log.h"

namespace headroom {
namespace {

// What is written and looked at: the first and the last word. Only front opens
// blocks to the program, and there is none here.
uint64_t Load(const char* place) {
  return MemoryChecker::Load<uint64_t>(place);
}
void Store(char* place, uint64_t word) { MemoryChecker::Store(place, word); }

char* FirstWord(void* block) { return static_cast<char*>(block); }
char* LastWord(SizeClass size_class, void* block) {
  return static_cast<char*>(block) + UsableBytesOf(size_class) -
         sizeof(uint64_t);
}

uint64_t PatternOf(const void* place) {
  return reinterpret_cast<uintptr_t>(place) * 0x9e3779b97f4a7c15;
}

}  // namespace

// Is it a block that was cut from a span of this class?
bool BlockModel::IsCut(SizeClass size_class, const void* block) const {
  const Span* span = map_.Get(PageContaining(block));
  if (span == nullptr || span->use != SpanUse::kSmall ||
      span->size_class != size_class) {
    return false;
  }
  const size_t offset = reinterpret_cast<uintptr_t>(block) -
                        span->first.address() - kBlockAlignment;
  const size_t stride = StrideOf(size_class);
  return offset % stride == 0 && offset / stride < span->carved_blocks &&
         offset + kBlockAlignment + UsableBytesOf(size_class) <=
             span->memory.bytes;
}

bool BlockModel::Add(SizeClass size_class, void* block, const uint64_t& state) {
  Require(IsCut(size_class, block), "a block lies where its span has blocks");
  if (!BlockSeal(keys_, block)
           .Is(state, PayloadOfClass(size_class), HeaderOf(block))) {
    Require(damaged_.contains(block), "a block says what it is");
    Lose(block);
    return false;
  }
  // Cut anew, if it was damaged.
  damaged_.erase(block);
  Require(all_out_.insert(block).second, "no block is handed out twice");
  out_[size_class].push_back(block);
  char* const first = FirstWord(block);
  char* const last = LastWord(size_class, block);
  Require(!zeroed_ || (Load(first) == 0 && Load(last) == 0),
          "what was zeroed is zero");
  Store(first, PatternOf(first));
  Store(last, PatternOf(last));
  return true;
}

void* BlockModel::Take(SizeClass size_class, size_t index) {
  std::vector<void*>& out = out_[size_class];
  std::swap(out[index % out.size()], out.back());
  void* block = out.back();
  out.pop_back();
  all_out_.erase(block);
  char* const first = FirstWord(block);
  char* const last = LastWord(size_class, block);
  Require(Load(first) == PatternOf(first) && Load(last) == PatternOf(last),
          "a block keeps what its holder wrote");
  if (zeroed_) {
    Store(first, 0);
    Store(last, 0);
  }
  if (freed_.size() < kMostFreed) freed_.emplace_back();
  freed_[next_freed_] = {block, size_class};
  next_freed_ = (next_freed_ + 1) % kMostFreed;
  return block;
}

void BlockModel::Lose(const void* block) {
  Require(all_out_.insert(block).second, "what is damaged stays out of use");
  ++lost_[map_.Get(PageContaining(block))->size_class];
}

void BlockModel::SetWord(SizeClass size_class, void* block, uint64_t word) {
  if (HeaderOf(block) == word) return;
  HeaderOf(block) = word;
  if (damaged_.insert(block).second) ++damages_[size_class];
}

void* BlockModel::DamageFreed(size_t index, Damage damage) {
  if (freed_.empty()) return nullptr;
  const auto [block, size_class] = freed_[index % freed_.size()];
  if (all_out_.contains(block) || !IsCut(size_class, block)) return nullptr;
  const uint64_t payload = PayloadOfClass(size_class);
  const BlockSeal seal(keys_, block);
  uint64_t word = HeaderOf(block) ^ (index * 2 + 1);
  if (damage == Damage::kLive) word = seal.Seal(keys_.live(), payload);
  if (damage == Damage::kFree) word = seal.Seal(keys_.free(), payload);
  if (damage == Damage::kInSpan) word = seal.Seal(keys_.in_span(), payload);
  SetWord(size_class, block, word);
  return block;
}

void* BlockModel::InSpan(size_t index) const {
  if (freed_.empty()) return nullptr;
  const auto [block, size_class] = freed_[index % freed_.size()];
  if (all_out_.contains(block) || damaged_.contains(block) ||
      !IsCut(size_class, block)) {
    return nullptr;
  }
  const bool in_span =
      BlockSeal(keys_, block)
          .Is(keys_.in_span(), PayloadOfClass(size_class), HeaderOf(block));
  return in_span ? block : nullptr;
}

void BlockModel::DamageTaken(SizeClass size_class, void* block) {
  SetWord(size_class, block, ~HeaderOf(block));
}

void BlockModel::CheckReports() {
  for (const void* pointer : Reports()) {
    Require(damaged_.contains(pointer), "only what is damaged is reported");
    if (!all_out_.contains(pointer)) Lose(pointer);
  }
  ClearReports();
}

std::string Expression(BlockModel::Damage damage) {
  constexpr const char* kNames[] = {"kNoise", "kLive", "kFree", "kInSpan"};
  return std::string("BlockModel::Damage::") + kNames[static_cast<int>(damage)];
}

}  // namespace headroom
