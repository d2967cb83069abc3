-- Work for sqlite3_test.sh. Every number comes from the row's own, none by chance.
PRAGMA cache_size = -20000;
PRAGMA threads = 4;
CREATE TABLE customer(id INTEGER PRIMARY KEY, name TEXT, city TEXT, note TEXT);
CREATE TABLE purchase(id INTEGER PRIMARY KEY, customer INT, cents INT, item TEXT, data BLOB);

WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 8000)
INSERT INTO customer
SELECT i, printf('customer %06d', i * 7919 % 100003), 'city ' || (i * 31 % 211),
       replace(printf('%.*c', i % 300, 'x'), 'x', char(97 + i % 26)) FROM n;

WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 120000)
INSERT INTO purchase
SELECT i, i * 104729 % 8000 + 1, i * 7907 % 100000, 'item ' || (i * 13 % 977),
       CASE WHEN i % 50 = 0 THEN zeroblob(i % 3000) ELSE CAST(i * 2654435761 AS BLOB) END FROM n;

CREATE INDEX by_city ON customer(city, name);
CREATE INDEX by_customer ON purchase(customer, cents DESC);
CREATE INDEX by_item ON purchase(item) WHERE cents > 50000;

SELECT city, count(*), sum(cents), max(item)
FROM customer JOIN purchase ON customer.id = purchase.customer
GROUP BY city ORDER BY sum(cents) DESC, city;

SELECT item, group_concat(id, ' ') FROM (SELECT * FROM purchase WHERE cents > 98000 ORDER BY id)
GROUP BY item ORDER BY item;

SELECT customer, cents, rank() OVER (PARTITION BY customer ORDER BY cents DESC, id),
       sum(cents) OVER (PARTITION BY customer ORDER BY id)
FROM purchase WHERE customer < 200 ORDER BY customer, id;

SELECT json_group_array(json_object('name', name, 'note', length(note)))
FROM (SELECT * FROM customer ORDER BY name, id);

BEGIN;
UPDATE customer SET note = note || note || name WHERE id % 3 = 0;
UPDATE purchase SET data = CAST(data || item AS BLOB) WHERE id % 5 = 0;
DELETE FROM purchase WHERE id % 4 = 1;
SAVEPOINT half_way;
DELETE FROM customer;
ROLLBACK TO half_way;
COMMIT;

WITH RECURSIVE hop(id, depth) AS (
  SELECT 1, 0 UNION SELECT (id * 17 + 5) % 8000 + 1, depth + 1 FROM hop WHERE depth < 20000)
SELECT count(*), count(DISTINCT id), sum(id * depth) FROM hop;

SELECT name, length(note), substr(note, -20) FROM customer
WHERE note LIKE '%ccc%' AND name GLOB 'customer 0[0-4]*' ORDER BY note DESC, id;

VACUUM;
PRAGMA integrity_check;
