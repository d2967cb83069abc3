"""A program whose every call can be told from the others by its address."""

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

def _unoptimized_program_impl(ctx):
    out = ctx.actions.declare_file(ctx.label.name)
    ctx.actions.symlink(
        output = out,
        target_file = ctx.executable.program,
        is_executable = True,
    )
    return [DefaultInfo(executable = out, files = depset([out]))]

unoptimized_program = rule(
    implementation = _unoptimized_program_impl,
    doc = "`program` and all it is made of, built without optimization.",
    attrs = {
        "program": attr.label(
            cfg = _unoptimized,
            executable = True,
            mandatory = True,
        ),
        "_allowlist_function_transition": attr.label(
            default = "@bazel_tools//tools/allowlists/function_transition_allowlist",
        ),
    },
    executable = True,
)
