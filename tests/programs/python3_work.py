"""Work for python3_test.sh: many kinds of objects, threads, processes, files.

Each job returns a text that depends on every byte it made; main prints its hash.
"""
import ast
import collections
import concurrent.futures
import decimal
import gc
import glob
import hashlib
import heapq
import json
import multiprocessing
import os
import pickle
import random
import re
import subprocess
import sys
import zlib


def containers():
  rng = random.Random(1)
  table = {}
  for i in range(60000):
    key = f"key-{rng.randrange(20000)}"
    table.setdefault(key, []).append((i, str(i) * rng.randrange(1, 6)))
    if i % 3 == 0:
      table.pop(f"key-{rng.randrange(20000)}", None)
  words = collections.Counter(len(v) for v in table.values())
  heap = [rng.random() for _ in range(20000)]
  heapq.heapify(heap)
  smallest = [heapq.heappop(heap) for _ in range(5000)]
  return repr((sorted(table.items()), sorted(words.items()), smallest))


def growing_buffers():
  buffer = bytearray()
  pieces = []
  for i in range(4000):
    buffer += bytes([i % 251]) * (i % 700)
    if len(buffer) > 200000:
      pieces.append(hashlib.sha256(buffer).hexdigest())
      del buffer[100:]
  text = ""
  for i in range(20000):
    text += chr(32 + i % 90)
  return "".join(pieces) + text


def serialised():
  rng = random.Random(2)
  data = [{"id": i, "tags": [rng.randrange(99) for _ in range(i % 40)],
           "text": "x\u00e9\u4e2d" * (i % 50)} for i in range(4000)]
  as_json = json.dumps(data)
  as_pickle = pickle.dumps(json.loads(as_json))
  packed = zlib.compress(as_pickle, 9)
  assert pickle.loads(zlib.decompress(packed)) == data
  return as_json + hashlib.sha256(packed).hexdigest()


def syntax_trees():
  """Parses and compiles the standard library's own modules."""
  dumps = []
  for path in sorted(glob.glob(os.path.dirname(os.__file__) + "/[a-d]*.py")):
    with open(path, "rb") as source:
      tree = ast.parse(source.read())
    code = compile(tree, os.path.basename(path), "exec", optimize=0)
    dumps.append(f"{len(ast.dump(tree))} {hashlib.sha256(code.co_code).hexdigest()}")
  return "\n".join(dumps)


def cycles():
  class Node:
    pass
  collected = 0
  for _ in range(20):
    ring = [Node() for _ in range(2000)]
    for i, node in enumerate(ring):
      node.next, node.text = ring[i - 1], "n" * i
    del ring, node
    collected += gc.collect() > 0
  return str(collected)


def expressions_and_numbers():
  text = " ".join(f"user{i}@host{i % 97}.example" for i in range(20000))
  found = re.findall(r"(\w+)@(\w+)\.example", text)
  decimal.getcontext().prec = 2000
  root = decimal.Decimal(2).sqrt()
  return repr(found[::7]) + str(root) + hex(3**40000)


def hashed_in_a_worker(seed):
  rng = random.Random(seed)
  blocks = [rng.randbytes(rng.randrange(1, 5000)) for _ in range(1500)]
  rng.shuffle(blocks)
  return hashlib.sha256(b"".join(blocks)).hexdigest()


def threads():
  with concurrent.futures.ThreadPoolExecutor(8) as pool:
    return "".join(pool.map(hashed_in_a_worker, range(24)))


def processes():
  with multiprocessing.get_context("fork").Pool(3) as pool:
    forked = pool.map(hashed_in_a_worker, range(9))
  child = subprocess.run([sys.executable, "-c", "print(sum(map(len, map(str, range(50000)))))"],
                         capture_output=True, check=True, text=True)
  return "".join(forked) + child.stdout


def main():
  for job in (containers, growing_buffers, serialised, syntax_trees, cycles,
              expressions_and_numbers, threads, processes):
    text = job()
    print(job.__name__, len(text), hashlib.sha256(text.encode()).hexdigest(), flush=True)


if __name__ == "__main__":
  main()
