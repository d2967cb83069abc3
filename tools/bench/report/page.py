"""Puts the page together: data, template, style, scripts, library.

Takes from: every other part of the package. Gives to: report.py, the runner.
Invariant: no string of the results reaches the page unescaped.
"""

import base64
import gzip
import json
import os
import pathlib
import string
import urllib.parse

from . import (allocators, headline, latency, library, locks, memory, programs,
               scaling, tables)

_HERE = pathlib.Path(__file__).parent
# One function holds them all, so none makes a global; main.js comes last.
_SCRIPTS = ('format', 'theme', 'plot', 'controls', 'scaling', 'latency', 'locks',
            'memory', 'programs', 'main')


def prepare(results):
  """Returns what the page's scripts draw."""
  described = allocators.describe(results)
  names = [a['name'] for a in described]
  return {
      'allocators': described,
      'headroom': (names.index(allocators.HEADROOM)
                   if allocators.HEADROOM in names else -1),
      'threads': tables.thread_counts(results)[1],
      'scaling': scaling.prepare(results, names),
      'latency': latency.prepare(results, names),
      'locks': locks.prepare(results),
      'rss': memory.over_time(results, names),
      'pareto': memory.against_throughput(results, names),
      'programs': programs.prepare(results, names),
  }


def packed(text):
  """Returns base64 of gzip: a third of the bytes, and nothing in it can end the
  script element."""
  return base64.b64encode(gzip.compress(text.encode(), 9, mtime=0)).decode()


def _json(data):
  return json.dumps(data, separators=(',', ':'), ensure_ascii=False)


def _scripts():
  texts = [(_HERE / (name + '.js')).read_text(encoding='utf-8')
           for name in _SCRIPTS]
  return "(() => {\n'use strict';\n%s\n})();" % '\n'.join(texts)


def _raw_links(path, raw):
  """Links to what lies beside the page."""
  folder = pathlib.Path(path).resolve().parent
  beside = [pathlib.Path(raw).resolve()] if raw else [folder / 'results.json']
  beside.append(folder / 'cells.csv')
  links = ['<a href="%s">%s</a>' % (
      tables.text(urllib.parse.quote(os.path.relpath(file, folder))),
      tables.text(file.name)) for file in beside if file.exists()]
  return ('Raw data: %s.' % ', '.join(links) if links else
          'Raw data: results.json, which this run wrote.')


def _part(content, absent):
  """A part's content, or the sentence that says what is absent."""
  return content or '<p class="absent">%s</p>' % absent


def _absent(name, why):
  return '<p class="absent" data-part="%s">%s</p>' % (name, why)


def _sections(results, data, names):
  """Returns {placeholder: html} of the parts that may be absent."""
  box = '<div data-part="%s"></div>'
  why = {
      'scaling': 'No throughput was measured in this run.',
      'latency': 'Latency was not measured in this run.',
      'locks': 'Lock waits were not measured in this run.',
      'rss': 'RSS over time was not recorded in this run.',
      'pareto': 'Peak RSS was not recorded in this run.',
      'programs': 'No real program ran in this run.',
  }
  found = {name: box % name if data[name] else _absent(name, sentence)
           for name, sentence in why.items()}
  found['matrix'] = _part(tables.matrix(results, names),
                          'No throughput was measured in this run.')
  found['cells'] = _part(tables.all_cells(results), 'This run has no cell.')
  compared = tables.comparison(results)
  found['comparison'] = compared and (
      '<section id="comparison"><h2>Compared with an earlier run</h2>'
      '<p>Below 1 this run is faster. Largest changes first.</p>'
      '<div class="wide tall">%s</div></section>' % compared)
  return found


def render(results, path='report.html', raw=None):
  """Returns the page."""
  data = prepare(results)
  names = [a['name'] for a in data['allocators']]
  started = str(results.get('started') or 'an unknown date')
  template = string.Template((_HERE / 'page.html').read_text(encoding='utf-8'))
  return template.substitute(
      _sections(results, data, names),
      date=tables.text(started[:16].replace('T', ' ')), day=tables.text(started[:10]),
      command=tables.text(headline.command(results) or 'unknown'),
      verdict=tables.text(headline.verdict(results)),
      noise=tables.text(headline.noise(results)),
      interrupted=('<p class="warning">%s</p>' % headline.interruption(results)
                   if results.get('interrupted') else ''),
      held=tables.held_lock(results),
      machine_in_short=tables.text(headline.machine_in_short(results)),
      allocators_in_short=tables.text(
          headline.allocators_in_short(data['allocators'])),
      machine=tables.definitions(headline.machine(results)),
      allocators=tables.allocator_list(data['allocators']),
      key=tables.matrix_key(), raw=_raw_links(path, raw),
      style=(_HERE / 'style.css').read_text(encoding='utf-8'),
      licences=library.licences(), library=packed(library.script()),
      data=packed(_json(data)), script=_scripts())


def write(results, path, raw=None):
  """Writes the page of `results`. Links `raw`, or the results.json beside it.

  Raises library.Missing, OSError, ValueError for another schema."""
  if results.get('schema') != 3:
    raise ValueError('schema 3 is wanted, this is %s' % results.get('schema'))
  page = render(results, path, raw)
  with open(path, 'w', encoding='utf-8') as file:
    file.write(page)
