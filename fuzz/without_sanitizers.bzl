"""A program that is built without sanitizers, whatever the configuration says.

An allocator that takes malloc's names cannot be linked into a sanitizer's
program. Under an engine its edges are counted instead, for a process beside it.
"""

load("//tools:rebuilt_program.bzl", "rebuilt_program")

_COPT = "//command_line_option:copt"
_LINKOPT = "//command_line_option:linkopt"

def _plain(flags):
    return [flag for flag in flags if "sanitize" not in flag]

def _without_sanitizers_impl(settings, _attr):
    copts = _plain(settings[_COPT])
    if any(["fuzzer" in flag for flag in settings[_COPT]]):
        copts.append("-fsanitize-coverage=trace-pc-guard")
    return {
        _COPT: copts,
        _LINKOPT: _plain(settings[_LINKOPT]),
    }

_without_sanitizers = transition(
    implementation = _without_sanitizers_impl,
    inputs = [_COPT, _LINKOPT],
    outputs = [_COPT, _LINKOPT],
)

program_without_sanitizers = rebuilt_program(
    transition = _without_sanitizers,
    doc = "`program` and all it is made of, built without sanitizers.",
)
