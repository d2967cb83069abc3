#include "fuzz/reports/reports_state.h"

#include <sys/mman.h>

#include <algorithm>
#include <iterator>
#include <set>

#include "allocator/base/hardening.h"
#include "fuzz/engine/require.h"
#include "tests/block/closed_memory.h"

namespace headroom {
namespace {

void CheckTexts() {
  std::set<std::string> texts;
  for (int i = 0; i <= static_cast<int>(Misuse::kInternal); ++i) {
    const std::string text = MisuseText(static_cast<Misuse>(i));
    Require(text.find(": ") != text.npos && texts.insert(text).second,
            "every misuse has words of its own");
  }
}

const ReportsState* the_state = nullptr;

Options OptionsOf(const ReportsSetup& setup) {
  Options options = LevelSetup{setup.levels}.options();
  options.sample_every = setup.sample_every;
  options.on_misuse = kMisuseReports;
  return options;
}

char* MakePage() {
  void* page = mmap(nullptr, kKernelPageBytes, PROT_READ | PROT_WRITE,
                    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  Require(page != MAP_FAILED, "the fuzzer's own mmap works");
  return static_cast<char*>(page);
}

uintptr_t AddressOf(const void* p) { return reinterpret_cast<uintptr_t>(p); }

bool IsLarge(BlockFacts::Kind kind) {
  return kind == BlockFacts::Kind::kLarge || kind == BlockFacts::Kind::kMapping;
}

}  // namespace

const MisuseListener* ProcessMisuseListener() {
  return the_state == nullptr ? nullptr : &the_state->listener();
}

ReportsState::ReportsState(const ReportsSetup& setup)
    : under_test_(
          OptionsOf(setup), [] { return static_cast<ThreadCache*>(nullptr); },
          &Now),
      cache_(under_test_.registry.Attach()),
      anonymous_(MakePage()) {
  Require(cache_ != nullptr, "there is memory for a thread");
  the_state = this;
  // Else its address would be: an input does the same in each process.
  cache_->sampling_dice = 1;
  under_test_.sampled.ChooseNext(cache_);
}

ReportsState::~ReportsState() {
  the_state = nullptr;
  munmap(anonymous_, kKernelPageBytes);
}

void ReportsState::Allocate(size_t bytes, size_t alignment) {
  if (live_.size() >= kMostBlocks) return;
  const Heap& heap = under_test_.heap;
  void* block = alignment > kBlockAlignment
                    ? heap.AllocateAligned(cache_, alignment, bytes,
                                           headroom::Origin::kMalloc)
                    : heap.Allocate<headroom::Origin::kMalloc>(cache_, bytes);
  if (block == nullptr) return;
  live_.push_back({static_cast<char*>(block), bytes, alignment});
  // A page that was a freed block's may be another one's now.
  std::erase_if(freed_,
                [block](const Block& old) { return old.start == block; });
}

void ReportsState::Free(size_t index) {
  if (live_.empty()) return;
  index %= live_.size();
  Damage(index, live_[index].damage);
  under_test_.heap.Free<headroom::Origin::kMalloc>(cache_, live_[index].start);
  freed_.push_back(live_[index]);
  live_[index] = live_.back();
  live_.pop_back();
}

void ReportsState::Damage(size_t index, uint64_t bits) {
  if (live_.empty()) return;
  Block& block = live_[index % live_.size()];
  char* const header = block.start - kHeaderBytes;
  for (size_t i = 0; i < kHeaderBytes; ++i) {
    ClosedByte byte(header + i);
    byte = static_cast<unsigned char>(byte ^ (bits >> 8 * i));
  }
  block.damage ^= bits;
}

void ReportsState::ReleaseMemory() {
  cache_->Flush();
  under_test_.central.Scavenge(/*all=*/true);
  under_test_.pages.ReleaseFreePages(SIZE_MAX);
}

uintptr_t ReportsState::Address(Near near, size_t index,
                                ptrdiff_t offset) const {
  static const int kGlobal = 1;
  uintptr_t from = 0;
  const bool is_freed = near == Near::kFreed || near == Near::kFreedEnd;
  const std::vector<Block>& blocks = is_freed ? freed_ : live_;
  const bool is_end = near == Near::kLiveEnd || near == Near::kFreedEnd;
  if (near == Near::kProgram) {
    from = AddressOf(&kGlobal);
  } else if (near == Near::kAnonymous) {
    from = AddressOf(anonymous_) + kKernelPageBytes / 2;
  } else if (near != Near::kNull && !blocks.empty()) {
    const Block& block = blocks[index % blocks.size()];
    from = AddressOf(block.start) + (is_end ? block.bytes : 0);
  }
  return from + static_cast<uintptr_t>(offset);
}

const ReportsState::Block* ReportsState::LiveAround(uintptr_t address) const {
  const auto at = std::ranges::find_if(live_, [address](const Block& block) {
    return address - AddressOf(block.start) < block.bytes;
  });
  return at == live_.end() ? nullptr : &*at;
}

// Is it a live block, or what an aligned one was cut from?
bool ReportsState::MayBeLive(const BlockFacts& facts) const {
  return std::ranges::any_of(live_, [&facts](const Block& block) {
    const uintptr_t offset = AddressOf(block.start) - facts.start;
    return offset == 0 ||
           (block.alignment > kBlockAlignment && offset < facts.usable_bytes);
  });
}

void ReportsState::CheckFacts(uintptr_t address,
                              const BlockFacts& facts) const {
  Require(facts.kind == BlockFacts::Kind::kNone ||
              facts.state != BlockFacts::State::kLive || MayBeLive(facts),
          "nothing is said to live that does not");
  const Block* block = LiveAround(address);
  if (block == nullptr) return;
  if (under_test_.sampled.Contains(block->start)) {
    Require(facts.kind == BlockFacts::Kind::kNone,
            "of samples the guard pool knows");
    return;
  }
  const bool is_aligned = block->alignment > kBlockAlignment;
  Require(facts.kind != BlockFacts::Kind::kNone &&
              facts.kind != BlockFacts::Kind::kFreePages &&
              facts.kind != BlockFacts::Kind::kFreedMapping,
          "a live block lies in memory of the heap");
  const bool is_small = facts.kind == BlockFacts::Kind::kSmall;
  // The headers lie: only the larger block is known.
  if (is_aligned && block->damage != 0) return;
  Require(facts.start == AddressOf(block->start) ||
              (is_aligned && is_small && block->damage != 0),
          "a live block starts where it starts");
  Require(facts.state == (block->damage == 0 ? BlockFacts::State::kLive
                                             : BlockFacts::State::kDamaged),
          "a header tells whether it is damaged");
  Require(is_aligned || is_small || IsLarge(facts.kind),
          "only who asks for it gets an aligned block");
  if (block->damage != 0) return;
  const size_t usable = under_test_.heap.UsableBytes(block->start);
  Require(HasTails(under_test_.options) ? facts.usable_bytes >= usable
                                        : facts.usable_bytes == usable,
          "a live block has its size");
}

void ReportsState::Look(Near near, size_t index, ptrdiff_t offset) {
  const uintptr_t address = Address(near, index, offset);
  CheckFacts(address, inspector_.Inspect(address));
  SampledBlock sample;
  const bool is_sampled = guards_.Find(address, &sample);
  const Block* block = LiveAround(address);
  if (block == nullptr) return;
  Require(is_sampled == under_test_.sampled.Contains(block->start),
          "a live sample is found");
  Require(
      !is_sampled || (sample.start == AddressOf(block->start) &&
                      sample.is_live && sample.requested_bytes == block->bytes),
      "a live sample is what was asked for");
}

void ReportsState::Finish() {
  CheckTexts();
  while (!live_.empty()) Free(0);
  for (const Block& block : freed_) {
    // Where there is no span, one is searched for at length.
    if (under_test_.sampled.Contains(block.start)) continue;
    const BlockFacts facts = inspector_.Inspect(AddressOf(block.start));
    Require(facts.kind == BlockFacts::Kind::kNone ||
                facts.state != BlockFacts::State::kLive,
            "nothing lives at the end");
  }
}

std::string Expression(ReportsState::Near near) {
  constexpr const char* kNames[] = {"kLive",     "kLiveEnd", "kFreed",
                                    "kFreedEnd", "kProgram", "kAnonymous",
                                    "kNull"};
  return std::string("ReportsState::Near::") + kNames[static_cast<int>(near)];
}

std::string Expression(Misuse misuse) {
  return "static_cast<Misuse>(" + std::to_string(static_cast<int>(misuse)) +
         ")";
}

}  // namespace headroom
