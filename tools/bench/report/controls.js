// Choices of the reader: which cell a part shows, which allocators all show.

const hiddenAllocators = new Set();

const shown = (series) => series.filter((one) => !hiddenAllocators.has(one.allocator));

// Buttons of which one is pressed.
function addButtons(parent, label, values, chosen, show, onChoice) {
  const group = element('div', {className: 'choice'});
  group.setAttribute('role', 'group');
  group.setAttribute('aria-label', label);
  const buttons = values.map((value) => {
    const button = element('button', {type: 'button', textContent: show(value)});
    button.setAttribute('aria-pressed', value === chosen);
    button.addEventListener('click', () => {
      buttons.forEach((one) => one.setAttribute('aria-pressed', one === button));
      onChoice(value);
    });
    return button;
  });
  group.append(...buttons);
  const box = element('label', {textContent: label});
  box.append(group);
  parent.append(box);
}

function addSelect(parent, label, onChange) {
  const box = element('label', {textContent: label});
  const select = element('select');
  box.append(select);
  parent.append(box);
  select.addEventListener('change', onChange);
  return select;
}

function fill(select, values, show) {
  const before = select.value;
  select.replaceChildren(...values.map((value, index) =>
    element('option', {value: String(index), textContent: show(value)})));
  return before;
}

// Chooses one of `cells` by workload and by threads; begins with the first
// workload on `threads`, where it has that. `onChoice` gets the cell.
function addCellChoice(parent, cells, threads, onChoice) {
  const bar = element('div', {className: 'choices'});
  parent.append(bar);
  const workloads = [...new Set(cells.map((cell) => cell.workload))];
  let wanted = threads;
  let counts = [];
  const ofWorkload = () => cells.filter((c) => c.workload === workloads[workloadSelect.value]);
  const choose = () => onChoice(ofWorkload()[threadSelect.value]);
  const fillThreads = () => {
    counts = ofWorkload().map((cell) => cell.threads);
    fill(threadSelect, counts, (count) => count === null ? 'as it starts' : String(count));
    const index = counts.indexOf(wanted);
    threadSelect.value = String(index >= 0 ? index : counts.length - 1);
    threadBox.hidden = counts.length === 1 && counts[0] === null;
  };
  const workloadSelect = addSelect(bar, 'Workload', () => {
    fillThreads();
    choose();
  });
  const threadSelect = addSelect(bar, 'Threads', () => {
    wanted = counts[threadSelect.value];
    choose();
  });
  const threadBox = threadSelect.parentElement;
  fill(workloadSelect, workloads, (name) => name === null ? 'all, geometric mean' : name);
  fillThreads();
  choose();
}

// The legend of the whole page; a press hides an allocator in every plot.
function addLegend(parent, allocators, headroom) {
  allocators.forEach((allocator, index) => {
    const button = element('button', {type: 'button', title: allocator.version});
    const name = element(index === headroom ? 'strong' : 'span', {textContent: allocator.name});
    const symbol = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
    const path = document.createElementNS(symbol.namespaceURI, 'path');
    symbol.setAttribute('viewBox', '0 0 10 10');
    path.setAttribute('d', allocator.symbol);
    symbol.append(path);
    button.append(symbol, name);
    button.setAttribute('aria-pressed', 'true');
    button.addEventListener('click', () => {
      const hide = !hiddenAllocators.has(index);
      hiddenAllocators[hide ? 'add' : 'delete'](index);
      button.setAttribute('aria-pressed', String(!hide));
      drawAll();
    });
    button.style.setProperty('--light', allocator.light);
    button.style.setProperty('--dark', allocator.dark);
    parent.append(button);
  });
}
