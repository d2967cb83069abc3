// A library that makes blocks, for legal/blocks_outlive_a_library.
#include <cstddef>
#include <cstdlib>
#include <new>

extern "C" {

void* ByMalloc(size_t bytes) { return malloc(bytes); }

void* ByNew(size_t bytes) { return ::operator new(bytes); }

}  // extern "C"
