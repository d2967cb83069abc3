#include "allocator/base/report_writer.h"

#include <cstdint>
#include <cstdlib>
#include <string>

#include "gtest/gtest.h"

namespace headroom {
namespace {

template <size_t kCapacity>
[[noreturn]] void WriteAll() {
  char buffer[kCapacity];
  ReportWriter writer(buffer, sizeof(buffer));
  writer.Text("zero ").Decimal(0).Text(" ").Hex(uintptr_t{0});
  writer.Text(" most ").Decimal(UINT64_MAX).Text(" ").Hex(UINTPTR_MAX);
  writer.Text(" part", 3).Text(" ").Hex(reinterpret_cast<void*>(0xbeef));
  writer.Flush();
  exit(0);
}

// A buffer of any size gives the same text.
TEST(ReportWriterDeathTest, TextAndNumbers) {
  const std::string all =
      "^zero 0 0x0 most 18446744073709551615 0xffffffffffffffff pa 0xbeef$";
  EXPECT_EXIT(WriteAll<256>(), ::testing::ExitedWithCode(0), all);
  EXPECT_EXIT(WriteAll<7>(), ::testing::ExitedWithCode(0), all);
  EXPECT_EXIT(WriteAll<1>(), ::testing::ExitedWithCode(0), all);
}

TEST(ReportWriterDeathTest, NothingIsWrittenBeforeFlush) {
  char buffer[16];
  EXPECT_EXIT(
      {
        ReportWriter writer(buffer, sizeof(buffer));
        writer.Text("sixteen letters!");
        exit(0);
      },
      ::testing::ExitedWithCode(0), "^$");
}

}  // namespace
}  // namespace headroom
