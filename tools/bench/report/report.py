#!/usr/bin/python3
"""Writes the report of a run: report.py RESULTS.json -o report.html.

Takes from: page. Gives to: people.
"""

import argparse
import json
import pathlib
import sys

# A script is no part of its package: the folder above makes it one.
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from report import library, page  # pylint: disable=wrong-import-position


def main(words):
  parser = argparse.ArgumentParser(
      prog='report.py', description='Makes one HTML page of a benchmark run.')
  parser.add_argument('results', metavar='RESULTS.json')
  parser.add_argument('-o', '--output', default='report.html', metavar='FILE')
  options = parser.parse_args(words)
  try:
    with open(options.results, encoding='utf-8') as file:
      results = json.load(file)
    page.write(results, options.output, raw=options.results)
  except OSError as error:
    print('report.py: %s: %s' % (error.filename, error.strerror),
          file=sys.stderr)
  except (ValueError, library.Missing) as error:
    print('report.py: %s: %s' % (options.results, error), file=sys.stderr)
  else:
    return 0
  return 1


if __name__ == '__main__':
  sys.exit(main(sys.argv[1:]))
