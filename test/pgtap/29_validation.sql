-- Validation, entry by entry: every kind of mistake, on every type of column, by every family of functions (SPEC 7).
-- The same answers on every version of PostgreSQL: on 15 input functions raise what they hand back from 16 on.
BEGIN;
SELECT * FROM no_plan();

\ir include/refuses.psql

CREATE TYPE mood AS ENUM ('sad', 'ok', 'very happy');
CREATE DOMAIN percent AS int CONSTRAINT percent_range CHECK (VALUE BETWEEN 0 AND 100);
COMMENT ON CONSTRAINT percent_range ON DOMAIN percent IS 'must be from 0 to 100';
CREATE DOMAIN email AS text CONSTRAINT email_at CHECK (VALUE LIKE '%@%');
CREATE DOMAIN word AS varchar(5);
CREATE DOMAIN pair AS int[] CONSTRAINT pair_two CHECK (cardinality(VALUE) = 2);
CREATE DOMAIN filled AS text NOT NULL;
CREATE TYPE size AS (width int, height numeric(4,1), label varchar(3), full_to percent, steps smallint[]);
CREATE FUNCTION is_even(n int) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$ SELECT n % 2 = 0 $$;

CREATE TABLE box (
    LIKE todo_orm.owned INCLUDING ALL,
    LIKE todo_orm.timestamps INCLUDING ALL,
    name text NOT NULL,
    PRIMARY KEY (user_id, id)
);
CREATE TABLE thing (
    LIKE todo_orm.owned INCLUDING ALL,
    name     text NOT NULL CONSTRAINT thing_name_filled CHECK (name <> '') CONSTRAINT thing_name_short CHECK (length(name) < 12),
    c_small  smallint, c_int int, c_big bigint, c_real real, c_double double precision,
    c_money  numeric(5,2), c_number numeric, c_bool boolean,
    c_text   text, c_short varchar(5), c_code char(3), c_bytes bytea, c_uuid uuid, c_inet inet,
    c_date   date, c_time time, c_timetz timetz, c_ts timestamp, c_tstz timestamptz, c_span interval,
    c_json   json, c_jsonb jsonb, c_range int4range, c_ranges int4multirange, c_bits bit(3), c_varbits bit varying(4),
    c_oid    oid, c_query tsquery, c_path jsonpath,
    c_mood   mood, c_percent percent, c_email email, c_word word, c_pair pair, c_filled filled DEFAULT 'x',
    c_ints   int[], c_words varchar(3)[], c_sums numeric(4,1)[], c_moods mood[], c_percents percent[], c_docs jsonb[],
    c_size   size, c_sizes size[],
    low      int, high int, even int CONSTRAINT thing_even CHECK (is_even(even)),
    code     text, badge int, slug text, box_id bigint, other_id bigint,
    made_by  text NOT NULL DEFAULT 'x',
    PRIMARY KEY (user_id, id),
    CONSTRAINT thing_low_high CHECK (low < high),
    CONSTRAINT thing_code UNIQUE (user_id, code),
    CONSTRAINT thing_badge UNIQUE (user_id, badge),
    FOREIGN KEY (user_id, box_id) REFERENCES box (user_id, id),
    FOREIGN KEY (user_id, other_id) REFERENCES box (user_id, id)
);
CREATE UNIQUE INDEX thing_slug ON thing (user_id, lower(slug));
CREATE INDEX ON thing (user_id, box_id);
CREATE INDEX ON thing (user_id, other_id);
COMMENT ON CONSTRAINT thing_low_high ON thing IS 'low must be below high';
COMMENT ON CONSTRAINT thing_badge ON thing IS 'badge in use';
SELECT count(*) FROM todo_orm.register_model('box') \g /dev/null
SELECT count(*) FROM todo_orm.register_model('thing', '{"readonly": ["made_by"], "immutable": ["c_oid"]}') \g /dev/null

INSERT INTO box (user_id, name) VALUES ('ann', 'red'), ('bob', 'his');
INSERT INTO thing (user_id, name, code, badge, slug, low, high) VALUES ('ann', 'first', 'c1', 1, 'One', 1, 10), ('ann', 'second', 'c2', 2, 'Two', 1, 10);

----------------------------------------------------------------------
-- one mistake each: a member of a payload, and the entries that it is to give
----------------------------------------------------------------------

