// Locks: a heat map of lock x log2 time for each thread count, and counts.

const lockSides = {wait: 'waits', hold: 'holds'};
const fewestColumns = 8;

function lockRange(cells, side) {
  const exponents = cells.flatMap((c) => c.rows.flatMap((row) => row[side].map(([e]) => e)));
  if (!exponents.length) return null;
  const counts = cells.flatMap((c) => c.rows.flatMap((row) => row[side].map(([, n]) => n)));
  const low = Math.min(...exponents);
  return {low, high: Math.max(...exponents, low + fewestColumns - 1), most: Math.max(...counts)};
}

// Estimates how long threads waited in a cell, to begin with the worst.
function waited(cell) {
  return cell.rows.flatMap((row) => row.wait).reduce((sum, [e, count]) => sum + count * 2 ** e, 0);
}

// [[column, row, log10(count), count]] of the squares that are not empty.
function lockSquares(cell, side, range) {
  return cell.rows.flatMap((row, y) =>
    row[side].map(([exponent, count]) => [exponent - range.low, y, Math.log10(count), count]));
}

function lockOption(cell, side, range) {
  const columns = [];
  for (let e = range.low; e <= range.high; ++e) columns.push(duration(2 ** e));
  const rows = cell.rows.map((row) => row.label);
  return {
    grid: {left: 96, right: 10, top: 6, bottom: 40},
    xAxis: axis({type: 'category', data: columns, splitLine: {show: false},
      name: 'from, to twice that', nameLocation: 'middle', nameGap: 22}),
    yAxis: axis({type: 'category', data: rows, inverse: true, splitLine: {show: false},
      axisLabel: {interval: 0, width: 88, overflow: 'truncate'}}),
    visualMap: {show: false, min: 0, max: Math.max(Math.log10(range.most), 1), dimension: 2,
      inRange: {color: [color('heat-low'), color('heat-middle'), color('heat-high')]}},
    tooltip: tooltip({formatter: ({value: [x, y, , count]}) => tip(rows[y], [[
      `${duration(2 ** (x + range.low))} to ${duration(2 ** (x + range.low + 1))}`,
      `${count.toLocaleString('en')} ${lockSides[side]}`,
    ]])}),
    series: [{type: 'heatmap', data: lockSquares(cell, side, range),
      itemStyle: {borderColor: color('ground'), borderWidth: 1}, emphasis: {disabled: true}}],
  };
}

function addTable(parent, head, rows) {
  const table = element('table');
  const top = table.createTHead().insertRow();
  for (const title of head) top.append(element('th', {scope: 'col', textContent: title}));
  const body = table.createTBody();
  for (const [first, ...rest] of rows) {
    const row = body.insertRow();
    row.append(element('th', {scope: 'row', textContent: first}));
    for (const value of rest) row.append(element('td', {textContent: value}));
  }
  const box = element('div', {className: 'wide'});
  box.append(table);
  parent.append(box);
}

// What a plot does not tell: how often each lock was taken, each tier missed.
function addCounts(parent, cells) {
  const count = (value) => value.toLocaleString('en');
  const tables = [
    ['Acquisitions', ['lock × threads', 'acquired', 'contended', 'share'], 'classes',
      (acquired, contended) => percent(contended, acquired)],
    ['Tiers', ['tier × threads', 'hits', 'misses', 'hit rate'], 'tiers',
      (hits, misses) => percent(hits, hits + misses)],
  ];
  parent.replaceChildren();
  for (const [title, head, key, share] of tables) {
    const box = element('div');
    box.append(element('h3', {textContent: title}));
    addTable(box, head, cells.flatMap((cell) => cell[key].map(([name, first, second]) =>
      [`${name} × ${cell.threads}`, count(first), count(second), share(first, second)])));
    parent.append(box);
  }
}

function addRamp(parent) {
  const ramp = element('div', {className: 'ramp'});
  const most = element('b');
  ramp.append('1', element('span'), most);
  parent.append(ramp);
  return (side, range) => {
    ramp.hidden = !range;
    most.textContent = range ? `${quantity(range.most)} ${lockSides[side]} (logarithmic)` : '';
  };
}

function addLocks(parent, data) {
  const workloads = [...new Set(data.locks.map((cell) => cell.workload))];
  const bar = element('div', {className: 'choices'});
  let side = 'wait';
  let charts = [];
  const select = addSelect(bar, 'Workload', () => show());
  fill(select, workloads, String);
  const worst = data.locks.reduce((a, b) => waited(b) > waited(a) ? b : a);
  select.value = String(workloads.indexOf(worst.workload));
  addButtons(bar, 'Show', ['wait', 'hold'], side, (s) => lockSides[s], (s) => {
    side = s;
    show();
  });
  parent.append(bar);
  const setRamp = addRamp(parent);
  const grid = element('div', {className: 'plots large'});
  const none = element('p', {className: 'absent'});
  const counts = element('div', {className: 'counts'});
  parent.append(none, grid, counts);
  const show = () => {
    charts.forEach((chart) => chart.remove());
    const cells = data.locks.filter((cell) => cell.workload === workloads[select.value]);
    const range = lockRange(cells, side);
    none.textContent = range ? '' : `No ${lockSides[side]} in this workload.`;
    setRamp(side, range);
    charts = !range ? [] : cells.filter((cell) => cell.rows.length).map((cell) =>
      addPlot(grid, place(cell.workload, cell.threads), () => 46 + 17 * cell.rows.length,
          () => lockOption(cell, side, range)));
    addCounts(counts, cells);
  };
  show();
}
