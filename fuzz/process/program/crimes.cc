#include "fuzz/process/program/crimes.h"

#include <sys/wait.h>
#include <unistd.h>

#include <bit>
#include <cstdint>
#include <optional>

#include "fuzz/process/program/calls.h"
#include "fuzz/process/program/deeds.h"
#include "fuzz/process/program/tell.h"

namespace headroom {
namespace {

constexpr size_t kLarge = 32 << 10;  // more is a large block
constexpr size_t kMapped = 5 << 20;  // as much is a mapping of its own
constexpr size_t kPage = 4096;

char* PageOf(char* block) {
  return block - reinterpret_cast<uintptr_t>(block) % (2 * kPage);
}

// One crime, and what it must end in.
struct Plan {
  uint32_t reports = 0;
  uint32_t flags = 0;
  char* pointer = nullptr;
};

class Scene {
 public:
  Scene(const Record& record, const Level& level, Blocks& blocks)
      : crime_(static_cast<Crime>(record.kind)),
        kind_(record.detail & ~kInChild),
        slot_(record.slot),
        size_(record.size),
        level_(level),
        blocks_(blocks) {}

  // Null: there is no occasion.
  std::optional<Plan> MakePlan();
  void Do(const Plan& plan);

 private:
  std::optional<Plan> PlanOfFree();
  std::optional<Plan> PlanOfDamage();
  std::optional<Plan> PlanOfTouch();
  bool TakeBlock();
  void DoWithBlock(Block block);

