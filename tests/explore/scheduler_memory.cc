// The scheduler's seam points at memory: atomics, racy words, plain data.
#include <cerrno>
#include <cstdio>

#include "tests/explore/scheduler.h"

namespace headroom::explore {
namespace {

// Orders as the compiler passes them.
bool Acquires(int order) {
  return order == __ATOMIC_CONSUME || order == __ATOMIC_ACQUIRE ||
         order == __ATOMIC_ACQ_REL || order == __ATOMIC_SEQ_CST;
}
bool Releases(int order) {
  return order == __ATOMIC_RELEASE || order == __ATOMIC_ACQ_REL ||
         order == __ATOMIC_SEQ_CST;
}

uint64_t ReadMemory(uintptr_t address, size_t bytes) {
  switch (bytes) {
    case 1:
      return *reinterpret_cast<volatile uint8_t*>(address);
    case 2:
      return *reinterpret_cast<volatile uint16_t*>(address);
    case 4:
      return *reinterpret_cast<volatile uint32_t*>(address);
    default:
      return *reinterpret_cast<volatile uint64_t*>(address);
  }
}

void WriteMemory(uintptr_t address, size_t bytes, uint64_t value) {
  switch (bytes) {
    case 1:
      *reinterpret_cast<volatile uint8_t*>(address) =
          static_cast<uint8_t>(value);
      return;
    case 2:
      *reinterpret_cast<volatile uint16_t*>(address) =
          static_cast<uint16_t>(value);
      return;
    case 4:
      *reinterpret_cast<volatile uint32_t*>(address) =
          static_cast<uint32_t>(value);
      return;
    default:
      *reinterpret_cast<volatile uint64_t*>(address) = value;
  }
}

constexpr uintptr_t kWordBytes = 8;

}  // namespace

AtomicHistory& Scheduler::HistoryAt(Place& place, uintptr_t address,
                                    size_t bytes) {
  if (place.history.is_empty()) {
    place.history.Begin(ReadMemory(address, bytes));
    atomic_words_[address / kWordBytes % kAtomicBits] = true;
  }
  return place.history;
}

void Scheduler::ForgetHistory(uintptr_t address, size_t bytes) {
  for (uintptr_t word = address / kWordBytes;
       word * kWordBytes < address + bytes; ++word) {
    if (!atomic_words_[word % kAtomicBits]) continue;
    for (uintptr_t at = word * kWordBytes; at < (word + 1) * kWordBytes; ++at) {
      const auto found = places_.find(at);
      if (found != places_.end()) found->second.history.Forget();
    }
  }
}

void Scheduler::EndWithRace(const Access& access,
                            const RaceDetector::Race& race) {
  const std::vector<std::string> names = NameCode({access.pc, race.other_pc});
  char text[640];
  snprintf(text, sizeof(text),
           "data race at %#zx: thread %d %s in %s, thread %d in %s",
           access.address, running_, access.is_write ? "writes" : "reads",
           names[0].c_str(), race.other_thread, names[1].c_str());
  End(Outcome::Kind::kRace, text);
}

void Scheduler::CheckRace(const Access& access) {
  RaceDetector::Race race;
  if (!races_.Note(running_, clock(), access, &race)) {
    EndWithRace(access, race);
  }
}

uint64_t Scheduler::Load(uintptr_t address, size_t bytes, int order,
                         uintptr_t pc) {
  ++quiet_;
  Place& place = Point("load", address, /*is_write=*/false, pc);
  AtomicHistory& history = HistoryAt(place, address, bytes);
  CheckRace({address, bytes, /*is_write=*/false, /*is_atomic=*/true, pc});
  const int visible = order == __ATOMIC_SEQ_CST ? 1 : history.Visible(clock());
  const int age =
      visible == 1 ? 0 : chooser_->Choose(Choice::kValue, ++step_, visible);
  const uint64_t value = history.Load(running_, clock(), age, Acquires(order));
  events_.back().value = value;
  if (age > 0) events_.back().what = "stale load";
  --quiet_;
  return value;
}

void Scheduler::Store(uintptr_t address, size_t bytes, uint64_t value,
                      int order, uintptr_t pc) {
  ++quiet_;
  Place& place = Point("store", address, /*is_write=*/true, pc);
  AtomicHistory& history = HistoryAt(place, address, bytes);
  CheckRace({address, bytes, /*is_write=*/true, /*is_atomic=*/true, pc});
  history.Store(running_, clock(), value, Releases(order));
  WriteMemory(address, bytes, value);
  events_.back().value = value;
  --quiet_;
}

uint64_t Scheduler::Modify(uintptr_t address, size_t bytes, Change change,
                           uint64_t operand, int order, uintptr_t pc) {
  ++quiet_;
  Place& place = Point("modify", address, /*is_write=*/true, pc);
  AtomicHistory& history = HistoryAt(place, address, bytes);
  CheckRace({address, bytes, /*is_write=*/true, /*is_atomic=*/true, pc});
  // Truncated as the object is.
  WriteMemory(address, bytes, change(history.last(), operand));
  const uint64_t value = ReadMemory(address, bytes);
  const uint64_t before = history.Exchange(running_, clock(), value,
                                           Acquires(order), Releases(order));
  events_.back().value = value;
  --quiet_;
  return before;
}

uint64_t Scheduler::CompareExchange(uintptr_t address, size_t bytes,
                                    uint64_t expected, uint64_t desired,
                                    int order, int failure_order,
                                    uintptr_t pc) {
  ++quiet_;
  Place& place = Point("exchange", address, /*is_write=*/true, pc);
  AtomicHistory& history = HistoryAt(place, address, bytes);
  const uint64_t before = history.last();
  const bool succeeds = before == expected;
  CheckRace({address, bytes, succeeds, /*is_atomic=*/true, pc});
  if (succeeds) {
    history.Exchange(running_, clock(), desired, Acquires(order),
                     Releases(order));
    WriteMemory(address, bytes, desired);
  } else {
    history.Load(running_, clock(), 0, Acquires(failure_order));
    events_.back().what = "exch. failed";
  }
  events_.back().value = history.last();
  --quiet_;
  return before;
}

void Scheduler::Plain(uintptr_t address, size_t bytes, bool is_write,
                      uintptr_t pc) {
  ++quiet_;
  if (IsRacy(address)) {
    Point(is_write ? "racy write" : "racy read",
          address / kWordBytes * kWordBytes, is_write, pc);
  } else if (address != reinterpret_cast<uintptr_t>(&errno)) {
    // (Each fiber has an errno of its own.)
    CheckRace({address, bytes, is_write, /*is_atomic=*/false, pc});
  }
  if (is_write) ForgetHistory(address, bytes);
  --quiet_;
}

void Scheduler::Gone(uintptr_t address, size_t bytes, uintptr_t pc) {
  RaceDetector::Race race;
  const Access access{address, bytes, /*is_write=*/true, /*is_atomic=*/false,
                      pc};
  if (!races_.NoteGone(running_, clock(), access, &race)) {
    EndWithRace(access, race);
  }
}

void Scheduler::DeclareRacy(uintptr_t address, size_t bytes) {
  racy_.emplace_back(address, address + bytes);
}

bool Scheduler::IsRacy(uintptr_t address) const {
  for (const auto& [first, end] : racy_) {
    if (address >= first && address < end) return true;
  }
  return false;
}

}  // namespace headroom::explore
