// Latency: the share of calls that take longer, log-log.

function shareName(share) {
  return share >= 1 ? 'all' : '1 in ' + quantity(1 / share);
}

// The time that `share` of the calls take longer than, read off the curve.
function timeAt(points, share) {
  const after = points.find(([, s]) => s <= share * 1.001);
  return after ? after[0] : points[points.length - 1][0];
}

function latencyTip(cell, call, allocators, share) {
  const rows = shown(cell[call])
      .map((one) => [allocators[one.allocator].name, timeAt(one.points, share)])
      .sort((a, b) => a[1] - b[1])
      .map(([name, ns]) => [name, duration(ns)]);
  return tip(`${call}: ${shareName(share)} takes longer than`, rows);
}

function latencyOption(cell, call, data) {
  const all = cell[call].flatMap((one) => one.points);
  const least = Math.min(...all.map(([, share]) => share));
  const times = [...cell.malloc, ...cell.free].flatMap((one) => one.points.map(([ns]) => ns));
  return {
    grid: {left: 66, right: 16, top: 12, bottom: 40},
    xAxis: axis({type: 'log', name: 'longer than', nameLocation: 'middle', nameGap: 24,
      min: 10 ** Math.floor(Math.log10(Math.min(...times))),
      max: 10 ** Math.ceil(Math.log10(Math.max(...times) * 1.01)),
      axisLabel: {formatter: duration}}),
    yAxis: axis({type: 'log', min: Math.min(least / 1.5, 0.05), max: 1,
      axisLabel: {formatter: shareName, showMinLabel: false}}),
    tooltip: tooltip({trigger: 'axis', axisPointer: {axis: 'y', snap: true},
      formatter: (items) => latencyTip(cell, call, data.allocators, items[0].value[1])}),
    series: shown(cell[call]).map((one) => allocatorLine(
        data.allocators[one.allocator], one.allocator === data.headroom, one.points, false)),
  };
}

function addLatency(parent, data) {
  let cell = data.latency[0];
  const charts = [];
  addCellChoice(parent, data.latency, data.threads, (chosen) => {
    cell = chosen;
    charts.forEach((chart) => chart.redraw());
  });
  const grid = element('div', {className: 'plots large'});
  parent.append(grid);
  for (const call of ['malloc', 'free']) {
    charts.push(addPlot(grid, () => `${call}: ${place(cell.workload, cell.threads)}`, 320,
        () => cell[call].length ? latencyOption(cell, call, data) : nothing()));
  }
}

// An empty plot says so.
function nothing() {
  return {title: {text: 'not measured here', left: 'center', top: 'middle',
    textStyle: {color: color('muted'), fontSize: 13, fontWeight: 'normal'}}};
}
