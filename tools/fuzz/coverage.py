"""What of the allocator runs: llvm-cov over corpora, or over all tests.

Takes from: project, table, lcov, uncovered. Gives to: main.

A process's counters are its file, mapped and shared: they are complete whether
it exits, aborts, is killed or forks.
"""

import os
import pathlib
import shutil
import subprocess

import lcov
import project
import table
import uncovered

CONFIG = 'coverage_map'
LIBRARY = '//allocator:libheadroom.so'
UNDER = 'allocator'
REASONS = project.ROOT / 'fuzz' / 'uncovered.txt'
# Percent of the lines.
GOAL_OF_CORPORA = 95
GOAL_OF_ALL = 98


def _run_corpora(names, bazel_bin, environment):
  """Returns the programs; a corpus that fails is said, and counts too."""
  programs = [project.binary(bazel_bin, name) for name in names]
  for name, program in zip(names, programs):
    if subprocess.run([str(program), str(project.corpus(name))],
                      env=environment, stdout=subprocess.DEVNULL,
                      stderr=subprocess.DEVNULL, check=False).returncode != 0:
      print('x: the corpus of %s fails' % name)
  started = [project.started_program(bazel_bin, name) for name in names]
  return programs + [program for program in started if program.exists()]


def _run_tests(profiles, bazel_bin, pattern):
  """Tests of the machine code as it is have the tag no_coverage."""
  subprocess.run(
      ['bazel', 'test', '--config=' + CONFIG, '--keep_going',
       '--build_tests_only', '--nocache_test_results', '--noshow_progress',
       '--ui_event_filters=-info,-warning', '--test_output=summary',
       '--test_summary=terse', '--test_tag_filters=-no_coverage',
       '--test_env=LLVM_PROFILE_FILE=' + pattern,
       '--sandbox_writable_path=%s' % profiles, '//tests/...', '//fuzz/...'],
      cwd=project.ROOT, check=False)
  labels = project.output_of(
      'bazel', 'query', 'kind("cc_(test|binary) rule", '
      '//tests/... + //fuzz/... + //allocator/...)')
  paths = [bazel_bin / label[2:].replace(':', '/')
           for label in labels.split() if label.startswith('//')]
  return [path for path in paths if path.exists()]


def _profile(profiles):
  """Merges what all processes left; a broken file is left out."""
  merged = profiles / 'all.profdata'
  project.output_of('llvm-profdata-22', 'merge', '-sparse',
                    '--failure-mode=all', *sorted(profiles.glob('*.profraw')),
                    '-o', merged)
  return merged


def _objects(programs):
  words = [programs[0]]
  for program in programs[1:]:
    words += ['-object', program]
  return words


def _export(programs, profile, html):
  """Writes the HTML pages; returns {path: lcov.File}."""
  about = ['-instr-profile=%s' % profile] + _objects(programs)
  sources = ['-sources', '/proc/self/cwd/' + UNDER]
  shutil.rmtree(html, ignore_errors=True)
  project.output_of('llvm-cov-22', 'show', '-format=html',
                    '-output-dir=%s' % html, '-show-branches=count', *about,
                    *sources)
  lcov_text, json_text = (
      project.output_of('llvm-cov-22', 'export', '-format=' + form, *about,
                        *sources) for form in ('lcov', 'text'))
  files = lcov.parse(lcov_text, UNDER)
  lcov.count_starts(files, json_text)
  return files


def _folder_table(files):
  rows = [('folder', 'lines', '', 'branches', '')]
  for folder, (lines, branches) in lcov.folders(files).items():
    rows.append((folder or 'all', '%d of %d' % (lines.ran, lines.total), lines,
                 '%d of %d' % (branches.ran, branches.total), branches))
  return table.align(rows)


def _report_blocks(files, everything):
  """Returns lines, and whether all is explained: each block has its reason,
  and each reason a block. Corpora alone owe no reasons."""
  try:
    entries = uncovered.parse(REASONS.read_text(encoding='utf-8'))
  except uncovered.BadFile as problem:
    raise project.Failed('%s: %s' % (REASONS, problem))
  blocks = uncovered.explain(
      files, entries,
      lambda path: (project.ROOT / path).read_text().splitlines())
  known = [b for b in blocks if b.reason]
  bare = [b for b in blocks if not b.reason]
  lines = []
  if known:
    lines += ['', 'Not run, for a reason:']
    lines += ['  %s: %s' % (b, b.reason) for b in known]
  if bare:
    lines += ['', 'Not run:'] + ['  %s' % b for b in bare]
  if not everything:
    return lines, True
  stale = [e for e in entries if not e.used]
  lines += ["fuzz/uncovered.txt: '%s' of %s runs, or is gone" %
            (e.text, e.path) for e in stale]
  return lines, not bare and not stale


def coverage(names, with_tests, check):
  """Returns the exit status. With `check` it is 1 below the goal, and for
  lines without a reason."""
  cache = project.kept('coverage')
  profiles = cache / 'profiles'
  shutil.rmtree(profiles, ignore_errors=True)
  profiles.mkdir()
  print('x: building', flush=True)
  bazel_bin = project.build(CONFIG,
                            [project.label(n) for n in names] + [LIBRARY])
  # %m: a file for each program; %c: mapped.
  pattern = '%s/%%m%%c.profraw' % profiles
  print('x: running', flush=True)
  programs = _run_corpora(names, bazel_bin,
                          dict(os.environ, LLVM_PROFILE_FILE=pattern))
  if with_tests:
    programs = _run_tests(profiles, bazel_bin, pattern)
  # What nobody links counts as well.
  library = bazel_bin / LIBRARY[2:].replace(':', '/')
  programs = list(dict.fromkeys(programs + [library]))
  html = cache / 'html'
  files = _export(programs, _profile(profiles), html)
  lines, explained = _report_blocks(files, with_tests)
  reached = lcov.folders(files)[''][0].percent
  goal = GOAL_OF_ALL if with_tests else GOAL_OF_CORPORA
  print('\n'.join(lines + [''] + _folder_table(files)))
  print('\n%s: %.2f %% of the lines, the goal is %d %%' % (
      'tests and corpora' if with_tests else 'corpora', reached, goal))
  print('file://%s' % pathlib.Path(html / 'index.html'))
  return 1 if check and not (explained and reached >= goal) else 0
