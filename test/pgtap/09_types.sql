-- Any column type works: typed arguments, jsonb items, and JSON results (SPEC 5, 6)
BEGIN;
SELECT * FROM no_plan();

CREATE TYPE mood AS ENUM ('sad', 'ok', 'very happy');
CREATE DOMAIN percent AS int CHECK (VALUE BETWEEN 0 AND 100);
CREATE DOMAIN word AS varchar(5);
CREATE TYPE point3 AS (x int, y numeric, label text);
CREATE COLLATION caseless (provider = icu, locale = 'und-u-ks-level2', deterministic = false);

CREATE TABLE specimen (
    LIKE todo_orm.owned INCLUDING ALL,
    c_gone        text,
    c_mood        mood,
    c_percent     percent,
    c_word        word,
    c_smallint    smallint,
    c_int         int,
    c_bigint      bigint,
    c_real        real,
    c_double      double precision,
    c_numeric     numeric(10,2),
    c_free        numeric,
    c_bool        boolean,
    c_text        text,
    c_varchar     varchar(5),
    c_char        char(3),
    c_caseless    text COLLATE caseless,
    c_bytea       bytea,
    c_uuid        uuid,
    c_inet        inet,
    c_date        date,
    c_time        time,
    c_timetz      timetz,
    c_timestamp   timestamp,
    c_timestamptz timestamptz,
    c_interval    interval,
    c_json        json,
    c_jsonb       jsonb,
    c_ints        int[],
    c_texts       text[],
    c_grid        int[][],
    c_moods       mood[],
    c_point       point3,
    c_points      point3[],
    c_range       int4range,
    c_multirange  int4multirange,
    c_tstzrange   tstzrange,
    c_box         box,
    c_tsvector    tsvector,
    c_bits        bit varying(8),
    c_money       money,
    c_twice       int GENERATED ALWAYS AS (c_int * 2) STORED,
    c_serial      bigint GENERATED ALWAYS AS IDENTITY,
    PRIMARY KEY (user_id, id)
);
-- a hole in the middle
ALTER TABLE specimen DROP COLUMN c_gone;
SELECT count(*) FROM todo_orm.register_model('specimen') \g /dev/null

----------------------------------------------------------------------
-- one value for each type: as literal, and as JSON
----------------------------------------------------------------------

