"""A copy of the project in which bugs are planted, one at a time."""

import filecmp
import os
import pathlib
import shutil
import subprocess


def _is_there(path):
  return path.is_file() or path.is_symlink()


def _same(source, target):
  if source.is_symlink() or target.is_symlink():
    return (source.is_symlink() and target.is_symlink() and
            os.readlink(source) == os.readlink(target))
  return target.is_file() and filecmp.cmp(source, target, shallow=False)


def _project_files(root):
  """Tracked files, and new ones that are not ignored; links, even to folders,
  are files."""
  listed = subprocess.run(
      ['git', 'ls-files', '-z', '--cached', '--others', '--exclude-standard'],
      cwd=root, check=True, capture_output=True).stdout
  names = listed.decode().split('\0')
  return {name for name in names if name and _is_there(root / name)}


class Tree:
  """The copy at `path` of the project at `root`."""

  def __init__(self, root, path):
    self.root = pathlib.Path(root)
    self.path = pathlib.Path(path)

  def sync(self):
    """Makes the copy equal; leaves files alone that are, for Bazel's sake."""
    wanted = _project_files(self.root)
    self.path.mkdir(parents=True, exist_ok=True)
    for folder, folders, files in os.walk(self.path):
      folders[:] = [f for f in folders if not (pathlib.Path(folder) / f).is_symlink()]
      for file in files:
        place = pathlib.Path(folder) / file
        if str(place.relative_to(self.path)) not in wanted:
          place.unlink()
    for name in wanted:
      source, target = self.root / name, self.path / name
      if _same(source, target):
        continue
      target.parent.mkdir(parents=True, exist_ok=True)
      if _is_there(target):
        target.unlink()
      shutil.copy2(source, target, follow_symlinks=False)

  def _patch(self, mutant, *options):
    # Outside of any repository, or git would look for the paths in that one.
    return subprocess.run(
        ['git', 'apply', '--whitespace=nowarn', *options, str(mutant.patch)],
        cwd=self.path, capture_output=True, text=True, check=False,
        env=dict(os.environ, GIT_CEILING_DIRECTORIES=str(self.path.parent)))

  def plant(self, mutant):
    """False when the patch does not fit the source any more."""
    return self._patch(mutant).returncode == 0

  def restore(self, mutant):
    shutil.copy2(self.root / mutant.file, self.path / mutant.file)
