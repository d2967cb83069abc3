#!/usr/bin/python3
"""Makes a picture of a report: screenshot.py report.html out.png.

Takes from: browser. Gives to: README.md, people.
"""

import argparse
import pathlib
import sys

# A script is no part of its package: the folder above makes it one.
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from report import browser  # pylint: disable=wrong-import-position


def main(words):
  parser = argparse.ArgumentParser(prog='screenshot.py')
  parser.add_argument('report', metavar='report.html')
  parser.add_argument('picture', metavar='out.png')
  parser.add_argument('--part', default='#matrix',
                      help='a CSS selector, body for all (default: %(default)s)')
  parser.add_argument('--width', type=int, default=820)
  parser.add_argument('--scale', type=float, default=1)
  parser.add_argument('--dark', action='store_true')
  options = parser.parse_args(words)
  try:
    with browser.Browser() as chromium:
      chromium.show(options.width, 900, options.dark, options.scale)
      chromium.open_report(options.report)
      picture = chromium.picture(options.part)
    pathlib.Path(options.picture).write_bytes(picture)
  except (browser.Failed, OSError) as error:
    print('screenshot.py: %s' % error, file=sys.stderr)
    return 1
  return 0


if __name__ == '__main__':
  sys.exit(main(sys.argv[1:]))
