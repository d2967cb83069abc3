"""What a fuzzer said so far, read from libFuzzer's lines.

Takes from: nothing. Gives to: job, table.
"""

import re

# "#468 NEW cov: 1561 ft: 8994 corp: 268/122Kb lim: 4096 exec/s: 117 rss: ..."
_STATUS = re.compile(r'#(\d+)\s+([A-Za-z]+)\s')
_FIELD = re.compile(r'\b(cov|ft|exec/s): (\d+)')
_FINAL = re.compile(r'stat::(\w+):\s+(\d+)')
_ARTIFACT = re.compile(r'Test unit written to (.+)')
_SUMMARY = re.compile(r'SUMMARY: (.+)')


class Progress:
  """Fields: executions, rate (a second), coverage (edges), features,
  new_inputs, artifacts (paths), summary (the sanitizer's, or '')."""

  def __init__(self):
    self.executions = 0
    self.rate = 0
    self.coverage = 0
    self.features = 0
    self.new_inputs = 0
    self.artifacts = []
    self.summary = ''
    self.started = False  # the corpus is read, mutation has begun

  def read(self, line):
    status = _STATUS.match(line)
    if status:
      self._read_status(int(status[1]), status[2], dict(_FIELD.findall(line)))
      return
    final = _FINAL.match(line)
    if final:
      self._read_final(final[1], int(final[2]))
      return
    artifact = _ARTIFACT.search(line)
    if artifact:
      self.artifacts.append(artifact[1].strip())
    summary = _SUMMARY.match(line)
    if summary:
      self.summary = summary[1].strip()

  def _read_status(self, executions, event, fields):
    self.executions = executions
    self.rate = int(fields.get('exec/s', self.rate))
    self.coverage = int(fields.get('cov', self.coverage))
    self.features = int(fields.get('ft', self.features))
    if event == 'INITED':
      self.started = True
    elif event == 'NEW' and self.started:
      self.new_inputs += 1

  def _read_final(self, what, value):
    # Status lines come ever more seldom; these are the last word.
    if what == 'number_of_executed_units':
      self.executions = value
    elif what == 'average_exec_per_sec':
      self.rate = value
