-- aggregate_…s: groups and measures, held against plain SQL (SPEC 6, 7, 8)
BEGIN;
SELECT * FROM no_plan();
SET LOCAL client_min_messages = warning;
SET LOCAL TimeZone = 'Asia/Tokyo';

\ir include/refuses.psql

CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy');
CREATE DOMAIN cents AS integer CHECK (VALUE >= 0);
CREATE DOMAIN big AS bigint;
CREATE TYPE pair AS (a integer, b text);
CREATE TYPE spots AS (p point);
CREATE TABLE shop (LIKE todo_orm.owned INCLUDING ALL, name text, PRIMARY KEY (user_id, id));
CREATE TABLE sale (
    LIKE todo_orm.owned INCLUDING ALL, LIKE todo_orm.soft_delete INCLUDING ALL,
    product text, code varchar(5), fixed char(4), region text, n integer, small smallint, large bigint, amount numeric, part double precision, half real, price cents, total big, cash money,
    paid boolean, mood mood, due date, at timestamptz, local timestamp, span interval, clock time, ref uuid, host inet, tags text[], nrs integer[], data jsonb, raw json, bytes bytea, pair pair,
    spot point, spots point[], boxed spots, days daterange, words tsvector, page xml, secret integer, shop_id bigint,
    PRIMARY KEY (user_id, id),
    FOREIGN KEY (user_id, shop_id) REFERENCES shop (user_id, id));
