#!/usr/bin/python3
"""Fuzzes: the verb `fuzz` of ./x.

Usage: main.py [--only-parse]
               [--merge | --coverage [--with-tests] [--check] | --afl]
               [NAME...] [SECONDS]

--only-parse looks at the arguments and stops. Exits with 2 when they are wrong, with 1
when a fuzzer failed.
"""

import sys

import arguments
import project


def main(words):
  only_parse = words[:1] == ['--only-parse']
  try:
    request = arguments.parse(words[only_parse:], project.fuzzers())
  except arguments.BadArguments as problem:
    print("x: %s. './x help' lists the verbs." % problem, file=sys.stderr)
    return 2
  if only_parse:
    return 0
  if not request.names:
    print('x: there is no fuzzer.', file=sys.stderr)
    return 2
  try:
    return _run(request)
  except project.Failed as problem:
    print('x: %s' % problem, file=sys.stderr)
    return 1


def _run(request):
  # Each mode is imported where it is used: none needs another's.
  # pylint: disable=import-outside-toplevel
  if request.mode == 'merge':
    import merge
    return merge.merge(request.names)
  if request.mode == 'coverage':
    import coverage
    return coverage.coverage(request.names, request.with_tests, request.check)
  if request.mode == 'afl':
    import afl
    return afl.fuzz(request.names[0], request.seconds)
  import run
  return run.fuzz(request.names, request.seconds)


if __name__ == '__main__':
  sys.exit(main(sys.argv[1:]))
