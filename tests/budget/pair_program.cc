// Calls malloc(64) and free in turns, as often as its argument says, for
// callgrind to count; prints the file that malloc is in.
#include <dlfcn.h>

#include <cstdio>
#include <cstdlib>

int main(int argc, char** argv) {
  const long pairs = argc > 1 ? std::atol(argv[1]) : 0;
  for (long i = 0; i < pairs; ++i) {
    void* volatile block = std::malloc(64);
    std::free(block);
  }
  Dl_info info;
  if (dladdr(dlsym(RTLD_DEFAULT, "malloc"), &info) == 0) return 1;
  std::puts(info.dli_fname);
  return 0;
}
