// Throughput against threads: a small plot for each workload.

function scalingTip(plot, allocators, threads) {
  const rows = shown(plot.series)
      .map((one) => [one, one.points.find((point) => point[0] === threads)])
      .filter(([, point]) => point)
      .sort(([, a], [, b]) => b[1] - a[1])
      .map(([one, [, rate, low, high, noisy]]) => [
        allocators[one.allocator].name,
        `${quantity(rate)}/s (${quantity(low)} to ${quantity(high)})${noisy ? ' ~' : ''}`,
      ]);
  return tip(place(plot.workload, threads), rows);
}

function scalingOption(plot, data) {
  const threads = plot.ideal.map(([count]) => String(count));
  const lines = shown(plot.series);
  const rates = [...plot.ideal.map(([, rate]) => rate),
    ...plot.series.flatMap((one) => one.points.flatMap(([, , low, high]) => [low, high]))];
  const unit = rateUnit(rates);
  const series = lines.flatMap((one) => {
    const allocator = data.allocators[one.allocator];
    const points = one.points.map(([count, , low, high]) =>
      [String(count), unit.of(low), unit.of(high)]);
    return [
      band(points, allocatorColor(allocator)),
      allocatorLine(allocator, one.allocator === data.headroom,
          one.points.map(([count, rate]) => [String(count), unit.of(rate)]), true),
    ];
  });
  return {
    grid: {left: 46, right: 14, top: 12, bottom: 40},
    xAxis: axis({type: 'category', data: threads, boundaryGap: threads.length === 1,
      name: 'threads', nameLocation: 'middle', nameGap: 22, splitLine: {show: false}}),
    yAxis: powerAxis(rates.map(unit.of), unit.label),
    tooltip: tooltip({trigger: 'axis',
      formatter: (items) => scalingTip(plot, data.allocators, Number(items[0].axisValue))}),
    series: [
      {type: 'line', data: plot.ideal.map(([count, rate]) => [String(count), unit.of(rate)]), silent: true,
        symbol: 'none', z: 2, lineStyle: {color: color('muted'), type: [5, 4], width: 1.2}},
      ...series,
    ],
  };
}

function addScaling(parent, data) {
  const grid = element('div', {className: 'plots'});
  parent.append(grid);
  for (const plot of data.scaling) {
    addPlot(grid, plot.workload, 210, () => scalingOption(plot, data));
  }
}
