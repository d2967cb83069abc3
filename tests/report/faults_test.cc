#include <cstdint>
#include <memory>

#include "allocator/report/entry_faults.h"
#include "allocator/report/heap_faults.h"
#include "gtest/gtest.h"
#include "tests/front/test_heap.h"

namespace headroom {
namespace {

uintptr_t AddressOf(const void* p) { return reinterpret_cast<uintptr_t>(p); }

class FaultsTest : public ::testing::Test {
 protected:
  static constexpr int kNotOurs = -1;

  int Entry(const Fault& fault) {
    Explanation found = {};
    if (!entries_.Explain(fault, &found)) return kNotOurs;
    EXPECT_EQ(found.pointer, fault.first_argument);
    return static_cast<int>(found.misuse);
  }
  int Access(uintptr_t address) {
    Explanation found = {};
    if (!heap_faults_.Explain({true, address, 0, 0}, &found)) return kNotOurs;
    EXPECT_EQ(found.pointer, address);
    return static_cast<int>(found.misuse);
  }

  std::unique_ptr<TestHeap> heap_ = std::make_unique<TestHeap>();
  TestThread thread_{*heap_};
  HeapInspector inspector_{heap_->map, heap_->freed, heap_->keys};
  const char section_[64] = {};
  const uintptr_t inside_ = AddressOf(section_) + 8;
  EntryFaults entries_{inspector_, nullptr, section_,
                       section_ + sizeof(section_)};
  HeapFaults heap_faults_{inspector_};
};

TEST_F(FaultsTest, FreeOfWhatIsNotMapped) {
  const int unmapped = static_cast<int>(Misuse::kUnmappedFree);
  EXPECT_EQ(Entry({true, 0x12338, inside_, 0x12340}), unmapped);
  EXPECT_EQ(Entry({true, ~uintptr_t{7}, inside_, 0}), unmapped);
  // The header's second half is where the next page begins.
  EXPECT_EQ(Entry({true, 0x13000, inside_, 0x13003}), unmapped);
  EXPECT_EQ(Entry({true, 0x13000, inside_, 0x13000}), kNotOurs);
  EXPECT_EQ(Entry({true, 0x12000, inside_, 0x13000}), kNotOurs);
  // The program's own fault, whatever the register holds.
  EXPECT_EQ(Entry({true, 0x12338, inside_ + 64, 0x12340}), kNotOurs);
  EXPECT_EQ(Entry({true, 0x12338, inside_ - 9, 0x12340}), kNotOurs);
}

TEST_F(FaultsTest, FreeOfWhatIsNoAddress) {
  const int unmapped = static_cast<int>(Misuse::kUnmappedFree);
  EXPECT_EQ(Entry({false, 0, inside_, 0x4141414141414141}), unmapped);
  EXPECT_EQ(Entry({false, 0, inside_, uintptr_t{1} << 47 | 16}), unmapped);
  // Canonical addresses do not fault this way.
  EXPECT_EQ(Entry({false, 0, inside_, 0x12340}), kNotOurs);
  EXPECT_EQ(Entry({false, 0, inside_, ~uintptr_t{15}}), kNotOurs);
}

TEST_F(FaultsTest, AccessToFreedLargeBlocks) {
  void* large = thread_.Malloc(1 << 20);
  const uintptr_t address = AddressOf(large);
  EXPECT_EQ(Access(address + 100), kNotOurs);
  thread_.Free(large);
  EXPECT_EQ(Access(address + 100), static_cast<int>(Misuse::kFreedAccess));
  EXPECT_EQ(Entry({true, address - 8, inside_, address}),
            static_cast<int>(Misuse::kDoubleFree));
}

TEST_F(FaultsTest, WhereAMappingWasOnlyUnmappedMemoryIsOurs) {
  void* mapped = thread_.Malloc(10 << 20);
  const uintptr_t address = AddressOf(mapped) + 100;
  thread_.Free(mapped);
  using Cause = Fault::Cause;
  Explanation found = {};
  EXPECT_TRUE(
      heap_faults_.Explain({true, address, 0, 0, Cause::kUnmapped}, &found));
  EXPECT_EQ(found.misuse, Misuse::kFreedAccess);
  for (const Cause cause : {Cause::kProtected, Cause::kOther}) {
    EXPECT_FALSE(heap_faults_.Explain({true, address, 0, 0, cause}, &found));
  }
}

TEST_F(FaultsTest, AccessRoundLargeBlocks) {
  void* mapped = thread_.Malloc(10 << 20);
  const uintptr_t start = AddressOf(mapped);
  const uintptr_t end = start + thread_.UsableBytes(mapped);
  ASSERT_EQ(Access(start), kNotOurs);
  EXPECT_EQ(Access(start - 1), static_cast<int>(Misuse::kUnderflowAccess));
  EXPECT_EQ(Access(end), static_cast<int>(Misuse::kOverflowAccess));
  EXPECT_EQ(Access(end + kKernelPageBytes - 1),
            static_cast<int>(Misuse::kOverflowAccess));
  // Next to the mapping, whatever is there is not ours.
  EXPECT_EQ(Access(start - 17), kNotOurs);
  EXPECT_EQ(Access(end + kKernelPageBytes), kNotOurs);
}

TEST_F(FaultsTest, AccessToBlocksOfSizeZero) {
  FoundBlock empty;
  ASSERT_TRUE(heap_->large.AllocateEmpty(&empty));
  EXPECT_EQ(Access(AddressOf(empty.block)),
            static_cast<int>(Misuse::kZeroSizeAccess));
  EXPECT_EQ(Access(AddressOf(empty.block) + kKernelPageBytes - 1),
            static_cast<int>(Misuse::kZeroSizeAccess));
  EXPECT_EQ(Access(0), kNotOurs);
}

TEST_F(FaultsTest, OtherMemoryIsNotOurs) {
  int on_stack = 0;
  EXPECT_EQ(Access(0), kNotOurs);
  EXPECT_EQ(Access(UINTPTR_MAX), kNotOurs);
  EXPECT_EQ(Access(AddressOf(&on_stack)), kNotOurs);
  Explanation found = {};
  EXPECT_FALSE(heap_faults_.Explain({false, 0, 0, 0}, &found));
}

}  // namespace
}  // namespace headroom
