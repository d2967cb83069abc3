"""Drives a headless Chromium over its DevTools protocol, for pictures and tests.

Takes from: chromium. Gives to: screenshot.py, the report's tests.
The protocol: https://chromedevtools.github.io/devtools-protocol/, JSON ended
by a zero byte on descriptors 3 and 4 of the browser.
"""

import base64
import json
import os
import pathlib
import select
import shutil
import subprocess
import tempfile
import time

_PATIENCE = 240  # seconds for one answer, on a machine that is busy
_FLAGS = ('--headless=new', '--no-sandbox', '--disable-gpu', '--disable-quic',
          '--no-first-run', '--disable-background-networking',
          '--disable-component-update', '--disable-sync', '--disable-extensions',
          '--disable-dev-shm-usage', '--remote-debugging-pipe')


class Failed(Exception):
  """The browser did not do what it was asked for."""


class Browser:
  """One page. `complaints` holds its errors and all it logged, as text."""

  def __init__(self):
    program = shutil.which('chromium')
    if not program:
      raise Failed('chromium is missing: apt-get install chromium')
    self.complaints = []
    self._folder = tempfile.mkdtemp()
    to_browser, self._out = os.pipe()
    self._in, from_browser = os.pipe()
    # Only a shell puts pipes on chosen descriptors without a race.
    redirect = 'exec "$@" 3<&%d 4>&%d' % (to_browser, from_browser)
    self._process = subprocess.Popen(
        ['bash', '-c', redirect, 'bash', program, *_FLAGS,
         '--user-data-dir=' + self._folder, 'about:blank'],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        pass_fds=(to_browser, from_browser), env=dict(os.environ, HOME=self._folder))
    os.close(to_browser)
    os.close(from_browser)
    self._buffer, self._last, self._session = b'', 0, None
    target = next(t for t in self.call('Target.getTargets')['targetInfos']
                  if t['type'] == 'page')
    self._session = self.call('Target.attachToTarget', flatten=True,
                              targetId=target['targetId'])['sessionId']
    for domain in ('Page', 'Runtime', 'Log'):
      self.call(domain + '.enable')

  def __enter__(self):
    return self

  def __exit__(self, *_):
    try:
      self._session = None
      self.call('Browser.close')
      self._process.wait(timeout=10)
    except (Failed, OSError, subprocess.TimeoutExpired):
      self._process.kill()
      self._process.wait()
    os.close(self._in)
    os.close(self._out)
    shutil.rmtree(self._folder, ignore_errors=True)

  def _receive(self):
    deadline = time.monotonic() + _PATIENCE
    while b'\0' not in self._buffer:
      left = deadline - time.monotonic()
      if left <= 0 or not select.select([self._in], [], [], left)[0]:
        raise Failed('chromium did not answer')
      read = os.read(self._in, 1 << 20)
      if not read:
        raise Failed('chromium ended')
      self._buffer += read
    message, self._buffer = self._buffer.split(b'\0', 1)
    return json.loads(message)

  def _note(self, event):
    name, about = event.get('method'), event.get('params', {})
    if name == 'Runtime.exceptionThrown':
      details = about['exceptionDetails']
      self.complaints.append(details.get('exception', {}).get(
          'description', details.get('text', '?')))
    elif name == 'Runtime.consoleAPICalled':
      self.complaints.append(' '.join(
          str(one.get('value', one.get('description'))) for one in about['args']))
    elif name == 'Log.entryAdded':
      self.complaints.append(about['entry']['text'])

  def call(self, method, **parameters):
    """Returns the answer to one command of the protocol."""
    self._last += 1
    message = {'id': self._last, 'method': method, 'params': parameters}
    if self._session:
      message['sessionId'] = self._session
    text = json.dumps(message).encode() + b'\0'
    while text:
      text = text[os.write(self._out, text):]
    while True:
      answer = self._receive()
      if answer.get('id') != self._last:
        self._note(answer)
      elif 'error' in answer:
        raise Failed('%s: %s' % (method, answer['error'].get('message')))
      else:
        return answer['result']

  def evaluate(self, expression):
    """Returns the value of a JavaScript expression; a promise's when it is one."""
    answer = self.call('Runtime.evaluate', expression=expression,
                       returnByValue=True, awaitPromise=True)
    if 'exceptionDetails' in answer:
      raise Failed(answer['exceptionDetails'].get('exception', {}).get(
          'description', expression))
    return answer['result'].get('value')

  def wait(self, expression):
    """Waits until the expression is true."""
    deadline = time.monotonic() + _PATIENCE
    while not self.evaluate(expression):
      if time.monotonic() > deadline:
        raise Failed('never true: ' + expression)
      time.sleep(0.05)

  def show(self, width, height, dark, scale=1):
    """Sets the window's size and the colour scheme that the user prefers."""
    self.call('Emulation.setScrollbarsHidden', hidden=True)
    self.call('Emulation.setDeviceMetricsOverride', width=width, height=height,
              deviceScaleFactor=scale, mobile=width < 500)
    self.call('Emulation.setEmulatedMedia', features=[
        {'name': 'prefers-color-scheme', 'value': 'dark' if dark else 'light'}])
    self._next_frame()

  def _next_frame(self):
    """With which the page hears of what was set."""
    self.evaluate('new Promise(done => requestAnimationFrame(() => '
                  'requestAnimationFrame(() => done(true))))')

  def open_report(self, path):
    """Opens a report and waits until all of it is drawn."""
    self.call('Page.navigate', url=pathlib.Path(path).resolve().as_uri())
    self.wait('document.readyState === "complete"')
    self.wait_until_drawn()

  def wait_until_drawn(self):
    self.wait('document.documentElement.dataset.ready === "yes" && '
              '!document.querySelector(".plot:not([data-drawn=yes])")')

  def picture(self, selector='body'):
    """Returns the PNG of an element and what is in it."""
    box = self.evaluate(
        '''(element => {
          if (!element) return null;
          const {x, y, width, height} = element.getBoundingClientRect();
          const margin = Math.min(x + scrollX, y + scrollY, 12);
          return {x: x + scrollX - margin, y: y + scrollY - margin,
                  width: width + 2 * margin, height: height + 2 * margin, scale: 1};
        })(document.querySelector(%s))''' % json.dumps(selector))
    if not box:
      raise Failed('the page has no ' + selector)
    return base64.b64decode(self.call(
        'Page.captureScreenshot', clip=box, captureBeyondViewport=True)['data'])

