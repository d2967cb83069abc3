// operator new and delete: every form of the C++ standard.
//
// Role: plain, array, nothrow, sized, aligned and their combinations, on the
//   same hit paths as malloc and free. The header remembers which family made
//   the block.
// Takes from: contracts, new_handler. Gives to: the program.
// Source: [new.delete] of C++20. Thread-safety: all.
#include <new>

#include "allocator/override/contracts.h"
#include "allocator/override/export.h"
#include "allocator/override/new_operators.h"

using headroom::Free;
using headroom::FreeAligned;
using headroom::FreeAlignedSized;
using headroom::FreeSized;
using headroom::New;
using headroom::NewAligned;
using headroom::Origin;
using std::align_val_t;
using std::nothrow_t;

HEADROOM_EXPORT void* operator new(size_t bytes) {
  return New<Origin::kNew>(bytes);
}
HEADROOM_EXPORT void* operator new[](size_t bytes) {
  return New<Origin::kNewArray>(bytes);
}
HEADROOM_EXPORT void* operator new(size_t bytes, const nothrow_t& t) noexcept {
  return New<Origin::kNew>(bytes, t);
}
HEADROOM_EXPORT void* operator new[](size_t bytes,
                                     const nothrow_t& t) noexcept {
  return New<Origin::kNewArray>(bytes, t);
}

HEADROOM_EXPORT void* operator new(size_t bytes, align_val_t alignment) {
  return NewAligned<Origin::kNewAligned>(bytes, alignment);
}
HEADROOM_EXPORT void* operator new[](size_t bytes, align_val_t alignment) {
  return NewAligned<Origin::kNewArrayAligned>(bytes, alignment);
}
HEADROOM_EXPORT void* operator new(size_t bytes, align_val_t alignment,
                                   const nothrow_t& t) noexcept {
  return NewAligned<Origin::kNewAligned>(bytes, alignment, t);
}
HEADROOM_EXPORT void* operator new[](size_t bytes, align_val_t alignment,
                                     const nothrow_t& t) noexcept {
  return NewAligned<Origin::kNewArrayAligned>(bytes, alignment, t);
}

HEADROOM_EXPORT_FREE void operator delete(void* block) noexcept {
  Free<Origin::kNew>(block);
}
HEADROOM_EXPORT_FREE void operator delete[](void* block) noexcept {
  Free<Origin::kNewArray>(block);
}
HEADROOM_EXPORT_FREE void operator delete(void* block, size_t bytes) noexcept {
  FreeSized<Origin::kNew>(block, bytes);
}
HEADROOM_EXPORT_FREE void operator delete[](void* block,
                                            size_t bytes) noexcept {
  FreeSized<Origin::kNewArray>(block, bytes);
}
HEADROOM_EXPORT_FREE void operator delete(void* block,
                                          const nothrow_t&) noexcept {
  Free<Origin::kNew>(block);
}
HEADROOM_EXPORT_FREE void operator delete[](void* block,
                                            const nothrow_t&) noexcept {
  Free<Origin::kNewArray>(block);
}

HEADROOM_EXPORT_FREE void operator delete(void* block,
                                          align_val_t alignment) noexcept {
  FreeAligned<Origin::kNewAligned>(block, static_cast<size_t>(alignment));
}
HEADROOM_EXPORT_FREE void operator delete[](void* block,
                                            align_val_t alignment) noexcept {
  FreeAligned<Origin::kNewArrayAligned>(block, static_cast<size_t>(alignment));
}
HEADROOM_EXPORT_FREE void operator delete(void* block, size_t bytes,
                                          align_val_t alignment) noexcept {
  FreeAlignedSized(block, static_cast<size_t>(alignment), bytes,
                   Origin::kNewAligned);
}
HEADROOM_EXPORT_FREE void operator delete[](void* block, size_t bytes,
                                            align_val_t alignment) noexcept {
  FreeAlignedSized(block, static_cast<size_t>(alignment), bytes,
                   Origin::kNewArrayAligned);
}
HEADROOM_EXPORT_FREE void operator delete(void* block, align_val_t alignment,
                                          const nothrow_t&) noexcept {
  FreeAligned<Origin::kNewAligned>(block, static_cast<size_t>(alignment));
}
HEADROOM_EXPORT_FREE void operator delete[](void* block, align_val_t alignment,
                                            const nothrow_t&) noexcept {
  FreeAligned<Origin::kNewArrayAligned>(block, static_cast<size_t>(alignment));
}
