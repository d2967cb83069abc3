// Draws every part that the run has, and again when the theme changes.

// Rows of one thread count, or all.
function addMatrixChoice(parent, data) {
  const rows = [...document.querySelectorAll('.matrix tr[data-threads]')];
  const counts = [...new Set(rows.map((row) => row.dataset.threads))]
      .sort((a, b) => a - b);
  if (counts.length < 2) return;
  const show = (count) => rows.forEach((row) => {
    row.hidden = count !== 'all' && row.dataset.threads !== count;
    row.closest('table').classList.toggle('one', count !== 'all');
  });
  const bar = element('div', {className: 'choices'});
  parent.append(bar);
  const first = String(data.threads);
  addButtons(bar, 'Threads', [...counts, 'all'], first, String, show);
  show(first);
}

const parts = {matrix: addMatrixChoice, scaling: addScaling, latency: addLatency, locks: addLocks,
  rss: addRss, pareto: addPareto, programs: addPrograms};

// What the page holds is base64 of gzip, a third of the bytes.
function unpack(id) {
  const text = document.getElementById(id).textContent;
  const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
  return new Response(stream).text();
}

function addAll(data) {
  addLegend(document.getElementById('allocators'), data.allocators, data.headroom);
  for (const [name, add] of Object.entries(parts)) {
    const parent = document.querySelector(`div[data-part="${name}"]`);
    if (parent) add(parent, data);
  }
  darkScheme.addEventListener('change', drawAll);
  document.documentElement.dataset.ready = 'yes';
}

Promise.all(['library', 'data'].map(unpack)).then(([library, data]) => {
  document.head.append(element('script', {textContent: library}));
  addAll(JSON.parse(data));
});
