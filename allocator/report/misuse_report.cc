#include "allocator/report/misuse_report.h"

#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "allocator/base/stack_trace.h"
#include "allocator/report/module_map.h"
#include "allocator/report/stack_lines.h"

namespace headroom {
namespace {

using Kind = BlockFacts::Kind;
using State = BlockFacts::State;

void WriteThread(ReportWriter& report) {
  char name[17] = {};
  prctl(PR_GET_NAME, name);
  report.Text("  in thread ");
  report.Decimal(static_cast<uint64_t>(syscall(SYS_gettid)));
  report.Text(" (").Text(name).Text(") of process ");
  report.Decimal(static_cast<uint64_t>(getpid())).Text("\n");
}

const char* WordsFor(const BlockFacts& block) {
  if (block.kind == Kind::kFreePages) return "run of free pages";
  if (block.kind == Kind::kFreedMapping) return "page of a freed large block";
  const bool is_large =
      block.kind == Kind::kLarge || block.kind == Kind::kMapping;
  switch (block.state) {
    case State::kLive:
      if (block.kind == Kind::kAligned) return "live aligned block";
      return is_large ? "live large block" : "live block";
    case State::kFree:
      return "free block";
    case State::kDamaged:
      return is_large ? "large block with a damaged header"
                      : "block with a damaged header";
  }
  return "";
}

void WriteBlock(const char* words, uintptr_t start, size_t bytes,
                ReportWriter& report) {
  report.Text(words).Text(" of ").Decimal(bytes).Text(" bytes at ").Hex(start);
}

// Where the pointer lies, seen from [start, start + bytes).
void WritePlace(uintptr_t address, uintptr_t start, size_t bytes,
                ReportWriter& report) {
  report.Text("  the pointer ");
  if (address == start) {
    report.Text("is the start of a ");
  } else if (address < start) {
    report.Text("lies ").Decimal(start - address).Text(" bytes in front of a ");
  } else if (address - start < bytes) {
    report.Text("lies ").Decimal(address - start).Text(" bytes into a ");
  } else {
    report.Text("lies ").Decimal(address - start - bytes);
    report.Text(" bytes behind the end of a ");
  }
}

void WriteForeign(uintptr_t address, ReportWriter& report) {
  report.Text("  the pointer lies in no memory of this heap");
  Mapping mapping;
  if (!FindMapping(address, &mapping)) {
    report.Text(", and nothing is mapped there\n");
  } else if (mapping.path[0] == '\0') {
    report.Text(", but in anonymous memory of the program\n");
  } else {
    report.Text(", but in ").Text(mapping.path).Text("\n");
  }
}

void WriteSampled(const SampledBlock& block, uintptr_t address,
                  ReportWriter& report) {
  WritePlace(address, block.start, block.requested_bytes, report);
  WriteBlock(block.is_live ? "live sampled block" : "free sampled block",
             block.start, block.requested_bytes, report);
  report.Text("\n  allocated by thread ");
  report.Decimal(block.allocating_thread).Text(":\n");
  WriteStack(block.allocated, FirstFrame::kReturnAddress, report);
  if (block.is_live) return;
  report.Text("  freed by thread ");
  report.Decimal(block.freeing_thread).Text(":\n");
  WriteStack(block.freed, FirstFrame::kReturnAddress, report);
}

bool IsAboutAHeader(Misuse misuse) {
  return misuse == Misuse::kCorruptHeader ||
         misuse == Misuse::kCorruptFreeBlock;
}

bool IsAboutAPointer(Misuse misuse) { return misuse < Misuse::kLockOrder; }

}  // namespace

void MisuseReport::DescribePointer(Misuse misuse, uintptr_t address,
                                   ReportWriter& report) const {
  SampledBlock sampled;
  if (sampled_ != nullptr && sampled_->Find(address, &sampled)) {
    WriteSampled(sampled, address, report);
    return;
  }
  const BlockFacts block = heap_.Inspect(address);
  if (block.kind == Kind::kNone) {
    WriteForeign(address, report);
    return;
  }
  WritePlace(address, block.start, block.usable_bytes, report);
  WriteBlock(WordsFor(block), block.start, block.usable_bytes, report);
  report.Text("\n");
  if (!IsAboutAHeader(misuse)) return;
  const BlockFacts front = heap_.InFrontOf(block.start);
  if (front.kind == Kind::kNone) return;
  report.Text("  in front of it, and perhaps overrun: a ");
  WriteBlock(WordsFor(front), front.start, front.usable_bytes, report);
  report.Text("\n");
}

void MisuseReport::Describe(Misuse misuse, const void* pointer,
                            const void* ucontext, ReportWriter& report) const {
  WriteThread(report);
  if (IsAboutAPointer(misuse)) {
    DescribePointer(misuse, reinterpret_cast<uintptr_t>(pointer), report);
  }
  // A stack or a hook may be damaged, too: what is known goes out before.
  report.Text("  stack:\n").Flush();
  StackTrace stack;
  if (ucontext != nullptr) {
    CaptureFaultStack(&stack, ucontext);
    WriteStack(stack, FirstFrame::kInstruction, report);
  } else {
    CaptureStack(&stack, 0);
    WriteStack(stack, FirstFrame::kReturnAddress, report);
  }
  report.Flush();
  hook_.Call(report);
}

}  // namespace headroom
