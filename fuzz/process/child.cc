#include "fuzz/process/child.h"

#include <poll.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <cstdlib>
#include <filesystem>
#include <string>

#include "fuzz/engine/require.h"
#include "fuzz/process/edge_counters.h"

namespace headroom {
namespace {

constexpr int kLimitMilliseconds = 30'000;
constexpr size_t kMostAnswerBytes = size_t{1} << 20;

// Beside the fuzzer, in a folder as in the source; or next to it.
std::string ProgramPath() {
  const std::filesystem::path own =
      std::filesystem::read_symlink("/proc/self/exe").parent_path();
  for (const char* place : {"process/process_program", "process_program"}) {
    if (std::filesystem::exists(own / place)) return own / place;
  }
  Require(false, "the program under test lies beside the fuzzer");
  return {};
}

// A file in memory, the child's as well: no pipe can fill up.
class MemoryFile {
 public:
  explicit MemoryFile(const char* name)
      : descriptor_(memfd_create(name, MFD_CLOEXEC)) {
    Require(descriptor_ >= 0, "a file in memory can be made");
  }
  int descriptor() const { return descriptor_; }

  void Empty() const {
    Require(
        ftruncate(descriptor_, 0) == 0 && lseek(descriptor_, 0, SEEK_SET) == 0,
        "a file in memory can be emptied");
  }
  void Write(const void* data, size_t size) const {
    Require(pwrite(descriptor_, data, size, 0) == static_cast<ssize_t>(size),
            "a file in memory can be written");
  }
  std::string Read() const {
    const off_t size = lseek(descriptor_, 0, SEEK_END);
    std::string text(std::min(static_cast<size_t>(size), kMostAnswerBytes),
                     '\0');
    Require(pread(descriptor_, text.data(), text.size(), 0) ==
                static_cast<ssize_t>(text.size()),
            "a file in memory can be read");
    return text;
  }

 private:
  const int descriptor_;
};

// Where the program is to write what it covers, if that is measured. A file for
// each run: into one that is there already, a process does not write what ran
// before its constructors.
std::string ProfileVariable() {
  const char* const own = std::getenv("LLVM_PROFILE_FILE");
  if (own == nullptr) return {};
  std::string name = own;
  name.insert(name.rfind('/') + 1, "%p-");  // in front of it all: npos + 1 is 0
  return "LLVM_PROFILE_FILE=" + name;
}

// Of its own group, so that its children can be killed with it.
pid_t Start(const std::string& options, std::string early,
            const MemoryFile& orders, const MemoryFile& answers) {
  static const std::string path = ProgramPath();
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_adddup2(&files, orders.descriptor(), kOrdersFile);
  posix_spawn_file_actions_adddup2(&files, answers.descriptor(), kAnswersFile);
  posix_spawn_file_actions_adddup2(&files, EdgesFile(), kEdgesFile);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);

  std::string name = "process_program";
  std::string environment = "HEADROOM_OPTIONS=" + options;
  std::string profile = ProfileVariable();
  char* arguments[] = {name.data(), early.data(), nullptr};
  // One that begins as ours does, to be passed over.
  std::string decoy = "HEADROOM_OPTION=strict=1";
  char* variables[] = {decoy.data(), environment.data(),
                       profile.empty() ? nullptr : profile.data(), nullptr};
  pid_t child = -1;
  const int error = posix_spawn(&child, path.c_str(), &files, &attributes,
                                arguments, variables);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&files);
  Require(error == 0, "the program under test starts");
  return child;
}

bool EndsInTime(pid_t child) {
  // The call itself: libc has it since 2.36.
  const int file = static_cast<int>(syscall(SYS_pidfd_open, child, 0));
  Require(file >= 0, "a process has a descriptor");
  pollfd event = {file, POLLIN, 0};
  int ready = 0;
  do {
    ready = poll(&event, 1, kLimitMilliseconds);
  } while (ready < 0 && errno == EINTR);
  close(file);
  return ready > 0;
}

}  // namespace

ChildRun RunChild(const Orders& orders, const std::string& options,
                  const std::string& early) {
  static const MemoryFile orders_file("orders");
  static const MemoryFile answers_file("answers");
  orders_file.Empty();
  orders_file.Write(&orders,
                    offsetof(Orders, records) + orders.count * sizeof(Record));
  answers_file.Empty();
  const pid_t child = Start(options, early, orders_file, answers_file);
  ChildRun run;
  run.in_time = EndsInTime(child);
  if (!run.in_time) kill(-child, SIGKILL);
  while (waitpid(child, &run.status, 0) < 0 && errno == EINTR) {
  }
  run.answers = answers_file.Read();
  CollectEdges();
  return run;
}

}  // namespace headroom
