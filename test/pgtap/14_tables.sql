-- Every kind of table is a model: partitioned, inheriting, foreign, of any name
-- and width, with any key, with triggers, rules and constraints of its own
-- (SPEC 5, 6, 7).

-- A foreign table leads back here, on a connection of its own: it sees only what was committed.
CREATE EXTENSION postgres_fdw;
CREATE SCHEMA regress_far
    CREATE TABLE parcel (id integer, user_id text NOT NULL, label text NOT NULL CHECK (label <> ''), weight numeric(6,2), PRIMARY KEY (user_id, id));
SELECT format('CREATE SERVER regress_loop FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host %L, port %L, dbname %L)',
              split_part(current_setting('unix_socket_directories'), ',', 1), current_setting('port'), current_database()) \gexec
SELECT format('CREATE USER MAPPING FOR CURRENT_USER SERVER regress_loop OPTIONS (user %L)', current_user) \gexec

BEGIN;
SELECT * FROM no_plan();
SET LOCAL timezone = 'UTC';
SET LOCAL client_min_messages = warning;
CREATE SCHEMA regress_tables;
SET LOCAL search_path = regress_tables, tap;
\ir include/every_function.psql
\ir include/refuses.psql

-- SQLSTATE, message, detail and hint of a call that must fail.
CREATE FUNCTION pg_temp.texts(call text) RETURNS text[] LANGUAGE plpgsql AS $$
DECLARE
    message text; detail text; hint text;
BEGIN
    EXECUTE call;
    RETURN '{no error}';
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
    RETURN ARRAY[SQLSTATE, message, detail, hint];
END
$$;
-- The names of the functions of a model.
CREATE FUNCTION pg_temp.names(relation regclass) RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(p.proname, ',' ORDER BY p.proname COLLATE "C") FROM todo_orm.functions f JOIN pg_proc p ON p.oid = f.function WHERE f.model = relation
$$;

----------------------------------------------------------------------
-- partitioned
----------------------------------------------------------------------

-- by owner, and one part of it again by hash
CREATE TABLE visit (
    LIKE todo_orm.owned INCLUDING ALL, LIKE todo_orm.timestamps INCLUDING ALL, LIKE todo_orm.soft_delete INCLUDING ALL, LIKE todo_orm.versioned INCLUDING ALL,
    place text NOT NULL CHECK (place <> ''), code text, secret float CHECK (secret > random() - 2), before_id bigint,
    PRIMARY KEY (user_id, id), UNIQUE (user_id, code), FOREIGN KEY (user_id, before_id) REFERENCES visit
) PARTITION BY LIST (user_id);
CREATE TABLE visit_ann PARTITION OF visit FOR VALUES IN ('ann');
CREATE TABLE visit_rest PARTITION OF visit FOR VALUES IN ('bob', 'cid') PARTITION BY HASH (user_id);
CREATE TABLE visit_rest_0 PARTITION OF visit_rest FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE visit_rest_1 PARTITION OF visit_rest FOR VALUES WITH (MODULUS 2, REMAINDER 1);
SELECT count(*) FROM todo_orm.register_model('visit', '{"hidden": ["secret"]}') \g /dev/null
SELECT count(*) FROM create_visits('ann', '[{"place": "Rome", "code": "r"}, {"place": "Oslo"}, {"place": "Bern"}]') \g /dev/null
SELECT create_visit('ann', 'Rome again', before_id => 1), create_visit('bob', 'Rome', code => 'r'), soft_delete_visit('ann', 3) \g /dev/null
SELECT pg_temp.every_function('visit', '''ann''', '''bob''');
SELECT is((SELECT array_agg(DISTINCT tableoid::regclass::text) FROM visit WHERE user_id = 'ann'), '{visit_ann}', 'by owner: his rows are in his partition');
SELECT is(pg_temp.places(call), want, 'by owner: ' || what) FROM (VALUES
    ($$ SELECT create_visit('ann', 'x', code => 'r') $$, '23505 ["code"]', 'a unique key, though the partition''s index has another name'),
    ($$ SELECT create_visit('bob', 'x', code => 'r') $$, '23505 ["code"]', 'a unique key in a partition of a partition'),
    ($$ SELECT update_visit('ann', 2, '{"code": "r"}') $$, '23505 ["code"]', 'a unique key in an update'),
    ($$ SELECT create_visit('bob', '') $$, '22023 ["place"]', 'a CHECK'),
    ($$ SELECT create_visit('bob', 'x', secret => -9) $$, '22023 []', 'a CHECK that only PostgreSQL can decide, on a hidden column'),
    ($$ SELECT create_visit('bob', 'x', before_id => 1) $$, '23503 ["before_id"]', 'a reference into another''s partition'),
    ($$ SELECT create_visit('dan', 'x') $$, '22023 []', 'no partition for him')) v(call, want, what);

-- by a column that changes: no primary key can hold then, so the key is named
CREATE TABLE job (LIKE todo_orm.owned INCLUDING ALL, LIKE todo_orm.timestamps INCLUDING ALL, state text NOT NULL DEFAULT 'new', n integer) PARTITION BY LIST (state);
CREATE TABLE job_new PARTITION OF job FOR VALUES IN ('new');
CREATE TABLE job_done PARTITION OF job FOR VALUES IN ('done');
SELECT throws_ok($$ SELECT todo_orm.register_model('job') $$, '22023', NULL, 'by state: without primary key the key must be named');
SELECT count(*) FROM todo_orm.register_model('job', '{"key": ["id"]}') \g /dev/null
SELECT count(*) FROM create_jobs('ann', '[{"n": 1}, {"n": 2, "state": "done"}, {"n": 3}]') \g /dev/null
SELECT create_job('bob') \g /dev/null
SELECT pg_temp.every_function('job', '''ann''', '''bob''');
SELECT is((SELECT string_agg(id || ' ' || tableoid::regclass, ',' ORDER BY id) FROM job), '1 job_new,2 job_done,3 job_new,4 job_new', 'by state: each row is in its partition');
SELECT is((SELECT (id, state, updated_at)::text FROM update_job('ann', 1, '{"state": "done"}')), (1, 'done', now())::text, 'by state: an update moves a row');
SELECT is((SELECT tableoid::regclass::text FROM job WHERE id = 1), 'job_done', 'by state: to the other partition');
SELECT is((SELECT state FROM get_job('ann', 1)), 'done', 'by state: where it is found');
SELECT is(pg_temp.places($$ SELECT update_job('ann', 1, '{"state": "lost"}') $$), '22023 []', 'by state: no partition for it');
CREATE TABLE job_lost PARTITION OF job FOR VALUES IN ('lost');
SELECT is((SELECT state FROM update_job('ann', 1, '{"state": "lost"}')), 'lost', 'by state: a partition that came later');
ALTER TABLE job DETACH PARTITION job_lost;
SELECT is_empty($$ SELECT * FROM get_job('ann', 1) $$, 'by state: a detached partition is no longer part of it');

