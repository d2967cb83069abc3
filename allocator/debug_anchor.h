// What a debugger needs to find its way in the heap of a stripped program.
//
// Role: one constant that says where everything is and how it is laid out, so
//   that tools/headroom_heap.py reads a core without debug information. Found
//   by its symbol or, in stripped programs, by its magic. Not an API: kVersion
//   changes with the fields, and nobody but that reader may use it.
// Takes from: all layers' records. Gives to: allocator.cc, which defines it.
// Invariant: behind the magic, each field is eight bytes, in the reader's
//   order.
#ifndef HEADROOM_ALLOCATOR_DEBUG_ANCHOR_H_
#define HEADROOM_ALLOCATOR_DEBUG_ANCHOR_H_

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "allocator/base/build_mode.h"
#include "allocator/base/units.h"
#include "allocator/block/block_header.h"
#include "allocator/block/block_payload.h"
#include "allocator/block/size_classes.h"
#include "allocator/central/block_stacks.h"
#include "allocator/central/central_cache.h"
#include "allocator/central/central_free_list.h"
#include "allocator/front/freed_mappings.h"
#include "allocator/front/quarantine.h"
#include "allocator/pages/page_map.h"
#include "allocator/pages/span.h"
#include "allocator/thread/magazine.h"
#include "allocator/thread/thread_cache.h"
#include "allocator/thread/thread_registry.h"

namespace headroom {

struct DebugAnchor {
  static constexpr uint64_t kVersion = 1;

  unsigned char magic[16];
  uint64_t version;
  uint64_t anchor_bytes;
  const void* self;  // a copy of an anchor is none

  // Where things are.
  const void* page_map_root;  // holds the root's address
  const void* keys;
  const void* registry_head;  // holds the first cache's address
  const void* size_classes;
  const void* central_lists;
  const void* quarantine_ring;  // holds the ring's address
  const void* quarantine_oldest;
  const void* quarantine_count;
  const void* freed_mappings;

  // Numbers.
  uint64_t checked;
  uint64_t page_shift;
  uint64_t leaf_bits;
  uint64_t root_entries;
  uint64_t class_count;
  uint64_t shard_count;
  uint64_t quarantine_capacity;
  uint64_t freed_mapping_count;
  uint64_t block_alignment;
  uint64_t header_bytes;

  // The payload's slots.
  uint64_t slot_shift;
  uint64_t first_class_slot;
  uint64_t large_slot;
  uint64_t aligned_slot;
  uint64_t aligned_base_slot;
  uint64_t sampled_slot;
  uint64_t resized_large_slot;
  uint64_t resized_aligned_slot;
  uint64_t resized_slot;

