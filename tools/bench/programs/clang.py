"""clang++ compiles a file: an operation is the whole.

Takes from: project. Gives to: programs.
"""

import shutil

import project

NEEDS = ('clang++-22',)
# A file of this project that needs the standard library alone.
_SOURCE = project.ROOT / 'bench' / 'demo_workload.cc'


def run(stage):
  source = stage.folder / 'source.cc'
  shutil.copy(_SOURCE, source)
  return stage.command('clang++-22', '-std=c++20', '-O2', '-g', '-c', source,
                       '-I', project.ROOT, '-o', 'object.o')
