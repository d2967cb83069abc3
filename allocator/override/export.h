// How a name leaves the library.
//
// Role: the allocator is compiled with hidden visibility; what the products
//   export says so with this one word, and is listed in exports.map.
// Takes from: nothing. Gives to: override/.
#ifndef HEADROOM_ALLOCATOR_OVERRIDE_EXPORT_H_
#define HEADROOM_ALLOCATOR_OVERRIDE_EXPORT_H_

#define HEADROOM_EXPORT [[gnu::visibility("default")]]

// The same for a function whose first argument is a block of which it reads the
// header at once: a fault in this section is explained by that argument.
#define HEADROOM_EXPORT_FREE \
  [[gnu::visibility("default"), gnu::section("headroom_entry")]]

#endif  // HEADROOM_ALLOCATOR_OVERRIDE_EXPORT_H_
