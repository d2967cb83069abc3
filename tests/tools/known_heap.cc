// A program that makes a heap of known blocks, says where they are ("NAME
// ADDRESS" a line), and aborts.
#include <malloc.h>
#include <pthread.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace {

constexpr size_t kPageBytes = 8192;

void Say(const char* name, const void* address) {
  std::printf("%s 0x%jx\n", name,
              static_cast<uintmax_t>(reinterpret_cast<uintptr_t>(address)));
}

// Hidden from the compiler, which would remove unused blocks.
void* Make(size_t bytes) {
  void* volatile block = malloc(bytes);
  return block;
}

// The first of two live blocks that touch.
char* MakeNeighbours(size_t bytes) {
  constexpr int kBlocks = 32;
  char* blocks[kBlocks];
  for (char*& block : blocks) block = static_cast<char*>(Make(bytes));
  std::sort(blocks, blocks + kBlocks);
  const size_t stride = malloc_usable_size(blocks[0]) + 8;
  for (int i = 0; i + 1 < kBlocks; ++i) {
    if (blocks[i] + stride == blocks[i + 1]) return blocks[i];
  }
  std::abort();
}

pthread_barrier_t ready;

// A thread that holds a freed block in its cache, and stays.
void* Worker(void*) {
  void* block = Make(700);
  Say("cached", block);
  free(block);
  pthread_barrier_wait(&ready);
  pthread_barrier_wait(&ready);
  return nullptr;
}

// One that leaves its cache, with a freed block, to those to come.
void* ShortLived(void*) {
  void* block = Make(900);
  Say("parked", block);
  free(block);
  return nullptr;
}

}  // namespace

int main() {
  // Back in its span, next to one that is live.
  constexpr int kBlocks = 2000;
  static void* blocks[kBlocks];
  Make(3000);
  void* in_span = Make(3000);
  free(in_span);
  malloc_trim(0);
  Say("in_span", in_span);

  // More than a thread's cache holds of what it only frees.
  for (void*& block : blocks) block = Make(400);
  for (void* block : blocks) free(block);
  Say("stacked", blocks[0]);

  Say("live", Make(100));

  void* freed = Make(200);
  Say("freed", freed);
  free(freed);

  char* overrun = MakeNeighbours(1000);
  const size_t usable = malloc_usable_size(overrun);
  Say("overrun", overrun);
  Say("damaged", overrun + usable + 8);
  std::memset(overrun, 'A', usable + 8);

  // Not at the start of the block around it.
  void* aligned;
  do {
    aligned = memalign(512, 100);
  } while (reinterpret_cast<uintptr_t>(aligned) % kPageBytes == 0);
  Say("aligned", aligned);

  Say("large", Make(size_t{1} << 20));
  Say("mapping", Make(size_t{16} << 20));
  // What is made later takes its first pages, not its middle.
  char* closed = static_cast<char*>(Make(size_t{2} << 20));
  Make(size_t{1} << 20);
  Say("closed", closed + (size_t{1} << 20));
  free(closed);
  void* unmapped = Make(size_t{32} << 20);
  Say("unmapped", unmapped);
  free(unmapped);

  static int global;
  Say("global", &global);

  pthread_barrier_init(&ready, nullptr, 2);
  pthread_t thread;
  pthread_create(&thread, nullptr, &Worker, nullptr);
  pthread_barrier_wait(&ready);
  pthread_create(&thread, nullptr, &ShortLived, nullptr);
  pthread_join(thread, nullptr);
  std::fflush(stdout);
  std::abort();
}
