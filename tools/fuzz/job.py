"""One fuzzer that runs.

Takes from: project, progress. Gives to: run.
"""

import signal
import subprocess

import artifact
import progress
import project

# Seconds for one input; they usually take milliseconds.
_TIMEOUT = 60


class Job:
  """Its output goes to a file that poll() reads on."""

  def __init__(self, name, bazel_bin, seconds):
    self.name = name
    self.binary = project.binary(bazel_bin, name)
    self.progress = progress.Progress()
    self.log = project.kept(name) / 'log'
    self._flags = [
        '-max_total_time=%d' % seconds,
        '-timeout=%d' % _TIMEOUT,
        '-print_final_stats=1',
        # The allocator reports misuse by the thousand; libFuzzer's own words
        # and the sanitizers' are not lost.
        '-close_fd_mask=2',
        '-artifact_prefix=%s/' % project.crashes(name),
    ]
    dictionary = project.dictionary(bazel_bin, name)
    if dictionary:
      self._flags.append('-dict=%s' % dictionary)
    self._process = None
    self._reader = None
    self._rest = ''
    self._stopped = False

  def start(self):
    folders = [project.found(self.name), project.corpus(self.name)]
    with open(self.log, 'wb') as out:
      # Ctrl-C is for the runner alone, which stops the fuzzer.
      self._process = subprocess.Popen(
          ['nice', str(self.binary)] + self._flags + [str(f) for f in folders],
          stdin=subprocess.DEVNULL, stdout=out, stderr=out,
          start_new_session=True)
    self._reader = open(self.log, encoding='utf-8', errors='replace')

  def poll(self):
    """Reads what came; returns whether the fuzzer still runs."""
    if self._reader.closed:
      return False
    running = self._process.poll() is None
    lines = (self._rest + self._reader.read()).split('\n')
    self._rest = lines.pop() if running else ''
    for line in lines:
      self.progress.read(line)
    if not running:
      self._reader.close()
    return running

  def stop(self):
    """Asks libFuzzer to end with its statistics."""
    if self._process.poll() is None:
      self._stopped = True
      self._process.send_signal(signal.SIGUSR1)

  def kill(self):
    if self._process.poll() is None:
      self._process.kill()

  @property
  def failures(self):
    return [a for a in self.progress.artifacts if artifact.is_failure(a)]

  @property
  def state(self):
    status = self._process.poll()
    if self.failures:
      return artifact.KINDS[artifact.kind(self.failures[0])]
    if status is None:
      return 'fuzzing' if self.progress.started else 'reading the corpus'
    if status == 0 or self._stopped:
      return 'stopped' if self._stopped else 'done'
    return 'failed with status %d' % status

  @property
  def broken(self):
    """It ended badly, but named no input: libFuzzer's log tells why."""
    status = self._process.poll()
    return not self.failures and not self._stopped and status not in (None, 0)

  def last_words(self, count=15):
    text = self.log.read_text(encoding='utf-8', errors='replace')
    return text.splitlines()[-count:]
