// A real program in small: 64 threads build std containers, hand each to
// another thread through a bounded inbox, and check and destroy what they are
// handed. Takes from: nobody. Gives to: threads64_test.sh, which compares its
// one line for two mallocs. Lock: one in each Inbox; a thread never holds two.
// Invariant: received parcels == sent parcels, and the checksum is a sum over
// parcels of a function of (sender, number), whatever order they travel in.
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

namespace {

constexpr uint64_t kThreads = 64;
constexpr uint64_t kParcelsPerThread = 1500;
constexpr size_t kInboxLimit = 32;

// splitmix64 (Steele, Lea, Flood 2014), so that a parcel depends on its seed
// only.
class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed) {}
  uint64_t Next() {
    uint64_t z = (state_ += 0x9E3779B97F4A7C15);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
    return z ^ (z >> 31);
  }
  uint64_t Below(uint64_t limit) { return Next() % limit; }

 private:
  uint64_t state_;
};

// Aligned storage: operator new(size_t, align_val_t).
struct alignas(64) CacheLine {
  std::array<uint64_t, 8> words;
};

using Strings = std::vector<std::string>;
using Tree = std::map<uint64_t, std::string>;
using Table = std::unordered_map<std::string, std::vector<uint32_t>>;
using Links = std::list<std::unique_ptr<uint64_t>>;
using Deque = std::deque<std::string>;
using Lines = std::vector<CacheLine>;
using Page = std::shared_ptr<std::string>;
using Content = std::variant<Strings, Tree, Table, Links, Deque, Lines, Page>;

std::string MakeString(Random& random) {
  std::string text;
  for (uint64_t n = random.Below(120); n > 0; --n) {
    text.push_back(static_cast<char>(random.Below(256)));
  }
  return text;
}

Tree MakeTree(Random& random, size_t count) {
  Tree tree;
  for (size_t i = 0; i < count; ++i) {
    tree[random.Below(50)] += MakeString(random);
    if (i % 5 == 4) tree.erase(tree.begin());
  }
  return tree;
}

Table MakeTable(Random& random, size_t count) {
  Table table;
  for (size_t i = 0; i < count; ++i) {
    table[MakeString(random)].assign(random.Below(60), 7);
  }
  return table;
}

Content MakeContent(Random& random) {
  const size_t count = random.Below(24);
  const auto fill = [&](auto made, auto make_one) {
    for (size_t i = 0; i < count; ++i) made.push_back(make_one());
    return made;
  };
  const auto text = [&] { return MakeString(random); };
  switch (random.Below(7)) {
    case 0:
      return fill(Strings(), text);
    case 1:
      return MakeTree(random, count);
    case 2:
      return MakeTable(random, count);
    case 3:
      return fill(Links(),
                  [&] { return std::make_unique<uint64_t>(random.Next()); });
    case 4:
      return fill(Deque(), text);
    case 5:
      return fill(Lines(), [&] { return CacheLine{{random.Next(), count}}; });
    default:
      return std::make_shared<std::string>(random.Below(40000), 'p');
  }
}

// FNV-1a over every byte of a content.
class Hash {
 public:
  uint64_t value() const { return value_; }

  void Add(const void* bytes, size_t size) {
    for (size_t i = 0; i < size; ++i) {
      value_ ^= static_cast<const unsigned char*>(bytes)[i];
      value_ *= 0x100000001B3;
    }
  }
  void Add(uint64_t number) { Add(&number, sizeof(number)); }
  void Add(uint32_t number) { Add(&number, sizeof(number)); }
  void Add(const std::string& text) { Add(text.data(), text.size()); }
  void Add(const CacheLine& line) {
    if (reinterpret_cast<uintptr_t>(&line) % alignof(CacheLine) != 0) {
      std::puts("a block is not aligned");
      std::abort();
    }
    Add(line.words.data(), sizeof(line.words));
  }
  template <typename T>
  void Add(const std::unique_ptr<T>& pointer) {
    Add(*pointer);
  }
  template <typename T>
  void Add(const std::shared_ptr<T>& pointer) {
    Add(*pointer);
  }
  template <typename Key, typename Value>
  void Add(const std::pair<const Key, Value>& entry) {
    Add(entry.first);
    Add(entry.second);
  }
  template <typename Container>
  void Add(const Container& container) {
    for (const auto& element : container) Add(element);
  }

 private:
  uint64_t value_ = 0xCBF29CE484222325;
};

struct Parcel {
  uint64_t hash = 0;
  Content content;
};

uint64_t HashOf(const Content& content) {
  Hash hash;
  std::visit([&](const auto& made) { hash.Add(made); }, content);
  return hash.value();
}

class Inbox {
 public:
  bool TryPut(Parcel& parcel) {
    const std::lock_guard lock(mutex_);
    if (parcels_.size() >= kInboxLimit) return false;
    parcels_.push_back(std::move(parcel));
    return true;
  }
  std::deque<Parcel> TakeAll() {
    const std::lock_guard lock(mutex_);
    return std::exchange(parcels_, {});
  }

 private:
  std::mutex mutex_;
  std::deque<Parcel> parcels_;
};

std::array<Inbox, kThreads> inboxes;
std::atomic<uint64_t> parcels_under_way{kThreads * kParcelsPerThread};
std::atomic<uint64_t> checksum{0};

void Receive(uint64_t self) {
  for (const Parcel& parcel : inboxes[self].TakeAll()) {
    if (HashOf(parcel.content) != parcel.hash) {
      std::puts("a parcel changed on its way");
      std::abort();
    }
    checksum += parcel.hash;
    --parcels_under_way;
  }
}

// Never waits at a full inbox without emptying its own, or a ring of threads
// could wait for each other.
void LiveAs(uint64_t self) {
  for (uint64_t number = 0; number < kParcelsPerThread; ++number) {
    Random random(self * kParcelsPerThread + number);
    Parcel parcel;
    parcel.content = MakeContent(random);
    parcel.hash = HashOf(parcel.content);
    const uint64_t receiver = random.Below(kThreads);
    while (!inboxes[receiver].TryPut(parcel)) {
      Receive(self);
      std::this_thread::yield();
    }
    if (number % 8 == 0) Receive(self);
  }
  while (parcels_under_way > 0) {
    Receive(self);
    std::this_thread::yield();
  }
}

}  // namespace

int main() {
  std::vector<std::thread> threads;
  for (uint64_t self = 0; self < kThreads; ++self) {
    threads.emplace_back(LiveAs, self);
  }
  for (std::thread& thread : threads) thread.join();
  std::printf("%llu threads, %llu parcels, checksum %016llx\n",
              static_cast<unsigned long long>(kThreads),
              static_cast<unsigned long long>(kThreads * kParcelsPerThread),
              static_cast<unsigned long long>(checksum.load()));
  return 0;
}
