// Numbers for people: at most three significant digits and a unit.

function threeDigits(value) {
  // Three of 1234567 would be 1.23e+6.
  return String(Math.abs(value) >= 1000 ? Math.round(value) : Number(value.toPrecision(3)));
}

function scaled(value, units) {
  const [scale, unit] =
      units.find(([limit]) => Math.abs(value) >= limit) || units[units.length - 1];
  return threeDigits(value / scale) + unit;
}

function duration(ns) {
  if (ns === 0) return '0';
  return scaled(ns, [[1e9, ' s'], [1e6, ' ms'], [1e3, ' µs'], [1, ' ns']]);
}

function quantity(value) {
  return scaled(value, [[1e9, 'G'], [1e6, 'M'], [1e3, 'k'], [1, '']]);
}

function percent(part, whole) {
  if (!whole) return '–';
  const share = 100 * part / whole;
  return (share > 0 && share < 0.01 ? '< 0.01' : threeDigits(share)) + ' %';
}

function place(workload, threads) {
  return threads === null ? workload :
      `${workload} on ${threads} thread${threads === 1 ? '' : 's'}`;
}
