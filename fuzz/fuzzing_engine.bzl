"""The fuzzing engine, as OSS-Fuzz hands it to a build.

LIB_FUZZING_ENGINE holds what is linked for it, flags or archives; without it,
libFuzzer is. A change of it links the fuzzers anew.
"""

def _fuzzing_engine(context):
    words = context.os.environ.get("LIB_FUZZING_ENGINE", "").split(" ")
    linkopts = [word for word in words if word] or ["-fsanitize=fuzzer"]
    context.file("BUILD", "")
    context.file("engine.bzl", "ENGINE_LINKOPTS = %s\n" % repr(linkopts))

fuzzing_engine = repository_rule(
    implementation = _fuzzing_engine,
    environ = ["LIB_FUZZING_ENGINE"],
    local = True,
)
