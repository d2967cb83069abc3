"""A fuzz test: a program for a fuzzing engine, and its corpus as a test.

The interface is that of rules_fuzzing, for a Bazel without a network.
"""

load("@fuzzing_engine//:engine.bzl", "ENGINE_LINKOPTS")
load("@rules_cc//cc:defs.bzl", "cc_binary", "cc_test")
load("//tools:copts.bzl", "HEADROOM_COPTS")

# Under --config=fuzz an engine brings main, else replay_main does.
_ENGINE_LINKOPTS = select({
    "//tools:fuzz": ENGINE_LINKOPTS,
    "//conditions:default": [],
})
_ENGINE_DEPS = select({
    "//tools:fuzz": ["//fuzz/engine:mutator_entry"],
    "//conditions:default": ["//fuzz/engine:replay_main"],
})

def cc_fuzz_test(
        name,
        srcs = [],
        deps = [],
        corpus = [],
        dicts = [],
        programs = [],
        size = "small",
        tags = []):
    """Makes a fuzz test and what belongs to it.

      NAME           a test: the engine, or else a loop, runs the corpus
      NAME_bin       the engine's program; without an engine, one that replays
                     the files and folders it is given
      NAME_run       NAME_bin on the corpus, with the dictionary, until stopped
      NAME_corpus    the corpus
      NAME_dict      NAME.dict, all dictionaries in one file
      NAME_oss_fuzz  NAME_oss_fuzz.tar: what OSS-Fuzz wants in its $OUT
      NAME_printed   the first stored input as a printed test: it has to
                     compile, and to pass

    Args:
      name: of the test.
      srcs: what defines TheFuzzTarget().
      deps: its State and operations, and what else it needs.
      corpus: stored inputs.
      dicts: dictionaries, in the form of libFuzzer and AFL.
      programs: that the target starts; they lie beside it.
      size: of the test.
      tags: of the test.
    """
    engine_deps = deps + ["//fuzz/engine:entry"] + _ENGINE_DEPS
    cc_binary(
        name = name + "_bin",
        testonly = True,
        srcs = srcs,
        copts = HEADROOM_COPTS,
        data = programs,
        linkopts = _ENGINE_LINKOPTS,
        deps = engine_deps,
    )
    native.filegroup(
        name = name + "_corpus",
        srcs = corpus,
    )
    cc_test(
        name = name,
        size = size,
        srcs = srcs,
        copts = HEADROOM_COPTS,
        args = ["$(rootpaths :%s_corpus)" % name],
        data = [":%s_corpus" % name] + programs,
        linkopts = _ENGINE_LINKOPTS,
        tags = tags,
        deps = engine_deps,
    )
    if dicts:
        native.genrule(
            name = name + "_dict",
            srcs = dicts,
            outs = [name + ".dict"],
            cmd = "cat $(SRCS) > $@",
        )
    if corpus:
        _printed_test(name, deps, corpus[0], programs)
    _launcher(name, ([name + ".dict"] if dicts else []) + programs)

def _printed_test(name, deps, stored_input, programs):
    native.genrule(
        name = name + "_printed_source",
        testonly = True,
        srcs = [stored_input],
        outs = [name + "_printed.cc"],
        cmd = "$(location :%s_bin) --print_test $< > $@" % name,
        tools = [":%s_bin" % name],
    )
    cc_test(
        name = name + "_printed",
        size = "small",
        srcs = [name + "_printed.cc"],
        copts = HEADROOM_COPTS,
        data = programs,
        # It includes the State's header, which the operations' library brings.
        features = ["-layering_check"],
        deps = deps + ["@googletest//:gtest_main"],
    )

def _launcher(name, more):
    parts = [":%s_bin" % name, ":%s_corpus" % name] + more
    native.sh_binary(
        name = name + "_run",
        testonly = True,
        srcs = ["//fuzz/engine:launch.sh"],
        args = ["$(rootpath :%s_bin)" % name],
        data = parts,
        tags = ["manual"],
    )
    native.genrule(
        name = name + "_oss_fuzz",
        testonly = True,
        srcs = parts,
        outs = [name + "_oss_fuzz.tar"],
        cmd = "$(location //fuzz/engine:pack_oss_fuzz.sh) $@ %s $(SRCS)" % name,
        tags = ["manual"],
        tools = ["//fuzz/engine:pack_oss_fuzz.sh"],
        visibility = ["//tests:__subpackages__"],
    )
