#!/usr/bin/python3
"""Plants bugs in a copy of the allocator and looks who finds them.

Usage: main.py [--check] [--list] [NAME...]

Each file tests/mutants/NAME.patch is a bug of one line. For each: the suites
its file names, then all tests, then a minute of each fuzzer that is left, until
one of them fails. Ends with 1 when a bug was not found.
  --check  only look whether all patches still fit; builds nothing
  --list   name them, with their words
"""

import argparse
import os
import pathlib
import sys
import time

import mutant as mutants
import suites
import tree as trees

ROOT = pathlib.Path(__file__).resolve().parents[2]
ALL_TESTS = ['//tests/...', '//fuzz/...']


def _say(text):
  print(text, flush=True)


def _fuzzers():
  return sorted(path.name[:-len('_fuzzer.cc')]
                for path in ROOT.glob('fuzz/*/*_fuzzer.cc'))


def _single_tests(first):
  return sorted({suite for suite in first if suite.startswith('//')})


def check(planted, tree):
  """Says which patches do not fit; returns how many."""
  stale = 0
  for mutant in planted:
    if not tree.plant(mutant):
      stale += 1
      _say('mutants: %s does not fit %s any more' % (mutant.name, mutant.file))
    tree.restore(mutant)
  return stale


def kill(mutant, tree, log):
  """Runs suites until one fails; the outcome has the time of all of them."""
  seconds = 0.0
  left = ['fuzz:' + name for name in _fuzzers()]
  order = list(mutant.first) + [ALL_TESTS] + [
      suite for suite in left if suite not in mutant.first]
  for suite in order:
    outcome = suites.run(str(tree.path), suite, log)
    seconds += outcome.seconds
    if outcome.killer:
      return suites.Outcome(outcome.killer, seconds)
  return suites.Outcome('', seconds)


def run_all(planted, tree, log):
  """Returns the names of those that nothing killed."""
  _say('mutants: %d; first the tests that shall kill them, on the sound tree' %
       len(planted))
  tests = sorted({t for m in planted for t in _single_tests(m.first)})
  if tests and suites.run(str(tree.path), tests, log).killer:
    raise RuntimeError('the sound tree fails its own tests')
  survivors = []
  for mutant in planted:
    if not tree.plant(mutant):
      raise RuntimeError('%s does not fit' % mutant.name)
    try:
      outcome = kill(mutant, tree, log)
    except RuntimeError as error:
      raise RuntimeError('%s: %s' % (mutant.name, error)) from error
    finally:
      tree.restore(mutant)
    _say('%-32s %5.0f s  %s' % (mutant.name, outcome.seconds,
                                outcome.killer or 'SURVIVES'))
    if not outcome.killer:
      survivors.append(mutant.name)
  return survivors


def main():
  parser = argparse.ArgumentParser(prog='x mutants', add_help=False)
  parser.add_argument('--check', action='store_true')
  parser.add_argument('--list', action='store_true')
  parser.add_argument('names', nargs='*')
  args = parser.parse_args()
  try:
    planted = mutants.read_all(ROOT / 'tests/mutants', args.names)
  except KeyError as unknown:
    print('x: no mutant %s; ./x mutants --list names them.' % unknown,
          file=sys.stderr)
    return 2
  except mutants.BadMutant as bad:
    print('x: %s.' % bad, file=sys.stderr)
    return 1
  if args.list:
    for mutant in planted:
      _say('%-32s %s' % (mutant.name, mutant.words))
    return 0
  cache = pathlib.Path(os.environ.get('XDG_CACHE_HOME',
                                      pathlib.Path.home() / '.cache'))
  folder = cache / 'headroom' / 'mutants'
  tree = trees.Tree(ROOT, folder / 'tree')
  tree.sync()
  if args.check:
    stale = check(planted, tree)
    _say('mutants: %d of %d fit' % (len(planted) - stale, len(planted)))
    return 1 if stale or not planted else 0
  start = time.monotonic()
  with open(folder / 'log', 'wb') as log:
    try:
      survivors = run_all(planted, tree, log)
    except RuntimeError as error:
      print('x: %s; see %s.' % (error, folder / 'log'), file=sys.stderr)
      return 1
  _say('mutants: %d of %d killed in %.0f s' %
       (len(planted) - len(survivors), len(planted), time.monotonic() - start))
  return 1 if survivors else 0


if __name__ == '__main__':
  sys.exit(main())
