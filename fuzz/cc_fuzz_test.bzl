"""A fuzzer, and the replay of its corpus as an ordinary test."""

load("@rules_cc//cc:defs.bzl", "cc_binary", "cc_library", "cc_test")
load("//tools:copts.bzl", "HEADROOM_COPTS")

# Under --config=fuzz libFuzzer brings main, else replay_main does.
_MAIN_LINKOPTS = select({
    "//tools:fuzz": ["-fsanitize=fuzzer"],
    "//conditions:default": [],
})
_MAIN_DEPS = select({
    "//tools:fuzz": [],
    "//conditions:default": ["//fuzz:replay_main"],
})

def cc_fuzz_test(name, deps = []):
    """Makes NAME_fuzzer of NAME_fuzzer.cc, and NAME_corpus_test.

    NAME_fuzzer is libFuzzer's program under --config=fuzz, and else one that
    replays the files and folders it is given. NAME_corpus_test replays
    corpus/NAME in every configuration.

    Args:
      name: what is fuzzed.
      deps: what NAME_fuzzer.cc includes.
    """
    cc_library(
        name = name + "_entry",
        testonly = True,
        srcs = [name + "_fuzzer.cc"],
        copts = HEADROOM_COPTS,
        deps = deps,
        alwayslink = True,
    )
    cc_binary(
        name = name + "_fuzzer",
        testonly = True,
        linkopts = _MAIN_LINKOPTS,
        deps = [":" + name + "_entry"] + _MAIN_DEPS,
    )
    native.filegroup(
        name = name + "_corpus",
        srcs = native.glob(["corpus/" + name + "/*"]),
    )
    cc_test(
        name = name + "_corpus_test",
        size = "small",
        args = ["$(rootpaths :" + name + "_corpus)"],
        data = [":" + name + "_corpus"],
        linkopts = _MAIN_LINKOPTS,
        deps = [":" + name + "_entry"] + _MAIN_DEPS,
    )
