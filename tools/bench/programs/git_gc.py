"""git gc packs a repository: an operation is the whole.

Takes from: nothing. Gives to: programs.
"""

NEEDS = ('git',)
_COMMITS = 150
_FILES = 40


def _history():
  """A stream for git fast-import: files that grow and change, commit by commit."""
  lines = []
  for i in range(_COMMITS):
    lines += ['commit refs/heads/main',
              'committer A <a@example.org> %d +0000' % (1700000000 + i),
              'data 1', 'x']
    for name in (i % _FILES, i * 7 % _FILES):
      text = ''.join('line %d of file %d: %d\n' % (n, name, n * i * 7919 % 10007)
                     for n in range(100 + i))
      lines += ['M 100644 inline file%d.txt' % name, 'data %d' % len(text),
                text]
  return '\n'.join(lines) + '\n'


def run(stage):
  repository = stage.folder / 'repository'
  stage.tool('git', 'init', '--quiet', '--bare', repository)
  stage.tool('git', '-C', repository, 'fast-import', '--quiet',
             input=_history().encode())
  return stage.command('git', '-C', repository, '-c', 'pack.threads=2', 'gc',
                       '--quiet', '--aggressive', '--prune=now')
