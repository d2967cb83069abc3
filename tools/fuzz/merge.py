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


def is_named(path):
  return not _HASH.fullmatch(path.name)


def files(folder):
  return sorted(p for p in folder.iterdir() if p.is_file())


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


def _merge_one(name, bazel_bin):
  """Returns a row of the table, and libFuzzer's output if it failed."""
  corpus = project.corpus(name)
  found = project.found(name)
  before = files(corpus)
  with tempfile.TemporaryDirectory() as work:
    chosen = pathlib.Path(work) / 'chosen'
    chosen.mkdir()
    for path in before:
      if is_named(path):
        shutil.copy(path, chosen)
    run = subprocess.run(
        [str(project.binary(bazel_bin, name)), '-set_cover_merge=1',
         '-use_counters=0', '-close_fd_mask=2', '-artifact_prefix=%s/' % project.crashes(name),
         str(chosen), str(corpus), str(found)],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    if run.returncode != 0 or (before and not files(chosen)):
      return (name, len(before), '-', '-', 'failed'), run.stdout
    replace_corpus(corpus, chosen, found)
  after = files(corpus)
  size = sum(p.stat().st_size for p in after)
  old = {p.name for p in before}
  return (name, len(before), len(after), '%d KiB' % (size / 1024),
          '%d new' % sum(p.name not in old for p in after)), run.stdout


def merge(names):
  """Returns the exit status."""
  bazel_bin = project.build('fuzz', [project.label(n) for n in names])
  rows = [('fuzzer', 'inputs', 'minimised', 'size', '')]
  failed = []
  for name in names:
    print('x: merging %s' % name, flush=True)
    row, output = _merge_one(name, bazel_bin)
    rows.append(row)
    # An input that fails is left out, and stored.
    stored = re.findall(r'Test unit written to (.+)',
                        output.decode(errors='replace'))
    for path in stored:
      failed += artifact.report(name, path, project.binary(bazel_bin, name))
    if row[-1] == 'failed':
      failed += output.decode(errors='replace').splitlines()[-15:]
  print('\n'.join(table.align(rows, left=(0, 4)) + failed))
  return 1 if failed else 0
