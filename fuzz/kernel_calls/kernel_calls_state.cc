#include "fuzz/kernel_calls/kernel_calls_state.h"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <iterator>
#include <string_view>

#include "allocator/base/units.h"
#include "allocator/system/clock.h"
#include "allocator/system/environment.h"
#include "fuzz/engine/require.h"

namespace headroom {
namespace {

constexpr int kUntouched = EDOM;  // nobody's errno
constexpr char kUnwritten = '\x5a';

std::vector<std::string> OwnVariables() {
  std::ifstream file("/proc/self/environ", std::ios::binary);
  std::vector<std::string> variables;
  for (std::string text; std::getline(file, text, '\0');) {
    variables.push_back(text);
  }
  return variables;
}

// The process's environment while it lives.
class UseEnvironment {
 public:
  explicit UseEnvironment(char** variables) : before_(environ) {
    environ = variables;
  }
  ~UseEnvironment() { environ = before_; }
  UseEnvironment(const UseEnvironment&) = delete;
  UseEnvironment& operator=(const UseEnvironment&) = delete;

 private:
  char** const before_;
};

char* MakePages(size_t count) {
  void* pages = mmap(nullptr, count * kKernelPageBytes, PROT_NONE,
                     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  Require(pages != MAP_FAILED, "the fuzzer's own mmap works");
  return static_cast<char*>(pages);
}

}  // namespace

KernelCallsState::KernelCallsState(EmptySetup)
    : file_(memfd_create("contents", MFD_CLOEXEC)),
      pages_(MakePages(kPages + 2)) {
  Require(file_ >= 0, "the fuzzer's own memfd works");
  for (size_t i = 0; i < kPages; ++i) {
    mprotect(page(i), kKernelPageBytes, PROT_READ | PROT_WRITE);
    for (size_t k = 0; k < kKernelPageBytes; ++k) {
      page(i)[k] = static_cast<char>(k * 7 + i);
    }
  }
  readable_.fill(true);
  StoreFile("");
}

KernelCallsState::~KernelCallsState() {
  munmap(pages_, (kPages + 2) * kKernelPageBytes);
  close(file_);
}

std::optional<std::string> KernelCallsState::ValueOf(
    const std::vector<std::string>& variables, const std::string& name) const {
  const std::string start = name + '=';
  for (const std::string& variable : variables) {
    if (variable.starts_with(start)) return variable.substr(start.size());
  }
  return std::nullopt;
}

void KernelCallsState::FindVariable(const std::string& name, size_t capacity,
                                    Source source) {
  const bool is_libcs =
      source == Source::kLibc || source == Source::kLibcOrKernel;
  // No zero can be in a variable.
  std::vector<std::string> variables;
  std::vector<char*> pointers;
  for (const std::string& text : environment_) {
    variables.emplace_back(text.c_str());
  }
  for (std::string& text : variables) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  const std::string expected =
      ValueOf(is_libcs ? variables : OwnVariables(), name.c_str())
          .value_or("")
          .substr(0, capacity);

  std::string out(capacity + 1, kUnwritten);
  size_t size = 0;
  errno = kUntouched;
  if (source == Source::kLibc) {
    size = internal_environment::ReadFromLibc(pointers.data(), name.c_str(),
                                              out.data(), capacity);
  } else if (source == Source::kKernel) {
    size = internal_environment::ReadFromKernel(name.c_str(), out.data(),
                                                capacity);
  } else {
    const UseEnvironment use(is_libcs ? pointers.data() : nullptr);
    size = ReadEnvironment(name.c_str(), out.data(), capacity);
    Require(errno == kUntouched, "the environment leaves errno alone");
  }
  Require(size == expected.size() && out.starts_with(expected),
          "a variable has its value");
  Require(out.find_first_not_of(kUnwritten, size) == out.npos,
          "nothing is written behind a value");
}

void KernelCallsState::FindOwnVariable(size_t index, size_t capacity,
                                       Source source) {
  const std::vector<std::string> variables = OwnVariables();
  if (variables.empty()) return;
  const std::string& variable = variables[index % variables.size()];
  FindVariable(variable.substr(0, variable.find('=')), capacity, source);
}

void KernelCallsState::StoreFile(const std::string& contents) {
  contents_ = contents;
  Require(ftruncate(file_, 0) == 0 &&
              pwrite(file_, contents.data(), contents.size(), 0) ==
                  static_cast<ssize_t>(contents.size()),
          "the fuzzer's own file can be written");
  open_.emplace(("/proc/self/fd/" + std::to_string(file_)).c_str());
  Require(open_->is_open(), "a file that is there can be opened");
  position_ = 0;
}

void KernelCallsState::ReadFile(size_t bytes) {
  std::string out(bytes + 1, kUnwritten);
  const size_t got = open_->Read(out.data(), bytes);
  const std::string expected = contents_.substr(position_, bytes);
  Require(got == expected.size() && out.starts_with(expected),
          "a file is read on");
  Require(out.find_first_not_of(kUnwritten, got) == out.npos,
          "nothing is written behind it");
  position_ += got;
}

void KernelCallsState::ReadFileAt(uint64_t offset, size_t bytes) {
  std::string out(bytes + 1, kUnwritten);
  const bool is_there = bytes == 0 || (offset <= contents_.size() &&
                                       bytes <= contents_.size() - offset);
  Require(open_->ReadAt(offset, out.data(), bytes) == is_there,
          "all of the bytes, or false");
  Require(
      !is_there || bytes == 0 ||
          out.starts_with(std::string_view(contents_).substr(offset, bytes)),
      "the bytes from there");
  Require(out.back() == kUnwritten, "nothing is written behind them");
}

void KernelCallsState::OpenNoFile() const {
  RawFile none("/proc/self/fd/no");
  char byte = kUnwritten;
  Require(!none.is_open(), "what is not there is not open");
  Require(none.Read(&byte, 1) == 0 && !none.ReadAt(0, &byte, 1) &&
              byte == kUnwritten,
          "and cannot be read");
}

void KernelCallsState::AfterOperation() {
  const uint64_t before = now_ms_;
  errno = kUntouched;
  now_ms_ = MonotonicMilliseconds();
  Require(errno == kUntouched, "the clock leaves errno alone");
  Require(now_ms_ >= before, "the clock never goes back");
}

std::string Expression(KernelCallsState::Source source) {
  constexpr const char* kNames[] = {"kLibc", "kKernel", "kLibcOrKernel",
                                    "kNoLibcYet"};
  return std::string("KernelCallsState::Source::") +
         kNames[static_cast<int>(source)];
}

}  // namespace headroom
