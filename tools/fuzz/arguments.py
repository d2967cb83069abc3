"""What `./x fuzz` was asked for.

Takes from: nothing. Gives to: main.
"""

import dataclasses

MODES = ('--merge', '--coverage', '--afl')
DEFAULT_SECONDS = 60


class BadArguments(Exception):
  """One sentence for the user."""


@dataclasses.dataclass
class Request:
  mode: str = 'fuzz'  # or one of MODES without its dashes
  names: list = dataclasses.field(default_factory=list)
  seconds: int = DEFAULT_SECONDS
  with_tests: bool = False
  check: bool = False


def _read_words(words):
  request = Request()
  seconds = []
  for word in words:
    if word in MODES:
      if request.mode != 'fuzz':
        raise BadArguments('fuzz takes one of %s' % ', '.join(MODES))
      request.mode = word[2:]
    elif word == '--with-tests':
      request.with_tests = True
    elif word == '--check':
      request.check = True
    elif word.startswith('-'):
      raise BadArguments("fuzz knows no option '%s'" % word)
    elif word.isdecimal():
      seconds.append(int(word))
    elif seconds:
      raise BadArguments("'%s' is not a number of seconds" % word)
    else:
      request.names.append(word)
  return request, seconds


def parse(words, known):
  """Returns the Request; `known` are the names of all fuzzers."""
  request, seconds = _read_words(words)
  for name in request.names:
    if name not in known:
      raise BadArguments("no fuzzer '%s', there are: %s" %
                         (name, ', '.join(known) or 'none'))
  if len(seconds) > 1:
    raise BadArguments('fuzz takes one number of seconds')
  if seconds and request.mode in ('merge', 'coverage'):
    raise BadArguments('fuzz --%s takes no seconds' % request.mode)
  if seconds == [0]:
    raise BadArguments('fuzz takes at least 1 second')
  if request.with_tests and request.mode != 'coverage':
    raise BadArguments('--with-tests belongs to fuzz --coverage')
  if request.check and request.mode != 'coverage':
    raise BadArguments('--check belongs to fuzz --coverage')
  if request.mode == 'afl' and len(request.names) != 1:
    raise BadArguments('fuzz --afl takes the name of one fuzzer')
  request.names = request.names or list(known)
  request.seconds = seconds[0] if seconds else DEFAULT_SECONDS
  return request