-- loc without what stands in front of it; input is the value, where the last column does not say otherwise
CREATE TEMP TABLE mistake (n int GENERATED ALWAYS AS IDENTITY, member text, value jsonb, inside jsonb, type text, msg text, input jsonb, on_update boolean DEFAULT true);
INSERT INTO mistake (member, value, inside, type, msg) VALUES
    -- a JSON type that the column does not take
    ('c_int', 'true', '[]', 'type', 'expected number, got boolean'),
    ('c_int', '[1]', '[]', 'type', 'expected number, got array'),
    ('c_int', '{"a": 1}', '[]', 'type', 'expected number, got object'),
    ('c_number', 'false', '[]', 'type', 'expected number, got boolean'),
    ('c_double', 'false', '[]', 'type', 'expected number, got boolean'),
    ('c_text', '5', '[]', 'type', 'expected string, got number'),
    ('c_text', 'true', '[]', 'type', 'expected string, got boolean'),
    ('c_text', '["a"]', '[]', 'type', 'expected string, got array'),
    ('c_bool', '1', '[]', 'type', 'expected boolean, got number'),
    ('c_date', '20240101', '[]', 'type', 'expected string, got number'),
    ('c_tstz', '1700000000', '[]', 'type', 'expected string, got number'),
    ('c_uuid', '1', '[]', 'type', 'expected string, got number'),
    ('c_mood', '1', '[]', 'type', 'expected string, got number'),
    ('c_range', '[1, 5]', '[]', 'type', 'expected string, got array'),
    ('c_ints', '5', '[]', 'type', 'expected array, got number'),
    ('c_ints', '{"0": 1}', '[]', 'type', 'expected array, got object'),
    ('c_size', '[1, 2]', '[]', 'type', 'expected object, got array'),
    ('c_percent', 'true', '[]', 'type', 'expected number, got boolean'),
    -- a text that the type does not read, in PostgreSQL's own words
    ('c_small', '"x"', '[]', 'value', 'invalid input syntax for type smallint: "x"'),
    ('c_int', '1.5', '[]', 'value', 'invalid input syntax for type integer: "1.5"'),
    ('c_int', '"1.0"', '[]', 'value', 'invalid input syntax for type integer: "1.0"'),
    ('c_int', '""', '[]', 'value', 'invalid input syntax for type integer: ""'),
    ('c_big', '"1e3"', '[]', 'value', 'invalid input syntax for type bigint: "1e3"'),
    ('c_double', '"x"', '[]', 'value', 'invalid input syntax for type double precision: "x"'),
    ('c_number', '"x"', '[]', 'value', 'invalid input syntax for type numeric: "x"'),
    ('c_bool', '"maybe"', '[]', 'value', 'invalid input syntax for type boolean: "maybe"'),
    ('c_bytes', '"\\xzz"', '[]', 'value', 'invalid hexadecimal digit: "z"'),
    ('c_uuid', '"x"', '[]', 'value', 'invalid input syntax for type uuid: "x"'),
    ('c_inet', '"x"', '[]', 'value', 'invalid input syntax for type inet: "x"'),
    ('c_date', '"x"', '[]', 'value', 'invalid input syntax for type date: "x"'),
    ('c_time', '"x"', '[]', 'value', 'invalid input syntax for type time: "x"'),
    ('c_timetz', '"x"', '[]', 'value', 'invalid input syntax for type time with time zone: "x"'),
    ('c_ts', '"x"', '[]', 'value', 'invalid input syntax for type timestamp: "x"'),
    ('c_tstz', '"x"', '[]', 'value', 'invalid input syntax for type timestamp with time zone: "x"'),
    ('c_span', '"x"', '[]', 'value', 'invalid input syntax for type interval: "x"'),
    ('c_range', '"[5,1)"', '[]', 'value', 'range lower bound must be less than or equal to range upper bound'),
    ('c_ranges', '"x"', '[]', 'value', 'malformed multirange literal: "x"'),
    ('c_bits', '"102"', '[]', 'value', '"2" is not a valid binary digit'),
    ('c_query', '"a b"', '[]', 'value', 'syntax error in tsquery: "a b"'),
    ('c_oid', '"x"', '[]', 'value', 'invalid input syntax for type oid: "x"'),
    ('c_ints', '"{1,x}"', '[]', 'value', 'invalid input syntax for type integer: "x"'),
    ('c_percent', '"x"', '[]', 'value', 'invalid input syntax for type integer: "x"'),
    -- longer than the column
    ('c_short', '"longer"', '[]', 'length', 'value too long for type character varying(5)'),
    ('c_code', '"long"', '[]', 'length', 'value too long for type character(3)'),
    ('c_word', '"longer"', '[]', 'length', 'value too long for type character varying(5)'),
    ('c_bits', '"1"', '[]', 'length', 'bit string length 1 does not match type bit(3)'),
    ('c_varbits', '"10101"', '[]', 'length', 'bit string too long for type bit varying(4)'),
    -- beyond the type
    ('c_small', '32768', '[]', 'range', 'value "32768" is out of range for type smallint'),
    ('c_int', '-2147483649', '[]', 'range', 'value "-2147483649" is out of range for type integer'),
    ('c_big', '9223372036854775808', '[]', 'range', 'value "9223372036854775808" is out of range for type bigint'),
    ('c_real', '1e40', '[]', 'range', '"10000000000000000000000000000000000000000" is out of range for type real'),
    ('c_double', '"1e400"', '[]', 'range', '"1e400" is out of range for type double precision'),
    ('c_money', '1000', '[]', 'range', 'numeric field overflow: A field with precision 5, scale 2 must round to an absolute value less than 10^3.'),
    ('c_money', '999.995', '[]', 'range', 'numeric field overflow: A field with precision 5, scale 2 must round to an absolute value less than 10^3.'),
    ('c_date', '"2023-02-29"', '[]', 'range', 'date/time field value out of range: "2023-02-29"'),
    ('c_time', '"25:00"', '[]', 'range', 'date/time field value out of range: "25:00"'),
    ('c_tstz', '"2024-13-01"', '[]', 'range', 'date/time field value out of range: "2024-13-01"'),
    ('c_ts', '"300000-01-01"', '[]', 'range', 'timestamp out of range: "300000-01-01"'),
    ('c_percent', '3000000000', '[]', 'range', 'value "3000000000" is out of range for type integer'),
    -- labels
    ('c_mood', '"SAD"', '[]', 'enum', 'invalid input value for enum mood: "SAD"; permitted: "sad", "ok", "very happy"'),
    -- domains: the COMMENT on the constraint, or PostgreSQL's words
    ('c_percent', '101', '[]', 'domain', 'must be from 0 to 100'),
    ('c_email', '"x"', '[]', 'domain', 'value for domain email violates check constraint "email_at"'),
    ('c_pair', '[1]', '[]', 'domain', 'value for domain pair violates check constraint "pair_two"'),
    -- inside arrays and composites: each element and member by its place
    ('c_ints', '[1, "x", 2]', '[1]', 'value', 'invalid input syntax for type integer: "x"'),
    ('c_ints', '[1, true]', '[1]', 'type', 'expected number, got boolean'),
    ('c_ints', '[[1, 2], [3, "x"]]', '[1, 1]', 'value', 'invalid input syntax for type integer: "x"'),
    ('c_ints', '[1, [2]]', '[1]', 'type', 'expected number, got array'),
    ('c_ints', '[[1], 2]', '[1]', 'type', 'expected array, got number'),
    ('c_ints', '[[1], null]', '[1]', 'type', 'expected array, got null'),
    ('c_words', '["abc", "abcd"]', '[1]', 'length', 'value too long for type character varying(3)'),
    ('c_words', '[1]', '[0]', 'type', 'expected string, got number'),
    ('c_sums', '[1, 1000]', '[1]', 'range', 'numeric field overflow: A field with precision 4, scale 1 must round to an absolute value less than 10^3.'),
    ('c_moods', '["sad", "x"]', '[1]', 'enum', 'invalid input value for enum mood: "x"; permitted: "sad", "ok", "very happy"'),
    ('c_percents', '[1, 101]', '[1]', 'domain', 'must be from 0 to 100'),
    ('c_docs', '[[1], 2]', '[1]', 'type', 'expected array, got number'),
    ('c_pair', '[1, "x"]', '[1]', 'value', 'invalid input syntax for type integer: "x"'),
    ('c_size', '{"width": "x"}', '["width"]', 'value', 'invalid input syntax for type integer: "x"'),
    ('c_size', '{"label": "long"}', '["label"]', 'length', 'value too long for type character varying(3)'),
    ('c_size', '{"label": 5}', '["label"]', 'type', 'expected string, got number'),
    ('c_size', '{"full_to": 101}', '["full_to"]', 'domain', 'must be from 0 to 100'),
    ('c_size', '{"weight": 5}', '["weight"]', 'unexpected', 'unexpected field'),
    ('c_size', '{"steps": [1, 40000]}', '["steps", 1]', 'range', 'value "40000" is out of range for type smallint'),
    ('c_sizes', '[{"width": 1}, {"height": 1000}]', '[1, "height"]', 'range', 'numeric field overflow: A field with precision 4, scale 1 must round to an absolute value less than 10^3.'),
    -- names
    ('colour', '"red"', '[]', 'unexpected', 'unexpected field'),
    ('c_munny', '1', '[]', 'unexpected', 'unexpected field; perhaps you meant "c_money"'),
    ('made_by', '"me"', '[]', 'read_only', 'cannot be set'),
    ('id', '5', '[]', 'read_only', 'cannot be set'),
    ('user_id', '"bob"', '[]', 'read_only', 'cannot be set');
