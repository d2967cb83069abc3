// The workload of `./x run`: threads that behave like those of a server. Each
// keeps a set of blocks, replaces one per operation (mostly one of the
// youngest), grows some, and hands some over to be freed by another thread.
// Takes from: whatever malloc the process has. Gives to: run_demo, one line.
// Use: demo_workload THREADS OPERATIONS BLOCKS (both per thread)
// Lock: one in each Inbox; a thread never holds two.
// Invariant: every block is checked when it is freed, whoever frees it, and the
// checksum is a sum over blocks that does not depend on the order.
#include <dlfcn.h>
#include <sys/resource.h>

#include <array>
#include <atomic>
#include <barrier>
#include <chrono>
#include <cinttypes>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace headroom {
namespace {

constexpr size_t kCacheLine = 64;
constexpr size_t kParcel = 16;      // blocks that are handed over at a time
constexpr size_t kInboxLimit = 32;  // parcels
constexpr uint64_t kYoungest = 64;

// Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014.
class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed) {}
  uint64_t Next() {
    uint64_t z = (state_ += 0x9E3779B97F4A7C15);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
    return z ^ (z >> 31);
  }
  uint64_t Below(uint64_t limit) { return (Next() >> 32) * limit >> 32; }

 private:
  uint64_t state_;
};

// Mostly small blocks, and most bytes in the rare big ones.
size_t RandomSize(Random& random) {
  struct Share {
    uint64_t per_mille, smallest, biggest;
  };
  static constexpr Share kMix[] = {
      {300, 8, 32},     {300, 33, 96},    {200, 97, 256},    {130, 257, 1024},
      {60, 1025, 4096}, {9, 4097, 32768}, {1, 32769, 262144}};
  uint64_t draw = random.Below(1000);
  for (const Share& share : kMix) {
    if (draw < share.per_mille) {
      return share.smallest + random.Below(share.biggest - share.smallest + 1);
    }
    draw -= share.per_mille;
  }
  std::abort();  // the shares are those of 1000
}

[[noreturn]] void Die(const char* what) {
  std::fprintf(stderr, "demo_workload: %s\n", what);
  std::_Exit(1);
}

// A block knows what must be in it: `mark` at the start of each cache line's
// worth of bytes, and in its last byte.
struct Block {
  unsigned char* start = nullptr;
  size_t size = 0;
  uint64_t mark = 0;
};

void Fill(const Block& block, size_t from) {
  for (size_t at = from; at + sizeof(uint64_t) <= block.size;
       at += kCacheLine) {
    const uint64_t word = block.mark ^ at;
    std::memcpy(block.start + at, &word, sizeof(word));
  }
  if (block.size % kCacheLine > sizeof(uint64_t)) {
    block.start[block.size - 1] = static_cast<unsigned char>(block.mark);
  }
}

Block NewBlock(Random& random) {
  Block block;
  block.size = RandomSize(random);
  block.mark = random.Next();
  block.start = static_cast<unsigned char*>(std::malloc(block.size));
  if (block.start == nullptr) Die("malloc returned NULL");
  Fill(block, 0);
  return block;
}

// As a string grows: to about twice its size, what was in it kept.
void Grow(Block& block) {
  const size_t first_unmarked =
      (block.size - sizeof(uint64_t) + kCacheLine) / kCacheLine * kCacheLine;
  block.size *= 2;
  void* const grown = std::realloc(block.start, block.size);
  if (grown == nullptr) Die("realloc returned NULL");
  block.start = static_cast<unsigned char*>(grown);
  Fill(block, first_unmarked);
}

// What the block adds to the checksum. Dies when its content has changed.
uint64_t CheckAndFree(const Block& block) {
  uint64_t sum = block.size;
  for (size_t at = 0; at + sizeof(uint64_t) <= block.size; at += kCacheLine) {
    uint64_t word;
    std::memcpy(&word, block.start + at, sizeof(word));
    if (word != (block.mark ^ at)) Die("a block's content has changed");
    sum += word;
  }
  if (block.size % kCacheLine > sizeof(uint64_t) &&
      block.start[block.size - 1] != static_cast<unsigned char>(block.mark)) {
    Die("a block's last byte has changed");
  }
  std::free(block.start);
  return sum;
}

using Parcel = std::array<Block, kParcel>;

// Where others leave blocks for a thread to free.
class Inbox {
 public:
  Inbox() { parcels_.reserve(kInboxLimit); }

  bool TryPut(const Parcel& parcel) {
    const std::lock_guard lock(mutex_);
    if (parcels_.size() == kInboxLimit) return false;
    parcels_.push_back(parcel);
    return true;
  }

  // `empty` comes back filled, its storage stays here.
  void TakeAll(std::vector<Parcel>& empty) {
    const std::lock_guard lock(mutex_);
    std::swap(parcels_, empty);
  }

