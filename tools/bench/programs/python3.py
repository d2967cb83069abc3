"""python3 whose objects are all blocks of malloc's: an operation is the whole.

Takes from: nothing. Gives to: programs.
"""

NEEDS = ('/usr/bin/python3',)
_WORK = '''\
import collections, json, random
from concurrent import futures
rng = random.Random(1)
table = {}
for i in range(120000):
  table.setdefault("key-%d" % rng.randrange(20000), []).append(str(i) * 3)
  if i % 3 == 0:
    table.pop("key-%d" % rng.randrange(20000), None)
text = json.dumps(table)
again = json.loads(text)
words = collections.Counter(text.split('"'))
def blocks(seed):
  rng = random.Random(seed)
  kept = [rng.randbytes(rng.randrange(1, 2000)) for _ in range(3000)]
  rng.shuffle(kept)
  return len(b"".join(kept))
with futures.ThreadPoolExecutor(4) as pool:
  total = sum(pool.map(blocks, range(12)))
assert again == table and words and total
'''


def run(stage):
  work = stage.folder / 'work.py'
  work.write_text(_WORK)
  return stage.command('/usr/bin/python3', '-S', work,
                       more={'PYTHONMALLOC': 'malloc', 'PYTHONHASHSEED': '1'})
