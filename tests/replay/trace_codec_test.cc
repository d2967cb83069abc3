#include "bench/replay/trace_codec.h"

#include <string>
#include <utility>

#include "bench/replay/plan.h"
#include "bench/replay/recording.h"
#include "gtest/gtest.h"
#include "tests/replay/recording_maker.h"

namespace headroom::replay {
namespace {

Trace RichTrace() { return CompileRecording(RichRecording())->trace; }

TEST(TraceCodecTest, WhatIsWrittenIsReadBack) {
  const Trace trace = RichTrace();
  const auto read = DecodeTrace(EncodeTrace(trace));
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(*read, trace);
  EXPECT_EQ(*DecodeTrace(EncodeTrace(Trace())), Trace());
}

TEST(TraceCodecTest, AnOperationIsFewBytes) {
  RecordingMaker maker;
  for (uintptr_t i = 0; i < 100; ++i) maker.Malloc(1, i, 100);
  for (uintptr_t i = 0; i < 100; ++i) maker.Free(1, i);
  const Trace trace = CompileRecording(maker.File())->trace;
  EXPECT_LT(EncodeTrace(trace).size(), 200 * 2 + 50u);
}

TEST(TraceCodecTest, NoPartOfATraceIsATrace) {
  const std::string file = EncodeTrace(RichTrace());
  for (size_t bytes = 0; bytes < file.size(); ++bytes) {
    const auto read = DecodeTrace(file.substr(0, bytes));
    ASSERT_FALSE(read.ok()) << bytes;
    EXPECT_NE(read.status().message(), "");
  }
  EXPECT_FALSE(DecodeTrace(file + '\0').ok());
}

TEST(TraceCodecTest, EveryFlippedBitIsSeen) {
  const std::string file = EncodeTrace(RichTrace());
  for (size_t bit = 0; bit < file.size() * 8; ++bit) {
    std::string flipped = file;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ 1 << bit % 8);
    EXPECT_FALSE(DecodeTrace(flipped).ok()) << bit;
  }
}

// Whoever wrote it knew the checksum.
std::string WithChecksum(std::string file) {
  file.resize(file.size() - 8);
  Hash hash;
  for (const char byte : file) hash.Add(static_cast<uint8_t>(byte));
  for (int shift = 0; shift < 64; shift += 8) {
    file += static_cast<char>(hash.value() >> shift);
  }
  return file;
}

TEST(TraceCodecTest, WhatIsReadIsAPossibleTraceOrRefused) {
  const std::string file = EncodeTrace(RichTrace());
  ASSERT_TRUE(DecodeTrace(WithChecksum(file)).ok());
  int refused = 0;
  int accepted = 0;
  for (size_t bit = 64; bit < (file.size() - 8) * 8; ++bit) {
    std::string flipped = file;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ 1 << bit % 8);
    const auto read = DecodeTrace(WithChecksum(flipped));
    const bool possible = read.ok() && MakePlan(*read).ok();
    ++(possible ? accepted : refused);
  }
  EXPECT_GT(refused, 50);
  EXPECT_GT(accepted, 50);
}

TEST(TraceCodecTest, ARecordingThatIsDamagedIsReadOrRefused) {
  const std::string file = RichRecording();
  int refused = 0;
  for (size_t bit = 0; bit < file.size() * 8; ++bit) {
    std::string flipped = file;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ 1 << bit % 8);
    const auto compiled = CompileRecording(flipped);
    if (compiled.ok()) {
      EXPECT_TRUE(MakePlan(compiled->trace).ok()) << bit;
    } else {
      EXPECT_NE(compiled.status().message(), "");
      ++refused;
    }
  }
  EXPECT_GT(refused, 64);
  for (size_t bytes = 0; bytes < file.size(); ++bytes) {
    const auto compiled = CompileRecording(file.substr(0, bytes));
    EXPECT_TRUE(!compiled.ok() || MakePlan(compiled->trace).ok()) << bytes;
  }
}

}  // namespace
}  // namespace headroom::replay