 private:
  std::mutex mutex_;
  std::vector<Parcel> parcels_;
};

class Worker {
 public:
  Worker(uint64_t self, uint64_t blocks, std::vector<Inbox>& inboxes)
      : self_(self), random_(self + 1), blocks_(blocks), inboxes_(inboxes) {
    received_.reserve(kInboxLimit);
  }

  void Prepare() {
    for (Block& block : blocks_) block = NewBlock(random_);
  }

  void Work(uint64_t operations) {
    for (uint64_t i = 0; i < operations; ++i) {
      const uint64_t draw = random_.Below(256);
      const bool young = draw % 4 != 0;
      Block& block = blocks_[random_.Below(young ? kYoungest : blocks_.size())];
      if (draw < 32) {
        HandOver(block);
      } else {
        sum_ += CheckAndFree(block);
      }
      block = NewBlock(random_);
      if (draw >= 248) Grow(block);
      if (i % kCacheLine == 0) Receive();
    }
  }

  void Receive() {
    inboxes_[self_].TakeAll(received_);
    for (const Parcel& parcel : received_) FreeAll(parcel, kParcel);
    received_.clear();
  }

  // The sum over all blocks this thread has freed.
  uint64_t Finish() {
    Receive();
    FreeAll(parcel_, parcel_used_);
    for (const Block& block : blocks_) sum_ += CheckAndFree(block);
    return sum_;
  }

 private:
  // To a full inbox nothing is delivered, as by a server that sheds load.
  void HandOver(const Block& block) {
    parcel_[parcel_used_++] = block;
    if (parcel_used_ < kParcel) return;
    parcel_used_ = 0;
    const uint64_t receiver =
        (self_ + 1 + random_.Below(inboxes_.size() - 1)) % inboxes_.size();
    if (!inboxes_[receiver].TryPut(parcel_)) FreeAll(parcel_, kParcel);
  }

  void FreeAll(const Parcel& parcel, size_t count) {
    for (size_t i = 0; i < count; ++i) sum_ += CheckAndFree(parcel[i]);
  }

  const uint64_t self_;
  Random random_;
  std::vector<Block> blocks_;
  std::vector<Inbox>& inboxes_;
  std::vector<Parcel> received_;
  Parcel parcel_;
  size_t parcel_used_ = 0;
  uint64_t sum_ = 0;
};

struct Result {
  double seconds = 0;
  uint64_t checksum = 0;
};

Result Run(uint64_t threads, uint64_t operations, uint64_t blocks) {
  using Clock = std::chrono::steady_clock;
  std::vector<Inbox> inboxes(threads);
  std::atomic<uint64_t> checksum{0};
  // The threads meet when all are prepared and when all have worked. The last
  // one to come reads the clock before it lets the others go: a thread that
  // only watches might wake up late, on a busy machine even after the work is
  // done.
  std::array<Clock::time_point, 2> met;
  size_t meetings = 0;
  std::barrier meeting(static_cast<ptrdiff_t>(threads),
                       [&]() noexcept { met[meetings++] = Clock::now(); });
  std::vector<std::thread> running;
  for (uint64_t self = 0; self < threads; ++self) {
    running.emplace_back([&, self] {
      Worker worker(self, blocks, inboxes);
      worker.Prepare();
      meeting.arrive_and_wait();
      worker.Work(operations);
      meeting.arrive_and_wait();
      checksum += worker.Finish();
    });
  }
  for (std::thread& thread : running) thread.join();
  const std::chrono::duration<double> elapsed = met[1] - met[0];
  return {elapsed.count(), checksum};
}

// The file that malloc comes from, so that run_demo can see whose it was.
const char* FileOfMalloc() {
  Dl_info info;
  void* const address = dlsym(RTLD_DEFAULT, "malloc");
  return address != nullptr && dladdr(address, &info) != 0 ? info.dli_fname
                                                           : "?";
}

}  // namespace
}  // namespace headroom

int main(int argc, char** argv) {
  uint64_t numbers[3] = {};
  for (int i = 0; i < 3 && i + 1 < argc; ++i) {
    numbers[i] = std::strtoull(argv[i + 1], nullptr, 10);
  }
  const auto [threads, operations, blocks] = numbers;
  if (argc != 4 || threads < 2 || blocks < headroom::kYoungest) {
    headroom::Die(
        "use: demo_workload THREADS OPERATIONS BLOCKS, with at least "
        "2 threads and 64 blocks");
  }
  const headroom::Result result = headroom::Run(threads, operations, blocks);
  rusage usage = {};
  getrusage(RUSAGE_SELF, &usage);
  std::printf("operations=%" PRIu64 " seconds=%.6f checksum=%" PRIu64
              " maxrss_kib=%ld malloc=%s\n",
              threads * operations, result.seconds, result.checksum,
              usage.ru_maxrss, headroom::FileOfMalloc());
  return 0;
}