-- by a range, in the key; and a partition alone
CREATE TABLE reading (user_id text NOT NULL, id integer NOT NULL, day date NOT NULL, note text, PRIMARY KEY (user_id, id, day)) PARTITION BY RANGE (day);
CREATE TABLE reading_2024 PARTITION OF reading FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE TABLE reading_rest PARTITION OF reading DEFAULT;
SELECT count(*) FROM unnest('{reading,reading_2024}'::regclass[]) t, todo_orm.register_model(t) \g /dev/null
SELECT create_reading('ann', 1, '2024-05-05'), create_reading('ann', 1, '2025-05-05'), create_reading('bob', 1, '2024-01-01') \g /dev/null
SELECT pg_temp.every_function('reading', '''ann''', '''bob''');
SELECT is((SELECT array_agg(day::text) FROM list_reading_2024s('ann')), '{2024-05-05}', 'by range: a partition is a model too');
SELECT is(pg_temp.places($$ SELECT create_reading_2024('ann', 2, '2025-05-05', 'hush') $$), '22023 []', 'by range: which takes its own rows only');
SELECT unalike(pg_temp.texts($$ SELECT create_reading_2024('ann', 2, '2025-05-05', 'hush') $$)::text, '%hush%', 'by range: and shows none in an error');

----------------------------------------------------------------------
-- inheriting, unlogged, temporary, foreign; and what is no table
----------------------------------------------------------------------

CREATE TABLE vehicle (LIKE todo_orm.owned INCLUDING ALL, LIKE todo_orm.timestamps INCLUDING ALL, plate text NOT NULL, PRIMARY KEY (user_id, id));
CREATE TABLE truck (load integer CHECK (load > 0), PRIMARY KEY (user_id, id)) INHERITS (vehicle);
CREATE UNLOGGED TABLE draft (LIKE todo_orm.owned INCLUDING ALL, body text, PRIMARY KEY (user_id, id));
CREATE TEMP TABLE scratch (LIKE todo_orm.owned INCLUDING ALL, body text, PRIMARY KEY (user_id, id));
CREATE FOREIGN TABLE parcel (id integer NOT NULL, user_id text NOT NULL, label text NOT NULL, weight numeric(6,2)) SERVER regress_loop OPTIONS (schema_name 'regress_far');
SELECT count(*) FROM (VALUES ('vehicle', '{}'), ('truck', '{}'), ('draft', '{}'), ('scratch', '{"schema": "regress_tables"}'), ('parcel', '{"key": ["id"]}')) v(t, o),
                     todo_orm.register_model(t::regclass, o::jsonb) \g /dev/null
SELECT create_vehicle('ann', 'a-1'), create_vehicle('bob', 'b-1'), create_truck('ann', 11, 'a-11', 5), create_truck('bob', 12, 'b-12', 6), create_draft('ann', 'x'), create_draft('bob', 'x'),
       create_scratch('ann', 'x'), create_scratch('bob', 'x'), create_parcel('ann', 1, 'one', 1.5), create_parcel('ann', 2, 'two'), create_parcel('bob', 1, 'his') \g /dev/null
SELECT pg_temp.every_function(t, '''ann''', '''bob''') FROM unnest('{vehicle,truck,draft,scratch,parcel}'::regclass[]) t;
SELECT is((SELECT array_agg(plate ORDER BY plate) FROM list_vehicles('ann')), '{a-1,a-11}', 'inheritance: the parent lists the child''s rows too');
SELECT is((SELECT plate FROM update_vehicle('ann', 11, '{"plate": "new"}')), 'new', 'inheritance: the parent changes the child''s row');
SELECT is((SELECT (plate, load)::text FROM get_truck('ann', 11)), '(new,5)', 'inheritance: which the child sees');
SELECT is(pg_temp.places($$ SELECT create_truck('ann', 13, 'x', 0) $$), '22023 ["load"]', 'inheritance: a CHECK of the child');
SELECT is(delete_vehicle('ann', 11), true, 'inheritance: the parent deletes the child''s row');
SELECT is_empty($$ SELECT FROM truck WHERE user_id = 'ann' $$, 'inheritance: it is gone');
SELECT is((SELECT weight FROM update_parcel('ann', 1, '{"weight": 2.345}')), 2.35, 'foreign: the scale of the column');
SELECT is(pg_temp.places($$ SELECT create_parcel('ann', 1, 'again') $$), '23505 []', 'foreign: a key that is taken over there');
SELECT is(pg_temp.places($$ SELECT create_parcel('ann', 3, '') $$), '22023 []', 'foreign: a CHECK over there');
SELECT unalike(pg_temp.texts($$ SELECT create_parcel('ann', 3, '', 4711) $$)::text, '%4711%', 'foreign: which shows no row');
SELECT throws_ok($$ SELECT create_parcels('ann', '[{"id": 4, "label": "x"}, {"id": 1, "label": "x"}]') $$, '23505', NULL, 'foreign: all or nothing');
SELECT is(count_parcels('ann'), 2::bigint, 'foreign: nothing');

CREATE EXTENSION file_fdw SCHEMA regress_tables;
CREATE SERVER regress_files FOREIGN DATA WRAPPER file_fdw;
CREATE FOREIGN TABLE price (id integer NOT NULL, user_id text NOT NULL, what text) SERVER regress_files OPTIONS (program $$printf '1,ann,apple\n2,ann,pear\n3,bob,plum\n'$$, format 'csv');
SELECT throws_ok($$ SELECT todo_orm.register_model('price') $$, '22023', NULL, 'foreign: it has no primary key, so the key must be named');
SELECT count(*) FROM todo_orm.register_model('price', '{"key": ["id"], "sort": "-what"}') \g /dev/null
SELECT is(pg_temp.names('price'), 'aggregate_prices,count_prices,find_prices,first_price,get_price,list_prices,load_price,load_prices,one_price,page_prices', 'a file: reads only, as nothing can be written');
SELECT is((SELECT array_agg(what) FROM list_prices('ann')), '{pear,apple}', 'a file: list');
SELECT is((SELECT array_agg(what) FROM find_prices('ann', '{3,2,1}')), '{pear,apple}', 'a file: find, but not another''s');

