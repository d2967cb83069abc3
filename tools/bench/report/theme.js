// The page's colours as the style sheet has them, dark or light.

const darkScheme = matchMedia('(prefers-color-scheme: dark)');

function color(name) {
  return getComputedStyle(document.documentElement).getPropertyValue('--' + name).trim();
}

function allocatorColor(allocator) {
  return darkScheme.matches ? allocator.dark : allocator.light;
}

function axis(extra) {
  const {axisLabel, splitLine, ...rest} = extra;
  return {
    axisLine: {show: true, lineStyle: {color: color('line')}},
    axisTick: {show: false},
    axisLabel: {color: color('muted'), fontSize: 11, hideOverlap: true, ...axisLabel},
    splitLine: {show: true, lineStyle: {color: color('grid')}, ...splitLine},
    nameTextStyle: {color: color('muted'), fontSize: 11},
    ...rest,
  };
}

// A box of [left, right] pairs; text goes through textContent, never as HTML.
function tip(title, rows) {
  const box = element('div', {className: 'tip'});
  box.append(element('strong', {textContent: title}));
  for (const [left, right] of rows) {
    const row = element('div');
    row.append(element('span', {textContent: left}), element('span', {textContent: right}));
    box.append(row);
  }
  return box;
}

function tooltip(extra) {
  return {
    confine: true,
    backgroundColor: color('panel'),
    borderColor: color('line'),
    textStyle: {color: color('text'), fontSize: 12},
    ...extra,
  };
}
