"""What `./x bench` was asked for.

Takes from: nothing. Gives to: main.
Invariant: what parse() returns needs no further check, except that names of
  workloads, which the worker knows, are looked at by choose().
"""

import argparse
import fnmatch
import math
import pathlib
import re

PROGRAMS = ('redis', 'sqlite3', 'python3', 'clang', 'git_gc', 'nginx')


class BadArguments(Exception):
  """One sentence for the user."""


class _Parser(argparse.ArgumentParser):

  def error(self, message):
    raise BadArguments(message)


def _words(text):
  return [word for word in text.split(',') if word]


def _names(text):
  names = _words(text)
  if not names:
    raise argparse.ArgumentTypeError('wants names, got none')
  return names


def _threads(text):
  try:
    counts = [int(word) for word in _words(text)]
  except ValueError:
    counts = []
  if not counts or min(counts) < 1:
    raise argparse.ArgumentTypeError(
        "wants numbers from 1 with commas between, got '%s'" % text)
  return sorted(set(counts))


def _repeats(text):
  if not text.isdecimal() or int(text) < 1:
    raise argparse.ArgumentTypeError(
        "wants a number from 1, got '%s'" % text)
  return int(text)


def _seconds(text):
  try:
    seconds = float(text)
  except ValueError:
    seconds = -1
  if not (math.isfinite(seconds) and 0 < seconds <= 3600):
    raise argparse.ArgumentTypeError(
        "wants seconds, above 0 and up to 3600, got '%s'" % text)
  return seconds


def _hold(text):
  # Of more than a few digits no number is meant.
  if not re.fullmatch(r'[0-9]{1,9}=[1-9][0-9]{0,2}ms', text):
    raise argparse.ArgumentTypeError(
        "wants BYTES=5ms, up to 999 ms, got '%s'" % text)
  return text


def _pair(text, wanted):
  name, equals, value = text.partition('=')
  if not (name and equals and value):
    raise BadArguments("%s, got '%s'" % (wanted, text))
  return name, value


def _peers(texts):
  peers = []
  for word in [word for text in texts for word in _words(text)]:
    name, path = _pair(word, '--peer wants NAME=LIBRARY.so')
    if not pathlib.Path(path).is_file():
      raise BadArguments("--peer %s: there is no file '%s'" % (name, path))
    if set(path) & set(' :'):
      raise BadArguments("--peer %s: LD_PRELOAD cannot name '%s', a space or "
                         'colon is in it' % (name, path))
    peers.append((name, str(pathlib.Path(path).resolve())))
  return peers


def _make_parser():
  p = _Parser(prog='./x bench', allow_abbrev=False, description=(
      'Compares Headroom with every other malloc of this machine, in turns.'))
  add = p.add_argument
  add('--list', action='store_true', help='name workloads and allocators')
  add('--quick', action='store_true', help='the whole run in under 3 minutes')
  add('--workloads', type=_names, metavar='NAMES',
      help='names or patterns (larson,batch_*); leaves the programs out')
  add('--programs', type=_names, metavar='NAMES',
      help='real programs: %s; leaves the workloads out' % ', '.join(PROGRAMS))
  add('--no-programs', action='store_true', help='no real programs')
  add('--threads', type=_threads, metavar='N,N', help='default: 1,2,4,8')
  add('--allocators', type=_names, metavar='NAMES', help='only these')
  add('--peer', action='append', default=[], metavar='NAME=LIBRARY.so',
      help='another malloc')
  add('--level', action='append', default=[], metavar='NAME=HEADROOM_OPTIONS',
      help='Headroom again, with other options')
  add('--repeats', type=_repeats, metavar='N',
      help='turns of each, of which the median counts, up to three times as '
      'many where they differ; default: 9')
  add('--seconds', type=_seconds, metavar='S',
      help='length of a run; default: 0.1')
  add('--latency', action=argparse.BooleanOptionalAction, default=True,
      help='a run of each that times every call and watches memory')
  add('--instructions', action='store_true',
      help='count instructions per operation, by callgrind')
  add('--hold-lock', type=_hold, metavar='BYTES=5ms',
      help='hold the lock that requests of so many bytes need, again and '
      'again, so long: a wait to look for in the plot of lock waits')
  add('--out', metavar='DIR', help='default: bench-results/DATE')
  add('--json', metavar='FILE', help='results.json goes here too')
  add('--baseline', metavar='FILE',
      help='compare with the results.json of an earlier run')
  add('--cpu', action='store_true', help='the table shows CPU time')
  return p


def _check_names(request):
  taken = set()
  names = [name for name, _ in request.level + request.peer]
  for name in ['headroom', 'system'] + names:
    if name in taken:
      raise BadArguments("two allocators are called '%s'" % name)
    taken.add(name)


def _check_programs(request):
  if request.no_programs and request.programs:
    raise BadArguments('--no-programs and --programs exclude each other')
  for pattern in request.programs or ():
    if not fnmatch.filter(PROGRAMS, pattern):
      raise BadArguments("no program '%s', there are: %s" %
                         (pattern, ', '.join(PROGRAMS)))


def _check_files(request):
  if request.baseline and not pathlib.Path(request.baseline).is_file():
    raise BadArguments("--baseline: there is no file '%s'" % request.baseline)
  if request.json and not pathlib.Path(request.json).resolve().parent.is_dir():
    raise BadArguments("--json: there is no folder for '%s'" % request.json)
  if request.out:
    out = pathlib.Path(request.out)
    if out.exists() and not out.is_dir():
      raise BadArguments("--out: '%s' is no folder" % out)
    if (out / 'results.json').exists():
      raise BadArguments("--out: '%s' holds results already" % out)


def _fill_defaults(request):
  request.threads_given = request.threads is not None
  if not request.threads_given:
    request.threads = [1, 2, 4] if request.quick else [1, 2, 4, 8]
  request.seconds_given = request.seconds is not None
  request.seconds = request.seconds or 0.1
  request.hold_lock = request.hold_lock or ''
  request.repeats = request.repeats or (3 if request.quick else 9)
  if request.no_programs or (request.programs is None and
                             (request.quick or request.workloads)):
    chosen = []
  else:
    chosen = request.programs or ['*']
  # Only programs were named: then the workloads are not wanted.
  request.no_workloads = bool(request.programs and not request.workloads)
  request.programs = [name for name in PROGRAMS if any(
      fnmatch.fnmatchcase(name, pattern) for pattern in chosen)]


def parse(words):
  """Returns the request, an object with a field for each option."""
  parser = _make_parser()
  # A value that begins with a dash is another option, not a value.
  request, rest = parser.parse_known_args(words)
  if rest:
    raise BadArguments("bench knows no argument '%s'" % rest[0])
  request.peer = _peers(request.peer)
  request.level = [_pair(text, '--level wants NAME=HEADROOM_OPTIONS')
                   for text in request.level]
  _check_names(request)
  _check_programs(request)
  _check_files(request)
  _fill_defaults(request)
  return request


def choose(patterns, names, what):
  """Those of names that a pattern wants, in the order of names."""
  for pattern in patterns:
    if not fnmatch.filter(names, pattern):
      raise BadArguments("no %s '%s', there are: %s" %
                         (what, pattern, ', '.join(names)))
  return [name for name in names
          if any(fnmatch.fnmatchcase(name, pattern) for pattern in patterns)]
