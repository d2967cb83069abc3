#!/usr/bin/env python3
"""Every call in allocator/ that can fail for want of memory was made to fail.

Finds the calls in the source, and, in what the program of call_sites.cc prints,
those that were on the stack of a call that failed. Whoever adds a call has to
add a workload that reaches it.

Usage: call_sites_test.py PROGRAM SOURCE...
"""

import re
import subprocess
import sys

# The seams at the kernel, and what is made of memory from there.
CALL = re.compile(
    r"""(?<![\w:])(?:
      os_\.[A-Z]\w* |
      source_\.(?:Grow|Release|Resize|Move) |
      (?:arena_?|cells_?|spans_|caches_)\.(?:Allocate|New) |
      map_\.(?:Reserve|PrepareSpareLeaves) |
      NewRoot | NewLeaf | TakeFromSource | Ask
    )\(""",
    re.VERBOSE,
)
DECLARATION = re.compile(r"^ *(?:bool|MemoryRange|Root\*|Leaf\*) \w+\(")


def calls_in(path):
    with open(path, encoding="utf-8") as source:
        for number, line in enumerate(source, 1):
            code = line.split("//")[0]
            if CALL.search(code) and not DECLARATION.match(code):
                yield f"{path}:{number}", line.strip()


def lines_of(program, addresses):
    """The source lines of calls that return to `addresses`."""
    before = "\n".join(hex(int(address, 16) - 1) for address in addresses)
    output = subprocess.run(
        ["addr2line", "-e", program],
        input=before,
        capture_output=True,
        check=True,
        text=True,
    ).stdout
    return {re.sub(r".*(allocator/\S+).*", r"\1", line) for line in output.splitlines()}


def main():
    program, *paths = sys.argv[1:]
    expected = {}
    for path in paths:
        expected.update(calls_in(path))
    stacks = subprocess.run([program], capture_output=True, check=True, text=True)
    addresses = set(stacks.stdout.split())
    reached = lines_of(program, addresses)
    missed = [site for site in sorted(expected) if site not in reached]
    for site in missed:
        print(f"{site}: no workload lets this fail: {expected[site]}")
    print(f"{len(expected) - len(missed)} of {len(expected)} calls failed")
    return 1 if missed or len(expected) < 40 else 0


sys.exit(main())
