// How a name leaves the library.
//
// Role: the allocator is compiled with hidden visibility; what the products
//   export says so with this one word, and is listed in exports.map.
// Takes from: nothing. Gives to: override/.
#ifndef HEADROOM_ALLOCATOR_OVERRIDE_EXPORT_H_
#define HEADROOM_ALLOCATOR_OVERRIDE_EXPORT_H_

#define HEADROOM_EXPORT [[gnu::visibility("default")]]

#endif  // HEADROOM_ALLOCATOR_OVERRIDE_EXPORT_H_
