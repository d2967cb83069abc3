"""A library that counts what its locks and tiers do.

Whatever asks for it is not built anew: see kMeasuredBuild in base/build_mode.h.
"""

load("//tools:rebuilt_program.bzl", "rebuilt_program")

_COPT = "//command_line_option:copt"

def _measured_impl(settings, _attr):
    return {_COPT: settings[_COPT] + ["-DHEADROOM_MEASURED"]}

_measured = transition(
    implementation = _measured_impl,
    inputs = [_COPT],
    outputs = [_COPT],
)

measured_library = rebuilt_program(
    transition = _measured,
    doc = "`program` and all it is made of, built to be measured.",
)
