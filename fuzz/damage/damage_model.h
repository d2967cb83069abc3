// The shadow model of a program that writes where it should not.
//
// Role: knows which blocks the program holds, what stands in and around them,
//   and which of that was overwritten since. Blocks whose free was refused are
//   held on: nobody else may get them.
// Takes from: heap_under_test. Gives to: damage_state.
#ifndef FUZZ_DAMAGE_DAMAGE_MODEL_H_
#define FUZZ_DAMAGE_DAMAGE_MODEL_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "allocator/front/block_tail.h"
#include "fuzz/world/heap_under_test.h"

namespace headroom {

class DamageModel {
 public:
  struct Block {
    char* start = nullptr;
    size_t usable_bytes = 0;
    // As it was asked for last.
    size_t bytes = 0;
    size_t alignment = kBlockAlignment;
    Origin origin = Origin::kMalloc;
    // What the heap wrote, and where: in front of the block and of the one
    // around it, and behind its bytes.
    char* base = nullptr;
    char* end = nullptr;
    uint64_t word = 0;
    uint64_t base_word = 0;
    char* note_at = nullptr;  // null: it has no tail
    std::array<char, BlockTail::kNoteBytes> note = {};
    std::vector<char> canary;
    uint8_t seed = 0;      // of its content
    bool is_whole = true;  // nobody but its owner wrote to it
  };
  struct Freed {
    char* start;
    uint64_t word;       // when it was live
    uint64_t free_word;  // just after
  };

  explicit DamageModel(const HeapUnderTest& heap) : heap_(heap) {}

  // A block that the heap just returned; checks it and writes to it.
  void Add(Block block);
  Block& at(size_t index) { return blocks_[index % blocks_.size()]; }
  size_t count() const { return blocks_.size(); }
  // Forgets a block; `freed`: keeps its address for wild writes and frees.
  void Forget(size_t index, bool freed);
  const std::vector<Freed>& freed() const { return freed_; }

  bool HeadersAreIntact(const Block& block) const;
  bool TailIsIntact(const Block& block) const;
  bool NoteIsIntact(const Block& block) const;
  void CheckContent(const Block& block, const char* start, size_t bytes) const;
  // Puts back what the heap wrote.
  void Repair(const Block& block) const;

  // Bytes of a page or so that a wild write may hit: no more than these from
  // `target` on, fewer or none where memory ends.
  size_t Writable(const char* target, size_t bytes) const;
  // A wild write happened.
  void NoteDamage(const char* target, size_t bytes);
  // Did it hit anything but blocks that are held?
  bool damaged_free() const { return damaged_free_; }
  // Did it hit memory that the kernel may have taken?
  bool damaged_pages() const { return damaged_pages_; }

  bool IsHeld(const char* address) const;
  // Did a block that was freed start behind this word, and was this its word?
  // Put back there, nobody can tell that it is not live.
  bool WasGenuine(const char* header, uint64_t word) const;

 private:
  const HeapUnderTest& heap_;
  std::vector<Block> blocks_;
  std::vector<Freed> freed_;
  bool damaged_free_ = false;
  bool damaged_pages_ = false;
};

}  // namespace headroom

#endif  // FUZZ_DAMAGE_DAMAGE_MODEL_H_
