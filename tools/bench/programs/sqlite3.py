"""sqlite3 builds a database and reads it: an operation is the whole.

Takes from: nothing. Gives to: programs.
"""

NEEDS = ('sqlite3',)
# Every number comes from the row's own, none by chance.
_WORK = '''\
CREATE TABLE person(id INTEGER PRIMARY KEY, name TEXT, town TEXT, note TEXT);
CREATE TABLE sale(id INTEGER PRIMARY KEY, person INT, cents INT, item TEXT);
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)
INSERT INTO person SELECT i, printf('person %06d', i * 7919 % 100003),
  'town ' || (i * 31 % 211), printf('%.*c', i % 300, 'x') FROM n;
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 150000)
INSERT INTO sale SELECT i, i * 104729 % 20000 + 1, i * 7907 % 100000,
  'item ' || (i * 13 % 977) FROM n;
CREATE INDEX by_town ON person(town, name);
CREATE INDEX by_person ON sale(person, cents DESC);
SELECT town, count(*), sum(cents), max(item) FROM person
  JOIN sale ON person.id = sale.person GROUP BY town ORDER BY sum(cents);
SELECT item, group_concat(id, ' ') FROM sale WHERE cents > 90000 GROUP BY item;
SELECT json_group_array(json_object('name', name, 'note', length(note)))
  FROM person;
UPDATE person SET note = note || name WHERE id % 3 = 0;
DELETE FROM sale WHERE id % 4 = 1;
'''


def run(stage):
  work = stage.folder / 'work.sql'
  work.write_text(_WORK)
  return stage.command('sqlite3', '-batch', '-bail', '-init', '/dev/null',
                       ':memory:', '.read %s' % work)
