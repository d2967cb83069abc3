"""A fuzz test: a program for a fuzzing engine, and its corpus as a test."""

load("@rules_cc//cc:defs.bzl", "cc_binary", "cc_test")
load("//tools:copts.bzl", "HEADROOM_COPTS")

# Under --config=fuzz libFuzzer brings main, else replay_main does.
_ENGINE_LINKOPTS = select({
    "//tools:fuzz": ["-fsanitize=fuzzer"],
    "//conditions:default": [],
})
_ENGINE_DEPS = select({
    "//tools:fuzz": ["//fuzz/engine:mutator_entry"],
    "//conditions:default": ["//fuzz/engine:replay_main"],
})

def cc_fuzz_test(name, target, corpus = []):
    """Makes NAME, a test that replays the corpus, NAME_bin and NAME_printed.

    NAME_bin is the engine's program under --config=fuzz, and else one that
    replays the files and folders it is given. NAME_printed is the first stored
    input as a printed test: it has to compile, and to pass.

    Args:
      name: of the test, X_fuzz_test.
      target: what defines TheFuzzTarget(), and its State and operations.
      corpus: stored inputs.
    """
    deps = target + ["//fuzz/engine:entry"] + _ENGINE_DEPS
    cc_binary(
        name = name + "_bin",
        testonly = True,
        linkopts = _ENGINE_LINKOPTS,
        deps = deps,
    )
    native.filegroup(
        name = name + "_corpus",
        srcs = corpus,
    )
    cc_test(
        name = name,
        size = "small",
        args = ["$(rootpaths :" + name + "_corpus)"],
        data = [":" + name + "_corpus"],
        linkopts = _ENGINE_LINKOPTS,
        deps = deps,
    )
    if corpus:
        native.genrule(
            name = name + "_printed_source",
            testonly = True,
            srcs = [corpus[0]],
            outs = [name + "_printed.cc"],
            cmd = "$(location :" + name + "_bin) --print_test $< > $@",
            tools = [":" + name + "_bin"],
        )
        cc_test(
            name = name + "_printed",
            size = "small",
            srcs = [name + "_printed.cc"],
            copts = HEADROOM_COPTS,
            deps = target + ["@googletest//:gtest_main"],
        )
