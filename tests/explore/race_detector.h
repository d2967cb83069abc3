// Finds two accesses to one byte of which neither happens before the other, at
// least one writes, and not both are atomic.
//
// Role: happens-before, by vector clocks, byte by byte: exact for the schedule
//   that runs, whether the accesses came close to each other or not.
// Takes from: vector_clock. Gives to: scheduler. Not thread-safe: all threads
//   of an exploration are one.
#ifndef HEADROOM_TESTS_EXPLORE_RACE_DETECTOR_H_
#define HEADROOM_TESTS_EXPLORE_RACE_DETECTOR_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <unordered_map>

#include "tests/explore/vector_clock.h"

namespace headroom::explore {

struct Access {
  uintptr_t address;
  size_t bytes;
  bool is_write;
  bool is_atomic;
  uintptr_t pc;  // who asks
};

class RaceDetector {
 public:
  // Forgets all accesses: a new run begins.
  void Reset() { ++run_; }

  // Null when all is well, else the instruction of the other access.
  struct Race {
    uintptr_t other_pc;
    int other_thread;
  };
  bool Note(int thread, const VectorClock& clock, const Access& access,
            Race* race);

  // The memory goes back to the kernel: whoever used it must have finished.
  bool NoteGone(int thread, const VectorClock& clock, const Access& access,
                Race* race);

 private:
  struct Byte {
    Tick written = 0;
    int8_t writer = -1;
    std::array<Tick, kMostThreads> read{};
    std::array<Tick, kMostThreads> atomic_written{};
    std::array<Tick, kMostThreads> atomic_read{};
  };
  static constexpr size_t kWordBytes = 8;
  struct Word {
    uint64_t run = 0;
    // The last access's: the same again tells nothing new.
    int8_t last_thread = -1;
    Tick last_tick = 0;
    std::array<uint8_t, 4> last_masks{};
    // Until an access is smaller than a word, the first byte speaks for all.
    bool is_split = false;
    std::array<uintptr_t, kMostThreads> write_pc{};
    std::array<uintptr_t, kMostThreads> read_pc{};
    std::array<Byte, kWordBytes> bytes;
  };
  static constexpr size_t kPageBytes = 4096;
  struct Page {
    std::array<Word, kPageBytes / kWordBytes> words;
  };

  Page& PageAt(uintptr_t number);
  bool NoteWord(Word& word, int thread, const VectorClock& clock,
                const Access& access, size_t first, size_t end, Race* race);
  // The thread whose access to `byte` races with this one; -1: none.
  static int Rival(const Byte& byte, int thread, const VectorClock& clock,
                   const Access& access);

  uint64_t run_ = 1;
  std::unordered_map<uintptr_t, std::unique_ptr<Page>> pages_;
  uintptr_t last_number_ = 0;
  Page* last_page_ = nullptr;
};

}  // namespace headroom::explore

#endif  // HEADROOM_TESTS_EXPLORE_RACE_DETECTOR_H_