SELECT todo_orm.register_model('shop'), todo_orm.register_model('sale', '{"hidden": ["secret"], "scopes": {"paid": {"paid": true}}}') \g /dev/null
INSERT INTO shop (user_id, id, name) VALUES ('ann', 1, 'Otto'), ('bob', 1, 'His');
INSERT INTO sale (user_id, id, product, code, fixed, region, n, small, large, amount, part, half, price, total, cash, paid, mood, due, at, local, span, clock, ref, host, tags, nrs, data, raw, bytes, pair, spot, spots, boxed, days, words, page, secret, shop_id, deleted_at) VALUES
    ('ann', 1, 'milk', 'a', 'x', 'eu', 1, 1, 9007199254740993, 1.50, 0.1, 0.1, 5, 9007199254740993, 1.5, true, 'sad', '2026-01-01', '2026-01-01 00:00+00', '2026-01-01', '1 day', '12:00', '00000000-0000-0000-0000-000000000001', '10.0.0.1', '{a}', '{1}',
     '{"a": 1}', '1', '\x01', '(1,a)', '(1,2)', '{"(1,2)","(3,4)"}', ROW('(1,2)'), '[2026-01-01,2026-01-05)', 'a', NULL, 7, 1, NULL),
    ('ann', 2, 'milk', 'b', 'y', 'eu', 2, 2, 2, 2.5, 0.2, 0.2, 6, 1, 2, false, 'happy', '2026-02-01', '2026-02-01 00:00+00', '2026-02-01', '2 hours', '13:00', '00000000-0000-0000-0000-000000000002', '10.0.0.2', '{b}', '{2}',
     '{"a": 2}', '2', '\x02', '(2,b)', '(1,2)', '{"(1,2)"}', ROW('(2,2)'), '[2026-01-01,2026-01-09)', 'b', NULL, 8, NULL, NULL),
    ('ann', 3, 'bread', 'c', NULL, 'us', NULL, NULL, NULL, NULL, 'NaN', 'Infinity', NULL, NULL, NULL, true, 'sad', NULL, 'infinity', NULL, NULL, NULL, NULL, NULL, '{}', NULL, NULL, NULL, NULL, NULL, NULL, '{"(5,6)"}', NULL, NULL, NULL, NULL, 9, 1, NULL),
    ('ann', 4, NULL, NULL, NULL, NULL, 4, NULL, NULL, 'NaN', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
    ('ann', 5, 'gone', 'z', 'z', 'eu', 100, 100, 100, 100, 100, 100, 100, 100, 100, true, 'ok', '2030-01-01', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 1, NULL, now()),
    ('bob', 1, 'milk', 'a', 'x', 'eu', 1000, 1000, 1000, 1000, 1000, 1000, 1000, 1000, 1000, true, 'ok', '2020-01-01', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 1000, 1, NULL);

----------------------------------------------------------------------
-- the shape of the answer
----------------------------------------------------------------------

SELECT is(aggregate_sales('ann')::text, '[{"count":4}]', 'how many; one object');
SELECT is(aggregate_sales('nobody')::text, '[{"count":0}]', 'none: still one object');
SELECT is(aggregate_sales('nobody', measures => '{"s": {"sum": "n"}, "c": {"count": "n"}, "a": {"avg": "n"}, "m": {"max": "n"}}')::text, '[{"a":null,"c":0,"m":null,"s":null}]', 'of no values: null, and no count');
SELECT is(aggregate_sales('nobody', group_by => '{product}')::text, '[]', 'no groups');
SELECT is(aggregate_sales('ann', group_by => '{product}')::text, '[{"product":"bread","count":1},{"product":"milk","count":2},{"product":null,"count":1}]', 'an object for each group, in the order of the groups; null is the last');
SELECT is(aggregate_sales('ann', group_by => '{region,product}', measures => '{"n": {"sum": "n"}}')::text,
          '[{"region":"eu","product":"milk","n":3},{"region":"us","product":"bread","n":null},{"region":null,"product":null,"n":4}]', 'by two columns, in the order in which they are named');
SELECT is(aggregate_sales('ann', group_by => '{region,product}', measures => '{}')::text, '[{"region":"eu","product":"milk"},{"region":"us","product":"bread"},{"region":null,"product":null}]', 'no measures: the groups alone');
SELECT is(aggregate_sales('ann', measures => '{"all": "count", "some": {"count": "n"}, "quoted \"name\"": {"max": "n"}}')::text, '[{"all":4,"some":3,"quoted \"name\"":4}]', 'measures are called what the caller calls them');
SELECT is(aggregate_sales('ann', NULL, NULL, NULL, NULL)::text, '[{"count":4}]', 'NULL is not given');
SELECT is(aggregate_sales('bob', measures => '{"n": {"sum": "n"}, "c": "count"}')::jsonb, '[{"n": 1000, "c": 1}]', 'each owner has his own');

-- match and scope
SELECT is(aggregate_sales('ann', match::jsonb, scope => scope, measures => '{"n": {"sum": "n"}, "c": "count"}')::jsonb, result::jsonb, format('match %s, scope %s', match, scope))
  FROM (VALUES ('{"region": "eu"}', 'all', '[{"n": 3, "c": 2}]'), ('{"region": "eu"}', 'with_deleted', '[{"n": 103, "c": 3}]'), ('{}', 'deleted', '[{"n": 100, "c": 1}]'), ('{}', 'paid', '[{"n": 1, "c": 2}]'),
               ('{"shop": {"name": "Otto"}}', 'all', '[{"n": 1, "c": 2}]'), ('{"shop": null}', 'all', '[{"n": 6, "c": 2}]'), ('{"user_id": "bob"}', 'all', '[{"n": null, "c": 0}]'), ('{"or": []}', 'all', '[{"n": null, "c": 0}]'),
               ('{"or": [{"user_id": "bob"}, {"not": {"user_id": "ann"}}]}', 'with_deleted', '[{"n": null, "c": 0}]')) AS cases (match, scope, result);

----------------------------------------------------------------------
-- every measure of every type, as plain SQL has it and to_json writes it
----------------------------------------------------------------------

SELECT set_config('timezone', 'UTC', true) \g /dev/null
CREATE FUNCTION pg_temp.plain(measure text, c text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    answer text;
BEGIN
    EXECUTE format('SELECT to_json(%s(%I))::text FROM sale WHERE user_id = ''ann'' AND deleted_at IS NULL', measure, c) INTO answer;
    RETURN format('[{"v":%s}]', coalesce(answer, 'null'));
EXCEPTION WHEN undefined_function OR ambiguous_function THEN
    RETURN '22023 ["measures", "v"]';
END
$$;
CREATE FUNCTION pg_temp.measured(measure text, c text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    RETURN aggregate_sales('ann', measures => jsonb_build_object('v', jsonb_build_object(measure, c)));
EXCEPTION WHEN invalid_parameter_value THEN
    RETURN pg_temp.places(format('SELECT aggregate_sales(''ann'', measures => %L)', jsonb_build_object('v', jsonb_build_object(measure, c))));
END
$$;
SELECT is(pg_temp.measured(m, c), pg_temp.plain(m, c), format('%s of %s', m, c))
  FROM unnest('{count,sum,avg,min,max}'::text[]) m, (SELECT attname::text FROM pg_attribute WHERE attrelid = 'sale'::regclass AND attnum > 0 AND attname NOT IN ('secret')) a (c)
 -- composite types and bytea have min and max since PostgreSQL 18; a time of day is an interval for plain SQL only
 WHERE NOT (c IN ('pair', 'bytes', 'boxed') AND m IN ('min', 'max') OR c = 'clock' AND m IN ('sum', 'avg'));
-- what is refused on purpose, and what must not be
SELECT is(pg_temp.measured(m, c), '22023 ["measures", "v"]', format('no %s of %s', m, c)) FROM (VALUES ('sum', 'product'), ('avg', 'due'), ('sum', 'paid'), ('min', 'paid'), ('min', 'data'), ('max', 'spot'), ('min', 'spots'), ('sum', 'tags'), ('min', 'raw'), ('max', 'boxed'), ('sum', 'clock')) AS v (m, c);
SELECT is(pg_temp.measured(m, c), v, format('%s of %s', m, c))
  FROM (VALUES ('sum', 'large', '[{"v":9007199254740995}]'), ('max', 'mood', '[{"v":"happy"}]'), ('max', 'at', '[{"v":"infinity"}]'), ('min', 'at', '[{"v":"2026-01-01T00:00:00+00:00"}]'), ('sum', 'amount', '[{"v":"NaN"}]'),
               ('max', 'half', '[{"v":"Infinity"}]'), ('sum', 'span', '[{"v":"1 day 02:00:00"}]'), ('sum', 'price', '[{"v":11}]'), ('min', 'tags', '[{"v":[]}]'), ('max', 'total', '[{"v":9007199254740993}]'), ('count', 'spot', '[{"v":2}]')) AS v (m, c, v);

-- groups of every type that has an order
CREATE FUNCTION pg_temp.plain_groups(c text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    answer text;
BEGIN
    EXECUTE format('SELECT string_agg(format(''{"%s":%%s,"count":%%s}'', v, n), '','' ORDER BY o) FROM (SELECT coalesce(to_json(%I)::text, ''null'') AS v, count(*) AS n, row_number() OVER (ORDER BY %2$I) AS o
                      FROM sale WHERE user_id = ''ann'' AND deleted_at IS NULL GROUP BY %2$I) g', c, c) INTO answer;
    RETURN '[' || answer || ']';
EXCEPTION WHEN undefined_function THEN
    RETURN format('22023 ["group_by", "%s"]', c);
END
$$;
CREATE FUNCTION pg_temp.groups(c text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    RETURN aggregate_sales('ann', group_by => ARRAY[c]);
EXCEPTION WHEN invalid_parameter_value THEN
    RETURN pg_temp.places(format('SELECT aggregate_sales(''ann'', group_by => ARRAY[%L])', c));
END
$$;
SELECT is(pg_temp.groups(c), pg_temp.plain_groups(c), 'by ' || c) FROM (SELECT attname::text FROM pg_attribute WHERE attrelid = 'sale'::regclass AND attnum > 0 AND attname NOT IN ('secret')) a (c);
SELECT is(pg_temp.groups(c), format('22023 ["group_by", "%s"]', c), 'no groups by ' || c) FROM unnest('{raw,spot,spots,boxed,page}'::text[]) c;
-- times in UTC, whatever the session's
SET LOCAL TimeZone = 'Asia/Tokyo';
SELECT is(pg_temp.measured('min', 'at'), '[{"v":"2026-01-01T00:00:00+00:00"}]', 'times are in UTC: a measure');
SELECT matches(pg_temp.groups('at'), '^\[\{"at":"2026-01-01T00:00:00\+00:00"', 'a group');
SELECT is(current_setting('TimeZone'), 'Asia/Tokyo', 'the session''s time zone is its own again');
-- big numbers as strings
SET LOCAL todo_orm.json_bigint = 'string';
SELECT is(aggregate_sales('ann', group_by => '{large}', measures => '{"c": "count", "m": {"max": "large"}, "s": {"sum": "n"}, "t": {"min": "total"}, "n": {"max": "n"}, "d": {"sum": "large"}}')::jsonb -> 0 #>> '{}',
          '{"c": "1", "d": 2, "m": "2", "n": 2, "s": "2", "t": "1", "large": "2"}', 'json_bigint = string: what is a bigint is a string');
RESET todo_orm.json_bigint;

----------------------------------------------------------------------
-- refused
----------------------------------------------------------------------

SELECT pg_temp.refuses($$ SELECT aggregate_sales('ann', group_by => '{nope,product,secret,product,raw}', measures => '{"a": {"sum": "nope"}, "b": {"median": "n"}, "c": 7, "d": {"sum": "product"}, "e": {"min": "secret"}}') $$, '22023',
    '[{"loc": ["group_by", "nope"], "type": "unexpected", "msg": "no column of \"sale\"", "input": null}, {"loc": ["group_by", "secret"], "type": "unexpected", "msg": "no column of \"sale\"", "input": null},
      {"loc": ["group_by", "product"], "type": "duplicate", "msg": "the name is taken", "input": null}, {"loc": ["group_by", "raw"], "type": "operator", "msg": "type json cannot be grouped", "input": null},
      {"loc": ["measures", "nope"], "type": "unexpected", "msg": "no column of \"sale\"", "input": null}, {"loc": ["measures", "b"], "type": "value", "msg": "write \"count\", or {\"count\" | \"sum\" | \"avg\" | \"min\" | \"max\": \"column\"}", "input": null},
      {"loc": ["measures", "c"], "type": "value", "msg": "write \"count\", or {\"count\" | \"sum\" | \"avg\" | \"min\" | \"max\": \"column\"}", "input": null},
      {"loc": ["measures", "d"], "type": "operator", "msg": "sum does not apply to type text", "input": null}, {"loc": ["measures", "secret"], "type": "unexpected", "msg": "no column of \"sale\"", "input": null}]', 'every mistake, with its place');
SELECT is(left(pg_temp.places(format('SELECT aggregate_sales(''ann'', %s)', args)), 5), '22023', 'refused: ' || left(args, 70))
  FROM unnest(ARRAY[$$group_by => '{""}'$$, $$group_by => '{NULL}'$$, $$group_by => '{Product}'$$, $$group_by => '{shop.name}'$$, $$group_by => '{shop}'$$, $$group_by => '{ctid}'$$, $$group_by => '{1}'$$, $$group_by => '{"lower(product)"}'$$,
                    $$group_by => '{count}', measures => '{"count": "count"}'$$, $$group_by => '{n}', measures => '{"n": "count"}'$$, $$measures => '{}'$$, $$measures => '[]'$$, $$measures => '7'$$, $$measures => 'null'$$, $$measures => '{"x": {}}'$$,
                    $$measures => '{"x": {"sum": "n", "max": "n"}}'$$, $$measures => '{"x": {"sum": ["n"]}}'$$, $$measures => '{"x": {"sum": null}}'$$, $$measures => '{"x": {"SUM": "n"}}'$$, $$measures => '{"x": "sum"}'$$, $$measures => '{"x": null}'$$,
                    $$measures => '{"x": {"count": "*"}}'$$, $$measures => '{"x": {"sum": "n) FROM sale --"}}'$$, $$measures => '{"x": {"pg_sleep": "n"}}'$$, $$'{"nope": 1}'$$, $$'{"secret": 7}'$$, $$'[]'$$,
                    $$group_by => ARRAY(SELECT 'n' FROM generate_series(1, 17))$$, $$measures => (SELECT jsonb_object_agg('m' || i, 'count') FROM generate_series(1, 65) i)$$, $$group_by => (SELECT array_agg('x'::text) FROM generate_series(1, 100000))$$]) args;
SELECT throws_ok($$ SELECT aggregate_sales('ann', scope => 'nope') $$, '22023', NULL, 'an unknown scope');
SELECT is((SELECT count(*) FROM jsonb_object_keys((aggregate_sales('ann', measures => (SELECT jsonb_object_agg('m' || i, 'count') FROM generate_series(1, 64) i)) -> 0)::jsonb)), 64::bigint, 'sixty-four measures');
SELECT throws_ok($$ SELECT aggregate_sales(NULL) $$, '22004', NULL, 'no owner');
SELECT throws_ok($$ SELECT aggregate_sales('') $$, '22004', NULL, 'an empty one');
CREATE FUNCTION pg_temp.error_text(call text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    message text; detail text; hint text;
BEGIN
    EXECUTE call;
    RETURN 'no error';
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
    RETURN concat_ws(E'\n', message, detail, hint);
END
$$;
SELECT doesnt_match(pg_temp.error_text($$ SELECT aggregate_sales('ann', group_by => '{nope}') $$), 'secret', 'no word of a hidden column');
SELECT is(replace(pg_temp.error_text($$ SELECT aggregate_sales('ann', measures => '{"x": {"sum": "secret"}}') $$), 'secret', 'nope'), pg_temp.error_text($$ SELECT aggregate_sales('ann', measures => '{"x": {"sum": "nope"}}') $$), 'a hidden one is told from a missing one by nothing');

-- more groups than one page may hold
SET LOCAL todo_orm.max_take = 3;
SELECT is(json_array_length(aggregate_sales('ann', group_by => '{product}')), 3, 'as many groups as max_take');
SELECT throws_ok($$ SELECT aggregate_sales('ann', group_by => '{id}') $$, '22023', NULL, 'one more is refused');
SELECT is(aggregate_sales('ann')::text, '[{"count":4}]', 'however many rows there are');
RESET todo_orm.max_take;

----------------------------------------------------------------------
-- other owners and keys, names that need quoting, views, volatility
----------------------------------------------------------------------

CREATE TABLE "odd Sales" ("own er" uuid, "k""ey" integer, "A b" integer, "count" integer, PRIMARY KEY ("own er", "k""ey"));
CREATE TABLE country (code char(2) PRIMARY KEY, continent text);
CREATE VIEW best AS SELECT user_id, product, sum(n) AS n FROM sale WHERE deleted_at IS NULL GROUP BY 1, 2;
SELECT todo_orm.register_model('"odd Sales"', '{"owner": "own er", "name": "odd", "plural": "odds"}'), todo_orm.register_model('country', '{"owner": null, "plural": "countries"}'),
       todo_orm.register_model('best', '{"key": ["product"], "plural": "bests"}') \g /dev/null
INSERT INTO "odd Sales" VALUES ('00000000-0000-0000-0000-000000000001', 1, 5, 7), ('00000000-0000-0000-0000-000000000001', 2, 5, NULL), ('00000000-0000-0000-0000-000000000002', 1, 9, 9);
INSERT INTO country VALUES ('de', 'eu'), ('fr', 'eu'), ('jp', 'asia');
SELECT is(aggregate_odds('00000000-0000-0000-0000-000000000001', group_by => '{"A b"}', measures => '{"k\"s": {"sum": "k\"ey"}, "c": {"count": "count"}}')::jsonb, '[{"A b": 5, "k\"s": 3, "c": 1}]', 'names that need quoting');
SELECT is(aggregate_countries(group_by => '{continent}')::text, '[{"continent":"asia","count":1},{"continent":"eu","count":2}]', 'a model without owner');
SELECT is(aggregate_bests('ann', '{"n": {"gt": 0}}', measures => '{"n": {"sum": "n"}}')::text, '[{"n":7}]', 'a view');
SELECT is(aggregate_bests('bob', measures => '{"n": {"sum": "n"}}')::text, '[{"n":1000}]', 'of each owner');
SELECT is((SELECT concat_ws(' ', provolatile, prosecdef, proretset, prorettype::regtype) FROM pg_proc WHERE proname = 'aggregate_sales'), 's t f json', 'it only reads, and says so');
SELECT is(has_function_privilege('public', (SELECT oid FROM pg_proc WHERE proname = 'aggregate_sales'), 'EXECUTE'), false, 'and is nobody''s who has not been granted it');
SELECT set_config('todo_orm.user_id', 'bob', true) \g /dev/null
SELECT throws_ok($$ SELECT aggregate_sales('ann') $$, '42501', NULL, 'signed in as Bob');
SELECT is(aggregate_sales('bob')::text, '[{"count":1}]', 'who may ask of his own');

SELECT * FROM finish();
ROLLBACK;