  const Crime crime_;
  const uint32_t kind_;
  const uint8_t slot_;
  const uint64_t size_;
  const Level& level_;
  Blocks& blocks_;
  Block* block_ = nullptr;
  Block* behind_ = nullptr;
};

bool Scene::TakeBlock() {
  block_ = blocks_.Find(slot_);
  if (block_ != nullptr) blocks_.Check(*block_);
  return block_ != nullptr;
}

std::optional<Plan> Scene::MakePlan() {
  if (crime_ == Crime::kCrash) return Plan{0, kMayCrash, nullptr};
  if (crime_ == Crime::kFreeForeign || crime_ == Crime::kResizeForeign) {
    Plan plan;
    bool unmapped;
    plan.pointer = ForeignPointer(kind_, &unmapped);
    // The kernel may put the program's mappings where freed blocks were.
    if (crime_ == Crime::kFreeForeign) {
      plan.reports = kNotLiveBit | kUnmappedBit | kDoubleFreeBit;
      if (unmapped) plan.flags = kMayFault;
    } else {
      plan.reports = AsksUsableSize(kind_) ? kUsableBadBit | kUsableFreedBit
                                           : kReallocBadBit | kReallocFreedBit;
    }
    return plan;
  }
  if (crime_ == Crime::kResizeFreed) {
    block_ = blocks_.Find(slot_);
    if (block_ == nullptr) return std::nullopt;
    return Plan{AsksUsableSize(kind_) ? kUsableFreedBit : kReallocFreedBit, 0,
                block_->start};
  }
  if (crime_ == Crime::kOverflow) {
    for (int i = 0; i < kSlots && behind_ == nullptr; ++i) {
      block_ = blocks_.Find(slot_ + i);
      if (block_ == nullptr) return std::nullopt;
      behind_ = blocks_.BehindOf(*block_);
    }
    if (behind_ == nullptr) return std::nullopt;
    return Plan{kHeaderBit | kInteriorBit, 0, behind_->start};
  }
  if (!TakeBlock()) return std::nullopt;
  if (crime_ <= Crime::kWrongOrigin) return PlanOfFree();
  if (crime_ <= Crime::kWriteFreed) return PlanOfDamage();
  return PlanOfTouch();
}

std::optional<Plan> Scene::PlanOfFree() {
  Plan plan = {0, 0, block_->start};
  switch (crime_) {
    case Crime::kDoubleFree:
      plan.reports = kDoubleFreeBit;
      plan.flags = kMayFault;
      break;
    case Crime::kFreeInterior:
      if (block_->usable < 32) return std::nullopt;
      plan.pointer += 16 + size_ % (block_->usable - 16) / 16 * 16;
      plan.reports = kInteriorBit | kNotLiveBit;
      if (kind_ % 8 == 7) {
        // Of its page instead: in another block, or in none.
        plan.pointer = PageOf(block_->start);
        if (plan.pointer == block_->start) return std::nullopt;
        plan.reports |= kDoubleFreeBit | kUnmappedBit;
        plan.flags = kMayFault;
      }
      break;
    case Crime::kFreeMisaligned:
      if (block_->usable < 16) return std::nullopt;
      plan.pointer += 1 + size_ % 15;
      plan.reports = kMisalignedBit;
      break;
    case Crime::kWrongSize:
      plan.reports = kWrongSizeBit;
      break;
    case Crime::kWrongAlignment:
      plan.reports = kWrongAlignmentBit;
      break;
    default:  // of the wrong origin
      if (!level_.check_origin || block_->usable == 0) return std::nullopt;
      plan.reports = kWrongOriginBit;
      if (level_.samples) plan.flags = kMayGoUnseen;
  }
  return plan;
}

std::optional<Plan> Scene::PlanOfDamage() {
  Plan plan = {0, 0, block_->start};
  // Sampled and empty blocks lie against inaccessible pages.
  constexpr uint32_t kFaults = kUnderflowAccessBit | kEmptyAccessBit |
                               kFreedAccessBit | kOverflowAccessBit;
  switch (crime_) {
    case Crime::kWriteHeader:
      plan.reports =
          kHeaderBit | kInteriorBit | kFaults | kUsableBadBit | kReallocBadBit;
      plan.flags = kMayFault;
      break;
    case Crime::kWriteFreedHeader:
      plan.reports = kFreeHeaderBit | kHeaderBit | kDoubleFreeBit | kFaults;
      plan.flags = kMayFault | kMayGoUnseen;
      break;
    case Crime::kWriteBehind:
      // Or the block is sampled.
      if (!level_.tail_canary && !level_.samples) return std::nullopt;
      if (block_->requested == 0) return std::nullopt;
      plan.reports = kTailBit | kHeaderBit | kFaults;
      plan.flags = kMayFault;
      if (level_.samples || !level_.protect_large) plan.flags |= kMayGoUnseen;
      break;
    default:  // what was freed
      if (!level_.zero_on_free || block_->usable < 16) return std::nullopt;
      plan.reports = kFreedWrittenBit | kFreeHeaderBit | kFaults;
      plan.flags = kMayFault | kMayGoUnseen;
  }
  return plan;
}

std::optional<Plan> Scene::PlanOfTouch() {
  Plan plan = {0, kMayFault, block_->start};
  switch (crime_) {
    case Crime::kTouchFreed:
      // An empty one has no byte of its own.
      plan.reports = block_->usable == 0 ? kAccessBits : kFreedAccessBit;
      if (block_->usable < kMapped) plan.flags |= kMayGoUnseen;
      break;
    case Crime::kTouchBehind:
      plan.reports = kAccessBits;  // whatever lies there
      plan.flags |= kMayGoUnseen;
      if (block_->usable <= kLarge || !level_.protect_large) {
        // Unless it is sampled, another's memory, or nobody's.
        plan.flags |= kMayCrash;
      }
      break;
    case Crime::kTouchInFront:
      plan.reports = kAccessBits;
      plan.flags |= kMayGoUnseen | kMayCrash;
      break;
    default:  // an empty one
      if (block_->usable != 0) return std::nullopt;
      plan.reports = kEmptyAccessBit | kOverflowAccessBit;
      if (!level_.zero_size_page) plan.flags |= kMayGoUnseen;
  }
  return plan;
}

void Scene::Do(const Plan& plan) {
  const int way = static_cast<int>(kind_);
  switch (crime_) {
    case Crime::kCrash:
      return Crash(kind_);
    case Crime::kFreeForeign:
      return CallFree(Family::kMalloc, way % 4, plan.pointer, 0, 0);
    case Crime::kResizeForeign:
      return CallResizeOrUsableSize(kind_, plan.pointer);
    case Crime::kFreeInterior:
    case Crime::kFreeMisaligned:
      return CallFree(Family::kMalloc, way % 5, plan.pointer, 0, 0);
    case Crime::kWrongSize:
      // Of another class, however much an alignment adds to the block.
      return CallFreeSized(block_->family, way, plan.pointer,
                           2 * (block_->usable + block_->alignment) + 64,
                           block_->alignment);
    case Crime::kWrongAlignment: {
      const auto address = reinterpret_cast<uintptr_t>(plan.pointer);
      const int zeros = std::countr_zero(address);
      const size_t alignment =
          size_ % 4 == 0 ? 24 : size_t{2} << std::min(zeros, 40);
      return CallFreeAligned(way, plan.pointer, block_->requested, alignment);
    }
    case Crime::kWrongOrigin: {
      const int other = static_cast<int>(block_->family) + 1 +
                        static_cast<int>(kind_ % (kFamilies - 1));
      return CallFree(static_cast<Family>(other % kFamilies), 1, plan.pointer,
                      block_->requested,
                      std::max<size_t>(block_->alignment, 16));
    }
    case Crime::kTouchBehind: {
      const auto end =
          reinterpret_cast<uintptr_t>(plan.pointer) + block_->usable;
      return Touch(reinterpret_cast<char*>((end + kPage - 1) / kPage * kPage),
                   false);
    }
    case Crime::kTouchInFront:
      return Touch(plan.pointer - kPage - 16, false);
    case Crime::kTouchEmpty:
      return Touch(plan.pointer, kind_ % 2 == 1);
    case Crime::kOverflow: {
      Damage(block_->start + block_->usable, 1 + size_ % 16);
      const Block victim = *behind_;
      *behind_ = {};
      // Its first bytes are another's now.
      return CallFree(victim.family, 1, victim.start, victim.requested,
                      victim.alignment);
    }
    default:
      return DoWithBlock(*block_);
  }
}

// After these the block is nobody's.
void Scene::DoWithBlock(Block block) {
  *block_ = {};
  const int way = static_cast<int>(kind_);
  const auto free_block = [&block](int by) {
    CallFree(block.family, by, block.start, block.requested, block.alignment);
  };
  switch (crime_) {
    case Crime::kDoubleFree:
      free_block(way);
      return free_block(way / 64);
    case Crime::kResizeFreed:
      free_block(1);
      return CallResizeOrUsableSize(kind_, block.start);
    case Crime::kWriteHeader:
      Damage(block.start - 1 - size_ % 8, 1);
      if (kind_ % 2 == 1) return CallResizeOrUsableSize(kind_ / 2, block.start);
      return free_block(1);
    case Crime::kWriteBehind:
      Damage(block.start + block.requested, 1);
      return free_block(1);
    case Crime::kWriteFreedHeader:
      free_block(1);
      Damage(block.start - 1 - size_ % 8, 1);
      return ReuseUntil(block.start, block.usable);
    case Crime::kWriteFreed:
      free_block(1);
      Damage(block.start + size_ % (block.usable - 8), 1);
      return ReuseUntil(block.start, block.usable);
    default:  // it is touched
      free_block(1);
      return Touch(block.start + (block.usable == 0 ? 0 : size_ % block.usable),
                   kind_ % 2 == 1);
  }
}

void TellOf(const Plan& plan, HookKind hook) {
  Tell("%s %x %x %x\n", kCrimeWord, plan.reports, plan.flags,
       static_cast<unsigned>(hook));
}

}  // namespace

void Commit(const Record& record, const Level& level, HookKind hook,
            Blocks& blocks) {
  Scene scene(record, level, blocks);
  const std::optional<Plan> plan = scene.MakePlan();
  if (!plan) return;
  TellOf(*plan, hook);
  // Who may get away with it leaves a heap that nobody should go on with.
  const bool is_wild = (plan->flags & (kMayGoUnseen | kMayCrash)) != 0;
  if ((record.detail & kInChild) == 0 && !is_wild) {
    scene.Do(*plan);
    Tell("%s\n", kSurvivedWord);
    return;
  }
  const pid_t child = fork();
  if (child == 0) {
    scene.Do(*plan);
    Tell("%s\n", kSurvivedWord);
    _exit(0);
  }
  int status = 0;
  if (child > 0) waitpid(child, &status, 0);
  Tell("%s %x\n", kDiedWord, static_cast<unsigned>(status));
}

}  // namespace headroom