CREATE SEQUENCE counter;
CREATE TYPE pair AS (user_id text, id integer);
SELECT throws_ok(format('SELECT todo_orm.register_model(%L, ''{"owner": null, "key": ["id"]}'')', what), '42809', NULL, what || ' is no table') FROM unnest('{counter,pair,draft_pkey}'::text[]) what;
SELECT throws_ok($$ SELECT todo_orm.register_model('pg_class', '{"owner": null}') $$, '42809', NULL, 'a system catalog is refused');
SELECT is(to_regproc('pg_catalog.get_pg_class'), NULL, 'and nothing was made beside it');

----------------------------------------------------------------------
-- names, and how many columns
----------------------------------------------------------------------

CREATE SCHEMA "regress ""odd"" \ %s 'é' 名";
\set name 'a table\'s name, "quoted", \\ %s, ü, that is sixty-three bytes l'
\set long 'a name that is as long as PostgreSQL allows, the first such one'
\set same 'a name that is as long as PostgreSQL allows, the second of them'
SELECT is(ARRAY[octet_length(:'name'), octet_length(:'long'), octet_length(:'same')], '{63,63,63}', 'sixty-three bytes');
SET LOCAL search_path = "regress ""odd"" \ %s 'é' 名", tap;
CREATE TABLE :"name" (
    "User Id" text NOT NULL, "key ""of"" %d '\'" bigint GENERATED BY DEFAULT AS IDENTITY, :"long" text NOT NULL CHECK (:"long" <> ''), :"same" text DEFAULT 'x',
    "select" integer, "User Id " text, "100%" numeric, items integer, "'; DROP TABLE x; --" text, "\" text, """" text, "$1" integer, c3 integer, "名前" text,
    PRIMARY KEY ("User Id", "key ""of"" %d '\'"), UNIQUE ("User Id", "100%")
);
SELECT count(*) FROM todo_orm.register_model(quote_ident(:'name')::regclass, '{"owner": "User Id"}') \g /dev/null
SELECT is((SELECT count(*) FROM todo_orm.functions f JOIN pg_proc p ON p.oid = f.function WHERE f.model = quote_ident(:'name')::regclass AND octet_length(p.proname) = 63
              AND p.proname ~ '^(create|upsert|get|find|list|page|count|first|one|aggregate|update|patch|delete)_a table'), 16::bigint, 'odd names: the functions'' names are shortened, their prefixes are not');
SELECT function::regproc AS one FROM todo_orm.functions WHERE operation = 'create' AND model = quote_ident(:'name')::regclass \gset
SELECT function::regproc AS many FROM todo_orm.functions WHERE operation = 'create_many' AND model = quote_ident(:'name')::regclass \gset
SELECT is((SELECT to_jsonb(r) - 'User Id' FROM :one('ann', 'x', "select" => 4, "100%" => 5, "'; DROP TABLE x; --" => 'z', "\" => 'b\b', """" => 'q"', "$1" => 6, "名前" => '値') r),
          jsonb_build_object('key "of" %d ''\''', 1, :'long', 'x', :'same', 'x', 'select', 4, 'User Id ', NULL, '100%', 5, 'items', NULL, '''; DROP TABLE x; --', 'z', '\', 'b\b', '"', 'q"',
                             '$1', 6, 'c3', NULL, '名前', '値'), 'odd names: as arguments');
