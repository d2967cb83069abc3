// Reports of a whole program: details, the service's own line, crashes.
#include <sys/mman.h>

#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <new>
#include <thread>

#include "allocator/base/build_mode.h"
#include "allocator/headroom.h"
#include "gtest/gtest.h"
#include "tests/override/opaque.h"

// Outside of the allocator's namespace, whose frames a report leaves out.
extern "C" [[gnu::noinline]] void report_test_frees(void* block) {
  free(headroom::Opaque(block));
  asm volatile("");
}

namespace headroom {
namespace {

using ::testing::KilledBySignal;

char* UnmappedPage() {
  void* page =
      mmap(nullptr, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  munmap(page, 4096);
  return static_cast<char*>(page);
}

// Of a size that nobody else asks for.
void* FreedBlock() {
  void* block = malloc(7000);
  free(Opaque(block));
  return Opaque(block);
}

void* const kNoAddress = reinterpret_cast<void*>(0x4141414141414140);

TEST(ReportDeathTest, ADoubleFreeSaysWhatAndWhere) {
  void* block = FreedBlock();
  EXPECT_EXIT(report_test_frees(block), KilledBySignal(SIGABRT),
              "^headroom: double free: the block is already free: pointer "
              "0x[0-9a-f]+\n"
              "  in thread [0-9]+ \\(report_test\\) of process [0-9]+\n"
              "  the pointer is the start of a free block of [0-9]+ bytes at "
              "0x[0-9a-f]+\n"
              "  stack:\n"
              // A debug build calls free's body.
              "(    #0 [^\n]* free\n)?"
              "    #[01] 0x[0-9a-f]+ /[^ ]*/report_test\\+0x[0-9a-f]+ "
              "report_test_frees\n"
              "    #[12] 0x");
}

TEST(ReportDeathTest, AFreeOfUnmappedMemoryIsNoSegmentationFault) {
  // A debug build calls a function to read the header.
  if (kDebugBuild) GTEST_SKIP() << "only for release builds";
  const char* text =
      "^headroom: invalid free: pointer to memory that is not mapped: pointer "
      "0x[0-9a-f]+40\n"
      "  in thread .*\n"
      "  the pointer lies in no memory of this heap, and nothing is mapped "
      "there\n"
      "  stack:\n    #0 ";
  void* unmapped = UnmappedPage() + 0x40;
  EXPECT_EXIT(free(Opaque(unmapped)), KilledBySignal(SIGABRT), text);
  EXPECT_EXIT(free(Opaque(kNoAddress)), KilledBySignal(SIGABRT), text);
  EXPECT_EXIT(::operator delete(Opaque(unmapped)), KilledBySignal(SIGABRT),
              text);
  EXPECT_EXIT(::operator delete[](Opaque(unmapped), std::align_val_t(64)),
              KilledBySignal(SIGABRT), text);
  EXPECT_EXIT(headroom_free(Opaque(unmapped)), KilledBySignal(SIGABRT), text);
  EXPECT_EXIT(std::thread([&] { free(Opaque(unmapped)); }).join(),
              KilledBySignal(SIGABRT), text);
  // What of the header is there does not matter.
  EXPECT_EXIT(free(Opaque(reinterpret_cast<void*>(0x10))),
              KilledBySignal(SIGABRT), "^headroom: invalid free: pointer to ");
}

TEST(ReportDeathTest, TheStackOfAFaultBeginsAtTheProgramsCall) {
  if (kDebugBuild) GTEST_SKIP() << "only for release builds";
  EXPECT_EXIT(report_test_frees(kNoAddress), KilledBySignal(SIGABRT),
              "  stack:\n    #0 [^\n]* free\n    #1 [^\n]* "
              "report_test_frees\n    #2 ");
}

TEST(ReportDeathTest, TheProgramsOwnCrashesAreItsOwn) {
  EXPECT_EXIT(*Opaque(static_cast<volatile char*>(nullptr)) = 1,
              KilledBySignal(SIGSEGV), "^$");
  EXPECT_EXIT(raise(SIGSEGV), KilledBySignal(SIGSEGV), "^$");
  EXPECT_EXIT(raise(SIGBUS), KilledBySignal(SIGBUS), "^$");
  // A file that ends too early, mapped where a block was.
  const auto map_over_a_freed_block = [] {
    char* block = static_cast<char*>(Opaque(malloc(8 << 20)));
    char* page = block + 65536 - reinterpret_cast<uintptr_t>(block) % 4096;
    free(Opaque(block));
    void* file = mmap(page, 4096, PROT_READ, MAP_SHARED | MAP_FIXED_NOREPLACE,
                      memfd_create("empty", 0), 0);
    if (file != page) exit(0);
    exit(*Opaque(static_cast<volatile char*>(page)));
  };
  EXPECT_EXIT(map_over_a_freed_block(), KilledBySignal(SIGBUS), "^$");
}

TEST(ReportDeathTest, TheServiceAddsALine) {
  static char request[] = "request 4711";
  void* block = FreedBlock();
  headroom_set_report_hook(
      [](void* context, struct headroom_report* report) {
        headroom_report_line(report, static_cast<const char*>(context));
        headroom_report_line(report, "the last line");
      },
      request);
  EXPECT_EXIT(free(Opaque(block)), KilledBySignal(SIGABRT),
              "^headroom: double free: (.*\n)+  request 4711\n"
              "  the last line\n$");
  headroom_set_report_hook(nullptr, nullptr);
  EXPECT_EXIT(free(Opaque(block)), KilledBySignal(SIGABRT),
              "\n    #[0-9]+ [^\n]*\n$");
}

TEST(ReportDeathTest, AHookThatMisusesEndsTheProcess) {
  static void* block = nullptr;
  block = FreedBlock();
  headroom_set_report_hook(
      [](void*, struct headroom_report* report) {
        headroom_report_line(report, "is lost");
        free(block);
      },
      nullptr);
  EXPECT_EXIT(free(Opaque(block)), KilledBySignal(SIGABRT),
              "^headroom: double free: (.*\n)+"
              "headroom: double free: [^\n]*\n$");
  headroom_set_report_hook(nullptr, nullptr);
}

}  // namespace
}  // namespace headroom
