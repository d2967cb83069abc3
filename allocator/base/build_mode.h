// What kind of build this is, as constants, so that no other file needs #if.
//
// Takes from: the compiler's predefined macros. Gives to: everyone.
#ifndef HEADROOM_ALLOCATOR_BASE_BUILD_MODE_H_
#define HEADROOM_ALLOCATOR_BASE_BUILD_MODE_H_

namespace headroom {

#ifdef NDEBUG
inline constexpr bool kDebugBuild = false;
#else
inline constexpr bool kDebugBuild = true;
#endif

#if defined(__SANITIZE_THREAD__)
inline constexpr bool kThreadSanitizer = true;
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
inline constexpr bool kThreadSanitizer = true;
#else
inline constexpr bool kThreadSanitizer = false;
#endif
#else
inline constexpr bool kThreadSanitizer = false;
#endif

// The seals can be compiled out, for one purpose: to measure what they cost.
// Such a build detects next to nothing; no product is made of it.
#ifdef HEADROOM_UNCHECKED
inline constexpr bool kChecked = false;
#else
inline constexpr bool kChecked = true;
#endif

// Counts what locks and tiers do: //allocator:libheadroom_measured.so.
#ifdef HEADROOM_MEASURED
inline constexpr bool kMeasuredBuild = true;
#else
inline constexpr bool kMeasuredBuild = false;
#endif

}  // namespace headroom

#endif  // HEADROOM_ALLOCATOR_BASE_BUILD_MODE_H_
