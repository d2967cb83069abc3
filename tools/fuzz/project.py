"""Where things are: fuzzers, their corpora, what runs leave behind.

Takes from: nothing. Gives to: every mode.
"""

import os
import pathlib
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]


class Failed(Exception):
  """A tool failed; one sentence for the user."""


def fuzzers():
  """Returns the names of all fuzzers: NAME has fuzz/NAME/NAME_fuzzer.cc."""
  sources = ROOT.glob('fuzz/*/*_fuzzer.cc')
  return sorted(s.parent.name for s in sources
                if s.name == s.parent.name + '_fuzzer.cc')


def corpus(name):
  return _made(ROOT / 'fuzz' / 'corpus' / name)


def crashes(name):
  """Inputs that failed; git ignores them."""
  return _made(ROOT / 'fuzz' / 'crashes' / name)


def kept(name):
  """What stays between runs, in the user's cache."""
  cache = os.environ.get('XDG_CACHE_HOME') or os.path.expanduser('~/.cache')
  return _made(pathlib.Path(cache) / 'headroom' / 'fuzz' / name)


def found(name):
  """Inputs that reached new code."""
  return _made(kept(name) / 'found')


def label(name):
  return '//fuzz:%s_fuzz_test_bin' % name


def label_with_data(name):
  """With the dictionary, if there is one, and the corpus."""
  return '//fuzz:%s_fuzz_test_run' % name


def build(config, labels):
  """Builds labels; returns the folder that stands for bazel-bin."""
  options = ['--config=' + config] if config else []
  quiet = ['--noshow_progress', '--ui_event_filters=-info,-warning',
           '--show_result=0']
  if subprocess.run(['bazel', 'build'] + options + quiet + labels, cwd=ROOT,
                    check=False).returncode != 0:
    raise Failed('the build failed')
  return pathlib.Path(output_of('bazel', 'info', *options, 'bazel-bin').strip())


def output_of(*words):
  """Runs a tool in the root; returns what it prints."""
  words = [str(word) for word in words]
  run = subprocess.run(words, cwd=ROOT, check=False, stdout=subprocess.PIPE,
                       stderr=subprocess.PIPE)
  if run.returncode != 0:
    raise Failed('%s failed: %s' % (
        ' '.join(words[:2]), run.stderr.decode(errors='replace').strip()))
  return run.stdout.decode()


def binary(bazel_bin, name):
  return bazel_bin / 'fuzz' / (name + '_fuzz_test_bin')


def started_program(bazel_bin, name):
  """The program that a fuzzer starts, where it does."""
  return bazel_bin / 'fuzz' / name / (name + '_program')


def dictionary(bazel_bin, name):
  """Returns a path, or None when there is no dictionary."""
  path = bazel_bin / 'fuzz' / (name + '_fuzz_test.dict')
  return path if path.exists() else None


def _made(folder):
  folder.mkdir(parents=True, exist_ok=True)
  return folder
