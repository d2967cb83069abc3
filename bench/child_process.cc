#include "bench/child_process.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>
#include <vector>

#include "absl/cleanup/cleanup.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace headroom {
namespace {

// The environment of this process, but LD_PRELOAD is `preload`.
std::vector<std::string> EnvironmentWith(const std::string& preload) {
  std::vector<std::string> environment;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    if (!absl::StartsWith(*entry, "LD_PRELOAD=")) environment.push_back(*entry);
  }
  if (!preload.empty()) {
    environment.push_back(absl::StrCat("LD_PRELOAD=", preload));
  }
  return environment;
}

// The form the exec family wants; valid as long as `strings`.
std::vector<char*> Pointers(std::vector<std::string>& strings) {
  std::vector<char*> pointers;
  for (std::string& text : strings) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

std::string ReadAll(int file) {
  std::string all;
  char piece[4096];
  for (;;) {
    const ssize_t got = read(file, piece, sizeof(piece));
    if (got > 0) {
      all.append(piece, static_cast<size_t>(got));
    } else if (got == 0 || errno != EINTR) {
      return all;
    }
  }
}

absl::Status CheckStatus(const std::string& program, int status) {
  if (WIFSIGNALED(status)) {
    return absl::InternalError(absl::StrCat(program, " died of signal ",
                                            WTERMSIG(status), " (",
                                            strsignal(WTERMSIG(status)), ")"));
  }
  if (WEXITSTATUS(status) != 0) {
    return absl::InternalError(
        absl::StrCat(program, " ended with status ", WEXITSTATUS(status)));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::string> RunChild(const std::vector<std::string>& arguments,
                                     const std::string& preload) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) {
    return absl::ErrnoToStatus(errno, "cannot make a pipe");
  }
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  const absl::Cleanup destroy = [&] {
    posix_spawn_file_actions_destroy(&actions);
    close(ends[0]);
  };
  posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);

  std::vector<std::string> argument_strings = arguments;
  std::vector<std::string> environment = EnvironmentWith(preload);
  pid_t child;
  const int error = posix_spawn(&child, arguments[0].c_str(), &actions, nullptr,
                                Pointers(argument_strings).data(),
                                Pointers(environment).data());
  close(ends[1]);
  if (error != 0) {
    return absl::ErrnoToStatus(error,
                               absl::StrCat("cannot start ", arguments[0]));
  }
  std::string output = ReadAll(ends[0]);
  int status;
  while (waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) return absl::ErrnoToStatus(errno, "cannot wait");
  }
  if (absl::Status ended = CheckStatus(arguments[0], status); !ended.ok()) {
    return ended;
  }
  return output;
}

}  // namespace headroom
