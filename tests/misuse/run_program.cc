#include "tests/misuse/run_program.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"

namespace headroom {
namespace {

constexpr auto kLimit = std::chrono::minutes(1);

struct Pipe {
  int ends[2] = {-1, -1};
  Pipe() {
    if (pipe2(ends, O_CLOEXEC) != 0) abort();
  }
  ~Pipe() { close(ends[0]); }
};

// The form the exec family wants; valid as long as `strings`.
std::vector<char*> Pointers(std::vector<std::string>& strings) {
  std::vector<char*> pointers;
  for (std::string& text : strings) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

// False at the end of what comes from `file`.
bool ReadSome(int file, std::string& to) {
  char piece[4096];
  const ssize_t got = read(file, piece, sizeof(piece));
  if (got > 0) to.append(piece, static_cast<size_t>(got));
  return got > 0 || (got < 0 && errno == EINTR);
}

// Reads both to their ends; false: the time is over.
bool ReadAll(const Pipe& out, const Pipe& error, Ended& ended) {
  const auto deadline = std::chrono::steady_clock::now() + kLimit;
  pollfd files[] = {{out.ends[0], POLLIN, 0}, {error.ends[0], POLLIN, 0}};
  std::string* const texts[] = {&ended.out, &ended.error};
  while (files[0].fd >= 0 || files[1].fd >= 0) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
        deadline - std::chrono::steady_clock::now());
    if (left.count() <= 0) return false;
    if (poll(files, 2, static_cast<int>(left.count())) <= 0) continue;
    for (int i = 0; i < 2; ++i) {
      if (files[i].revents == 0) continue;
      if (!ReadSome(files[i].fd, *texts[i])) files[i].fd = -1;
    }
  }
  return true;
}

// A group of its own, so that its children can be killed with it.
pid_t Start(const std::vector<std::string>& arguments,
            const std::vector<std::string>& environment, const Pipe& out,
            const Pipe& error) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, out.ends[1], STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, error.ends[1], STDERR_FILENO);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);

  std::vector<std::string> argument_strings = arguments;
  std::vector<std::string> strings = environment;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    strings.emplace_back(*entry);
  }
  pid_t child = -1;
  const int failed =
      posix_spawn(&child, arguments[0].c_str(), &actions, &attributes,
                  Pointers(argument_strings).data(), Pointers(strings).data());
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  close(out.ends[1]);
  close(error.ends[1]);
  return failed == 0 ? child : -1;
}

}  // namespace

Ended RunProgram(const std::vector<std::string>& arguments,
                 const std::vector<std::string>& environment) {
  Ended ended;
  const Pipe out;
  const Pipe error;
  const pid_t child = Start(arguments, environment, out, error);
  if (child < 0) {
    ended.error = absl::StrCat("cannot start ", arguments[0]);
    return ended;
  }
  ended.in_time = ReadAll(out, error, ended);
  if (!ended.in_time) kill(-child, SIGKILL);
  while (waitpid(child, &ended.status, 0) < 0 && errno == EINTR) {
  }
  return ended;
}

std::string HowItEnded(const Ended& ended) {
  if (!ended.in_time) return "no end within a minute";
  if (WIFSIGNALED(ended.status)) {
    return absl::StrCat("SIG", sigabbrev_np(WTERMSIG(ended.status)), " (",
                        strsignal(WTERMSIG(ended.status)), ")");
  }
  return absl::StrCat("status ", WEXITSTATUS(ended.status));
}

}  // namespace headroom
