"""The plotting library and its licences, as npm installed them.

Takes from: node_modules. Gives to: page.
"""

import pathlib

_FOLDER = pathlib.Path(__file__).parent / 'node_modules'
# ECharts' bundle holds zrender and tslib.
_LICENCES = ('echarts/NOTICE', 'echarts/LICENSE',
             'echarts/licenses/LICENSE-d3', 'zrender/LICENSE',
             'tslib/LICENSE.txt')


class Missing(Exception):
  """One sentence for the user."""


def _read(name):
  try:
    return (_FOLDER / name).read_text(encoding='utf-8')
  except OSError as error:
    raise Missing('the plotting library is missing; '
                  'tools/bench/report/install.sh installs it') from error


def licences():
  """Returns a comment of JavaScript."""
  text = '\n\n'.join(_read(name).strip() for name in _LICENCES)
  return ('/*!\nThe plots are drawn by the following.\n\n%s\n*/' %
          text.replace('*/', '* /').replace('</', '< /'))


def script():
  return _read('echarts/dist/echarts.min.js')
