// RSS against time, and throughput against RSS.

const mebibytes = (value) => threeDigits(value) + ' MiB';

function rssOption(cell, data) {
  const lines = shown(cell.series);
  const end = Math.max(...cell.series.flatMap((one) => one.points.map(([ms]) => ms)));
  return {
    grid: {left: 64, right: 16, top: 12, bottom: 40},
    xAxis: axis({type: 'value', min: 0, max: end, name: 'time', nameLocation: 'middle', nameGap: 24,
      splitLine: {show: false}, axisLabel: {formatter: (ms) => duration(ms * 1e6), showMaxLabel: false}}),
    yAxis: axis({type: 'value', min: 0, axisLabel: {formatter: mebibytes}}),
    tooltip: tooltip({trigger: 'axis', formatter: (items) => tip(
        'at ' + duration(items[0].axisValue * 1e6),
        items.sort((a, b) => b.value[1] - a.value[1])
            .map((item) => [item.seriesName, mebibytes(item.value[1])]))}),
    series: lines.map((one) => allocatorLine(
        data.allocators[one.allocator], one.allocator === data.headroom, one.points, false)),
  };
}

function addRss(parent, data) {
  let cell = data.rss[0];
  let chart = null;
  addCellChoice(parent, data.rss, data.threads, (chosen) => {
    cell = chosen;
    if (chart) chart.redraw();
  });
  chart = addPlot(parent, () => place(cell.workload, cell.threads), 300,
      () => rssOption(cell, data), 'single');
}

// The allocators that no other beats in both, as corners of a step line.
function front(points) {
  let best = 0;
  return [...points].sort((a, b) => a[0] - b[0] || b[1] - a[1]).filter(([, rate]) => {
    if (rate <= best) return false;
    best = rate;
    return true;
  });
}

function paretoPoint({allocator: index, rss, rate}, data) {
  const allocator = data.allocators[index];
  const fill = allocatorColor(allocator);
  return [
    whisker([rss[1], rate[0]], [rss[2], rate[0]], fill),
    whisker([rss[0], rate[1]], [rss[0], rate[2]], fill),
    {type: 'scatter', name: allocator.name, data: [[rss[0], rate[0]]], z: 4,
      symbol: 'path://' + allocator.symbol, symbolSize: index === data.headroom ? 15 : 11,
      itemStyle: {color: fill, opacity: 1}, emphasis: {disabled: true},
      labelLayout: {moveOverlap: 'shiftY'},
      label: {show: true, position: 'right', distance: 7, color: color('text'), fontSize: 12,
        textBorderColor: color('ground'), textBorderWidth: 3,
        fontWeight: index === data.headroom ? 'bold' : 'normal', formatter: () => allocator.name}},
  ];
}

function paretoOption(cell, data) {
  const relative = cell.workload === null;
  const unit = relative ? {of: Number, label: threeDigits} :
      rateUnit(cell.points.flatMap((point) => point.rate));
  const size = relative ? threeDigits : mebibytes;
  const all = cell.points.map((point) => ({...point, rate: point.rate.map(unit.of)}));
  const points = shown(all);
  const rate = (value) => unit.label(value) + (relative ? '' : '/s');
  return {
    grid: {left: 64, right: 84, top: 12, bottom: 44},
    xAxis: {...powerAxis(all.flatMap((p) => p.rss), size), nameLocation: 'middle', nameGap: 26,
      name: relative ? 'peak RSS, multiple of the smallest' : 'peak RSS'},
    yAxis: powerAxis(all.flatMap((p) => p.rate), rate),
    tooltip: tooltip({formatter: ({seriesName, value: [rss, speed]}) => tip(seriesName, [
      ['throughput', rate(speed)], ['peak RSS', size(rss)]])}),
    series: [
      {type: 'line', step: 'end', silent: true, symbol: 'none', z: 2, tooltip: {show: false},
        data: front(points.map((p) => [p.rss[0], p.rate[0]])),
        lineStyle: {color: color('muted'), type: [5, 4], width: 1.2}},
      ...points.flatMap((point) => paretoPoint(point, data)),
    ],
  };
}

function addPareto(parent, data) {
  let cell = data.pareto[0];
  let chart = null;
  addCellChoice(parent, data.pareto, data.threads, (chosen) => {
    cell = chosen;
    if (chart) chart.redraw();
  });
  const caption = () => cell.workload === null ?
      `Share of the fastest's throughput, geometric mean of ${cell.cells} cells` :
      place(cell.workload, cell.threads);
  chart = addPlot(parent, caption, 360, () => paretoOption(cell, data), 'single');
}
