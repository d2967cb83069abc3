#include "bench/measure/malloc_file.h"

#include <dlfcn.h>

#include <string>

namespace headroom {

std::string MallocFile() {
  Dl_info info;
  void* found = dlsym(RTLD_DEFAULT, "malloc");
  if (found == nullptr || dladdr(found, &info) == 0) return "unknown";
  return info.dli_fname;
}

}  // namespace headroom