-- what is said of a row shows no value; what is inside shows what stands there
INSERT INTO mistake (member, value, inside, type, msg, input) VALUES
    ('c_filled', 'null', '[]', 'null', 'must not be null', 'null'),
    ('name', 'null', '[]', 'null', 'must not be null', 'null'),
    ('name', '""', '[]', 'check', 'violates check constraint "thing_name_filled"', 'null'),
    ('name', '"much too long"', '[]', 'check', 'violates check constraint "thing_name_short"', 'null'),
    ('box_id', '4711', '[]', 'foreign_key', 'referenced row does not exist', 'null'),
    ('other_id', '2', '[]', 'foreign_key', 'referenced row does not exist', 'null'),
    ('code', '"c1"', '[]', 'unique', 'already taken', 'null'),
    ('badge', '1', '[]', 'unique', 'badge in use', 'null');
UPDATE mistake SET input = value #> (SELECT coalesce(array_agg(i), '{}') FROM jsonb_array_elements_text(inside) AS i) WHERE input IS NULL;

-- The entry, with something in front of its place; the input where it is shown.
CREATE FUNCTION pg_temp.entries(m mistake, front jsonb) RETURNS jsonb LANGUAGE sql AS $$
    SELECT jsonb_build_array(jsonb_build_object('loc', front || to_jsonb(m.member) || m.inside, 'type', m.type, 'msg', m.msg, 'input', m.input))
$$;
CREATE FUNCTION pg_temp.state(type text) RETURNS text LANGUAGE sql AS $$
    SELECT CASE type WHEN 'foreign_key' THEN '23503' WHEN 'unique' THEN '23505' ELSE '22023' END
$$;
-- An item that is right but for the member.
CREATE FUNCTION pg_temp.item(m mistake) RETURNS jsonb LANGUAGE sql AS $$
    SELECT '{"name": "fine"}'::jsonb || jsonb_build_object(m.member, m.value)
$$;
CREATE FUNCTION pg_temp.named(m mistake) RETURNS text LANGUAGE sql AS $$
    SELECT format(': %s %s is %s', m.member, m.value, m.type)
