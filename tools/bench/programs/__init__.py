"""Real programs as workloads: each file of this folder starts one.

Takes from: stage. Gives to: measure.
Each has NEEDS, the programs that must be installed, and run(stage), which
returns the figures of one run.
"""

import importlib
import shutil

import project
from programs import stage as stages


def run(name, allocator):
  """Returns a run as the worker's are; raises project.Failed."""
  program = importlib.import_module('programs.' + name)
  for needed in program.NEEDS:
    if not shutil.which(needed, path=stages.PATH):
      raise project.Failed('%s is missing; ./x setup installs it' % needed)
  with stages.Stage(allocator) as stage:
    result = program.run(stage)
  return {**result, 'malloc_file': allocator.file}
