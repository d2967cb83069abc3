// Real programs: bars, the shortest first.

// A category axis of words alone.
function bare(names, words, strong) {
  return axis({type: 'category', data: names, inverse: true, splitLine: {show: false},
    axisLine: {show: false}, axisLabel: {width: 78, overflow: 'truncate', interval: 0,
      formatter: words, color: (_, index) => color(strong(index) ? 'text' : 'muted')}});
}

function programOption(program, data) {
  const points = shown(program.points);
  const names = points.map((point) => data.allocators[point.allocator].name);
  const times = points.map(({ns: [middle], noisy}) => duration(middle) + (noisy ? ' ~' : ''));
  const most = Math.max(...program.points.map((point) => point.ns[2]));
  return {
    grid: {left: 84, right: 84, top: 4, bottom: 4},
    xAxis: axis({type: 'value', min: 0, max: most, show: false}),
    yAxis: [
      bare(names, (name, index) => name, (index) => points[index].allocator === data.headroom),
      {...bare(names, (name, index) => times[index], () => true), position: 'right'},
    ],
    tooltip: tooltip({formatter: ({dataIndex}) => {
      const {ns: [middle, low, high], noisy} = points[dataIndex];
      return tip(names[dataIndex], [
        [duration(middle) + (noisy ? ' ~' : ''), `${duration(low)} to ${duration(high)}`]]);
    }}),
    series: [
      {type: 'bar', barWidth: 12, emphasis: {disabled: true},
        data: points.map(({allocator, ns: [middle]}) => ({
          value: middle, itemStyle: {color: allocatorColor(data.allocators[allocator])},
        }))},
      ...points.map(({ns: [, low, high]}, index) =>
        whisker([low, index], [high, index], color('muted'))),
    ],
  };
}

function addPrograms(parent, data) {
  const grid = element('div', {className: 'plots'});
  parent.append(grid);
  for (const program of data.programs) {
    addPlot(grid, program.workload, () => 12 + 22 * program.points.length,
        () => programOption(program, data));
  }
}
