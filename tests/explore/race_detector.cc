#include "tests/explore/race_detector.h"

#include <algorithm>

namespace headroom::explore {

RaceDetector::Page& RaceDetector::PageAt(uintptr_t number) {
  if (last_page_ != nullptr && number == last_number_) return *last_page_;
  std::unique_ptr<Page>& page = pages_[number];
  if (page == nullptr) page = std::make_unique<Page>();
  last_number_ = number;
  last_page_ = page.get();
  return *page;
}

int RaceDetector::Rival(const Byte& byte, int thread, const VectorClock& clock,
                        const Access& access) {
  if (!clock.Knows(byte.writer, byte.written)) return byte.writer;
  for (int other = 0; other < kMostThreads; ++other) {
    if (other == thread) continue;
    const auto i = static_cast<size_t>(other);
    const Tick known = clock.ticks[i];
    if (access.is_write && byte.read[i] > known) return other;
    if (access.is_atomic) continue;
    if (byte.atomic_written[i] > known) return other;
    if (access.is_write && byte.atomic_read[i] > known) return other;
  }
  return -1;
}

bool RaceDetector::NoteWord(Word& word, int thread, const VectorClock& clock,
                            const Access& access, size_t first, size_t end,
                            Race* race) {
  if (word.run != run_) {
    word.run = run_;
    word.last_thread = -1;
    word.is_split = false;
    word.bytes[0] = Byte{};
  }
  const auto self = static_cast<size_t>(thread);
  const Tick now = clock.of(thread);
  if (word.last_thread != thread || word.last_tick != now) {
    word.last_thread = static_cast<int8_t>(thread);
    word.last_tick = now;
    word.last_masks = {};
  }
  uint8_t& noted = word.last_masks[(access.is_write ? 1u : 0u) +
                                   (access.is_atomic ? 2u : 0u)];
  const auto mask = static_cast<uint8_t>(((1u << (end - first)) - 1) << first);
  if ((noted & mask) == mask) return true;
  noted |= mask;
  if (!word.is_split) {
    if (first == 0 && end == kWordBytes) {
      end = 1;
    } else {
      word.is_split = true;
      std::fill(word.bytes.begin() + 1, word.bytes.end(), word.bytes[0]);
    }
  }
  for (size_t i = first; i < end; ++i) {
    Byte& byte = word.bytes[i];
    const int rival = Rival(byte, thread, clock, access);
    if (rival >= 0) {
      const auto other = static_cast<size_t>(rival);
      const bool wrote =
          byte.writer == rival || byte.atomic_written[other] != 0;
      *race = {wrote ? word.write_pc[other] : word.read_pc[other], rival};
      return false;
    }
    if (access.is_atomic) {
      (access.is_write ? byte.atomic_written : byte.atomic_read)[self] = now;
    } else if (access.is_write) {
      byte = Byte{};
      byte.written = now;
      byte.writer = static_cast<int8_t>(thread);
    } else {
      byte.read[self] = now;
    }
  }
  (access.is_write ? word.write_pc : word.read_pc)[self] = access.pc;
  return true;
}

bool RaceDetector::Note(int thread, const VectorClock& clock,
                        const Access& access, Race* race) {
  const uintptr_t end = access.address + access.bytes;
  for (uintptr_t at = access.address; at < end;) {
    const size_t first = at % kWordBytes;
    const size_t last = std::min<size_t>(kWordBytes, first + (end - at));
    Word& word = PageAt(at / kPageBytes).words[at % kPageBytes / kWordBytes];
    if (!NoteWord(word, thread, clock, access, first, last, race)) return false;
    at += last - first;
  }
  return true;
}

bool RaceDetector::NoteGone(int thread, const VectorClock& clock,
                            const Access& access, Race* race) {
  for (uintptr_t page = access.address / kPageBytes;
       page * kPageBytes < access.address + access.bytes; ++page) {
    const auto found = pages_.find(page);
    if (found == pages_.end()) continue;
    for (Word& word : found->second->words) {
      if (word.run != run_) continue;
      if (!NoteWord(word, thread, clock, access, 0, kWordBytes, race)) {
        return false;
      }
      word.run = 0;
    }
  }
  return true;
}

}  // namespace headroom::explore
