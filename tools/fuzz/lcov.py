"""Line and branch counts, read from llvm-cov's exports.

Takes from: nothing. Gives to: uncovered, coverage.
"""

import collections
import dataclasses
import json
import os


@dataclasses.dataclass
class File:
  lines: dict = dataclasses.field(default_factory=dict)  # number: count
  branches: list = dataclasses.field(default_factory=list)  # counts
  functions: set = dataclasses.field(default_factory=set)  # their first lines

  def blocks(self):
    """Returns runs of lines that never ran, as lists of line numbers. Lines
    without code do not end one, a function's first line does."""
    result = []
    within = False
    for number in sorted(self.lines):
      if self.lines[number] > 0:
        within = False
      elif within and number not in self.functions:
        result[-1].append(number)
      else:
        result.append([number])
        within = True
    return result


def _from_root(path):
  """Compilers see the root as /proc/self/cwd."""
  for root in ('/proc/self/cwd/', os.getcwd() + '/'):
    path = path[len(root):] if path.startswith(root) else path
  return path


def parse(text, under):
  """Returns {path from the root: File} of what lies in the folder `under`."""
  files = collections.defaultdict(File)
  file = None
  for line in text.splitlines():
    kind, _, rest = line.partition(':')
    if kind == 'SF':
      path = _from_root(rest)
      file = files[path] if path.startswith(under + '/') else None
    elif file is None:
      continue
    elif kind == 'DA':
      number, count = rest.split(',')[:2]
      file.lines[int(number)] = int(count)
    elif kind == 'FN':
      file.functions.add(int(rest.split(',')[0]))
    elif kind == 'BRDA':
      taken = rest.split(',')[3]
      file.branches.append(0 if taken == '-' else int(taken))
  return {path: f for path, f in files.items() if f.lines}


def count_starts(files, text):
  """Mends the line behind a block that returns, which llvm-cov gives the count
  of the gap before it, 0: the first of the segments on the line, in the JSON
  export `text`, has the line's own count."""
  for export in json.loads(text)['data'][0]['files']:
    file = files.get(_from_root(export['filename']))
    seen = set()
    for line, _, count, has_count, _, is_gap in export['segments']:
      if (file and line not in seen and has_count and not is_gap and
          file.lines.get(line) == 0):
        file.lines[line] = count
      seen.add(line)


@dataclasses.dataclass
class Share:
  """How much of something ran."""
  ran: int = 0
  total: int = 0

  def add(self, counts):
    counts = list(counts)
    self.ran += sum(count > 0 for count in counts)
    self.total += len(counts)

  @property
  def percent(self):
    return 100 * self.ran / self.total if self.total else 100.0

  def __str__(self):
    return '%.1f %%' % self.percent


def folders(files):
  """Returns {folder: (lines, branches)}, and the sum of all under ''."""
  result = collections.defaultdict(lambda: (Share(), Share()))
  for path, file in files.items():
    for folder in (os.path.dirname(path), ''):
      lines, branches = result[folder]
      lines.add(file.lines.values())
      branches.add(file.branches)
  return dict(sorted(result.items(), key=lambda row: (row[0] == '', row[0])))
