"""The allocators in their order, each with one colour and one symbol.

Takes from: results. Gives to: every part of the page.
"""

HEADROOM = 'headroom'

# Shapes in a square of 10 by 10, for plots and legend.
_CIRCLE = 'M5 0A5 5 0 1 1 5 10A5 5 0 1 1 5 0Z'
_SQUARE = 'M1 1H9V9H1Z'
_TRIANGLE = 'M5 0L10 10H0Z'
_DIAMOND = 'M5 0L10 5L5 10L0 5Z'
_POINT_DOWN = 'M0 0H10L5 10Z'
_PLUS = 'M3.5 0H6.5V3.5H10V6.5H6.5V10H3.5V6.5H0V3.5H3.5Z'
_CROSS = 'M2 0L5 3L8 0L10 2L7 5L10 8L8 10L5 7L2 10L0 8L3 5L0 2Z'

# Okabe and Ito's palette, which colour-blind readers tell apart; the second
# colour is the one on dark ground.
_KNOWN = (
    ('headroom', '#000000', '#ffffff', _CIRCLE),
    ('mimalloc', '#0072b2', '#3b9ddd', _SQUARE),
    ('jemalloc', '#009e73', '#1fc795', _TRIANGLE),
    ('gperftools', '#d55e00', '#f07b2e', _DIAMOND),
    ('tcmalloc', '#d55e00', '#f07b2e', _DIAMOND),
    ('tbb', '#b77f00', '#e8ae1c', _POINT_DOWN),
    ('scudo', '#c0609a', '#dd90bb', _PLUS),
    ('system', '#767676', '#a3a3a3', _CROSS),
    ('glibc', '#767676', '#a3a3a3', _CROSS),
)
_OTHERS = (
    ('#3fa7e0', '#9bd6f7', 'M0 0H10L0 10H10Z'),
    ('#8a7d00', '#f0e442', 'M0 0L10 10V0L0 10Z'),
    ('#7a4fb0', '#b79be0', 'M0 3H10V7H0Z'),
    ('#8c4a2f', '#cf9a80', 'M3 0H7V10H3Z'),
)


def _known(name):
  for key, light, dark, symbol in _KNOWN:
    if key in name.lower():
      return light, dark, symbol
  return None


def names(results):
  """Returns the names, Headroom first, the system's malloc last."""
  found = [a.get('name', '?') for a in results.get('allocators') or []]
  found += [c.get('allocator') for c in results.get('cells') or []]
  found += [r.get('allocator') for r in results.get('runs') or []]
  found = list(dict.fromkeys(name for name in found if name))
  ends = {HEADROOM: -1, 'system': 1}
  return sorted(found, key=lambda name: ends.get(name, 0))


def describe(results):
  """Returns [{name, version, light, dark, symbol, dashed}] in order."""
  versions = {a.get('name'): a for a in results.get('allocators') or []}
  described, taken, free = [], set(), 0
  for name in names(results):
    style = _known(name)
    dashed = style is None or style in taken
    if dashed:
      style = _OTHERS[free % len(_OTHERS)]
      free += 1
    taken.add(style)
    about = versions.get(name, {})
    described.append({
        'name': name, 'version': str(about.get('version') or ''),
        'options': str(about.get('options') or ''),
        'file': str(about.get('file') or ''),
        'light': style[0], 'dark': style[1], 'symbol': style[2],
        'dashed': dashed})
  return described
