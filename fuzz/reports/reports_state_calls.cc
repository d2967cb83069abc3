// The part of the reports' fuzzer that misuses sampled blocks.
//
// Role: calls what the heap calls once it knows that a block is a sample. Bad
//   calls are ignored, each with one report.
// Takes from: front, stderr_file. Gives to: reports_state.
#include <cerrno>
#include <sstream>
#include <string_view>

#include "allocator/base/misuse.h"
#include "fuzz/engine/require.h"
#include "fuzz/reports/reports_state.h"
#include "tests/block/closed_memory.h"

namespace headroom {
namespace {

constexpr int kUntouched = EDOM;  // nobody's errno

Misuse InWordsOf(ReportsState::Call call, Misuse free, Misuse realloc,
                 Misuse usable_size) {
  if (call == ReportsState::Call::kRealloc) return realloc;
  return call == ReportsState::Call::kUsableSize ? usable_size : free;
}

std::string PointerText(uintptr_t address) {
  std::ostringstream text;
  text << "pointer 0x" << std::hex << address << '\n';
  return text.str();
}

}  // namespace

// What is wrong with it; nothing: it is a live block.
std::optional<Misuse> ReportsState::MisuseOf(Call call, const Block& block,
                                             bool is_live,
                                             uintptr_t address) const {
  const auto start = reinterpret_cast<uintptr_t>(block.start);
  if (is_live && address == start) {
    if (call == Call::kWrongSize) return Misuse::kWrongSize;
    if (block.damage != 0) return Misuse::kCorruptHeader;
    return call == Call::kOverrun ? std::optional(Misuse::kTailOverrun)
                                  : std::nullopt;
  }
  SampledBlock sample;
  const bool was_freed = guards_.Find(address, &sample) && !sample.is_live &&
                         sample.start == address;
  if (was_freed) {
    return InWordsOf(call, Misuse::kDoubleFree, Misuse::kReallocFreed,
                     Misuse::kUsableSizeFreed);
  }
  return InWordsOf(call,
                   address % kBlockAlignment != 0 ? Misuse::kMisalignedFree
                                                  : Misuse::kInteriorFree,
                   Misuse::kInvalidRealloc, Misuse::kInvalidUsableSize);
}

void ReportsState::CallOnSample(Call call, bool freed, size_t index,
                                ptrdiff_t offset) {
  std::vector<Block>& blocks = freed ? freed_ : live_;
  if (blocks.empty() || ++reports_ > kMostReports) return;
  index %= blocks.size();
  const Block block = blocks[index];
  // One of no bytes has its address in common with its slot's guard page.
  if (!under_test_.sampled.Contains(block.start) || block.bytes == 0) return;
  // To bytes of the block; or the pool's order would matter.
  const auto address = reinterpret_cast<uintptr_t>(block.start) +
                       static_cast<uintptr_t>(offset) % block.bytes;
  if (call == Call::kOverrun) {
    if (freed || block.damage != 0) return;
    if (address != reinterpret_cast<uintptr_t>(block.start)) return;
    if ((address + block.bytes) % kKernelPageBytes == 0) return;
    ClosedByte behind(block.start + block.bytes);
    behind = 0;
  }
  // Others have no header.
  if (call == Call::kWrongSize &&
      (freed || address != reinterpret_cast<uintptr_t>(block.start))) {
    return;
  }
  const auto misuse = MisuseOf(call, block, !freed, address);
  if (!misuse && call == Call::kFree) return;  // see Free
  const size_t before = stderr_.text().size();
  {
    const StderrFile::Use use(stderr_);
    errno = kUntouched;
    CallIt(call, reinterpret_cast<void*>(address), misuse ? 0 : block.bytes);
    Require(errno == kUntouched, "a bad call leaves errno alone");
  }
  CheckBadCall(stderr_.text().substr(before), misuse, address);
  if (misuse == Misuse::kTailOverrun) {
    freed_.push_back(block);
    live_[index] = live_.back();
    live_.pop_back();
  }
}

void ReportsState::CallIt(Call call, void* pointer, size_t expected) const {
  const SampledBlocks& sampled = under_test_.sampled;
  if (call == Call::kFree || call == Call::kOverrun) {
    return sampled.Free(pointer);
  }
  if (call == Call::kWrongSize) {
    return under_test_.heap.FreeAlignedSized(cache_, pointer, kBlockAlignment,
                                             kMaxSmallBytes + 1,
                                             headroom::Origin::kMalloc);
  }
  bool live = false;
  const size_t bytes = sampled.BytesOf(
      pointer, call == Call::kRealloc ? Caller::kRealloc : Caller::kUsableSize,
      &live);
  Require(bytes == expected && live == (expected != 0),
          "a live sample has the size it was asked for");
}

void ReportsState::CheckBadCall(std::string_view text,
                                std::optional<Misuse> misuse,
                                uintptr_t address) {
  if (!misuse) {
    Require(text.empty(), "a good call is not reported");
    return;
  }
  const std::string first =
      std::string("headroom: ") + MisuseText(*misuse) + ": ";
  Require(text.starts_with(first), "a bad call is known for what it is");
  Require(text.substr(first.size()).starts_with(PointerText(address)),
          "the first line has the pointer");
  Require(text.find("headroom: ", 1) == text.npos, "it is reported once");
  Require(text.ends_with(hook_text_), "the service has the last word");
  Require(!IsReportingHere(), "the report is over");
}

std::string Expression(ReportsState::Call call) {
  constexpr const char* kNames[] = {"kFree", "kRealloc", "kUsableSize",
                                    "kOverrun", "kWrongSize"};
  return std::string("ReportsState::Call::") + kNames[static_cast<int>(call)];
}

}  // namespace headroom
