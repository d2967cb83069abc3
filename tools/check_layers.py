#!/usr/bin/python3
"""Checks the law of the folders: no upward include, no include cycle.

Usage: check_layers.py ROOT_OF_THE_PROJECT

A file under allocator/ includes only its own layer and lower ones; nothing
there includes tests, fuzzers, benchmarks or tools.
"""

import pathlib
import re
import sys

# Highest first. '' is the composition root, the files in allocator/ itself.
LAYERS = ['override', '', 'report', 'front', 'trace', 'guard', 'thread', 'central',
          'pages', 'system', 'block', 'base']
TOP_FOLDERS = ['allocator', 'tests', 'fuzz', 'bench', 'tools']
INCLUDE = re.compile(r'^\s*#\s*include\s*"([^"]+)"', re.MULTILINE)


def read_includes(root):
  """Returns {file: [included files of the project]}, as paths from the root."""
  files = {}
  for folder in TOP_FOLDERS:
    for path in sorted((root / folder).rglob('*')):
      if path.suffix in ('.h', '.cc', '.inc'):
        text = path.read_text(encoding='utf-8')
        files[path.relative_to(root).as_posix()] = INCLUDE.findall(text)
  return {file: [i for i in includes if i.split('/')[0] in TOP_FOLDERS]
          for file, includes in files.items()}


def rank(file):
  """Returns 0 for the highest layer, or None outside the allocator."""
  parts = file.split('/')
  if parts[0] != 'allocator':
    return None
  return LAYERS.index(parts[1] if len(parts) > 2 else '')


def upward_includes(includes):
  for file, included in includes.items():
    for other in included if rank(file) is not None else []:
      if rank(other) is None or rank(other) < rank(file):
        yield '%s includes %s, which is above it' % (file, other)


def cycles(includes):
  """Yields one message per cycle that a depth-first walk meets."""
  done = set()

  def walk(file, path):
    if file in path:
      yield 'include cycle: ' + ' -> '.join(path[path.index(file):] + [file])
    elif file not in done:
      for other in includes.get(file, []):
        yield from walk(other, path + [file])
      done.add(file)

  for file in includes:
    yield from walk(file, [])


def main():
  includes = read_includes(pathlib.Path(sys.argv[1]))
  allocator_files = [f for f in includes if f.startswith('allocator/')]
  if not allocator_files:
    sys.exit('check_layers: no files under allocator/')
  problems = list(upward_includes(includes)) + list(cycles(includes))
  for problem in problems:
    print('check_layers: ' + problem, file=sys.stderr)
  if problems:
    sys.exit(1)


if __name__ == '__main__':
  main()
