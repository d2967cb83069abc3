// The program under test: it has Headroom as its malloc, and does what it is
// ordered, an operation at a time.
//
// Role: reads Orders from its first file; says on standard error what its judge
//   has to know. It ends with 0, by a crime, or with a broken promise.
// Takes from: the program's parts. Gives to: process_state, which starts it.
#include <alloca.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <new>

#include "allocator/headroom.h"
#include "fuzz/process/program/blocks.h"
#include "fuzz/process/program/burst.h"
#include "fuzz/process/program/crimes.h"
#include "fuzz/process/program/questions.h"
#include "fuzz/process/program/tell.h"
#include "fuzz/process/program/workers.h"
#include "fuzz/process/record.h"

namespace headroom {
namespace {

constexpr size_t kPage = 4096;

Orders orders;
Blocks blocks;
HookKind hook = HookKind::kNone;

void SetLimit(int resource, rlim_t bytes) {
  rlimit limit = {};
  getrlimit(resource, &limit);
  limit.rlim_cur = std::min(bytes, limit.rlim_max);
  Promise(setrlimit(resource, &limit) == 0, "a limit can be set");
}

// What the process has now, of all memory or of data, in bytes.
size_t PresentBytes(bool data) {
  char text[200] = {};
  const int file = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
  Promise(read(file, text, sizeof(text) - 1) > 0, "statm can be read");
  close(file);
  size_t all = 0;
  size_t of_data = 0;
  std::sscanf(text, "%zu %*u %*u %*u %*u %zu", &all, &of_data);
  return (data ? of_data : all) * kPage;
}

// SIZE_MAX: none.
void Limit(bool data, size_t more) {
  SetLimit(RLIMIT_AS, RLIM_INFINITY);
  SetLimit(RLIMIT_DATA, RLIM_INFINITY);
  blocks.limited = more != SIZE_MAX;
  if (!blocks.limited) return;
  SetLimit(data ? RLIMIT_DATA : RLIMIT_AS, PresentBytes(data) + more);
}

// A handler that comes back has to make sure that it is not called for ever.
void GiveUp() { std::set_new_handler(nullptr); }
void Throw() { throw std::bad_alloc(); }
void MakeRoom() {
  Limit(false, SIZE_MAX);
  std::set_new_handler(nullptr);
}

void SetNewHandler(NewHandlerKind kind) {
  constexpr std::new_handler kHandlers[] = {nullptr, &Throw, &GiveUp,
                                            &MakeRoom};
  std::set_new_handler(kHandlers[static_cast<int>(kind) % 4]);
}

// The child's report has to come, though its parent's was never finished here.
void MisuseInChild() {
  const pid_t child = _Fork();
  if (child == 0) {
    headroom_set_report_hook(nullptr, nullptr);
    free(Opaque(&orders.count));
    _exit(0);
  }
  if (child > 0) waitpid(child, nullptr, 0);
}

void InHook(void* context, headroom_report* report) {
  Promise(context == &hook, "the hook gets its context");
  headroom_report_line(report, kHookLine);
  if (hook == HookKind::kCrashes) *Opaque(static_cast<char*>(nullptr)) = 'x';
  if (hook == HookKind::kMisuses) free(Opaque(&orders.count));
  if (hook == HookKind::kForks) MisuseInChild();
}

void SetHook(HookKind kind) {
  hook = kind;
  headroom_set_report_hook(kind == HookKind::kNone ? nullptr : &InHook, &hook);
}

// On the thread that the record names.
void DoHere(const Record& record) {
  switch (record.verb) {
    case Verb::kAllocate:
      return blocks.Allocate(record);
    case Verb::kFree: {
      Block* const block = blocks.Find(record.slot);
      if (block != nullptr) blocks.Free(*block, record.kind);
      return;
    }
    case Verb::kResize:
      return blocks.Resize(record);
    case Verb::kAsk:
      return Ask(record, blocks);
    default:
      return Commit(record, orders.level, hook, blocks);
  }
}

Workers workers(&DoHere);

// The child does what is left to do; the parent's heap has to be as it was.
void GoOnInChild() {
  const pid_t child = fork();
  if (child < 0) return;
  if (child == 0) return workers.Forget();
  int status = 0;
  waitpid(child, &status, 0);
  // Its death is for the judge, who gets it as ours.
  if (WIFSIGNALED(status)) {
    Tell("%s %x\n", kDiedWord, static_cast<unsigned>(status));
  } else if (status != 0) {
    _exit(WEXITSTATUS(status));
  }
  blocks.CheckAll();
  workers.EndAll();
  blocks.FreeAll();
  _exit(0);
}

void Do(const Record& record) {
  switch (record.verb) {
    case Verb::kEndThread:
      return workers.End(record.thread);
    case Verb::kGoOnInChild:
      return GoOnInChild();
    case Verb::kBurst:
      return Burst(record.detail, record.kind % 4);
    case Verb::kLimit:
      return Limit(record.kind % 2 == 1, record.size);
    case Verb::kSetNewHandler:
      return SetNewHandler(static_cast<NewHandlerKind>(record.kind));
    case Verb::kSetHook:
      return SetHook(static_cast<HookKind>(record.kind));
    default:
      return workers.Do(record);
  }
}

// Where memory is limited, no stack can grow.
[[gnu::noinline]] void GrowStack() {
  constexpr size_t kBytes = 256 << 10;
  memset(Opaque(alloca(kBytes)), 1, kBytes);
}

int Main() {
  SetLimit(RLIMIT_CORE, 0);
  GrowStack();
  Promise(pread(kOrdersFile, &orders, sizeof(orders), 0) > 0 &&
              orders.count <= kMostRecords,
          "orders can be read");
  for (uint64_t i = 0; i < orders.count; ++i) Do(orders.records[i]);
  blocks.CheckAll();
  workers.EndAll();
  blocks.FreeAll();
  return 0;
}

}  // namespace
}  // namespace headroom

int main() { return headroom::Main(); }
