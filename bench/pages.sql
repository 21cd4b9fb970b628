-- The cost of page 1 and page 10,000 of a million rows, by cursor and by skip.
--
--     psql -X -f bench/pages.sql      on a server with todo_orm installed; needs the right to create databases
--
-- Medians of 21 calls each, in turns; milliseconds on the server, the call's own. It works in a database of its own
-- (todo_bench_pages), which it drops at the start and at the end.
\set ON_ERROR_STOP on
\set QUIET on
DROP DATABASE IF EXISTS todo_bench_pages;
CREATE DATABASE todo_bench_pages;
\c todo_bench_pages
CREATE EXTENSION todo_orm;
SELECT count(*) FROM todo_orm.create_all() \g /dev/null
ALTER TABLE task ADD COLUMN due timestamptz;
CREATE INDEX ON task (user_id, due, id);
SELECT count(*) FROM todo_orm.register_model('task') \g /dev/null
INSERT INTO task (user_id, title, created_at, due)
    SELECT 'ann', 'task ' || i, now() - i * interval '1 minute', CASE WHEN i % 10 < 7 THEN now() + i * interval '1 second' END
      FROM generate_series(1, 1000000) i;
VACUUM (FREEZE, ANALYZE) task;
SET todo_orm.max_take = 1000000;

CREATE TABLE page (sort text, number int, how text, cursor text, skip int);
CREATE TABLE measured (sort text, number int, how text, ms numeric);

-- The cursor that leads to a page: of the page before it.
DO $$
DECLARE
    s text;
    c text;
BEGIN
    FOREACH s IN ARRAY ARRAY['-created_at', 'due'] LOOP
        INSERT INTO page VALUES (s, 1, 'cursor', NULL, 0), (s, 1, 'skip', NULL, 0);
        c := page_tasks('ann', sort => s, take => 50, skip => 9998 * 50) ->> 'next_cursor';
        INSERT INTO page VALUES (s, 10000, 'cursor', c, 0), (s, 10000, 'skip', NULL, 9999 * 50);
    END LOOP;
END $$;

DO $$
DECLARE
    p     record;
    began timestamptz;
BEGIN
    FOR round IN 0..21 LOOP
        FOR p IN SELECT * FROM page LOOP
            began := clock_timestamp();
            PERFORM count(*) FROM list_tasks('ann', sort => p.sort, take => 50, skip => p.skip, cursor => p.cursor);
            IF round > 0 THEN
                INSERT INTO measured VALUES (p.sort, p.number, p.how, extract(epoch FROM clock_timestamp() - began) * 1000);
            END IF;
        END LOOP;
    END LOOP;
END $$;

-- the two ways give the same page
SELECT (SELECT array_agg(id) FROM list_tasks('ann', sort => c.sort, take => 50, cursor => c.cursor))
     = (SELECT array_agg(id) FROM list_tasks('ann', sort => s.sort, take => 50, skip => s.skip)) AS same_page
  FROM page c JOIN page s USING (sort, number) WHERE c.how = 'cursor' AND s.how = 'skip' AND number > 1;

SELECT sort, how,
       round(percentile_cont(0.5) WITHIN GROUP (ORDER BY ms) FILTER (WHERE number = 1)::numeric, 3) AS page_1_ms,
       round(percentile_cont(0.5) WITHIN GROUP (ORDER BY ms) FILTER (WHERE number = 10000)::numeric, 3) AS page_10000_ms
  FROM measured GROUP BY sort, how ORDER BY sort, how;
\c postgres
DROP DATABASE todo_bench_pages;
