"""A rule for programs that are built in a configuration of their own."""

def _rebuilt_program_impl(ctx):
    out = ctx.actions.declare_file(ctx.label.name)
    ctx.actions.symlink(
        output = out,
        target_file = ctx.executable.program,
        is_executable = True,
    )
    return [DefaultInfo(
        executable = out,
        files = depset([out]),
        runfiles = ctx.runfiles([out, ctx.executable.program]),
    )]

def rebuilt_program(transition, doc):
    """Returns a rule: `program` and all it is made of, after `transition`.

    Args:
      transition: from the configuration that asks to the program's.
      doc: of the rule.
    """
    return rule(
        implementation = _rebuilt_program_impl,
        doc = doc,
        attrs = {
            "program": attr.label(
                cfg = transition,
                executable = True,
                mandatory = True,
            ),
            "_allowlist_function_transition": attr.label(
                default = "@bazel_tools//tools/allowlists/function_transition_allowlist",
            ),
        },
        executable = True,
    )