CREATE TEMP TABLE sample (col text, literal text, json jsonb);
INSERT INTO sample VALUES
    ('c_mood', 'very happy', '"very happy"'),
    ('c_percent', '100', '100'),
    ('c_word', 'abcde', '"abcde"'),
    ('c_smallint', '-32768', '-32768'),
    ('c_int', '-1073741824', '-1073741824'),
    ('c_bigint', '-9223372036854775808', '-9223372036854775808'),
    ('c_real', '1.5', '1.5'),
    ('c_double', '0.1', '0.1'),
    ('c_numeric', '12345678.90', '12345678.90'),
    ('c_free', '123456789012345678901234567890.000100', '123456789012345678901234567890.000100'),
    ('c_bool', 'true', 'true'),
    ('c_text', 'quote '' " \ {x},', '"quote '' \" \\ {x},"'),
    ('c_varchar', 'äöüßé', '"äöüßé"'),
    ('c_char', 'ab', '"ab"'),
    ('c_caseless', 'MiXed', '"MiXed"'),
    ('c_bytea', '\x00ff10', '"\\x00ff10"'),
    ('c_uuid', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', '"a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"'),
    ('c_inet', '192.168.0.0/24', '"192.168.0.0/24"'),
    ('c_date', '2024-02-29', '"2024-02-29"'),
    ('c_time', '23:59:59.999999', '"23:59:59.999999"'),
    ('c_timetz', '12:00:00+05:30', '"12:00:00+05:30"'),
    ('c_timestamp', '2024-02-29 12:00:00.5', '"2024-02-29T12:00:00.5"'),
    ('c_timestamptz', '2024-02-29 12:00:00+02', '"2024-02-29T12:00:00+02:00"'),
    ('c_interval', '1 year 2 mons -3 days 04:05:06.7', '"1 year 2 mons -3 days 04:05:06.7"'),
    ('c_json', '{"b": 1, "a":  [1.0, null]}', '{"a": [1.0, null], "b": 1}'),
    ('c_jsonb', '{"b": 1, "a": [1.0, null]}', '{"a": [1.0, null], "b": 1}'),
    ('c_ints', '{1,NULL,3}', '[1, null, 3]'),
    ('c_texts', '{a,NULL,"NULL","b,c","","q\"\\"}', '["a", null, "NULL", "b,c", "", "q\"\\"]'),
    ('c_grid', '{{1,2},{3,4}}', '[[1, 2], [3, 4]]'),
    ('c_moods', '{sad,"very happy"}', '["sad", "very happy"]'),
    ('c_point', '(1,2.50,"a ""b"", c")', '{"x": 1, "y": 2.50, "label": "a \"b\", c"}'),
    ('c_points', '{"(1,2.5,a)",NULL,"(,,)"}', '[{"x": 1, "y": 2.5, "label": "a"}, null, {"x": null, "y": null, "label": null}]'),
    ('c_range', '[1,5)', '"[1,5)"'),
    ('c_multirange', '{[1,3),[7,9)}', '"{[1,3),[7,9)}"'),
    ('c_tstzrange', '["2024-01-01 00:00:00+00",)', '"[\"2024-01-01 00:00:00+00\",)"'),
    ('c_box', '(3,4),(1,2)', '"(3,4),(1,2)"'),
    ('c_tsvector', '''fat'':2 ''rat'':1', '"''fat'':2 ''rat'':1"'),
    ('c_bits', '10101', '"10101"'),
    ('c_money', '1234.50', '"1234.50"');
SET LOCAL timezone = 'UTC';
SET LOCAL lc_monetary = 'C';
SELECT is((SELECT count(*) FROM sample), (SELECT count(*) FROM pg_attribute WHERE attrelid = 'specimen'::regclass AND attname ~ '^c_' AND attgenerated = '' AND attidentity = ''),
          'there is a value for every column');

-- The table itself says what is right: a row inserted with the literals.
SELECT format('INSERT INTO specimen (user_id, %s) VALUES (''plain'', %s)', string_agg(quote_ident(col), ', '), string_agg(quote_literal(literal), ', ')) FROM sample \gexec

-- each through jsonb, and alone, as a typed argument
CREATE FUNCTION pg_temp.stored(owner text, col text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    found text;
BEGIN
    EXECUTE format('SELECT %I::text FROM specimen WHERE user_id = %L', col, owner) INTO found;
    RETURN found;
END
$$;
CREATE FUNCTION pg_temp.try(call text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE call;
    RETURN NULL;
EXCEPTION WHEN OTHERS THEN
    RETURN SQLSTATE || ': ' || SQLERRM;
END
$$;
CREATE TEMP TABLE tried AS
    SELECT col,
           pg_temp.try(format('SELECT create_specimen(%L, %I => %L)', 'typed ' || col, col, literal)) AS typed,
           pg_temp.try(format('SELECT create_specimens(%L, %L)', 'json ' || col, jsonb_build_object(col, json))) AS json,
           pg_temp.try(format('SELECT create_specimens(%L, %L)', 'text ' || col, jsonb_build_object(col, literal))) AS text,
           pg_temp.try(format('SELECT update_specimen(%L, (create_specimen(%1$L)).id, %L)', 'patch ' || col, jsonb_build_object(col, json))) AS patch
      FROM sample;
SELECT is(coalesce(tried.typed, pg_temp.stored('typed ' || col, col)), pg_temp.stored('plain', col), 'typed argument: ' || col) FROM tried;
SELECT is(coalesce(tried.json, pg_temp.stored('json ' || col, col)), CASE WHEN col = 'c_json' THEN (SELECT s.json::text FROM sample s WHERE s.col = tried.col) ELSE pg_temp.stored('plain', col) END,
          'jsonb: ' || col) FROM tried;
SELECT is(coalesce(tried.patch, pg_temp.stored('patch ' || col, col)), CASE WHEN col = 'c_json' THEN (SELECT s.json::text FROM sample s WHERE s.col = tried.col) ELSE pg_temp.stored('plain', col) END,
          'patch: ' || col) FROM tried;
-- a string is taken for any type but json, where a string is a string
SELECT is(coalesce(tried.text, pg_temp.stored('text ' || col, col)), pg_temp.stored('plain', col), 'jsonb string: ' || col) FROM tried WHERE col NOT IN ('c_json', 'c_jsonb');

-- all in one row
SELECT jsonb_object_agg(col, json)::text AS item FROM sample \gset
SELECT count(*) FROM create_specimens('all', :'item') \g /dev/null
SELECT is((SELECT to_jsonb(s) - '{id,user_id,c_serial}'::text[] FROM specimen s WHERE user_id = 'all'),
          (SELECT to_jsonb(s) - '{id,user_id,c_serial}'::text[] FROM specimen s WHERE user_id = 'plain'), 'a row with all of them');

----------------------------------------------------------------------
-- results
----------------------------------------------------------------------

CREATE TEMP TABLE got AS SELECT * FROM get_specimen('plain', 1);
SELECT is((SELECT g::text FROM got g), (SELECT s::text FROM specimen s WHERE user_id = 'plain'), 'get: the row as it is stored');
SELECT is((SELECT f::text FROM find_specimens('plain', '{1}') f), (SELECT g::text FROM got g), 'find too');
SELECT is((SELECT l::text FROM list_specimens('plain') l), (SELECT g::text FROM got g), 'list too');
SELECT is((page_specimens('plain') -> 'items' -> 0)::text, (SELECT to_json(s)::text FROM specimen s WHERE user_id = 'plain'), 'page: character by character as to_json');
SELECT is((page_specimens('typed c_int') -> 'items' -> 0)::text, (SELECT to_json(s)::text FROM specimen s WHERE user_id = 'typed c_int'), 'page: nulls too');
SET LOCAL timezone = 'Asia/Kolkata';
SELECT is(page_specimens('plain') -> 'items' -> 0 ->> 'c_timestamptz', '2024-02-29T10:00:00+00:00', 'page: times in UTC');
SELECT is(page_specimens('plain') -> 'items' -> 0 ->> 'c_timestamp', '2024-02-29T12:00:00.5', 'page: timestamp has no zone');
SET LOCAL timezone = 'UTC';
SET LOCAL todo_orm.json_bigint = string;
SELECT is(json_typeof(page_specimens('plain') -> 'items' -> 0 -> 'c_bigint'), 'string', 'json_bigint: bigint');
SELECT is(json_typeof(page_specimens('plain') -> 'items' -> 0 -> 'c_int'), 'number', 'json_bigint: int stays a number');
SET LOCAL todo_orm.json_bigint = number;

-- what is no number in JSON
INSERT INTO specimen (user_id, c_double, c_real, c_free, c_timestamptz, c_date) VALUES ('odd', 'NaN', '-Infinity', 'NaN', 'infinity', '-infinity');
SELECT is((page_specimens('odd') -> 'items' -> 0)::text, (SELECT to_json(s)::text FROM specimen s WHERE user_id = 'odd'), 'page: NaN and infinity as to_json');
SELECT is((SELECT c_double::text FROM create_specimens('odd2', '{"c_double": "NaN", "c_date": "infinity"}')), 'NaN', 'and on the way in, as strings');

----------------------------------------------------------------------
-- argument types
----------------------------------------------------------------------

SELECT is((SELECT format_type(t, NULL) FROM pg_proc, unnest(proargtypes::oid[], proargnames[1:pronargs]) AS a(t, n) WHERE oid = 'create_specimen'::regproc AND n = col),
          expected, 'argument ' || col)
  FROM (VALUES ('c_smallint', 'integer'), ('c_real', 'double precision'), ('c_percent', 'integer'), ('c_word', 'character varying'), ('c_mood', 'mood'),
               ('c_int', 'integer'), ('c_numeric', 'numeric'), ('c_varchar', 'character varying'), ('c_ints', 'integer[]'), ('c_point', 'point3'),
               ('c_jsonb', 'jsonb'), ('c_timestamptz', 'timestamp with time zone')) AS v(col, expected);
SELECT is((SELECT proargnames[1:pronargs] && '{c_twice,c_serial,c_gone}' FROM pg_proc WHERE oid = 'create_specimen'::regproc), false,
          'no argument for generated and dropped columns');
SELECT is((SELECT c_smallint::text FROM create_specimen('s', c_smallint => 7)), '7', 'an integer for a smallint');
SELECT is((SELECT c_numeric FROM create_specimen('s', c_numeric => 1.005)), 1.01, 'assignment cast: numeric is rounded to its scale');

----------------------------------------------------------------------
-- refused values
----------------------------------------------------------------------

-- The places of the errors of a failing call, after its SQLSTATE.
CREATE FUNCTION pg_temp.places(call text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    found_state text; found_detail text;
BEGIN
    EXECUTE call;
    RETURN 'no error';
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS found_state = RETURNED_SQLSTATE, found_detail = PG_EXCEPTION_DETAIL;
    RETURN found_state || (SELECT string_agg(' ' || (e ->> 'loc'), '' ORDER BY e -> 'loc') FROM jsonb_array_elements(found_detail::jsonb) e);
END
$$;
CREATE TEMP TABLE bad (col text, json jsonb, inside text DEFAULT '');
INSERT INTO bad VALUES
    ('c_mood', '"angry"'), ('c_mood', '1'), ('c_percent', '101'), ('c_percent', '"x"'), ('c_word', '"abcdef"'), ('c_smallint', '32768'), ('c_smallint', '1.5'),
    ('c_int', '2147483648'), ('c_int', 'true'), ('c_int', '{}'), ('c_bigint', '1e30'), ('c_real', '1e300'), ('c_double', '"x"'), ('c_numeric', '123456789.00'), ('c_bool', '1'), ('c_bool', '"maybe"'),
    ('c_text', '1'), ('c_text', 'true'), ('c_text', '["x"]'), ('c_text', '{}'), ('c_varchar', '"äöüßéx"'), ('c_char', '"abcd"'), ('c_bytea', '"\\xzz"'), ('c_uuid', '"x"'), ('c_uuid', '7'),
    ('c_inet', '"300.0.0.1"'), ('c_date', '"2023-02-29"'), ('c_date', '20230101'), ('c_time', '"25:00"'), ('c_timestamp', '"x"'), ('c_timestamptz', '"2024-13-01"'), ('c_timestamptz', '0'),
    ('c_interval', '"x"'), ('c_ints', '["x"]'), ('c_ints', '7'), ('c_ints', '{"a": 1}'), ('c_grid', '[[1, 2], [3]]'), ('c_moods', '["angry"]'), ('c_point', '[1]'), ('c_point', '{"x": "x"}'),
    ('c_range', '"[5,1)"'), ('c_range', '"x"'), ('c_multirange', '"x"'), ('c_bits', '"2"'), ('c_twice', '1'), ('c_serial', '1'), ('c_gone', '1');
UPDATE bad SET inside = CASE WHEN col = 'c_point' THEN ', "x"' ELSE ', 0' END WHERE json IN ('["x"]', '["angry"]', '{"x": "x"}') AND col <> 'c_text';
SELECT is(pg_temp.places(format('SELECT create_specimens(''bad'', %L)', jsonb_build_object(col, json))), '22023 ["' || col || '"' || inside || ']', 'refused: ' || col || ' ' || json) FROM bad;
SELECT is(pg_temp.places(format('SELECT update_specimen(''plain'', 1, %L)', jsonb_build_object(col, json))), '22023 ["' || col || '"' || inside || ']', 'refused in a patch: ' || col || ' ' || json) FROM bad;
SELECT is(pg_temp.places(format('SELECT create_specimens(''bad'', %L)', (SELECT jsonb_agg(jsonb_build_object(col, json) ORDER BY col, json) FROM bad))),
          '22023' || (SELECT string_agg(format(' [%s, "%s"%s]', n - 1, col, inside), '' ORDER BY inside <> '', n) FROM (SELECT col, inside, row_number() OVER (ORDER BY col, json) AS n FROM bad) s),
          'all of them in one batch, each with its place');
SELECT is((SELECT count(*) FROM specimen WHERE user_id = 'bad'), 0::bigint, 'nothing was stored');

-- typed: what the argument's type takes and the column's does not
SELECT is(pg_temp.places(format('SELECT create_specimen(''bad'', %I => %s)', col, value)), '22023 ["' || col || '"]', 'typed: ' || col || ' ' || value)
  FROM (VALUES ('c_smallint', '32768'), ('c_percent', '101'), ('c_word', '''abcdef'''), ('c_varchar', '''abcdef'''), ('c_numeric', '123456789.00'), ('c_real', '1e300')) AS v(col, value);
SELECT throws_ok($$ SELECT create_specimen('bad', c_mood => 'angry') $$, '22P02', NULL, 'a typed argument that PostgreSQL refuses: 22P02');
SELECT throws_ok($$ SELECT create_specimen('bad', c_int => 2147483648) $$, '42883', NULL, 'no such argument type: 42883');
SELECT throws_ok($$ SELECT create_specimen('bad', c_date => '2023-02-29') $$, '22008', NULL, 'a bad date: 22008');
SELECT throws_ok($$ SELECT create_specimen('bad', c_timestamptz => 'x') $$, '22007', NULL, 'a bad time: 22007');

----------------------------------------------------------------------
-- keys of other types
----------------------------------------------------------------------

CREATE TABLE by_uuid (user_id uuid NOT NULL, id uuid DEFAULT gen_random_uuid(), t text, PRIMARY KEY (user_id, id));
SELECT count(*) FROM todo_orm.register_model('by_uuid', '{"name": "uthing", "plural": "uthings"}') \g /dev/null
SELECT id AS uuid FROM create_uthing('a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', 'x') \gset
SELECT is((SELECT t FROM get_uthing('a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', :'uuid')), 'x', 'uuid: get');
SELECT is((SELECT count(*) FROM find_uthings('a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', ARRAY[:'uuid']::uuid[])), 1::bigint, 'uuid: find');
SELECT is((SELECT t FROM update_uthing('a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', :'uuid', '{"t": "y"}')), 'y', 'uuid: update');
CREATE TABLE by_text (user_id text NOT NULL, slug text, t text, PRIMARY KEY (user_id, slug));
SELECT count(*) FROM todo_orm.register_model('by_text', '{"name": "tthing", "plural": "tthings"}') \g /dev/null
SELECT is((SELECT slug FROM create_tthing('ann', 'a''b', 'x')), 'a''b', 'text: create');
SELECT is((SELECT t FROM get_tthing('ann', 'a''b')), 'x', 'text: get');
SELECT is((SELECT array_agg(slug) FROM find_tthings('ann', '{nope,a''b}')), '{a''b}', 'text: find');
SELECT throws_ok($$ SELECT update_tthing('ann', 'a''b', '{"slug": "c"}') $$, '22023', NULL, 'text: the key is immutable');
SELECT is(delete_tthing('ann', 'a''b'), true, 'text: delete');
CREATE TABLE by_small (user_id int NOT NULL, id smallint GENERATED BY DEFAULT AS IDENTITY, t text, PRIMARY KEY (user_id, id));
SELECT count(*) FROM todo_orm.register_model('by_small', '{"name": "sthing", "plural": "sthings"}') \g /dev/null
SELECT is((SELECT id FROM create_sthing(7, 'x')), 1::smallint, 'smallint: create, owner int');
SELECT is((SELECT t FROM get_sthing(7, 1)), 'x', 'smallint: get with a plain integer');
SELECT is_empty($$ SELECT * FROM get_sthing(7, 100000) $$, 'smallint: out of its range is no row');
SELECT is((SELECT count(*) FROM find_sthings(7, '{1,2}')), 1::bigint, 'smallint: find');

SELECT * FROM finish();
ROLLBACK;
