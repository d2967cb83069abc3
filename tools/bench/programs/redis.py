"""redis-server under redis-benchmark: an operation is a request.

Takes from: stage, server. Gives to: programs.
"""

import socket

from programs import server as servers

NEEDS = ('redis-server', 'redis-benchmark')
_TESTS = ('set', 'get', 'incr', 'lpush', 'rpush', 'lpop', 'sadd', 'hset',
          'spop', 'zadd', 'mset')
_REQUESTS = 20000  # of each test


def _answers(port):
  try:
    with socket.create_connection(('127.0.0.1', port), timeout=1) as connection:
      connection.sendall(b'PING\r\n')
      return connection.recv(16) == b'+PONG\r\n'
  except OSError:
    return False


def run(stage):
  port = servers.free_port()

  def load():
    stage.tool('redis-benchmark', '-h', '127.0.0.1', '-p', port, '-t',
               ','.join(_TESTS), '-n', _REQUESTS, '-r', 10000, '-c', 24, '-P',
               16, '-d', 200, '-q', stdin=None)

  with stage.server('redis-server', '--bind', '127.0.0.1', '--port', port,
                    '--save', '', '--appendonly', 'no', '--dir', stage.folder,
                    ready=lambda: _answers(port)) as server:
    return server.under_load(_REQUESTS * len(_TESTS), load)
