#include "allocator/trace/trace_buffer.h"

#include <cstdint>
#include <memory>
#include <vector>

#include "gtest/gtest.h"

namespace headroom {
namespace {

using Bytes = std::vector<unsigned>;

const void* BlockAt(uintptr_t address) {
  return reinterpret_cast<const void*>(address);
}

Bytes Taken(TraceBuffer& buffer) {
  size_t bytes;
  const unsigned char* start = buffer.Take(&bytes);
  return {start, start + bytes};
}

Bytes Varint(uint64_t value) {
  unsigned char bytes[kMostVarintBytes];
  return {bytes, PutVarint(bytes, value)};
}

TEST(TraceFormatTest, Varints) {
  EXPECT_EQ(Varint(0), Bytes({0}));
  EXPECT_EQ(Varint(127), Bytes({127}));
  EXPECT_EQ(Varint(128), Bytes({0x80, 1}));
  EXPECT_EQ(Varint(300), Bytes({0xac, 2}));
  const Bytes longest = Varint(~uint64_t{0});
  EXPECT_EQ(longest.size(), kMostVarintBytes);
  EXPECT_EQ(longest.back(), 1u);
}

TEST(TraceFormatTest, DifferencesOfEitherSignAreSmall) {
  EXPECT_EQ(ZigZag(0), 0u);
  EXPECT_EQ(ZigZag(uint64_t(-1)), 1u);
  EXPECT_EQ(ZigZag(1), 2u);
  EXPECT_EQ(ZigZag(uint64_t(-2)), 3u);
  for (const uint64_t value :
       {uint64_t{0}, uint64_t{1}, ~uint64_t{0}, uint64_t{1} << 63,
        (uint64_t{1} << 63) - 1, uint64_t{0x123456789abcdef}}) {
    EXPECT_EQ(UnZigZag(ZigZag(value)), value);
  }
}

TEST(TraceBufferTest, EachKindHasItsFields) {
  const auto buffer = std::make_unique<TraceBuffer>();
  buffer->StartThread(1);
  buffer->PutAllocate(1, TracedCall::kMalloc, BlockAt(16 * 5), 100, 16);
  EXPECT_EQ(Taken(*buffer), Bytes({1 << 3 | 0, 100, 10}));
  // Differences: of the stamp, and of the address in units of 16.
  buffer->PutAllocate(4, TracedCall::kCalloc, BlockAt(16 * 7), 1, 16);
  EXPECT_EQ(Taken(*buffer), Bytes({3 << 3 | 1, 1, 4}));
  buffer->PutAllocate(5, TracedCall::kAligned, BlockAt(16 * 4), 2, 64);
  EXPECT_EQ(Taken(*buffer), Bytes({1 << 3 | 2, 6, 2, 5}));
  buffer->PutReallocate(9, 7, BlockAt(16 * 4), BlockAt(16 * 8), 200);
  EXPECT_EQ(Taken(*buffer), Bytes({4 << 3 | 3, 2, 0xc8, 1, 0, 8}));
  buffer->PutFree(10, BlockAt(16 * 8));
  EXPECT_EQ(Taken(*buffer), Bytes({1 << 3 | 4, 0}));
  EXPECT_EQ(Taken(*buffer), Bytes());
}

TEST(TraceBufferTest, WhatIsTakenIsWhatWasPutSince) {
  const auto buffer = std::make_unique<TraceBuffer>();
  buffer->StartThread(1);
  buffer->PutFree(1, BlockAt(0));
  buffer->PutFree(2, BlockAt(0));
  EXPECT_EQ(Taken(*buffer), Bytes({1 << 3 | 4, 0, 1 << 3 | 4, 0}));
  buffer->PutFree(3, BlockAt(16));
  EXPECT_EQ(Taken(*buffer), Bytes({1 << 3 | 4, 2}));
  // The room is anew, the thread goes on.
  buffer->Clear();
  buffer->PutFree(4, BlockAt(16));
  EXPECT_EQ(Taken(*buffer), Bytes({1 << 3 | 4, 0}));
  // Another thread begins from nothing.
  buffer->StartThread(2);
  buffer->PutFree(4, BlockAt(16));
  EXPECT_EQ(Taken(*buffer), Bytes({4 << 3 | 4, 2}));
}

TEST(TraceBufferTest, TheLongestRecordFindsRoom) {
  const auto buffer = std::make_unique<TraceBuffer>();
  buffer->StartThread(1);
  const void* const far = BlockAt(~uintptr_t{0} - 15);
  uint64_t records = 0;
  for (uint64_t stamp = uint64_t{1} << 60; buffer->HasRoom(); ++records) {
    buffer->PutReallocate(stamp, 0, far, BlockAt(0), ~size_t{0});
    stamp += uint64_t{1} << 59;
  }
  EXPECT_GT(records, TraceBuffer::kBytes / 60);
  EXPECT_LE(Taken(*buffer).size(), TraceBuffer::kBytes);
}

}  // namespace
}  // namespace headroom