  // Where members are in their records.
  uint64_t leaf_closed;
  uint64_t key_address;
  uint64_t key_live;
  uint64_t key_free;
  uint64_t key_in_span;
  uint64_t key_quarantined;
  uint64_t class_bytes;
  uint64_t class_stride;
  uint64_t class_blocks;
  uint64_t span_bytes;
  uint64_t span_first;
  uint64_t span_pages;
  uint64_t span_use;
  uint64_t span_class;
  uint64_t span_free_bits;
  uint64_t span_free_blocks;
  uint64_t span_carved_blocks;
  uint64_t span_memory_start;
  uint64_t span_memory_bytes;
  uint64_t span_block_offset;
  uint64_t span_back_guard;
  uint64_t cache_next;
  uint64_t cache_reserved;
  uint64_t magazine_top;
  uint64_t magazine_limit;
  uint64_t magazine_cells;
  uint64_t list_bytes;
  uint64_t list_stacks;  // holds the address of a class's stacks
  uint64_t list_stacked;
  uint64_t stack_bytes;
  uint64_t stack_ring;
  uint64_t stack_mask;
  uint64_t stack_bottom;
  uint64_t stack_size;
  uint64_t quarantined_bytes;
  uint64_t quarantined_block;
  uint64_t quarantined_class;
};
static_assert(std::has_unique_object_representations_v<DebugAnchor>,
              "a gap would shift the reader's fields");

// Offsets in classes that are not laid out as a C struct's: both compilers
// know them.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Winvalid-offsetof"

// A friend of the layers, for their private members' places; changes nothing.
struct DebugLayout {
  static consteval DebugAnchor Describe(
      const DebugAnchor& self, const PageMap& map, const SealKeys& keys,
      const ThreadRegistry& registry, const CentralFreeLists& lists,
      const Quarantine& quarantine, const FreedMappings& freed) {
    using Stack = BlockStacks::Stack;
    static_assert(offsetof(PageMap::Leaf, spans) == 0);
    static_assert(offsetof(PageMap::Root, leaves) == 0);
    static_assert(offsetof(ThreadCache, magazines_) == 0);
    static_assert(sizeof(FreedMappings::Entry) == 2 * sizeof(uint64_t));
    return {
        .magic = {'h', 'e', 'a', 'd', 'r', 'o', 'o', 'm', 0x9d, 0xe1, 0x5b,
                  0xc2, 0x3f, 0x86, 0xf4, 0x7a},
        .version = DebugAnchor::kVersion,
        .anchor_bytes = sizeof(DebugAnchor),
        .self = &self,
        .page_map_root = &map.root_,
        .keys = &keys,
        .registry_head = static_cast<const void*>(&registry.head_),
        .size_classes = kSizeClasses.data(),
        .central_lists = lists.data(),
        .quarantine_ring = static_cast<const void*>(&quarantine.ring_),
        .quarantine_oldest = &quarantine.oldest_,
        .quarantine_count = &quarantine.count_,
        .freed_mappings = &freed.entries_,
        .checked = kChecked,
        .page_shift = kPageShift,
        .leaf_bits = PageMap::kLeafBits,
        .root_entries = PageMap::kRootEntries,
        .class_count = kSizeClassCount,
        .shard_count = kShardCount,
        .quarantine_capacity = Quarantine::kMostBlocks,
        .freed_mapping_count = FreedMappings::kEntries,
        .block_alignment = kBlockAlignment,
        .header_bytes = kHeaderBytes,
        .slot_shift = kSlotShift,
        .first_class_slot = kFirstClassSlot,
        .large_slot = kLargeSlot,
        .aligned_slot = kAlignedSlot,
        .aligned_base_slot = kAlignedBaseSlot,
        .sampled_slot = kSampledSlot,
        .resized_large_slot = kResizedLargeSlot,
        .resized_aligned_slot = kResizedAlignedSlot,
        .resized_slot = kResizedSlot,
        .leaf_closed = offsetof(PageMap::Leaf, closed),
        .key_address = offsetof(SealKeys, address),
        .key_live = offsetof(SealKeys, hot[0].live),
        .key_free = offsetof(SealKeys, hot[0].free),
        .key_in_span = offsetof(SealKeys, cold[0].in_span),
        .key_quarantined = offsetof(SealKeys, cold[0].quarantined),
        .class_bytes = sizeof(SizeClassInfo),
        .class_stride = offsetof(SizeClassInfo, stride),
        .class_blocks = offsetof(SizeClassInfo, blocks_per_span),
        .span_bytes = sizeof(Span),
        .span_first = offsetof(Span, first),
        .span_pages = offsetof(Span, pages),
        .span_use = offsetof(Span, use),
        .span_class = offsetof(Span, size_class),
        .span_free_bits = offsetof(Span, free_bits),
        .span_free_blocks = offsetof(Span, free_blocks),
        .span_carved_blocks = offsetof(Span, carved_blocks),
        .span_memory_start = offsetof(Span, memory.start),
        .span_memory_bytes = offsetof(Span, memory.bytes),
        .span_block_offset = offsetof(Span, block_offset),
        .span_back_guard = offsetof(Span, back_guard),
        .cache_next = offsetof(ThreadCache, next),
        .cache_reserved = offsetof(ThreadCache, reserved_),
        .magazine_top = offsetof(Magazine, top),
        .magazine_limit = offsetof(Magazine, limit),
        .magazine_cells = offsetof(Magazine, cells),
        .list_bytes = sizeof(CentralFreeList),
        .list_stacks =
            offsetof(CentralFreeList, stacks_) + offsetof(BlockStacks, stacks_),
        .list_stacked =
            offsetof(CentralFreeList, stacks_) + offsetof(BlockStacks, blocks_),
        .stack_bytes = sizeof(Stack),
        .stack_ring = offsetof(Stack, ring),
        .stack_mask = offsetof(Stack, mask),
        .stack_bottom = offsetof(Stack, bottom),
        .stack_size = offsetof(Stack, size),
        .quarantined_bytes = sizeof(Quarantine::Block),
        .quarantined_block = offsetof(Quarantine::Block, block),
        .quarantined_class = offsetof(Quarantine::Block, size_class),
    };
  }
};

#pragma GCC diagnostic pop

}  // namespace headroom

extern "C" [[gnu::visibility("default")]]
const headroom::DebugAnchor headroom_debug_anchor;

#endif  // HEADROOM_ALLOCATOR_DEBUG_ANCHOR_H_
