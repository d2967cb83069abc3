#include "tests/explore/scheduler.h"

#include <sys/mman.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>

namespace headroom::explore {
namespace {

// Fixed, so that what depends on addresses is the same in every run.
constexpr uintptr_t kStacks = 0x210000000000;
constexpr size_t kStackBytes = size_t{512} << 10;

char* StackOf(size_t thread) {
  static char* const stacks = static_cast<char*>(
      mmap(reinterpret_cast<void*>(kStacks), kStackBytes * kMostThreads,
           PROT_READ | PROT_WRITE,
           MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE,
           -1, 0));
  if (stacks == MAP_FAILED) abort();
  return stacks + thread * kStackBytes;
}

// While the scheduler itself works, what it calls is no part of the run.
class Working {
 public:
  explicit Working(int& quiet) : quiet_(quiet) { ++quiet_; }
  ~Working() { --quiet_; }

 private:
  int& quiet_;
};

}  // namespace

Scheduler* Scheduler::current = nullptr;

void Scheduler::ThreadMain() {
  Scheduler& self = *current;
  self.quiet_ = 0;
  self.threads_[self.Index()].body();
  self.quiet_ = 1;
  self.threads_[self.Index()].state = State::kFinished;
  self.LetOthersRun();
}

void Scheduler::Prepare(size_t index) {
  Thread& thread = threads_[index];
  getcontext(&thread.context);
  thread.context.uc_stack.ss_sp = StackOf(index);
  thread.context.uc_stack.ss_size = kStackBytes;
  thread.context.uc_link = nullptr;
  makecontext(&thread.context, &Scheduler::ThreadMain, 0);
  thread.clock.Advance(static_cast<int>(index));
}

Outcome Scheduler::Run(const std::vector<std::function<void()>>& bodies,
                       Chooser& chooser, Conflicts& conflicts) {
  if (bodies.size() > kMostThreads) abort();
  chooser_ = &chooser;
  conflicts_ = &conflicts;
  threads_.assign(bodies.size(), {});
  for (size_t i = 0; i < bodies.size(); ++i) {
    threads_[i].body = bodies[i];
    Prepare(i);
  }
  step_ = 0;
  outcome_ = {};
  races_.Reset();
  ++run_;
  locks_.clear();
  events_.clear();
  running_ = 0;
  quiet_ = 1;
  current = this;
  int first = 0;
  if (bodies.size() > 1) {
    first = chooser.Choose(Choice::kNext, 0, static_cast<int>(bodies.size()));
  }
  running_ = first;
  swapcontext(&main_, &threads_[Index()].context);
  current = nullptr;
  racy_.clear();
  return outcome_;
}

void Scheduler::End(Outcome::Kind kind, const std::string& text) {
  outcome_ = {kind, text};
  quiet_ = 1;
  setcontext(&main_);
  abort();  // not reached
}

void Scheduler::SwitchTo(int thread) {
  ucontext_t& from = threads_[Index()].context;
  running_ = thread;
  // Each thread knows by itself how deep in quiet it is.
  const int quiet = quiet_;
  const int saved_errno = errno;
  swapcontext(&from, &threads_[Index()].context);
  errno = saved_errno;
  quiet_ = quiet;
  if (threads_[Index()].is_asleep) End(Outcome::Kind::kSame, "");
}

void Scheduler::Sleep(uintptr_t place, bool is_write) {
  if (!chooser_->SkipsSame()) return;
  Thread& self = threads_[Index()];
  self.is_asleep = true;
  self.next_place = place;
  self.next_is_write = is_write;
}

void Scheduler::WakeWhoMinds(uintptr_t place, bool is_write) {
  for (Thread& thread : threads_) {
    if (thread.next_place == place && (is_write || thread.next_is_write)) {
      thread.is_asleep = false;
    }
  }
}

bool Scheduler::CanGoOn(const Thread& thread) const {
  if (thread.state == State::kReady) return true;
  if (thread.state != State::kWaits) return false;
  const auto found = locks_.find(thread.place);
  return found == locks_.end() || found->second.owner < 0;
}

std::vector<int> Scheduler::Others() const {
  std::vector<int> others;
  for (size_t i = 1; i < threads_.size(); ++i) {
    const size_t other = (Index() + i) % threads_.size();
    if (CanGoOn(threads_[other])) others.push_back(static_cast<int>(other));
  }
  return others;
}

std::string Scheduler::Waiters() const {
  std::string text;
  for (size_t i = 0; i < threads_.size(); ++i) {
    const Thread& thread = threads_[i];
    if (thread.state != State::kWaits && thread.state != State::kParked) {
      continue;
    }
    char line[128];
    const auto lock = locks_.find(thread.place);
    snprintf(line, sizeof(line), "thread %zu waits for %#zx, held by %d; ", i,
             thread.place, lock == locks_.end() ? -1 : lock->second.owner);
    text += line;
  }
  return text;
}

void Scheduler::LetOthersRun() {
  const std::vector<int> others = Others();
  if (others.empty()) {
    const bool waiting =
        std::any_of(threads_.begin(), threads_.end(), [](const Thread& thread) {
          return thread.state == State::kWaits ||
                 thread.state == State::kParked;
        });
    if (waiting) End(Outcome::Kind::kDeadlock, Waiters());
    setcontext(&main_);
  }
  int chosen = 0;
  if (others.size() > 1) {
    chosen = chooser_->Choose(Choice::kNext, ++step_,
                              static_cast<int>(others.size()));
  }
  SwitchTo(others[static_cast<size_t>(chosen)]);
}

void Scheduler::NoteConflict(Place& place, uintptr_t address, bool is_write) {
  const auto bit = static_cast<uint8_t>(1u << running_);
  (is_write ? place.writers : place.readers) |= bit;
  const unsigned users = place.readers | place.writers;
  if (place.is_known || place.writers == 0 || (users & (users - 1)) == 0) {
    return;
  }
  if (conflicts_->places.insert(address).second) conflicts_->grew = true;
}

// Nodes stay where they are while others come.
Scheduler::Place& Scheduler::PlaceAt(uintptr_t address) {
  Place& place = places_[address];
  if (place.run == run_) return place;
  place.run = run_;
  place.is_known = conflicts_->places.count(address) != 0;
  place.readers = place.writers = 0;
  place.history.Forget();
  return place;
}

Scheduler::Place& Scheduler::Point(const char* what, uintptr_t address,
                                   bool is_write, uintptr_t pc) {
  if (++step_ > kMostSteps) End(Outcome::Kind::kLivelock, "too many steps");
  const uint32_t step = step_;
  Place& place = PlaceAt(address);
  NoteConflict(place, address, is_write);
  if (place.is_known || conflicts_->everywhere) {
    const std::vector<int> others = Others();
    if (!others.empty()) {
      const int chosen = chooser_->Choose(Choice::kPreempt, step,
                                          static_cast<int>(others.size()) + 1);
      if (chosen > 0) {
        Sleep(address, is_write);
        SwitchTo(others[static_cast<size_t>(chosen) - 1]);
      }
    }
  }
  WakeWhoMinds(address, is_write);
  events_.push_back({step, running_, what, address, 0, pc});
  return place;
}

void Scheduler::BeginStep(uintptr_t place, uintptr_t pc) {
  if (quiet_++ == 0) Point("call", place, /*is_write=*/true, pc);
}

void Scheduler::EndStep() { --quiet_; }

void Scheduler::AcquireLock(uintptr_t lock, uintptr_t pc) {
  const Working working(quiet_);
  Point("acquire", lock, /*is_write=*/true, pc);
  Thread& self = threads_[Index()];
  while (locks_[lock].owner >= 0) {
    if (locks_[lock].owner == running_) {
      End(Outcome::Kind::kDeadlock, "a thread takes a lock that it holds");
    }
    // Its owner, stopped elsewhere, might have released it by then.
    threads_[static_cast<size_t>(locks_[lock].owner)].is_asleep = false;
    self.state = State::kWaits;
    self.place = lock;
    LetOthersRun();
  }
  self.state = State::kReady;
  locks_[lock].owner = running_;
  self.clock.Join(locks_[lock].published);
}

bool Scheduler::TryAcquireLock(uintptr_t lock, uintptr_t pc) {
  const Working working(quiet_);
  Point("try", lock, /*is_write=*/true, pc);
  if (locks_[lock].owner >= 0) return false;
  locks_[lock].owner = running_;
  clock().Join(locks_[lock].published);
  return true;
}

// No choice: whoever may come in between would have found it held before, or
// comes at the next point.
void Scheduler::ReleaseLock(uintptr_t lock, uintptr_t pc) {
  const Working working(quiet_);
  LockState& state = locks_[lock];
  if (state.owner != running_) {
    End(Outcome::Kind::kBroken, "a thread releases a lock it does not hold");
  }
  ResetLock(lock, pc);
}

void Scheduler::ResetLock(uintptr_t lock, uintptr_t pc) {
  const Working working(quiet_);
  events_.push_back({++step_, running_, "release", lock, 0, pc});
  WakeWhoMinds(lock, /*is_write=*/true);
  LockState& state = locks_[lock];
  state.owner = -1;
  state.published = clock();
  clock().Advance(running_);
}

bool Scheduler::Park(uintptr_t word, uint32_t value, uintptr_t pc) {
  const Working working(quiet_);
  Point("futex wait", word, /*is_write=*/false, pc);
  if (*reinterpret_cast<volatile uint32_t*>(word) != value) return false;
  Thread& self = threads_[Index()];
  self.state = State::kParked;
  self.place = word;
  LetOthersRun();
  return true;
}

int Scheduler::Unpark(uintptr_t word, int most, uintptr_t pc) {
  const Working working(quiet_);
  Point("futex wake", word, /*is_write=*/true, pc);
  int woken = 0;
  for (Thread& thread : threads_) {
    if (woken == most) break;
    if (thread.state != State::kParked || thread.place != word) continue;
    thread.state = State::kReady;
    ++woken;
  }
  return woken;
}

void Scheduler::StopOthers() {
  const Working working(quiet_);
  for (size_t i = 0; i < threads_.size(); ++i) {
    if (i != Index() && threads_[i].state != State::kFinished) {
      threads_[i].state = State::kStopped;
    }
  }
}

bool Scheduler::IsActive() {
  return current != nullptr && current->quiet_ == 0;
}

void Scheduler::BeQuiet() { ++quiet_; }
void Scheduler::BeLoud() { --quiet_; }

std::vector<Event> Scheduler::EventsWithConflicts() const {
  std::vector<Event> events;
  for (const Event& event : events_) {
    if (conflicts_->places.count(event.address) != 0) events.push_back(event);
  }
  return events;
}

Quiet::Quiet() {
  if (Scheduler::current != nullptr) Scheduler::current->BeQuiet();
}
Quiet::~Quiet() {
  if (Scheduler::current != nullptr) Scheduler::current->BeLoud();
}

void Require(bool ok, const char* text) {
  if (!ok) Scheduler::current->End(Outcome::Kind::kBroken, text);
}

}  // namespace headroom::explore
