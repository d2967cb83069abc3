"""A program whose every call can be told from the others by its address."""

load("//tools:rebuilt_program.bzl", "rebuilt_program")

# One call in the source is one in the program, with its line.
_COPTS = [
    "-g",
    "-O0",
    "-U_FORTIFY_SOURCE",
    "-fno-inline",
    "-fno-optimize-sibling-calls",
]

_COPT = "//command_line_option:copt"

def _unoptimized_impl(settings, _attr):
    return {_COPT: settings[_COPT] + _COPTS}

_unoptimized = transition(
    implementation = _unoptimized_impl,
    inputs = [_COPT],
    outputs = [_COPT],
)

unoptimized_program = rebuilt_program(
    transition = _unoptimized,
    doc = "`program` and all it is made of, built without optimization.",
)
