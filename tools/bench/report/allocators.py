"""The allocators in their order, each with one colour and one symbol.

Takes from: results. Gives to: every part of the page.
"""

HEADROOM = 'headroom'

# Okabe and Ito's palette, which colour-blind readers tell apart; the second
# colour is the one on dark ground.
_KNOWN = (
    ('headroom', '#000000', '#ffffff', 'circle'),
    ('mimalloc', '#0072b2', '#3b9ddd', 'rect'),
    ('jemalloc', '#009e73', '#1fc795', 'triangle'),
    ('gperftools', '#d55e00', '#f07b2e', 'diamond'),
    ('tcmalloc', '#d55e00', '#f07b2e', 'diamond'),
    ('tbb', '#b77f00', '#e8ae1c', 'pin'),
    ('scudo', '#c0609a', '#dd90bb', 'roundRect'),
    ('system', '#767676', '#a3a3a3', 'arrow'),
    ('glibc', '#767676', '#a3a3a3', 'arrow'),
)
_OTHERS = (
    ('#3fa7e0', '#9bd6f7', 'emptyCircle'),
    ('#8a7d00', '#f0e442', 'emptyRect'),
    ('#7a4fb0', '#b79be0', 'emptyTriangle'),
    ('#8c4a2f', '#cf9a80', 'emptyDiamond'),
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
