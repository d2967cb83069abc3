// The part of the reports' fuzzer that reads reports, and explains faults.
//
// Takes from: report, stderr_file. Gives to: reports_state.
#include <ucontext.h>
#include <unistd.h>

#include <csignal>
#include <memory>
#include <sstream>

#include "allocator/report/module_map.h"
#include "allocator/system/fault.h"
#include "fuzz/engine/require.h"
#include "fuzz/reports/reports_state.h"

namespace headroom {
namespace {

using Kind = BlockFacts::Kind;
using State = BlockFacts::State;

std::string Hex(uintptr_t value) {
  std::ostringstream text;
  text << "0x" << std::hex << value;
  return text.str();
}

std::string Of(const char* words, uintptr_t start, size_t bytes) {
  return std::string(words) + " of " + std::to_string(bytes) + " bytes at " +
         Hex(start);
}

const char* WordsFor(const BlockFacts& facts) {
  const bool is_large =
      facts.kind == Kind::kLarge || facts.kind == Kind::kMapping;
  if (facts.kind == Kind::kFreePages) return "run of free pages";
  if (facts.kind == Kind::kFreedMapping) return "page of a freed large block";
  if (facts.state == State::kFree) return "free block";
  if (facts.state == State::kDamaged) {
    return is_large ? "large block with a damaged header"
                    : "block with a damaged header";
  }
  if (is_large) return "live large block";
  return facts.kind == Kind::kAligned ? "live aligned block" : "live block";
}

// "  the pointer lies 3 bytes into a ".
std::string Place(uintptr_t address, uintptr_t start, size_t bytes) {
  const std::string pointer = "  the pointer ";
  if (address == start) return pointer + "is the start of a ";
  const auto lies = [&](size_t distance, const char* where) {
    return pointer + "lies " + std::to_string(distance) + " bytes " + where;
  };
  if (address < start) return lies(start - address, "in front of a ");
  if (address < start + bytes) return lies(address - start, "into a ");
  return lies(address - start - bytes, "behind the end of a ");
}

// What follows, up to a line that is no frame.
void SkipFrames(std::istringstream& lines, std::string* next) {
  int number = 0;
  *next = "";
  while (std::getline(lines, *next)) {
    if (*next == "    cannot be taken in this program" && number == 0) {
      ++number;
      continue;
    }
    const std::string start = "    #" + std::to_string(number) + " 0x";
    if (!next->starts_with(start)) return;
    ++number;
  }
  next->clear();
}

}  // namespace

// What is known of the block at the address, in one line.
std::string ReportsState::BlockLine(uintptr_t address) const {
  SampledBlock sample;
  if (guards_.Find(address, &sample)) {
    return Place(address, sample.start, sample.requested_bytes) +
           Of(sample.is_live ? "live sampled block" : "free sampled block",
              sample.start, sample.requested_bytes);
  }
  const BlockFacts facts = inspector_.Inspect(address);
  if (facts.kind != Kind::kNone) {
    return Place(address, facts.start, facts.usable_bytes) +
           Of(WordsFor(facts), facts.start, facts.usable_bytes);
  }
  Mapping mapping;
  const std::string none = "  the pointer lies in no memory of this heap";
  if (!FindMapping(address, &mapping)) {
    return none + ", and nothing is mapped there";
  }
  return none + (mapping.path[0] == '\0'
                     ? ", but in anonymous memory of the program"
                     : std::string(", but in ") + mapping.path);
}

void ReportsState::Report(Near near, size_t index, ptrdiff_t offset,
                          Misuse misuse, size_t capacity, bool in_handler) {
  if (++reports_ > kMostReports) return;
  const uintptr_t address = Address(near, index, offset);
  const auto buffer = std::make_unique<char[]>(capacity);
  const size_t before = stderr_.text().size();
  {
    ucontext_t context;
    getcontext(&context);
    const StderrFile::Use use(stderr_);
    ReportWriter writer(buffer.get(), capacity);
    report_.Describe(misuse, reinterpret_cast<const void*>(address),
                     in_handler ? &context : nullptr, writer);
    writer.Flush();
  }
  const std::string text = stderr_.text().substr(before);
  std::istringstream lines(text);
  std::string line;
  std::getline(lines, line);
  Require(line.starts_with("  in thread " + std::to_string(gettid()) + " (") &&
              line.ends_with(") of process " + std::to_string(getpid())),
          "whose report it is");
  std::getline(lines, line);
  if (misuse < Misuse::kLockOrder) {
    Require(line == BlockLine(address), "what lies at the pointer");
    std::getline(lines, line);
    if (line.starts_with("  allocated by thread ")) {
      SkipFrames(lines, &line);
      if (line.starts_with("  freed by thread ")) SkipFrames(lines, &line);
    }
    if (line.starts_with("  in front of it, and perhaps overrun: a ")) {
      Require(misuse == Misuse::kCorruptHeader ||
                  misuse == Misuse::kCorruptFreeBlock,
              "only an overwritten header has a suspect");
      const BlockFacts facts = inspector_.Inspect(address);
      const BlockFacts front = inspector_.InFrontOf(facts.start);
      Require(front.start + front.usable_bytes == facts.start - kHeaderBytes ||
                  front.kind == Kind::kAligned || facts.kind == Kind::kAligned,
              "the suspect ends where the header begins");
      Require(
          line.ends_with(Of(WordsFor(front), front.start, front.usable_bytes)),
          "and is described");
      std::getline(lines, line);
    }
  }
  Require(line == "  stack:", "then comes the stack");
  SkipFrames(lines, &line);
  const std::string hooks = line.empty() ? "" : line + '\n';
  Require(hooks == hook_text_, "the service has the last word");
  Require(text.ends_with('\n') && !std::getline(lines, line),
          "a report is whole lines");
}

void ReportsState::WriteHook(void* context, headroom_report* report) {
  report->writer.Text(
      static_cast<const ReportsState*>(context)->hook_text_.c_str());
}

void ReportsState::SetHook(const std::string& text) {
  hook_text_ = text.empty() ? "" : "  " + text + '\n';
  hook_.Set(text.empty() ? nullptr : &WriteHook, this);
}

void ReportsState::Fault(Near near, size_t index, ptrdiff_t offset, int signal,
                         int code, bool entry, ptrdiff_t argument) {
  const uintptr_t address = Address(near, index, offset);
  siginfo_t info = {};
  info.si_signo = signal;
  info.si_code = code;
  info.si_addr = reinterpret_cast<void*>(address);
  ucontext_t context = {};
  const uintptr_t pc =
      reinterpret_cast<uintptr_t>(section_) + (entry ? 8 : sizeof(section_));
  const uintptr_t pointer = address + static_cast<uintptr_t>(argument);
  auto& registers = context.uc_mcontext.gregs;
  registers[REG_RIP] = static_cast<greg_t>(pc);
  registers[REG_RDI] = static_cast<greg_t>(pointer);
  const bool is_announced = signal == SIGBUS && code == BUS_MCEERR_AO;
  Require(IsFault(info) == (code > 0 && !is_announced),
          "who was sent a signal made no fault");
  const headroom::Fault fault = MakeFault(info, &context);
  Require(fault.address == address && fault.pc == pc &&
              fault.first_argument == pointer &&
              fault.has_address == (code != SI_KERNEL),
          "a fault says where it was");
  const bool is_segv = signal == SIGSEGV;
  using Cause = headroom::Fault::Cause;
  Require(fault.cause == (is_segv && code == SEGV_ACCERR   ? Cause::kProtected
                          : is_segv && code == SEGV_MAPERR ? Cause::kUnmapped
                                                           : Cause::kOther),
          "and why");
  CheckExplanations(fault);
}

void ReportsState::CheckExplanations(const headroom::Fault& fault) const {
  const Block* block = LiveAround(fault.address);
  const bool is_live = fault.has_address && block != nullptr;
  Explanation found = {};
  SampledBlock sample = {};
  const bool is_samples =
      fault.has_address && guards_.Find(fault.address, &sample);
  const uintptr_t offset = fault.address - sample.start;
  const bool is_inside =
      is_samples && sample.is_live && offset < sample.requested_bytes;
  Require(guards_.Explain(fault, &found) == (is_samples && !is_inside),
          "an access outside of a sample is explained");
  if (is_samples && !is_inside) {
    Require(found.pointer == fault.address && !is_live,
            "a sample explains what is not its own");
    Require(found.misuse == (!sample.is_live ? Misuse::kFreedAccess
                             : fault.address < sample.start
                                 ? Misuse::kUnderflowAccess
                                 : Misuse::kOverflowAccess),
            "in front, behind or late");
  }
  if (heap_faults_.Explain(fault, &found)) {
    Require(fault.has_address && found.pointer == fault.address && !is_live,
            "nobody is told of an access to a live block");
  }
  if (entries_.Explain(fault, &found)) {
    const uintptr_t pointer = fault.first_argument;
    Require(fault.pc == reinterpret_cast<uintptr_t>(section_) + 8 &&
                found.pointer == pointer,
            "a fault of free is about its argument");
    Require(!fault.has_address || pointer - fault.address - 1 < kHeaderBytes,
            "it is the header that faults");
    Require(found.misuse == Misuse::kDoubleFree ||
                found.misuse == Misuse::kUnmappedFree,
            "freed before, or not there");
    Require(
        found.misuse == Misuse::kUnmappedFree || LiveAround(pointer) == nullptr,
        "a live block was not freed before");
  }
}

}  // namespace headroom
