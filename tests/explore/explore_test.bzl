"""A test that explores interleavings of instrumented code."""

load("@rules_cc//cc:defs.bzl", "cc_test")
load("//tools:copts.bzl", "HEADROOM_COPTS")

# As the allocator is compiled, plus a call at each access to memory and what
# traces need.
INSTRUMENTED_COPTS = HEADROOM_COPTS + [
    "-fsanitize=thread",
    "-g1",
    "-fno-exceptions",
    "-ftls-model=initial-exec",
]

def explore_test(name, deps = [":heap_scenario"]):
    """Makes the test NAME of NAME.cc.

    Args:
      name: of the test.
      deps: what is explored.
    """
    cc_test(
        name = name,
        size = "medium",
        srcs = [name + ".cc"],
        copts = INSTRUMENTED_COPTS,
        # The allocator's headers come with explored_heap, not from their own
        # libraries, which hold the code without the calls.
        features = ["-layering_check"],
        tags = [
            "no_coverage",
            "no_sanitizer",
        ],
        deps = deps + [
            ":explore_main",
            ":hooks",
            ":scheduler",
            "@googletest//:gtest",
        ],
    )
