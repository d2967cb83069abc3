"""Targets that stand for parts of an installed Abseil."""

load("@rules_cc//cc:defs.bzl", "cc_library")

def abseil_parts(header_only = [], with_code = []):
    """Defines one target per part.

    Args:
      header_only: parts that link nothing, so that libheadroom.so may use them
        and still depend on libc alone.
      with_code: parts that link Abseil's archives.
    """
    for part in header_only:
        cc_library(name = part, visibility = ["//visibility:public"])
    for part in with_code:
        cc_library(
            name = part,
            visibility = ["//visibility:public"],
            deps = ["//:archives"],
        )
