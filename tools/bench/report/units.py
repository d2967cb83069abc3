"""Numbers for people: three significant digits and a unit.

Takes from: nothing. Gives to: tables.
"""


def number(value):
  """Returns '1,230', '123', '12.3', '1.23' or '0.0123'."""
  if value == 0:
    return '0'
  if abs(value) >= 100:
    return format(value, ',.0f')
  return format(value, '.1f' if abs(value) >= 10 else
                '.2f' if abs(value) >= 0.1 else '.3g')


def duration(ns):
  """Returns '12.3 ns', '4.56 µs', '7.89 ms' or '1.23 s'."""
  for limit, unit in ((1e3, 'ns'), (1e6, 'µs'), (1e9, 'ms')):
    if abs(ns) < limit:
      return '%s %s' % (number(ns * 1e3 / limit), unit)
  return '%s s' % number(ns / 1e9)


def rate(per_second):
  """Returns '12.3 M', '4.56 k' or '7.89'."""
  for scale, unit in ((1e9, ' G'), (1e6, ' M'), (1e3, ' k')):
    if abs(per_second) >= scale:
      return number(per_second / scale) + unit
  return number(per_second)