$$;

SELECT is(validate_thing('ann', pg_temp.item(m)), pg_temp.entries(m, '[]'), 'validate' || pg_temp.named(m)) FROM mistake m ORDER BY n;
SELECT pg_temp.refuses(format('SELECT create_things(''ann'', %L)', pg_temp.item(m)), pg_temp.state(type), pg_temp.entries(m, '[]'), 'create many, an object' || pg_temp.named(m))
  FROM mistake m ORDER BY n;
SELECT pg_temp.refuses(format('SELECT create_things(''ann'', %L)', jsonb_build_array('{"name": "fine"}'::jsonb, pg_temp.item(m))), pg_temp.state(type), pg_temp.entries(m, '[1]'),
                       'create many, an array' || pg_temp.named(m))
  FROM mistake m ORDER BY n;
SELECT pg_temp.refuses(format('SELECT create_boxes(''ann'', %L)', jsonb_build_object('name', 'b', 'things', jsonb_build_array('{"name": "fine"}'::jsonb, pg_temp.item(m)))),
                       pg_temp.state(type), pg_temp.entries(m, '["things", 1]'), 'nested' || pg_temp.named(m))
  FROM mistake m WHERE member <> 'box_id' ORDER BY n;
SELECT pg_temp.refuses(format('SELECT upsert_thing(''ann'', %L, ''{code}'')', '{"code": "new"}'::jsonb || pg_temp.item(m)), pg_temp.state(type), pg_temp.entries(m, '[]'), 'upsert, new' || pg_temp.named(m))
  FROM mistake m WHERE member <> 'code' ORDER BY n;
SELECT pg_temp.refuses(format('SELECT upsert_thing(''ann'', %L, ''{code}'')', '{"code": "c2"}'::jsonb || jsonb_build_object(member, value)), pg_temp.state(type), pg_temp.entries(m, '[]'),
                       'upsert, there' || pg_temp.named(m))
  FROM mistake m WHERE member NOT IN ('code', 'c_oid') ORDER BY n;

-- patches: what a column has against a value is the same; c_oid cannot be changed at all
DELETE FROM mistake WHERE member = 'c_oid';
INSERT INTO mistake (member, value, inside, type, msg, input) VALUES ('c_oid', '7', '[]', 'read_only', 'cannot be changed', '7');
SELECT is(validate_thing('ann', jsonb_build_object(member, value), 'update'), CASE WHEN type = 'unique' THEN '[]' ELSE pg_temp.entries(m, '[]') END,
          'validate a patch' || pg_temp.named(m) || CASE WHEN type = 'unique' THEN ', which depends on the row' ELSE '' END)
  FROM mistake m ORDER BY n;
SELECT pg_temp.refuses(format('SELECT update_thing(''ann'', 2, %L)', jsonb_build_object(member, value)), pg_temp.state(type), pg_temp.entries(m, '[]'), 'update' || pg_temp.named(m))
  FROM mistake m ORDER BY n;
SELECT pg_temp.refuses(format('SELECT update_things(''ann'', ''{"id": 2}'', %L)', jsonb_build_object(member, value)), pg_temp.state(type), pg_temp.entries(m, '[]'), 'update many' || pg_temp.named(m))
  FROM mistake m ORDER BY n;
SELECT pg_temp.refuses(format('SELECT patch_things(''ann'', %L)', jsonb_build_array('{"id": 1, "c_int": 1}'::jsonb, jsonb_build_object('id', 2, member, value))), pg_temp.state(type), pg_temp.entries(m, '[1]'),
                       'patch many' || pg_temp.named(m))
  FROM mistake m WHERE member <> 'id' ORDER BY n;
SELECT pg_temp.refuses(format('SELECT update_box(''ann'', 1, %L)', jsonb_build_object('things', jsonb_build_object('create', jsonb_build_array('{"name": "fine"}'::jsonb || jsonb_build_object(member, value))))),
                       pg_temp.state(type), pg_temp.entries(m, '["things", "create", 0]'), 'nested in a patch' || pg_temp.named(m))
  FROM mistake m WHERE member NOT IN ('box_id', 'c_oid') ORDER BY n;

SELECT is(validate_thing('ann', '{}'), '[{"loc": ["name"], "type": "missing", "msg": "field required", "input": null}]', 'validate: missing');
SELECT is(validate_thing('ann', '{}', 'update'), '[]', 'validate: nothing is missing in a patch');
SELECT is(validate_thing('ann', '[{"name": "x"}, 5, {}]'),
          '[{"loc": [1], "type": "type", "msg": "expected object, got number", "input": 5}, {"loc": [2, "name"], "type": "missing", "msg": "field required", "input": null}]', 'validate: an array');
SELECT is(validate_thing('ann', '{"name": "fine", "c_ints": [1, null], "low": 1, "high": 2, "box_id": 1, "code": "new", "badge": 3}'), '[]', 'validate: nothing is wrong');