SELECT count(*) FROM :many('ann', jsonb_build_array(jsonb_build_object(:'long', 'a%s', '名前', '%d \ "'), jsonb_build_object(:'long', '$2', '"', '\'))), :one('bob', 'y') \g /dev/null
SELECT pg_temp.every_function(quote_ident(:'name')::regclass, '''ann''', '''bob''');
SELECT is(pg_temp.places(format('SELECT %s(''ann'', %L)', :'many', jsonb_build_object(:'long', '', '名', '%s', '100%', 'x'))), format('22023 ["100%%"] ["%s"] ["名"]', :'long'), 'odd names: in errors');
SELECT is(pg_temp.places(format('SELECT %s(''ann'', ''x'', "100%%" => 5)', :'one')), '23505 ["100%"]', 'odd names: in an error of PostgreSQL''s own');
ALTER TABLE :"name" DROP COLUMN "select";
SELECT t[1] AS state, substring(t[4] FROM 'SELECT todo_orm.*') AS mend FROM pg_temp.texts(format('SELECT %s(''ann'', ''x'')', :'one')) t \gset
SELECT is(:'state'::text, '55000', 'odd names: a column of the signature is gone');
SELECT lives_ok(:'mend', 'odd names: in the call that mends it');
SELECT is((SELECT "名前" FROM :one('ann', 'x', "名前" => 'after')), 'after', 'a column dropped in the middle');
SET LOCAL search_path = regress_tables, tap;

-- one column to sixteen hundred
CREATE TABLE member (user_id text PRIMARY KEY);
CREATE TABLE ticket (id integer GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY);
SELECT format('CREATE TABLE w%s (id integer GENERATED BY DEFAULT AS IDENTITY, user_id text NOT NULL, %s, PRIMARY KEY (user_id, id))', w, string_agg(format('c%s integer', n), ', '))
  FROM unnest('{99,100,101,1598}'::int[]) w, generate_series(1, w) n GROUP BY w \gexec
SELECT format('CREATE TABLE f%s (%s, PRIMARY KEY (c1))', w, string_agg(format('c%s integer', n), ', ')) FROM unnest('{99,100}'::int[]) w, generate_series(1, w) n GROUP BY w \gexec
SELECT count(*) FROM unnest('{member,w99,w100,w101,w1598}'::regclass[]) t, todo_orm.register_model(t) \g /dev/null
SELECT count(*) FROM unnest('{ticket,f99,f100}'::regclass[]) t, todo_orm.register_model(t, '{"owner": null}') \g /dev/null
SELECT is(pg_temp.names('member'), 'aggregate_members,count_members,create_member,create_members,delete_member,first_member,get_member,list_members,load_member,load_members,one_member,page_members,upsert_member,validate_member', 'one column, the owner: nothing to update, nothing to find by');
SELECT count(*) FROM create_member('ann'), create_members('bob', '{}') \g /dev/null
SELECT pg_temp.every_function('member', '''ann''', '''bob''');
SELECT throws_ok($$ SELECT create_members('cid', '[{}, {}]') $$, '23505', NULL, 'one column, the owner: once');
SELECT is((SELECT array_agg(id) FROM create_tickets('[{}, {}]')), '{1,2}', 'one column, no owner: two empty objects');
SELECT is((SELECT id FROM create_ticket()), 3, 'one column, no owner: a function without arguments');
SELECT is(delete_ticket(2), true, 'one column, no owner: delete');
SELECT is((SELECT array_agg(id) FROM list_tickets()), '{1,3}', 'one column, no owner: list');
SELECT is((SELECT format('%s %s', pronargs, proargnames[pronargs]) FROM pg_proc WHERE oid = f::regproc), want, f || ': up to 99 writable columns are an argument each, more are one item')
  FROM (VALUES ('create_w99', '100 c99'), ('create_w100', '2 item'), ('create_w101', '2 item'), ('create_w1598', '2 item'), ('create_f99', '99 c99'), ('create_f100', '1 item')) v(f, want);
SELECT is(ARRAY[(create_w99('ann', c99 => 7)).c99, (create_w100('ann', '{"c100": 8}')).c100, (create_w101('ann', '{"c101": 9}')).c101, (create_f100('{"c1": 1, "c100": 10}')).c100], '{7,8,9,10}',
          'up to 99 writable columns, and more: the last one');

SELECT jsonb_object_agg('c' || n, n) AS item, jsonb_object_agg('c' || n, -n) AS patch FROM generate_series(1, 1598) n \gset
CREATE FUNCTION pg_temp.written(w1598) RETURNS jsonb LANGUAGE sql AS $$ SELECT to_jsonb($1) - '{id,user_id}'::text[] $$;
SELECT ok((SELECT pg_temp.written(r) = :'item' FROM create_w1598('ann', :'item') r), '1600 columns: create');
SELECT is((SELECT array_agg(c1598) FROM create_w1598s('ann', format('[%s, {}, %1$s]', :'item')::jsonb)), '{1598,NULL,1598}', '1600 columns: create several');
SELECT ok((SELECT pg_temp.written(r) = :'item' FROM get_w1598('ann', 1) r), '1600 columns: get');
SELECT is((SELECT array_agg(id) FROM find_w1598s('ann', '{4,2,9}')), '{4,2}', '1600 columns: find');
SELECT is((SELECT array_agg(id) FROM list_w1598s('ann', take => -2)), '{3,4}', '1600 columns: list');
SELECT ok(page_w1598s('ann', take => 1)::text = (SELECT format('{"items":[%s],"next_cursor":%s,"prev_cursor":null}', to_json(t), page_w1598s('ann', take => 1) -> 'next_cursor') FROM w1598 t WHERE id = 1), '1600 columns: page');
SELECT is(count_w1598s('ann'), 4::bigint, '1600 columns: count');
SELECT ok((SELECT pg_temp.written(r) = :'patch' FROM update_w1598('ann', 1, :'patch') r), '1600 columns: update all of them');
SELECT ok((SELECT pg_temp.written(r) = :'patch'::jsonb || '{"c1598": null}' FROM update_w1598('ann', 1, '{"c1598": null}') r), '1600 columns: update one');
SELECT is((SELECT array_agg(id) FROM update_w1598s('ann', '{"c1598": {"ne": 7}}', :'patch') r WHERE pg_temp.written(r) = :'patch'), '{1,2,3,4}', '1600 columns: update several');
SELECT is((SELECT array_agg(id) FROM patch_w1598s('ann', jsonb_build_array(:'item'::jsonb || '{"id": 4}', :'item'::jsonb || '{"id": 2}')) r WHERE pg_temp.written(r) = :'item'), '{4,2}', '1600 columns: patch several');
SELECT is((SELECT array_agg(id) FROM unnest('{1,9}'::int[]) n, upsert_w1598('ann', :'item'::jsonb || jsonb_build_object('id', n)) r WHERE pg_temp.written(r) = :'item'), '{1,9}', '1600 columns: upsert, one that is there and one that is not');
SELECT is((SELECT id FROM one_w1598('ann', (SELECT jsonb_object_agg('c' || n, n) FROM generate_series(1501, 1598) n) || '{"id": 9}')), 9, '1600 columns: match by ninety-nine of them');
SELECT is(delete_w1598s('ann', '{"id": 9}'), 1::bigint, '1600 columns: delete several');
SELECT is_empty($$ SELECT * FROM get_w1598('bob', 1) $$, '1600 columns: not another''s');
SELECT is((SELECT array_agg(delete_w1598('ann', 1)) FROM generate_series(1, 2)), '{t,f}', '1600 columns: delete, once');
SELECT is(pg_temp.places($$ SELECT create_w1598('ann', '{"c1598": "x", "c1599": 1}') $$), '22023 ["c1598"] ["c1599"]', '1600 columns: errors');
SELECT is(jsonb_array_length((pg_temp.texts(format('SELECT create_w1598(''ann'', %L)', jsonb_object_agg('c' || n, 'x'))))[3]::jsonb), 100, '1600 columns: at most a hundred errors') FROM generate_series(1, 1598) n;
SELECT is(pg_temp.places(format('SELECT create_w1598(''ann'', %L)', item)), '22023 []', 'the item is an object, not ' || item) FROM unnest(ARRAY['[]', '[{}]', '7', 'null']) item;
SELECT throws_ok($$ SELECT create_w1598('ann', NULL) $$, '22023', NULL, 'the item is there');

----------------------------------------------------------------------
-- keys: every type, with the owner in them, beside them, and without
----------------------------------------------------------------------

-- a type of the key, and items of two owners
CREATE TEMP TABLE keyed AS
    SELECT format('%s_%s', k, o) AS t, o <> 'free' AS owned, format('CREATE TABLE %s_%s (%s)', k, o, format(columns, type)) AS ddl, ann, bob
      FROM (VALUES ('big', 'bigint GENERATED BY DEFAULT AS IDENTITY', '[{}, {}]', '{}'), ('always', 'integer GENERATED ALWAYS AS IDENTITY', '[{}, {}]', '{}'),
                   ('counted', 'serial', '[{}, {}]', '{}'), ('drawn', 'uuid DEFAULT gen_random_uuid()', '[{}, {}]', '{}'),
                   ('plain', 'integer', '[{"id": 2}, {"id": 1}]', '{"id": 3}'),
                   ('word', 'text COLLATE "C"', '[{"id": "b"}, {"id": "A"}]', '{"id": "''"}'),
                   ('dated', 'date', '[{"id": "2024-02-29"}, {"id": "2023-01-01"}]', '{"id": "0044-03-15 BC"}')) k(k, type, ann, bob),
           (VALUES ('in', 'user_id text NOT NULL, id %s, note text DEFAULT ''x'', PRIMARY KEY (user_id, id)'),
                   ('beside', 'user_id text NOT NULL, id %s PRIMARY KEY, note text DEFAULT ''x'''),
                   ('free', 'id %s PRIMARY KEY, note text DEFAULT ''x''')) o(o, columns);
SELECT ddl FROM keyed \gexec
SELECT count(*) FROM keyed, todo_orm.register_model(t::regclass, CASE WHEN owned THEN '{}' ELSE '{"owner": null}' END::jsonb) \g /dev/null
\o /dev/null
SELECT format('SELECT create_%ss(%s%L)', t, CASE WHEN owned THEN format('%L, ', owner) END, items) FROM keyed, LATERAL (VALUES ('ann', ann), ('bob', bob)) r(owner, items) \gexec
\o
SELECT pg_temp.every_function(t::regclass, CASE WHEN owned THEN '''ann''' ELSE '' END, CASE WHEN owned THEN '''bob''' ELSE '' END) FROM keyed;
SELECT is((SELECT proargnames[1:pronargs]::text FROM pg_proc WHERE oid = ('create_' || t)::regproc),
          format('{%s%snote}', CASE WHEN owned THEN 'user_id,' END, CASE WHEN t ~ 'plain|word|dated' THEN 'id,' END), t || ': a key is an argument if it has no default') FROM keyed;
SELECT is(pg_temp.places($$ SELECT create_plain_in('bob', 1) $$), 'no error', 'with the owner in the key each owner has his own keys');
SELECT is(pg_temp.places($$ SELECT create_plain_beside('bob', 1) $$), '23505 ["id"]', 'without, a key is taken for all');
SELECT is(pg_temp.places($$ SELECT create_always_ins('bob', '{"id": 9}') $$), '22023 ["id"]', 'GENERATED ALWAYS: the key is not taken from the payload');
SELECT count(*) FROM todo_orm.register_model('drawn_in', '{"readonly": ["!id"]}') \g /dev/null
SELECT is((SELECT id::text FROM create_drawn_in('bob', id => 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11')), 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', 'readonly "!id": a uuid drawn by the client');
SELECT isnt((SELECT id FROM create_drawn_in('bob')), NULL, 'readonly "!id": or still by the database');

----------------------------------------------------------------------
-- generated columns, collations, domains over composites
----------------------------------------------------------------------

SELECT CASE WHEN current_setting('server_version_num')::integer >= 180000 THEN 'VIRTUAL' ELSE 'STORED' END AS virtual \gset
CREATE TABLE box (
    LIKE todo_orm.owned INCLUDING ALL, width integer NOT NULL, gone integer, height integer, area integer GENERATED ALWAYS AS (width * height) STORED,
    twice integer GENERATED ALWAYS AS (width * 2) :virtual, number integer GENERATED ALWAYS AS IDENTITY, PRIMARY KEY (user_id, id)
);
ALTER TABLE box DROP COLUMN gone;
SELECT count(*) FROM todo_orm.register_model('box') \g /dev/null
SELECT is((SELECT (area, twice, number)::text FROM create_box('ann', 2, 3)), '(6,4,1)', 'generated: create');
SELECT is((SELECT array_agg((area, twice, number)::text) FROM create_boxes('bob', '[{"width": 4}, {"width": 5, "height": 6}]')), '{"(,8,2)","(30,10,3)"}', 'generated: create several');
SELECT is((SELECT (area, twice)::text FROM update_box('ann', 1, '{"height": 30}')), '(60,4)', 'generated: update');
SELECT is(pg_temp.places($$ SELECT create_boxes('ann', '{"width": 1, "area": 1, "twice": 2, "number": 3, "gone": 4}') $$), '22023 ["area"] ["gone"] ["number"] ["twice"]',
          'generated: not from a payload');
SELECT is(pg_temp.places($$ SELECT update_box('ann', 1, '{"twice": 2}') $$), '22023 ["twice"]', 'generated: not from a patch');
SELECT pg_temp.every_function('box', '''bob''', '''ann''');
SELECT throws_ok(format('SELECT todo_orm.register_model(''box'', ''{"readonly": ["!%s"]}'')', col), '22023', NULL, 'generated: readonly "!' || col || '" is refused') FROM unnest('{area,twice,number}'::text[]) col;

CREATE COLLATION caseless (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
CREATE TABLE tag (user_id text COLLATE "C" NOT NULL, name text COLLATE caseless, note text COLLATE caseless, PRIMARY KEY (user_id, name));
SELECT count(*) FROM todo_orm.register_model('tag') \g /dev/null
SELECT create_tag('ann', 'Red', 'n'), create_tag('ann', 'blue'), create_tag('bob', 'red') \g /dev/null
SELECT pg_temp.every_function('tag', '''ann''', '''bob''');
SELECT is((SELECT name COLLATE "C" FROM get_tag('ann', 'RED')), 'Red', 'collation: equal is what the column says');
SELECT is((SELECT array_agg(name COLLATE "C") FROM find_tags('ann', '{BLUE,red,RED}')), '{blue,Red}', 'collation: find, repeated ones once');
SELECT is((SELECT array_agg(name COLLATE "C") FROM list_tags('ann')), '{blue,Red}', 'collation: order');
SELECT is(pg_temp.places($$ SELECT create_tag('ann', 'rED') $$), '23505 ["name"]', 'collation: the key is taken');
SELECT is((SELECT note COLLATE "C" FROM update_tag('ann', 'red', '{"note": "N"}')), 'N', 'collation: an equal text in other letters is a change');
SELECT is(count_tags('ANN'), 0::bigint, 'collation: the owner column has its own');

CREATE TYPE span AS (low integer, high integer);
CREATE DOMAIN period AS span CHECK ((VALUE).low <= (VALUE).high);
CREATE DOMAIN periods AS period[] CHECK (cardinality(VALUE) < 3);
CREATE TABLE plan (LIKE todo_orm.owned INCLUDING ALL, main period, others periods, PRIMARY KEY (user_id, id));
SELECT count(*) FROM todo_orm.register_model('plan') \g /dev/null
SELECT is((SELECT (main, others)::text FROM create_plan('ann', '(1,2)', ARRAY[ROW(3, 4)]::period[])), '("(1,2)","{""(3,4)""}")', 'domain over a composite: arguments');
SELECT is((SELECT array_agg((main, others)::text) FROM create_plans('ann', '[{"main": {"low": 1, "high": 2}, "others": [{"low": 3, "high": 4}]}, {"main": "(5,6)"}, {"main": {"low": 7}}]')),
          ARRAY['("(1,2)","{""(3,4)""}")', '("(5,6)",)', '("(7,)",)'], 'domain over a composite: JSON');
SELECT create_plan('bob') \g /dev/null
SELECT pg_temp.every_function('plan', '''ann''', '''bob''');
SELECT is(pg_temp.places($$ SELECT create_plan('ann', '(2,1)') $$), '22023 ["main"]', 'domain over a composite: an argument that its CHECK refuses');
SELECT is(pg_temp.places($$ SELECT create_plans('ann', '[{"main": {"low": 2, "high": 1}}, {"main": {"low": "x"}}, {"others": [{"low": 2, "high": 1}]}, {"others": [null, null, null]}, {"main": [1]}]') $$),
          '22023 [0, "main"] [2, "others"] [3, "others"] [4, "main"] [1, "main", "low"]', 'domain over a composite: everything that is wrong in a batch');
SELECT is(pg_temp.places($$ SELECT update_plan('ann', 1, '{"main": {"low": 2, "high": 1}}') $$), '22023 ["main"]', 'domain over a composite: a patch that its CHECK refuses');

----------------------------------------------------------------------
-- triggers and rules of the user's own
----------------------------------------------------------------------

CREATE TABLE journal (what text);
CREATE TABLE mail (LIKE todo_orm.owned INCLUDING ALL, LIKE todo_orm.soft_delete INCLUDING ALL, address text NOT NULL CHECK (address = lower(address)), slug text NOT NULL, PRIMARY KEY (user_id, id));
-- by the address: raises an error, swallows the row, or changes it
CREATE FUNCTION before_mail() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    address text := CASE TG_OP WHEN 'DELETE' THEN OLD.address ELSE NEW.address END;
BEGIN
    IF address ~ '^bad' THEN
        RAISE SQLSTATE 'ZZ001' USING MESSAGE = 'message', DETAIL = 'detail', HINT = 'hint';
    ELSIF address ~ '^refused' THEN
        RAISE check_violation USING MESSAGE = 'message';
    ELSIF address ~ '^drop' OR TG_OP <> 'INSERT' AND address ~ '^keep' THEN
        RETURN NULL;
    ELSIF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    NEW.address := lower(NEW.address);
    NEW.slug := coalesce(NEW.slug, split_part(NEW.address, '@', 1));
    RETURN NEW;
END
$$;
CREATE TRIGGER before_mail BEFORE INSERT OR UPDATE OR DELETE ON mail FOR EACH ROW EXECUTE FUNCTION before_mail();
CREATE FUNCTION after_mail() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO journal SELECT string_agg(address, ',' ORDER BY id) FROM inserted HAVING count(*) > 0;
    RETURN NULL;
END
$$;
CREATE TRIGGER after_mail AFTER INSERT ON mail REFERENCING NEW TABLE AS inserted FOR EACH STATEMENT EXECUTE FUNCTION after_mail();
SELECT count(*) FROM todo_orm.register_model('mail') \g /dev/null
SELECT is((SELECT (address, slug)::text FROM create_mail('ann', 'One@x', NULL)), '(one@x,one)', 'trigger: changes the row, before NOT NULL and CHECK are asked');
SELECT is((SELECT array_agg((address, slug)::text) FROM create_mails('ann', '[{"address": "Two@x"}, {"address": "drop@x"}, {"address": "Three@x", "slug": "3"}]')), '{"(two@x,two)","(three@x,3)"}',
          'trigger: swallows one of several rows');
SELECT is((SELECT (address, slug)::text FROM update_mail('ann', 1, '{"address": "ONE@y", "slug": null}')), '(one@y,one)', 'trigger: changes the row of an update');
SELECT ok((SELECT m IS NULL FROM create_mail('ann', 'drop@x', 'd') m), 'trigger: swallows the row, so there is none to return');
SELECT is((SELECT address FROM update_mail('ann', 1, '{"address": "drop@x"}')), 'one@y', 'trigger: swallows an update, the row is as it was');
SELECT id AS kept FROM create_mail('ann', 'keep@x', NULL) \gset
SELECT is(delete_mail('ann', :kept), false, 'trigger: swallows a delete');
SELECT is(soft_delete_mail('ann', :kept), false, 'trigger: swallows a soft delete');
SELECT is((SELECT address FROM get_mail('ann', :kept)), 'keep@x', 'trigger: the row is there');
SELECT is(delete_mail('ann', 1), true, 'trigger: lets another go');
SELECT is((SELECT array_agg(what) FROM journal), '{one@x,"two@x,three@x",keep@x}', 'a trigger of the statement: sees the rows, those of a batch together');
SELECT is(pg_temp.texts(call), '{ZZ001,message,detail,hint}', 'trigger: an error of its own passes:' || call)
  FROM unnest(ARRAY[$$ SELECT create_mail('ann', 'bad@x', 'b') $$, $$ SELECT create_mails('ann', '[{"address": "good@x"}, {"address": "bad@x"}]') $$, $$ SELECT update_mail('ann', 2, '{"address": "bad@x"}') $$]) call;
SELECT is(pg_temp.texts($$ SELECT create_mail('ann', 'refused@x', 'r') $$), '{23514,message,"",""}', 'trigger: one that looks like a CHECK''s passes too');
SELECT is(pg_temp.places($$ SELECT create_mail('ann', NULL, 's') $$), '22023 ["address"]', 'trigger: what it leaves null is refused');
SELECT is_empty($$ SELECT FROM mail WHERE address ~ 'good|refused' $$, 'trigger: nothing was stored');

-- one that calls functions of models, also the one that is running
CREATE TABLE memo (LIKE todo_orm.owned INCLUDING ALL, body text, PRIMARY KEY (user_id, id));
SELECT count(*) FROM todo_orm.register_model('memo') \g /dev/null
CREATE FUNCTION copy_memo() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM create_memos(NEW.user_id, '[{"body": "copy 1"}, {"body": "copy 2"}]'), update_memo(NEW.user_id, NEW.id, jsonb_build_object('body', NEW.body || ' copied'));
    RETURN NULL;
END
$$;
CREATE TRIGGER copy_memo AFTER INSERT ON memo FOR EACH ROW WHEN (NEW.body !~ 'copy') EXECUTE FUNCTION copy_memo();
SELECT is((SELECT array_agg(body) FROM create_memos('ann', '[{"body": "a"}, {"body": "b"}]')), '{a,b}', 'trigger: calls the function that is running');
SELECT is((SELECT array_agg(body) FROM list_memos('ann')), '{"a copied","b copied","copy 1","copy 2","copy 1","copy 2"}', 'trigger: and all is done');

-- rules
CREATE TABLE page (LIKE todo_orm.owned INCLUDING ALL, title text, gone boolean NOT NULL DEFAULT false, PRIMARY KEY (user_id, id));
CREATE TABLE archive (LIKE page);
CREATE RULE noted AS ON INSERT TO page DO ALSO INSERT INTO journal VALUES ('inserted ' || NEW.title);
CREATE RULE changed AS ON UPDATE TO page DO ALSO INSERT INTO journal VALUES ('updated ' || OLD.title || ' ' || NEW.title);
TRUNCATE journal;
SELECT count(*) FROM todo_orm.register_model('page') \g /dev/null
SELECT is((SELECT title FROM create_page('ann', 'one')), 'one', 'rule DO ALSO: create');
SELECT is((SELECT array_agg(title) FROM create_pages('ann', '[{"title": "two"}, {"title": "three"}]')), '{two,three}', 'rule DO ALSO: create several');
SELECT is((SELECT title FROM update_page('ann', 1, '{"title": "first"}')), 'first', 'rule DO ALSO: update');
SELECT is((SELECT array_agg(what) FROM journal), '{"inserted one","inserted two","inserted three","updated one first"}', 'rule DO ALSO: has done its work');
DROP RULE changed ON page;
CREATE RULE marked AS ON DELETE TO page DO INSTEAD UPDATE page SET gone = true WHERE (user_id, id) = (OLD.user_id, OLD.id);
SELECT is(delete_page('ann', 1), false, 'rule DO INSTEAD UPDATE: nothing was deleted');
SELECT is((SELECT array_agg(id) FROM page WHERE gone), '{1}', 'rule DO INSTEAD UPDATE: has marked the row, and only that one');
CREATE OR REPLACE RULE marked AS ON DELETE TO page DO INSTEAD NOTHING;
SELECT is(delete_page('ann', 1), false, 'rule DO INSTEAD NOTHING: nothing was deleted');
CREATE RULE archived AS ON INSERT TO page DO INSTEAD INSERT INTO archive VALUES (NEW.*) RETURNING *;
SELECT is((SELECT array_agg(title) FROM create_pages('ann', '[{"title": "four"}, {"title": "five"}]')), '{four,five}', 'rule DO INSTEAD INSERT: create several');
SELECT is((SELECT array_agg(title) FROM archive), '{four,five}', 'rule DO INSTEAD INSERT: they are elsewhere');
CREATE OR REPLACE RULE archived AS ON INSERT TO page DO INSTEAD INSERT INTO archive VALUES (NEW.*);
SELECT alike((pg_temp.texts($$ SELECT create_page('ann', 'six') $$))[4], '%RETURNING%', 'rule DO INSTEAD INSERT without RETURNING: PostgreSQL says what it lacks');

----------------------------------------------------------------------
-- constraints, options
----------------------------------------------------------------------

CREATE TABLE booking (
    LIKE todo_orm.owned INCLUDING ALL, room integer NOT NULL, during int4range NOT NULL CHECK (NOT isempty(during)), code text, alias text,
    PRIMARY KEY (user_id, id), UNIQUE NULLS NOT DISTINCT (user_id, code), EXCLUDE USING gist (int4range(room, room, '[]') WITH &&, during WITH &&)
);
CREATE UNIQUE INDEX ON booking (user_id, lower(alias));
CREATE UNIQUE INDEX ON booking (user_id, room) WHERE room < 0;
SELECT count(*) FROM todo_orm.register_model('booking') \g /dev/null
SELECT count(*) FROM create_bookings('ann', '[{"room": 1, "during": "[1,5)"}, {"room": 2, "during": "[1,5)", "code": "c", "alias": "Al"}, {"room": -1, "during": "[1,2)", "code": "d"}]') \g /dev/null
SELECT is((pg_temp.texts($$ SELECT create_booking('bob', 1, '[4,6)') $$))[3]::jsonb, '[{"loc": ["during"], "type": "exclusion", "msg": "conflicts with another row", "input": null}]', 'exclusion: DETAIL');
SELECT throws_ok($$ SELECT create_bookings('bob', '[{"room": 3, "during": "[1,5)"}, {"room": 3, "during": "[4,6)", "code": "c"}]') $$, '23P01', NULL, 'exclusion: two of one batch');
SELECT is(pg_temp.places(call), want, what) FROM (VALUES
    ($$ SELECT create_booking('bob', 1, '[4,6)') $$, '23P01 ["during"]', 'exclusion: create'),
    ($$ SELECT create_booking('bob', 1, '[5,6)') $$, 'no error', 'exclusion: beside it there is room'),
    ($$ SELECT update_booking('ann', 1, '{"during": "[1,6)"}') $$, '23P01 ["during"]', 'exclusion: update'),
    ($$ SELECT create_booking('ann', 4, '[1,5)') $$, '23505 ["code"]', 'NULLS NOT DISTINCT: null once'),
    ($$ SELECT create_booking('ann', 4, '[1,5)', 'x', 'AL') $$, '23505 ["alias"]', 'a unique index on an expression'),
    ($$ SELECT create_booking('ann', -1, '[8,9)', 'x') $$, '23505 ["room"]', 'a partial unique index'),
    ($$ SELECT create_booking('ann', 1, '[8,9)', 'x') $$, 'no error', 'a partial unique index: outside of it'),
    ($$ SELECT create_booking('ann', 5, 'empty', 'y') $$, '22023 ["during"]', 'a CHECK')) v(call, want, what);

CREATE TABLE act (user_id text NOT NULL, id integer, PRIMARY KEY (user_id, id));
CREATE TABLE stage (
    user_id text NOT NULL, id integer, place integer NOT NULL, act_id integer, PRIMARY KEY (user_id, id) DEFERRABLE,
    UNIQUE (user_id, place) DEFERRABLE INITIALLY DEFERRED, FOREIGN KEY (user_id, act_id) REFERENCES act DEFERRABLE INITIALLY DEFERRED
);
SELECT count(*) FROM unnest('{act,stage}'::regclass[]) t, todo_orm.register_model(t) \g /dev/null
SELECT count(*) FROM create_stages('ann', '[{"id": 1, "place": 1}, {"id": 2, "place": 2}]') \g /dev/null
SELECT lives_ok($$ SELECT update_stage('ann', 1, '{"place": 2}'), update_stage('ann', 2, '{"place": 1}') $$, 'deferred unique key: two places exchanged');
SELECT lives_ok('SET CONSTRAINTS ALL IMMEDIATE', 'deferred unique key: all is well in the end');
SELECT is(pg_temp.places($$ SELECT update_stage('ann', 1, '{"place": 1}') $$), '23505 ["place"]', 'deferrable unique key, immediate: refused at once');
SELECT is(pg_temp.places($$ SELECT create_stage('ann', 1, 7) $$), '23505 ["id"]', 'deferrable primary key: refused');
SET CONSTRAINTS ALL DEFERRED;
SELECT lives_ok($$ SELECT create_stage('ann', 3, 3, 9) $$, 'deferred foreign key: a row before the one that it refers to');
SELECT throws_ok('SET CONSTRAINTS ALL IMMEDIATE', '23503', NULL, 'deferred foreign key: refused in the end');
SELECT create_act('ann', 9) \g /dev/null
SELECT lives_ok('SET CONSTRAINTS ALL IMMEDIATE', 'deferred foreign key: or well in the end');
SELECT is((SELECT a.id FROM get_stage('ann', 3) s, act(s) a), 9, 'deferred foreign key: a relationship like others');

CREATE TABLE folder (LIKE todo_orm.owned INCLUDING ALL, PRIMARY KEY (user_id, id));
SELECT format('CREATE TABLE %s (LIKE todo_orm.owned INCLUDING ALL, folder_id bigint DEFAULT 1, PRIMARY KEY (user_id, id), FOREIGN KEY (user_id, folder_id) REFERENCES folder ON DELETE %s)', t, action)
  FROM (VALUES ('copy', 'CASCADE'), ('hint', 'SET NULL (folder_id)'), ('guess', 'SET DEFAULT (folder_id)'), ('lock', 'RESTRICT'), ('use', 'NO ACTION')) v(t, action) \gexec
SELECT count(*) FROM unnest('{folder,copy,hint,guess,lock,use}'::regclass[]) t, todo_orm.register_model(t) \g /dev/null
SELECT count(*) FROM create_folders('ann', '[{}, {}, {}, {}, {}, {}]') \g /dev/null
SELECT create_copy('ann', 2), create_hint('ann', 3), create_guess('ann', 4), create_lock('ann', 5), create_use('ann', 6) \g /dev/null
SELECT is((SELECT array_agg(delete_folder('ann', id)) FROM generate_series(2, 4) id), '{t,t,t}', 'ON DELETE CASCADE, SET NULL, SET DEFAULT: nothing is in the way');
SELECT is(count_copies('ann'), 0::bigint, 'ON DELETE CASCADE: the child is gone');
SELECT is(ARRAY[(get_hint('ann', 1)).folder_id, (get_guess('ann', 1)).folder_id], '{NULL,1}', 'ON DELETE SET NULL, SET DEFAULT: the child is there');
SELECT is(pg_temp.places(format('SELECT delete_folder(''ann'', %s)', id)), '23503 []', action || ': a child is in the way') FROM (VALUES (5, 'RESTRICT'), (6, 'NO ACTION')) v(id, action);
SELECT is(count_folders('ann'), 3::bigint, 'a child is in the way: nothing is gone');

-- options, laid over each other
SELECT ok(t[1] = '22023' AND t[4] <> '', 'refused, with a hint: ' || o)
  FROM unnest(ARRAY['{"schema": "nowhere"}', '{"readonly": ["!nope"]}', '{"immutable": ["nope"]}', '{"key": ["nope"]}', '{"key": ["id", "id"]}', '{"owner_setting": "nodot"}', '{"owner_setting": 5}',
                    '{"functions": ["get", "nope"]}', '{"name": "same", "plural": "same"}']) o, pg_temp.texts(format('SELECT todo_orm.register_model(''draft'', %L)', o)) t;
SELECT lives_ok(format('SELECT todo_orm.register_model(''draft'', %L)', o), 'accepted: ' || o)
  FROM unnest(ARRAY['{"schema": "regress_far"}', '{"schema": "regress_tables"}', '{"readonly": ["!id"]}', '{"immutable": ["body"]}', '{"key": ["id"]}', '{"owner_setting": "app.user"}', '{"owner_setting": null}',
                    '{"functions": ["list_drafts"]}', '{"functions": ["list", "create", "get"]}', '{"name": "sheet", "plural": "sheaf"}']) o;
SELECT is(pg_temp.names('draft'), 'create_sheet,get_sheet,list_sheaf', 'all of them together');

SELECT * FROM finish();
ROLLBACK;

SET client_min_messages = warning;
DROP EXTENSION postgres_fdw CASCADE;
DROP SCHEMA regress_far CASCADE;
