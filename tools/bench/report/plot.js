// Plots: each is an element, a height and a function that makes its option anew
// for the theme, the choices and the allocators of the moment.

const plots = [];

function element(tag, properties) {
  return Object.assign(document.createElement(tag), properties);
}

function draw(plot) {
  plot.box.dataset.drawn = 'no';
  plot.box.style.height = plot.height() + 'px';
  plot.chart.resize();
  plot.chart.setOption(
      {animation: false, textStyle: {fontFamily: 'inherit'}, ...plot.option()}, true);
}

// `height` is a number or a function. Returns a function that draws it again.
function addPlot(parent, caption, height, option, className) {
  const figure = element('figure', {className: className || ''});
  const heading = element('figcaption');
  const box = element('div', {className: 'plot'});
  figure.append(heading, box);
  parent.append(figure);
  box.style.height = '100px';
  const chart = echarts.init(box, null, {renderer: 'svg'});
  const plot = {box, chart, option, height: typeof height === 'function' ? height : () => height};
  chart.on('finished', () => { box.dataset.drawn = 'yes'; });
  const redraw = () => {
    heading.textContent = typeof caption === 'function' ? caption() : caption;
    box.setAttribute('role', 'img');
    box.setAttribute('aria-label', heading.textContent);
    draw(plot);
  };
  plots.push(plot);
  const observer = new ResizeObserver(() => {
    if (box.clientWidth !== chart.getWidth()) chart.resize();
  });
  observer.observe(box);
  redraw();
  return {redraw, remove: () => {
    observer.disconnect();
    chart.dispose();
    plots.splice(plots.indexOf(plot), 1);
    figure.remove();
  }};
}

function drawAll() {
  plots.forEach(draw);
}

// The area between low and high; `points` are [x, low, high].
function band(points, fill) {
  return {
    type: 'custom',
    silent: true,
    clip: true,
    tooltip: {show: false},
    data: [points[0].slice(0, 2)],
    renderItem: (_, api) => {
      const lows = points.map(([x, low]) => api.coord([x, low]));
      const highs = points.map(([x, , high]) => api.coord([x, high])).reverse();
      return points.length > 1 ?
          {type: 'polygon', shape: {points: [...lows, ...highs]}, style: {fill, opacity: 0.18}} :
          {type: 'polyline', shape: {points: [...lows, ...highs]},
            style: {stroke: fill, lineWidth: 2, opacity: 0.5, fill: 'none'}};
    },
  };
}

// A thin line from one point to another, in the axes' units.
function whisker(from, to, stroke) {
  return {
    type: 'custom',
    silent: true,
    tooltip: {show: false},
    z: 3,
    data: [from],
    renderItem: (_, api) => ({
      type: 'polyline',
      shape: {points: [api.coord(from), api.coord(to)]},
      style: {stroke, lineWidth: 1.5, fill: 'none'},
    }),
  };
}

// A power of two at or below, or at or above.
const powerBelow = (value) => 2 ** Math.floor(Math.log2(value) + 1e-9);
const powerAbove = (value) => 2 ** Math.ceil(Math.log2(value) - 1e-9);

// A logarithmic axis whose ends are powers of two around the values.
function powerAxis(values, label) {
  const min = powerBelow(Math.min(...values));
  const max = Math.max(powerAbove(Math.max(...values)), min * 2);
  return axis({
    type: 'log', logBase: 2, min, max,
    axisLabel: {formatter: label, showMinLabel: true, showMaxLabel: true},
  });
}

// Rates in a unit in which powers of two are round numbers.
function rateUnit(rates) {
  const most = Math.max(...rates);
  const [scale, suffix] = most >= 4e6 ? [1e6, 'M'] : most >= 4e3 ? [1e3, 'k'] : [1, ''];
  return {of: (rate) => rate / scale, label: (value) => threeDigits(value) + suffix};
}

// One line of an allocator; Headroom's is thicker and on top.
function allocatorLine(allocator, isHeadroom, data, symbols) {
  const stroke = allocatorColor(allocator);
  return {
    name: allocator.name,
    type: 'line',
    data,
    z: isHeadroom ? 5 : 4,
    symbol: symbols ? 'path://' + allocator.symbol : 'none',
    symbolSize: isHeadroom ? 8 : 7,
    lineStyle: {color: stroke, width: isHeadroom ? 3 : 1.6, type: allocator.dashed ? 'dashed' : 'solid'},
    itemStyle: {color: stroke},
    emphasis: {disabled: true},
  };
}