-- typed arguments: what PostgreSQL lets through to the function is reported like the rest
CREATE TEMP TABLE typed (argument text, value text, type text, msg text);
INSERT INTO typed VALUES
    ('c_small', '40000', 'range', 'smallint out of range'),
    ('c_money', '1000', 'range', 'numeric field overflow: A field with precision 5, scale 2 must round to an absolute value less than 10^3.'),
    ('c_short', '''longer''', 'length', 'value too long for type character varying(5)'),
    ('c_code', '''long''', 'length', 'value too long for type character(3)'),
    ('c_bits', '''1''', 'length', 'bit string length 1 does not match type bit(3)'),
    ('c_percent', '101', 'domain', 'must be from 0 to 100'),
    ('c_email', '''x''', 'domain', 'value for domain email violates check constraint "email_at"'),
    ('c_words', '''{abcd}''', 'length', 'value too long for type character varying(3)'),
    ('name', '''''', 'check', 'violates check constraint "thing_name_filled"'),
    ('name', 'NULL', 'missing', 'field required'),
    ('box_id', '4711', 'foreign_key', 'referenced row does not exist'),
    ('code', '''c1''', 'unique', 'already taken'),
    ('badge', '1', 'unique', 'badge in use');
SELECT pg_temp.refuses(format('SELECT create_thing(''ann'', %s)', CASE WHEN argument = 'name' THEN value ELSE format('''fine'', %s => %s', argument, value) END), pg_temp.state(type),
                       jsonb_build_array(jsonb_build_object('loc', jsonb_build_array(argument), 'type', type, 'msg', msg, 'input', NULL)), format('typed: %s %s is %s', argument, value, type))
  FROM typed;
SELECT is(pg_temp.places($$ SELECT create_thing('ann', '', c_small => 40000, c_money => 1000, c_short => 'longer', c_percent => 101, c_words => '{abcd}', low => 2, high => 1,
                                                code => 'c1', badge => 2, box_id => 99) $$),
          '22023 [] ["badge"] ["box_id"] ["c_money"] ["c_percent"] ["c_short"] ["c_small"] ["c_words"] ["code"] ["name"]', 'typed: all at once');

----------------------------------------------------------------------
-- all of them at once: one member each, in one object, in a batch, nested
----------------------------------------------------------------------

SELECT jsonb_object_agg(member, value) AS wrong, count(*) AS total FROM (SELECT DISTINCT ON (member) * FROM mistake WHERE type NOT IN ('read_only') ORDER BY member, n) m \gset
SELECT is((SELECT count(DISTINCT e #>> '{loc,0}') FROM jsonb_array_elements(validate_thing('ann', :'wrong')) e), :total::bigint, 'an entry for every member that is wrong');
SELECT pg_temp.refuses(format('SELECT create_things(''ann'', %L)', :'wrong'), '22023', validate_thing('ann', :'wrong'), 'create says what validate says');
SELECT ok(validate_thing('ann', :'wrong') @> '[{"type": "foreign_key"}, {"type": "unique"}, {"type": "null"}, {"type": "domain"}]', 'references and keys among them');
SELECT is((SELECT jsonb_agg(e -> 'loc' ORDER BY e -> 'loc') FROM jsonb_array_elements(validate_thing('ann', '{"name": "x", "c_ints": ["x", 1, "y"], "c_size": {"width": "x", "label": "long", "odd": 1}, "c_sizes": [{"steps": [1, "x"]}, 5]}')) e),
          '[["c_ints", 0], ["c_ints", 2], ["c_size", "label"], ["c_size", "odd"], ["c_size", "width"], ["c_sizes", 1], ["c_sizes", 0, "steps", 1]]', 'all that is wrong inside of values');
SELECT is((SELECT jsonb_agg(e -> 'msg') FROM jsonb_array_elements(validate_thing('ann', '{"name": "", "low": 2, "high": 1}')) e),
          '["low must be below high", "violates check constraint \"thing_name_filled\""]', 'every CHECK that fails; one of two columns has no column');
SELECT is((SELECT e -> 'loc' FROM jsonb_array_elements(validate_thing('ann', '{"name": "x", "low": 2, "high": 1}')) e), '[]', 'its place is the item');

-- one answer for a batch, whatever the mix: the code is that of the gravest
CREATE TEMP TABLE mix (call text, state text, places text);
INSERT INTO mix VALUES
    ('create_things(''ann'', ''[{"name": "x", "code": "c1"}, {"name": "x", "badge": 1, "box_id": 9}, {}]'')', '22023', '[0, "code"] [1, "badge"] [1, "box_id"] [2, "name"]'),
    ('create_things(''ann'', ''[{"name": "x", "code": "c1"}, {"name": "x", "badge": 1, "box_id": 9}]'')', '23503', '[0, "code"] [1, "badge"] [1, "box_id"]'),
    ('create_things(''ann'', ''[{"name": "x", "code": "c1"}, {"name": "x", "badge": 1}]'')', '23505', '[0, "code"] [1, "badge"]'),
    ('create_things(''ann'', ''[{"name": "x", "code": "new"}, {"name": "x", "code": "new"}]'')', '23505', '[1, "code"]'),
    ('create_things(''ann'', ''{"name": "x", "code": "c1", "badge": 1, "box_id": 9, "other_id": 9, "even": 3}'')', '22023', '["badge"] ["box_id"] ["code"] ["even"] ["other_id"]'),
    -- an index of an expression is PostgreSQL's: told where it is what PostgreSQL finds first
    ('create_things(''ann'', ''{"name": "x", "badge": 1, "slug": "ONE", "box_id": 9}'')', '23503', '["badge"] ["box_id"]'),
    ('create_things(''ann'', ''{"name": "x", "slug": "ONE", "box_id": 9}'')', '23503', '["box_id"] ["slug"]'),
    ('update_thing(''ann'', 2, ''{"code": "c1", "badge": 1}'')', '23505', '["badge"] ["code"]'),
    ('update_thing(''ann'', 2, ''{"code": "c1", "badge": 1, "box_id": 9, "other_id": 9}'')', '23503', '["badge"] ["box_id"] ["code"] ["other_id"]'),
    ('update_thing(''ann'', 2, ''{"code": "c1", "box_id": 9, "low": 20}'')', '22023', '[] ["box_id"] ["code"]'),
    ('update_thing(''ann'', 2, ''{"code": "c1", "box_id": 9, "even": 3}'')', '22023', '["box_id"] ["code"] ["even"]'),
    ('update_thing(''ann'', 2, ''{"slug": "ONE", "box_id": 9}'')', '23503', '["box_id"] ["slug"]'),
    ('update_thing(''ann'', 2, ''{"code": "c1", "name": ""}'')', '22023', '["code"] ["name"]'),
    ('update_thing(''ann'', 2, ''{"low": 20, "name": ""}'')', '22023', '[] ["name"]'),
    ('update_thing(''ann'', 4711, ''{"code": "c1", "name": ""}'')', '22023', '["name"]'),
    ('upsert_thing(''ann'', ''{"code": "c2", "badge": 1, "box_id": 9}'', ''{code}'')', '23503', '["badge"] ["box_id"]'),
    ('upsert_thing(''ann'', ''{"code": "c2", "badge": 1, "low": 20, "box_id": 9}'', ''{code}'')', '22023', '[] ["badge"] ["box_id"]'),
    ('upsert_thing(''ann'', ''{"code": "c2", "badge": 1, "name": ""}'', ''{code}'')', '22023', '["badge"] ["name"]'),
    ('upsert_thing(''ann'', ''{"code": "new", "name": "x", "badge": 1, "box_id": 9, "even": 1}'', ''{code}'')', '22023', '["badge"] ["box_id"] ["even"]'),
    ('upsert_thing(''ann'', ''{"code": "new", "name": "", "badge": 1, "box_id": 9}'', ''{code}'')', '22023', '["badge"] ["box_id"] ["name"]'),
    ('update_things(''ann'', ''{"id": 2}'', ''{"code": "c1", "badge": 1, "box_id": 9}'')', '23503', '["badge"] ["box_id"] ["code"]'),
    ('update_things(''ann'', ''{"id": {"gt": 0}}'', ''{"code": "new", "badge": 7}'')', '23505', '["badge"] ["code"]'),
    ('update_things(''ann'', ''{"id": {"gt": 0}}'', ''{"low": 20, "box_id": 9}'')', '22023', '[] ["box_id"]'),
    ('update_things(''ann'', ''{"nope": 1, "c_int": "x"}'', ''{"box_id": 9, "code": "c1"}'')', '22023', '["match", "c_int"] ["match", "nope"]'),
    ('update_things(''ann'', ''{"nope": 1, "c_int": "x"}'', ''{"name": "", "c_mood": "x"}'')', '22023', '["c_mood"] ["name"] ["match", "c_int"] ["match", "nope"]'),
    ('patch_things(''ann'', ''[{"id": 1, "code": "c2"}, {"id": 2, "badge": 1, "box_id": 9}]'')', '23503', '[0, "code"] [1, "badge"] [1, "box_id"]'),
    ('patch_things(''ann'', ''[{"id": 1, "low": 20}, {"id": 2, "high": 0, "code": "c1"}]'')', '22023', '[0] [1] [1, "code"]'),
    ('patch_things(''ann'', ''[{"id": 1, "code": "c2", "name": ""}, {"id": 2, "badge": 1}]'')', '22023', '[0, "code"] [0, "name"] [1, "badge"]'),
    ('patch_things(''ann'', ''[{"id": 1, "code": "c2"}, {"id": 4711, "badge": 1}, {"id": 2, "other_id": 9}]'')', '23503', '[0, "code"] [1, "id"] [2, "other_id"]'),
    ('patch_things(''ann'', ''[{"id": 1, "code": "c2"}, {"id": 4711, "badge": 1}]'')', '23505', '[0, "code"] [1, "id"]'),
    ('patch_things(''ann'', ''[{"id": 1, "c_int": 2}, {"id": 4711, "badge": 1}]'')', 'P0002', '[1, "id"]'),
    ('patch_things(''ann'', ''[{"id": "x"}, {"id": true}, {"id": null}, {}, 5, {"id": 2, "code": "c1"}]'')', '22023', '[4] [0, "id"] [1, "id"] [2, "id"] [3, "id"] [5, "code"]'),
    ('create_boxes(''ann'', ''{"name": "b", "things": [{"name": "x", "code": "c1"}, {"name": "x", "badge": 1, "other_id": 9}]}'')', '23503', '["things", 0, "code"] ["things", 1, "badge"] ["things", 1, "other_id"]'),
    ('update_box(''ann'', 1, ''{"things": {"update": [{"id": 2, "code": "c1", "badge": 1}]}}'')', '23503', '["things", "update", 0]'),
    ('create_things(''ann'', ''{"name": "", "box": {"nam": "b"}}'')', '22023', '["name"] ["box", "nam"] ["box", "name"]');
SELECT is(pg_temp.places('SELECT ' || call), state || ' ' || places, call) FROM mix;
UPDATE thing SET box_id = 1 WHERE id = 2;
SELECT is(pg_temp.places($$ SELECT update_box('ann', 1, '{"things": {"update": [{"id": 2, "code": "c1", "badge": 1, "other_id": 9}]}}') $$),
          '23503 ["things", "update", 0, "badge"] ["things", "update", 0, "code"] ["things", "update", 0, "other_id"]', 'a nested update of a row that is there');

-- a key that is one's own is not taken
SELECT lives_ok($$ SELECT update_thing('ann', 2, '{"code": "c2", "badge": 2, "slug": "TWO"}') $$, 'the row''s own key is not taken');
SELECT lives_ok($$ SELECT patch_things('ann', '[{"id": 1, "badge": 3}, {"id": 2, "badge": 1}, {"id": 1, "badge": 2}]') $$, 'keys that are free by their turn');
SELECT is(pg_temp.places($$ SELECT patch_things('ann', '[{"id": 1, "badge": 1}, {"id": 2, "badge": 7, "code": "c1"}]') $$), '23505 [0, "badge"] [1, "code"]', 'and keys that are not');

-- nothing of all this was done
SELECT is((SELECT count(*) FROM thing), 2::bigint, 'no row was made');
SELECT is((SELECT count(*) FROM box), 2::bigint, 'nor what it would have been nested in');
SELECT is((SELECT string_agg(name || code || low, ' ' ORDER BY id) FROM thing), 'firstc11 secondc21', 'and none changed');

-- one hundred, then no more
SELECT is((SELECT array_agg(DISTINCT e ->> 'type') FROM jsonb_array_elements(validate_thing('ann', (SELECT jsonb_agg('{}'::jsonb) FROM generate_series(1, 100)))) e), '{missing}', 'a hundred errors are shown');
SELECT is((SELECT count(*) || ' ' || string_agg(e ->> 'msg', ',') FILTER (WHERE e ->> 'type' = 'too_many')
             FROM jsonb_array_elements(validate_thing('ann', (SELECT jsonb_agg('{}'::jsonb) FROM generate_series(1, 101)))) e), '100 too many errors', 'of more the last says so');
SELECT is((SELECT count(*) || ' ' || string_agg(e ->> 'msg', ',') FILTER (WHERE e ->> 'type' = 'too_many')
             FROM jsonb_array_elements(validate_thing('ann', jsonb_build_object('name', 'x', 'c_ints', (SELECT jsonb_agg('x'::text) FROM generate_series(1, 1000))))) e), '100 too many errors', 'inside a value too');

----------------------------------------------------------------------
-- chat: a whole turn with everything wrong
----------------------------------------------------------------------

SELECT count(*) FROM todo_orm.create_all() \g /dev/null
SELECT is(pg_temp.places($$ SELECT append_message('ann', 4711, 'robot', '') $$), '22023 [] ["conversation_id"] ["role"]', 'append_message: all of it');
SELECT is(pg_temp.places($$ SELECT append_message('ann', 4711, 'user', 'x') $$), '23503 ["conversation_id"]', 'append_message: the conversation alone');
SELECT is(pg_temp.places($$ SELECT append_messages('ann', 4711, '[{"role": "robot", "content": "x"}, {"role": "user"}, {"role": "user", "content": "x", "tokens": 5}, 7]') $$),
          '22023 [3] [0, "conversation_id"] [0, "role"] [1, "content"] [1, "conversation_id"] [2, "conversation_id"] [2, "tokens"]', 'append_messages: every item of the turn');
SELECT is((SELECT count(*) FROM message), 0::bigint, 'no message');

----------------------------------------------------------------------
-- ids of several columns
----------------------------------------------------------------------

CREATE TABLE seat (user_id text COLLATE "C" NOT NULL, row_no int, place percent, label text, PRIMARY KEY (user_id, row_no, place));
SELECT count(*) FROM todo_orm.register_model('seat') \g /dev/null
INSERT INTO seat VALUES ('ann', 1, 1, 'a'), ('ann', 1, 2, 'b');
SELECT pg_temp.refuses($$ SELECT find_seats('ann', '[{"row_no": 1, "place": 1}, {"row_no": "x"}, {"row_no": null, "place": 101}, 5]') $$, '22023',
    '[{"loc": ["ids", 3], "type": "type", "msg": "expected object, got number", "input": 5},
      {"loc": ["ids", 1, "row_no"], "type": "value", "msg": "invalid input syntax for type integer: \"x\"", "input": "x"},
      {"loc": ["ids", 1, "place"], "type": "missing", "msg": "field required", "input": null},
      {"loc": ["ids", 2, "row_no"], "type": "null", "msg": "must not be null", "input": null},
      {"loc": ["ids", 2, "place"], "type": "domain", "msg": "must be from 0 to 100", "input": 101}]', 'find: every id that is none');
SELECT pg_temp.refuses($$ SELECT find_seats('ann', '{"row_no": 1}') $$, '22023',
    '[{"loc": [], "type": "type", "msg": "expected an array of objects", "input": null}]', 'find: no array');
SELECT pg_temp.refuses($$ SELECT patch_seats('ann', '[{"row_no": "x", "place": 101, "label": 5}]') $$, '22023',
    '[{"loc": [0, "row_no"], "type": "value", "msg": "invalid input syntax for type integer: \"x\"", "input": "x"},
      {"loc": [0, "place"], "type": "domain", "msg": "must be from 0 to 100", "input": 101},
      {"loc": [0, "label"], "type": "type", "msg": "expected string, got number", "input": 5}]', 'patch: every column of a key');
SELECT is((SELECT string_agg(label, '' ORDER BY label) FROM find_seats('ann', '[{"row_no": 1.0, "place": 1}, {"row_no": 1, "place": 2.00}]')), 'ab', 'find: 1.0 is an integer');

----------------------------------------------------------------------
-- integers: a number without a fraction, however it is written (JSON has no other)
----------------------------------------------------------------------

CREATE TEMP TABLE made AS SELECT * FROM create_things('ann', '{"name": "x", "c_small": 1.0, "c_int": -2.000, "c_big": 3e2, "c_oid": 4.0, "c_percent": 5.0, "c_ints": [6.0, 7], "c_number": 1.50,
    "c_size": {"width": 8.0, "height": 1.5, "full_to": 9.0, "steps": [1.0]}, "c_pair": [1.0, 2], "c_jsonb": {"a": 1.0}, "box_id": 1.0}');
SELECT is((SELECT to_jsonb(m) #- '{c_jsonb}' FROM made m) @> '{"c_small": 1, "c_int": -2, "c_big": 300, "c_oid": "4", "c_percent": 5, "c_ints": [6, 7], "c_number": 1.50, "box_id": 1}', true, 'zeros behind the point');
SELECT is((SELECT row(c_number, c_size, c_pair, c_jsonb)::text FROM made), '(1.50,"(8,1.5,,9,{1})","{1,2}","{""a"": 1.0}")', 'a scale that counts stays');
SELECT is((SELECT count(*) FROM list_things('ann', match => '{"c_int": -2.0, "c_percent": {"gte": 5.0}, "c_ints": {"contains": [6.0]}, "c_small": {"in": [1.0, 2]}, "c_pair": [1, 2.0]}')), 1::bigint, 'in a match');
SELECT is((SELECT count(*) FROM update_things('ann', '{"c_int": -2.0}', '{"c_int": 5.0}')), 1::bigint, 'in a patch');
SELECT is((SELECT c_int FROM patch_things('ann', format('[{"id": %s.0, "c_int": 9.0}]', (SELECT id FROM made))::jsonb)), 9, 'as a key');
SELECT lives_ok(format($$ SELECT update_box('ann', 1, '{"things": {"connect": [%s.0]}}') $$, (SELECT id FROM made)), 'as an id of a nested row');
SELECT is(pg_temp.places($$ SELECT * FROM list_things('ann', match => '{"c_int": 1.5, "c_mood": "x", "c_small": 40000}') $$), '22023 ["match", "c_int"] ["match", "c_mood"] ["match", "c_small"]', 'a fraction is none');
SELECT pg_temp.refuses($$ SELECT * FROM list_things('ann', match => '{"c_int": 1.5, "c_mood": {"in": ["x"]}, "c_small": 40000}') $$, '22023',
    '[{"loc": ["match", "c_int"], "type": "value", "msg": "invalid input syntax for type integer: \"1.5\"", "input": 1.5},
      {"loc": ["match", "c_mood", "in", 0], "type": "enum", "msg": "invalid input value for enum mood: \"x\"; permitted: \"sad\", \"ok\", \"very happy\"", "input": "x"},
      {"loc": ["match", "c_small"], "type": "range", "msg": "value \"40000\" is out of range for type smallint", "input": 40000}]', 'entries of a match have the same types');

----------------------------------------------------------------------
-- BEFORE ROW triggers of one's own: NOT NULL and CHECK are PostgreSQL's, one entry; the rest is as ever
----------------------------------------------------------------------

CREATE TABLE note (LIKE todo_orm.owned INCLUDING ALL, title text NOT NULL CHECK (title <> ''), body text NOT NULL CHECK (body <> ''), size int, PRIMARY KEY (user_id, id));
CREATE FUNCTION note_default() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.title := coalesce(NEW.title, 'untitled'); RETURN NEW; END $$;
CREATE TRIGGER fill BEFORE INSERT OR UPDATE ON note FOR EACH ROW EXECUTE FUNCTION note_default();
SELECT count(*) FROM todo_orm.register_model('note') \g /dev/null
SELECT is((SELECT title FROM create_notes('ann', '{"title": null, "body": "x"}')), 'untitled', 'trigger: a null that it fills');
SELECT is((SELECT title FROM create_notes('ann', '{"body": "x"}')), 'untitled', 'trigger: a column that it fills');
SELECT pg_temp.refuses($$ SELECT create_notes('ann', '{"title": "", "body": ""}') $$, '22023',
    '[{"loc": ["body"], "type": "check", "msg": "violates check constraint \"note_body_check\"", "input": null}]', 'trigger: the CHECK that PostgreSQL found');
SELECT pg_temp.refuses($$ SELECT create_notes('ann', '{"body": null}') $$, '22023',
    '[{"loc": ["body"], "type": "null", "msg": "must not be null", "input": null}]', 'trigger: a null that it leaves');
SELECT is(validate_note('ann', '{"title": "", "body": ""}'), '[]', 'trigger: validate cannot know');
SELECT is((SELECT jsonb_agg(e -> 'loc') FROM jsonb_array_elements(validate_note('ann', '{"title": 5, "size": "x"}')) e), '[["size"], ["title"]]', 'trigger: types are checked all the same');

SELECT * FROM finish();
ROLLBACK;
