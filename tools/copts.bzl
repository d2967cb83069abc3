"""Compiler options of Headroom's own code."""

# What every file of the project is compiled with. Clang also checks the lock
# annotations; g++ does not know them.
HEADROOM_COPTS = [
    "-std=c++20",
    "-Wall",
    "-Wextra",
    "-Werror",
] + select({
    "//tools:clang": ["-Wthread-safety"],
    "//conditions:default": [],
})

# What the allocator itself adds: the library depends on libc alone, exports
# only what it names, reaches its thread's cache in one instruction, and is not
# turned into a call of itself by a compiler that recognises malloc.
ALLOCATOR_COPTS = HEADROOM_COPTS + [
    "-fno-exceptions",
    "-fno-rtti",
    "-fvisibility=hidden",
    "-ftls-model=initial-exec",
    "-fno-builtin-malloc",
    "-fno-builtin-calloc",
    "-fno-builtin-realloc",
    "-fno-builtin-free",
]
