"""Minimises corpora: the fewest inputs that reach all that is reached.

Takes from: project, artifact, table. Gives to: main.

What fuzzing found is taken in; what the corpus does not need goes there, for
the next run. Reached means edges, not how often: a corpus is replayed by every
test run. A file with a name of its own, say
`regression-double-free`, stays whatever it reaches; all others are named after
their content.
"""

import hashlib
import pathlib
import re
import shutil
import subprocess
import tempfile

import artifact
import project
import table

_HASH = re.compile(r'[0-9a-f]{12,40}')
_NAME_LENGTH = 12
_MOST_REPORTS = 3


def is_named(path):
  return not _HASH.fullmatch(path.name)


def files(folder):
  return sorted(p for p in folder.iterdir() if p.is_file())


def written(folder):
  return {(path, path.stat().st_mtime_ns) for path in files(folder)}


def hashed_name(content):
  return hashlib.sha1(content).hexdigest()[:_NAME_LENGTH]


def replace_corpus(corpus, chosen, found):
  """`chosen`: a folder with all that the corpus shall hold; what it held
  goes to `found`."""
  wanted = {}
  for path in files(chosen):
    content = path.read_bytes()
    wanted[path.name if is_named(path) else hashed_name(content)] = content
  for path in files(corpus):
    if path.name not in wanted:
      shutil.move(str(path), str(found / path.name))
  for name, content in wanted.items():
    if not (corpus / name).exists():
      (corpus / name).write_bytes(content)


def _choose(name, binary, chosen):
  """Fills `chosen`; returns libFuzzer's output when it failed, else None."""
  corpus = project.corpus(name)
  for path in files(corpus):
    if is_named(path):
      shutil.copy(str(path), str(chosen))
  run = subprocess.run(
      [str(binary), '-set_cover_merge=1', '-use_counters=0', '-close_fd_mask=2',
       '-artifact_prefix=%s/' % project.crashes(name),
       str(chosen), str(corpus), str(project.found(name))],
      stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
  if run.returncode != 0 or not files(chosen):
    return run.stdout.decode(errors='replace')
  return None


def _merge_one(name, binary):
  """Returns a row of the table, and lines that say what failed.

  Nothing is merged while an input fails: it would leave the corpus unseen.
  """
  corpus = project.corpus(name)
  before = files(corpus)
  old_crashes = written(project.crashes(name))
  with tempfile.TemporaryDirectory() as work:
    chosen = pathlib.Path(work)
    output = _choose(name, binary, chosen)
    crashes = sorted(path for path, _ in
                     written(project.crashes(name)) - old_crashes)
    if output is not None or crashes:
      problem = (output or '').splitlines()[-15:]
      for path in crashes[:_MOST_REPORTS]:
        problem += artifact.report(name, path, binary)
      return (name, len(before), '-', '-',
              '%d inputs fail, nothing merged' % len(crashes)), problem
    replace_corpus(corpus, chosen, project.found(name))
  after = files(corpus)
  old = {p.name for p in before}
  return (name, len(before), len(after),
          '%d KiB' % (sum(p.stat().st_size for p in after) / 1024),
          '%d new' % sum(p.name not in old for p in after)), []


def merge(names):
  """Returns the exit status."""
  bazel_bin = project.build('fuzz', [project.label(n) for n in names])
  rows = [('fuzzer', 'inputs', 'minimised', 'size', '')]
  problems = []
  for name in names:
    print('x: merging %s' % name, flush=True)
    row, problem = _merge_one(name, project.binary(bazel_bin, name))
    rows.append(row)
    problems += problem
  print('\n'.join(table.align(rows, left=(0, 4)) + problems))
  return 1 if problems else 0
