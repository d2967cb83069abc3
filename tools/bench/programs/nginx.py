"""nginx under ab: an operation is a request for a file that it compresses.

Takes from: stage, server. Gives to: programs.
"""

import os
import socket

from programs import server as servers

NEEDS = ('nginx', 'ab')
_REQUESTS = 3000
_CONFIGURATION = '''\
daemon off;
worker_processes 2;
pid %(folder)s/nginx.pid;
error_log stderr warn;
%(user)s
events { worker_connections 256; }
http {
  access_log off;
  client_body_temp_path %(folder)s/body;
  proxy_temp_path %(folder)s/proxy;
  fastcgi_temp_path %(folder)s/fastcgi;
  uwsgi_temp_path %(folder)s/uwsgi;
  scgi_temp_path %(folder)s/scgi;
  default_type text/plain;
  gzip on;
  gzip_types text/plain;
  gzip_http_version 1.0;
  server { listen 127.0.0.1:%(port)d; root %(folder)s; }
}
'''


def _answers(port):
  try:
    with socket.create_connection(('127.0.0.1', port), timeout=1) as connection:
      connection.sendall(b'HEAD /page.txt HTTP/1.0\r\n\r\n')
      return b' 200 ' in connection.recv(64)
  except OSError:
    return False


def run(stage):
  port = servers.free_port()
  page = ''.join('%d is a line of the page\n' % i for i in range(1000))
  (stage.folder / 'page.txt').write_text(page)
  configuration = stage.folder / 'nginx.conf'
  configuration.write_text(_CONFIGURATION % {
      'folder': stage.folder, 'port': port,
      'user': 'user root root;' if os.geteuid() == 0 else ''})

  def load():
    said = stage.tool('ab', '-q', '-n', _REQUESTS, '-c', 16, '-H',
                      'Accept-Encoding: gzip',
                      'http://127.0.0.1:%d/page.txt' % port)
    servers.require('Complete requests: ', str(_REQUESTS), said)
    servers.require('Failed requests: ', '0', said)

  with stage.server('nginx', '-e', 'stderr', '-p', stage.folder, '-c',
                    configuration, ready=lambda: _answers(port)) as server:
    return server.under_load(_REQUESTS, load)
