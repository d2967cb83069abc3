// Work for node_test.sh: memory outside V8's own heap (buffers, zlib, OpenSSL),
// in the main thread, in worker threads that hand buffers over, and in a child.
// Each line depends on every byte of the job.
'use strict';
const {Worker, isMainThread, parentPort, workerData} = require('worker_threads');
const {execFileSync} = require('child_process');
const crypto = require('crypto');
const fs = require('fs');
const zlib = require('zlib');

const sha = (...parts) => {
  const hash = crypto.createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('hex');
};

function* random(seed) {
  for (let x = seed | 1;;) {
    x ^= x << 13; x ^= x >>> 17; x ^= x << 5;
    yield x >>> 0;
  }
}

function makeBuffers(seed, count) {
  const rng = random(seed);
  const next = (limit) => rng.next().value % limit;
  const kept = [];
  for (let i = 0; i < count; i++) {
    const buffer = Buffer.allocUnsafeSlow(1 + next(next(8) === 0 ? 200000 : 3000));
    for (let at = 0; at < buffer.length; at++) buffer[at] = (at * seed + i) & 0xff;
    kept.push(buffer);
    if (kept.length > 200) kept.splice(next(200), 1);
  }
  return kept;
}

function compress() {
  const text = Buffer.concat(makeBuffers(11, 400));
  const packed = [zlib.gzipSync(text), zlib.brotliCompressSync(text, {
    params: {[zlib.constants.BROTLI_PARAM_QUALITY]: 5},
  })];
  if (!zlib.gunzipSync(packed[0]).equals(text)) throw new Error('gzip');
  if (!zlib.brotliDecompressSync(packed[1]).equals(text)) throw new Error('brotli');
  return sha(...packed);
}

function encrypt() {
  const cipher = crypto.createCipheriv('aes-256-cbc', Buffer.alloc(32, 7), Buffer.alloc(16, 9));
  const parts = makeBuffers(13, 600).map((b) => cipher.update(b));
  return sha(...parts, cipher.final(), crypto.pbkdf2Sync('a', 'b', 2000, 64, 'sha512'));
}

function objects() {
  const map = new Map();
  for (let i = 0; i < 100000; i++) map.set(`key${i * 7919 % 30011}`, {i, text: 'v'.repeat(i % 40)});
  const sorted = [...map].sort(([a], [b]) => (a < b ? -1 : 1));
  return sha(JSON.stringify(JSON.parse(JSON.stringify(sorted))));
}

function files() {
  const parts = makeBuffers(17, 100);
  parts.forEach((b, i) => fs.writeFileSync(`part${i}`, b));
  return sha(...parts.map((_, i) => fs.readFileSync(`part${i}`)));
}

// Each worker answers with buffers it transfers: they are freed in another thread
// than the one that made them.
const workers = (count) => Promise.all([...Array(count).keys()].map((seed) =>
  new Promise((resolve, reject) => {
    const received = [];
    new Worker(__filename, {workerData: {seed: seed + 21}})
        .on('message', (bytes) => received.push(sha(Buffer.from(bytes))))
        .on('error', reject)
        .on('exit', (code) => (code ? reject(new Error(`exit ${code}`)) : resolve(sha(...received))));
  })));

function work() {
  for (const buffer of makeBuffers(workerData.seed, 500)) {
    const bytes = new Uint8Array(zlib.deflateSync(buffer)).buffer;
    parentPort.postMessage(bytes, [bytes]);
  }
}

async function main() {
  for (const job of [compress, encrypt, objects, files]) console.log(job.name, job());
  console.log('workers', sha(...await workers(4)), sha(...await workers(4)));
  console.log('child', sha(execFileSync(process.execPath, ['-e', 'console.log("x".repeat(300000))'])));
}

if (isMainThread) main(); else work();
