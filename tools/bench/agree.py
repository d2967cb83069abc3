#!/usr/bin/python3
"""Do two runs of ./x bench agree?

Usage: agree.py RESULTS.json RESULTS.json

They agree when in 90 % of the cells the ratios to the fastest allocator differ
by at most 5 % and each of the others is marked noisy. Exits with 1 when they do
not, with 2 on wrong arguments.
"""

import sys

import compare
import output
import project


def main(words):
  if len(words) != 2 or any(word.startswith('-') for word in words):
    print('agree: wants the results.json of two runs', file=sys.stderr)
    return 2
  try:
    first, second = (output.read(word) for word in words)
  except project.Failed as problem:
    print('agree: %s' % problem, file=sys.stderr)
    return 2
  for sentence in compare.warnings(second, first):
    print('agree: warning: %s' % sentence)
  entries = compare.compare(second, first)
  holds, sentence = compare.agreement(entries)
  print(sentence)
  for entry in entries:
    if compare.is_far(entry) and not entry['noisy']:
      print('  not marked: %s, %s threads, %s: %.2f' % (
          entry['workload'], entry['threads'], entry['allocator'],
          entry['of_ratios']))
  return 0 if holds else 1


if __name__ == '__main__':
  sys.exit(main(sys.argv[1:]))
