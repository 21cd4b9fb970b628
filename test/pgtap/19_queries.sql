-- match, sort, cursor, pages, first_, one_ (SPEC 6, 7, 8).  Random ones, against
-- plain SQL, are in test/clients/query_test.py; here is what the words promise
-- and what is refused.
BEGIN;
SELECT * FROM no_plan();

\ir include/refuses.psql

SET LOCAL TimeZone = 'UTC';
SET LOCAL client_min_messages = warning;
CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy');
CREATE DOMAIN word AS varchar(5) CHECK (VALUE <> 'never');
CREATE TABLE place (
    LIKE todo_orm.owned INCLUDING ALL,
    LIKE todo_orm.soft_delete INCLUDING ALL,
    name text, secret text,
    PRIMARY KEY (user_id, id));
CREATE TABLE thing (
    LIKE todo_orm.owned INCLUDING ALL,
    LIKE todo_orm.soft_delete INCLUDING ALL,
    flag boolean, n integer, small smallint, amount numeric, part double precision, title text, code varchar(3), fixed char(4), word word, mood mood,
    due date, at timestamptz, span interval, ref uuid, bytes bytea, tags text[], nrs integer[], data jsonb, raw json, days daterange,
    vacations datemultirange, words tsvector, spot point, secret text, place_id bigint,
    PRIMARY KEY (user_id, id),
    FOREIGN KEY (user_id, place_id) REFERENCES place (user_id, id));
SELECT count(*) FROM todo_orm.register_model('place', '{"hidden": ["secret"]}') \g /dev/null
SELECT count(*) FROM todo_orm.register_model('thing', '{"hidden": ["secret"], "scopes": {"flagged": {"flag": true}}}') \g /dev/null
INSERT INTO place (user_id, id, name, secret, deleted_at) VALUES
    ('ann', 1, 'Rome', 'canary', NULL), ('ann', 2, 'Oslo', 'canary', NULL), ('ann', 3, 'Gone', 'canary', now()), ('bob', 1, 'Bonn', 'canary', NULL);
-- 1 and 2 have values, 3 is all nulls, 4 is deleted; Bob's 1 is like Ann's
INSERT INTO thing VALUES
    (1, 'ann', NULL, true, 1, 1, 1.50, 0.5, 'Buy Milk', 'abc', 'ab', 'wo', 'sad', '2026-03-01', '2026-03-01 12:00+00', '1 day',
     '00000000-0000-0000-0000-000000000001', '\x00ff', '{shop,home}', '{1,2}', '{"a": {"b": 1}, "c": null}', '{"a": {"b": 1}}', '[2026-03-01,2026-03-05)',
     '{[2026-03-01,2026-03-05),[2026-04-01,2026-04-02)}', to_tsvector('english', 'running late'), '(1,2)', 'canary', 1),
    (2, 'ann', NULL, false, -2, -2, 20, 'NaN', '100% _x\y', 'b', 'b', '', 'happy', '2026-04-01', 'infinity', '1 mon',
     '00000000-0000-0000-0000-000000000002', '', '{}', '{2,NULL}', '[1, "two"]', '"text"', 'empty', '{}', '', NULL, 'canary', 2);
INSERT INTO thing (id, user_id, deleted_at, flag, n, title, place_id, secret) VALUES
    (3, 'ann', NULL, NULL, NULL, NULL, NULL, NULL), (4, 'ann', now(), true, 1, NULL, NULL, NULL), (1, 'bob', NULL, true, 1, 'Buy Milk', 1, 'canary');

-- the ids of what matches
CREATE FUNCTION pg_temp.ids(match jsonb, scope text DEFAULT 'all') RETURNS text LANGUAGE sql AS
    $$ SELECT coalesce(string_agg(id::text, ' ' ORDER BY id), '') FROM list_things('ann', scope, match) $$;

----------------------------------------------------------------------
-- operators, by class of type
----------------------------------------------------------------------

SELECT is(pg_temp.ids(match::jsonb), ids, 'match ' || match)
  FROM (VALUES
    -- a bare value is eq, a bare null is null, several keys are ANDed
    ('{}', '1 2 3'), ('{"flag": true}', '1'), ('{"flag": null}', '3'), ('{"flag": true, "n": 1}', '1'), ('{"flag": true, "n": 2}', ''),
    ('{"n": {"eq": 1}}', '1'), ('{"n": {"gte": -2, "lt": 1}}', '2'), ('{"n": {"gt": 1}}', ''), ('{"n": {"lte": 1}}', '1 2'), ('{"n": "1"}', '1'),
    -- ne and nin include nulls, in does where null is listed
    ('{"n": {"ne": 1}}', '2 3'), ('{"n": {"in": [1, 7]}}', '1'), ('{"n": {"in": [1, null]}}', '1 3'), ('{"n": {"in": []}}', ''), ('{"n": {"nin": [1]}}', '2 3'),
    ('{"n": {"nin": [1, null]}}', '2'), ('{"n": {"nin": []}}', '1 2 3'), ('{"n": {"nin": [null]}}', '1 2'),
    -- eq null is null, ne null is not
    ('{"n": {"null": true}}', '3'), ('{"n": {"null": false}}', '1 2'), ('{"n": {"eq": null}}', '3'), ('{"n": {"ne": null}}', '1 2'),
    -- numbers and times: by value, not by text
    ('{"small": 1}', '1'), ('{"amount": 1.5}', '1'), ('{"amount": "20.00"}', '2'), ('{"part": "NaN"}', '2'), ('{"part": {"lt": 1e10}}', '1'), ('{"part": 0.50}', '1'),
    ('{"n": 100000}', ''), ('{"due": "2026-03-01"}', '1'), ('{"due": {"gt": "2026-03-01"}}', '2'), ('{"at": "2026-03-01T14:00:00+02:00"}', '1'), ('{"at": "infinity"}', '2'),
    ('{"span": "24:00"}', '1'), ('{"span": {"gte": "30 days"}}', '2'), ('{"ref": "00000000-0000-0000-0000-000000000001"}', '1'), ('{"bytes": "\\x00ff"}', '1'), ('{"bytes": ""}', '2'),
    -- enums in their own order
    ('{"mood": "sad"}', '1'), ('{"mood": {"gt": "ok"}}', '2'), ('{"mood": {"in": ["sad", "happy"]}}', '1 2'),
    -- text: what no row can have matches none, a blank-padded type pads, a domain's CHECK does not speak up
    ('{"title": "Buy Milk"}', '1'), ('{"title": "buy milk"}', ''), ('{"code": "abcd"}', ''), ('{"fixed": "ab"}', '1'), ('{"fixed": {"in": ["ab  ", "x"]}}', '1'), ('{"word": ""}', '2'),
    ('{"word": "never"}', ''), ('{"title": {"gte": "B"}}', '1'),
    ('{"title": {"like": "Buy%"}}', '1'), ('{"title": {"like": "buy%"}}', ''), ('{"title": {"ilike": "buy%"}}', '1'), ('{"title": {"like": "%\\%%"}}', '2'), ('{"title": {"like": "___ ____"}}', '1'),
    ('{"code": {"like": "a%"}}', '1'), ('{"word": {"ilike": "W_"}}', '1'),
    ('{"title": {"contains": "MILK"}}', '1'), ('{"title": {"contains": "%"}}', '2'), ('{"title": {"contains": "_"}}', '2'), ('{"title": {"contains": "\\"}}', '2'), ('{"title": {"contains": ""}}', '1 2'),
    -- arrays, ranges, documents
    ('{"tags": {"contains": ["home"]}}', '1'), ('{"tags": {"contains": []}}', '1 2'), ('{"tags": {"contains": ["home", "x"]}}', ''), ('{"tags": ["shop", "home"]}', '1'), ('{"tags": []}', '2'),
    ('{"tags": {"eq": ["home", "shop"]}}', ''), ('{"tags": {"in": [[], ["x"]]}}', '2'), ('{"nrs": {"contains": [2]}}', '1 2'), ('{"nrs": [2, null]}', '2'), ('{"nrs": {"ne": [1, 2]}}', '2 3'),
    ('{"days": {"contains": "2026-03-04"}}', '1'), ('{"days": {"contains": "[2026-03-02,2026-03-04]"}}', '1'), ('{"days": {"contains": "empty"}}', '1 2'), ('{"days": "empty"}', '2'),
    ('{"days": "[2026-03-01,2026-03-04]"}', '1'), ('{"vacations": {"contains": "2026-04-01"}}', '1'), ('{"vacations": {"contains": "[2026-03-01,2026-04-02)"}}', ''),
    ('{"vacations": {"contains": "{[2026-03-01,2026-03-02),[2026-04-01,2026-04-02)}"}}', '1'),
    ('{"data": {"contains": {"a": {"b": 1}}}}', '1'), ('{"data": {"contains": [1]}}', '2'), ('{"data": {"eq": {"c": null, "a": {"b": 1.0}}}}', '1'), ('{"data": {"ne": [1, "two"]}}', '1 3'),
    ('{"data": {"null": true}}', '3'), ('{"data": {"eq": null}}', ''), ('{"data": {"in": [[1, "two"], 7]}}', '2'), ('{"raw": {"eq": {"a": {"b": 1}}}}', '1'), ('{"raw": {"contains": "text"}}', '2'),
    ('{"raw": {"nin": ["text"]}}', '1 3'),
    -- words that people type
    ('{"words": {"search": "run"}}', '1'), ('{"words": {"search": "late -running"}}', ''), ('{"title": {"search": "milk or \"& (!"}}', '1'), ('{"title": {"search": ""}}', ''),
    ('{"spot": {"null": false}}', '1'),
    -- and, or, not; there is no third answer
    ('{"or": [{"n": 1}, {"flag": null}]}', '1 3'), ('{"or": []}', ''), ('{"and": []}', '1 2 3'), ('{"or": [{}]}', '1 2 3'), ('{"and": [{"n": {"gt": -5}}, {"flag": false}]}', '2'),
    ('{"not": {"n": 1}}', '2 3'), ('{"not": {"n": {"lt": 5}}}', '3'), ('{"not": {"not": {"n": {"lt": 5}}}}', '1 2'), ('{"not": {}}', ''), ('{"not": {"or": []}}', '1 2 3'),
    ('{"n": 1, "or": [{"flag": false}, {"not": {"title": null}}]}', '1'), ('{"and": {"n": 1, "flag": true}}', '1'),
    -- a key given twice: the last, as in all jsonb
    ('{"n": 1, "n": -2}', '2'),
    -- to one: of the owner, and live
    ('{"place": {"name": "Rome"}}', '1'), ('{"place": {}}', '1 2'), ('{"place": null}', '3'), ('{"not": {"place": {"name": "Rome"}}}', '2 3'), ('{"place": {"name": "Bonn"}}', ''),
    ('{"place": {"things": {"some": {"n": -2}}}}', '2')) AS cases (match, ids);
-- to many
SELECT is((SELECT coalesce(string_agg(id::text, ' ' ORDER BY id), '') FROM list_places('ann', match => match::jsonb)), ids, 'match ' || match)
  FROM (VALUES
    ('{"things": {"flag": true}}', '1'), ('{"things": {"some": {"flag": true}}}', '1'), ('{"things": {"none": {"flag": true}}}', '2'), ('{"things": {"every": {"flag": false}}}', '2'),
    ('{"things": {"some": {}}}', '1 2'), ('{"things": {}}', '1 2'), ('{"things": null}', ''), ('{"things": {"none": {}}}', ''), ('{"things": {"some": {}, "none": {"n": 1}}}', '2'),
    ('{"things": {"place": {"name": "Oslo"}}}', '2')) AS cases (match, ids);
INSERT INTO place (user_id, id, name) VALUES ('ann', 4, 'Empty');
SELECT is((SELECT id FROM list_places('ann', match => '{"things": null}')), 4::bigint, 'nothing at the other end');
SELECT is((SELECT count(*) FROM list_places('ann', match => '{"things": {"every": {"n": 99}}}')), 1::bigint, 'every of none is true');
UPDATE thing SET deleted_at = now() WHERE user_id = 'ann' AND id = 2;
SELECT is(count_places('ann', match => '{"things": null}'), 2::bigint, 'a deleted row is at no end');
UPDATE thing SET deleted_at = NULL WHERE user_id = 'ann' AND id = 2;
SELECT soft_delete_place('ann', 1) \g /dev/null
SELECT is(pg_temp.ids('{"place": null}'), '1 3', 'a deleted parent is none');
SELECT is(pg_temp.ids('{"place": {"name": "Rome"}}'), '', 'and matches nothing');
SELECT id FROM restore_place('ann', 1) \g /dev/null

-- scope and owner are further conditions
SELECT is(pg_temp.ids('{"n": {"null": false}}', 'deleted'), '4', 'match within the scope deleted');
SELECT is(pg_temp.ids('{"n": {"null": false}}', 'with_deleted'), '1 2 4', 'within with_deleted');
SELECT is(pg_temp.ids('{"n": {"null": false}}', 'flagged'), '1', 'within one''s own');
SELECT is(pg_temp.ids('{"user_id": "bob"}'), '', 'a match for another owner finds nothing');
SELECT is(pg_temp.ids('{"or": [{"user_id": "bob"}, {"not": {"user_id": "ann"}}, {"user_id": {"ne": "ann"}}]}'), '', 'however it is said');
SELECT is((SELECT count(*) FROM list_things('nobody', match => '{"not": {"n": 99}}')), 0::bigint, 'an owner without rows');

-- nothing in a value is SQL
SELECT is(pg_temp.ids(jsonb_build_object(c, jsonb_build_object(op, v))), '', format('%s in %s %s', v, c, op))
  FROM unnest(ARRAY[$$' OR true --$$, $$\' OR 1=1; DROP TABLE thing; --$$, '$1', '") OR ("', '$$']) v, unnest('{title,code,word}'::text[]) c, unnest('{eq,like,contains}'::text[]) op;
SELECT has_table('thing', 'the table is still there');

----------------------------------------------------------------------
-- refused matches: all errors at once, each with its place
----------------------------------------------------------------------

SELECT pg_temp.refuses($$ SELECT * FROM list_things('ann', match => '{"nope": 1, "n": "one", "or": [{"due": "soon"}, {"flag": {"like": "t%"}}], "title": {"wie": 1}}') $$, '22023',
    '[{"loc": ["match", "n"], "type": "value", "msg": "invalid input syntax for type integer: \"one\"", "input": "one"},
      {"loc": ["match", "or", 0, "due"], "type": "value", "msg": "invalid input syntax for type date: \"soon\"", "input": "soon"},
      {"loc": ["match", "or", 1, "flag", "like"], "type": "operator", "msg": "does not apply to type boolean", "input": null},
      {"loc": ["match", "nope"], "type": "unexpected", "msg": "no column or relationship of \"thing\"", "input": null},
      {"loc": ["match", "title", "wie"], "type": "unexpected", "msg": "no operator; there are eq, ne, gt, gte, lt, lte, in, nin, like, ilike, null, contains, search", "input": null}]',
    'every mistake, with its path');
SELECT is(pg_temp.places(format('SELECT count_things(''ann'', match => %L)', match)), '22023 ' || place, 'refused: ' || match)
  FROM (VALUES
    ('[]', '["match"]'), ('7', '["match"]'), ('"n"', '["match"]'), ('null', '["match"]'), ('[{"n": 1}]', '["match"]'),
    -- unknown and hidden names; names are exact
    ('{"": 1}', '["match", ""]'), ('{"N": 1}', '["match", "N"]'), ('{"secret": "canary"}', '["match", "secret"]'), ('{"place": {"secret": "x"}}', '["match", "place", "secret"]'),
    ('{"place": {"things": {"some": {"nope": 1}}}}', '["match", "place", "things", "some", "nope"]'), ('{"place.name": "Rome"}', '["match", "place.name"]'),
    -- wrong types
    ('{"n": 1.5}', '["match", "n"]'), ('{"n": 1e400}', '["match", "n"]'), ('{"n": 99999999999}', '["match", "n"]'), ('{"n": true}', '["match", "n"]'), ('{"part": 1e400}', '["match", "part"]'),
    ('{"flag": "maybe"}', '["match", "flag"]'), ('{"title": 1}', '["match", "title"]'), ('{"title": ["a"]}', '["match", "title"]'), ('{"mood": "SAD"}', '["match", "mood"]'),
    ('{"ref": "1"}', '["match", "ref"]'), ('{"n": {"in": 1}}', '["match", "n", "in"]'), ('{"n": {"in": [1, "x", 2, "y"]}}', '["match", "n", "in", 1] ["match", "n", "in", 3]'),
    ('{"n": {"null": 1}}', '["match", "n", "null"]'), ('{"n": {"gt": null}}', '["match", "n", "gt"]'), ('{"title": {"like": null}}', '["match", "title", "like"]'),
    ('{"title": {"contains": null}}', '["match", "title", "contains"]'), ('{"title": {"search": 1}}', '["match", "title", "search"]'), ('{"title": {"like": "a\\"}}', '["match", "title", "like"]'),
    ('{"days": {"contains": "[2026-03-05,2026-03-01]"}}', '["match", "days", "contains"]'), ('{"days": "soon"}', '["match", "days"]'),
    -- operators that the type does not have
    ('{"n": {"like": "1%"}}', '["match", "n", "like"]'), ('{"n": {"contains": 1}}', '["match", "n", "contains"]'), ('{"n": {"search": "1"}}', '["match", "n", "search"]'),
    ('{"data": {"gt": 1}}', '["match", "data", "gt"]'), ('{"raw": {"lt": 1}}', '["match", "raw", "lt"]'), ('{"spot": {"eq": "(1,2)"}}', '["match", "spot", "eq"]'), ('{"tags": {"like": "a"}}', '["match", "tags", "like"]'),
    -- a json column needs an operator
    ('{"data": {"a": 1}}', '["match", "data", "a"]'),
    -- and, or, not, relationships want objects
    ('{"or": 1}', '["match", "or"]'), ('{"or": [1]}', '["match", "or", 0]'), ('{"and": [{}, null]}', '["match", "and", 1]'), ('{"not": []}', '["match", "not"]'), ('{"not": null}', '["match", "not"]'),
    ('{"place": 1}', '["match", "place"]'), ('{"place": []}', '["match", "place"]'), ('{"place": {"some": {}}}', '["match", "place", "some"]'),
    ('{"place": {"things": {"some": 1}}}', '["match", "place", "things", "some"]'), ('{"place": {"things": {"some": {}, "n": 1}}}', '["match", "place", "things", "some"]')) AS cases (match, place);
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
SELECT matches(pg_temp.error_text($$ SELECT count_things('ann', match => '{"nope": 1}') $$), 'Available columns and relationships: .*"title".*"place".*"and", "or", "not"', 'the hint names what is known');
SELECT is(rtrim(pg_temp.error_text(format($$ SELECT delete_things('ann', match => '%s') $$, match)), E'\n'),
          E'invalid input for "thing": ' || at || E': expected array of objects, got object\n[{"loc": ["match", ' || loc || '], "type": "type", "msg": "expected array of objects, got object", "input": null}]',
          'alternatives are an array, an object would be one: ' || match)
  FROM (VALUES ('{"or": {"n": 1, "flag": true}}', 'match.or', '"or"'), ('{"not": {"or": {"n": 1}}}', 'match.not.or', '"not", "or"'), ('{"or": {}}', 'match.or', '"or"')) AS cases (match, at, loc);
SELECT matches(pg_temp.error_text($$ SELECT count_things('ann', match => '{"title": ["a", "b"]}') $$), E'expected string, got array\n.*\nOne of several values is {"title": {"in": \\[...\\]}}', 'an array for a value: the hint has in');
SELECT matches(pg_temp.error_text($$ SELECT count_things('ann', '{"n": 1}') $$), E'unrecognized scope .*\nA filter is another argument: match =>', 'a match for a scope: the hint says where it goes');
SELECT matches(pg_temp.error_text($$ SELECT count_things('ann', 'nope') $$), E'\nAvailable scopes: ', 'another scope: those that there are');
SELECT doesnt_match(pg_temp.error_text($$ SELECT count_things('ann', match => '{"nope": 1}') $$), 'secret', 'but nothing hidden');
SELECT matches(pg_temp.error_text($$ SELECT count_things('ann', match => '{"place": {"nope": 1}}') $$), 'no column or relationship of "place"', 'of the model in which it was looked for');
SELECT is((SELECT jsonb_array_length(d::jsonb) || ' ' || (d::jsonb -> -1 ->> 'type') FROM (SELECT split_part(pg_temp.error_text(format('SELECT count_things(''ann'', match => %L)',
              (SELECT jsonb_object_agg('no ' || i, 1) FROM generate_series(1, 120) i))), E'\n', 2) AS d) s), '100 too_many', 'at most 100 errors');

-- lone surrogates and the like are jsonb's own to refuse, before the call
SELECT throws_ok($$ SELECT count_things('ann', match => '{"title": "\ud800"}') $$, '22P02', NULL, 'a lone surrogate');
SELECT throws_ok($$ SELECT count_things('ann', match => '{"title": "\u0000"}') $$, '22P05', NULL, 'a null character');

----------------------------------------------------------------------
-- caps
----------------------------------------------------------------------

CREATE FUNCTION pg_temp.nested(depth int) RETURNS jsonb LANGUAGE sql AS $$ SELECT (repeat('{"not": ', depth - 1) || '{"n": 1}' || repeat('}', depth - 1))::jsonb $$;
SELECT lives_ok($$ SELECT count_things('ann', match => pg_temp.nested(8)) $$, 'eight deep');
SELECT throws_ok($$ SELECT count_things('ann', match => pg_temp.nested(9)) $$, '22023', NULL, 'nine deep');
SELECT throws_ok($$ SELECT count_things('ann', match => pg_temp.nested(3000)) $$, '22023', NULL, 'as deep as jsonb goes');
SELECT throws_ok($$ SELECT count_things('ann', match => '{"place": {"things": {"place": {"things": {"place": {"things": {"place": {"things": {}}}}}}}}}') $$, '22023', NULL, 'relationships count');
SELECT lives_ok($$ SELECT count_things('ann', match => jsonb_build_object('or', (SELECT jsonb_agg('{"n": 1}'::jsonb) FROM generate_series(1, 50)))) $$, 'fifty conditions');
SELECT throws_ok($$ SELECT count_things('ann', match => jsonb_build_object('or', (SELECT jsonb_agg('{"n": 1}'::jsonb) FROM generate_series(1, 101)))) $$, '22023', NULL, 'a hundred and one');
SELECT throws_ok($$ SELECT count_things('ann', match => jsonb_build_object('or', (SELECT jsonb_agg('{}'::jsonb) FROM generate_series(1, 100000)))) $$, '22023', NULL, 'empty ones count');
SELECT lives_ok($$ SELECT count_things('ann', match => jsonb_build_object('n', jsonb_build_object('in', (SELECT jsonb_agg(i) FROM generate_series(1, 10000) i)))) $$, 'ten thousand values');
SELECT throws_ok($$ SELECT count_things('ann', match => jsonb_build_object('n', jsonb_build_object('in', (SELECT jsonb_agg(i) FROM generate_series(1, 10001) i)))) $$, '22023', NULL, 'one more');
SET LOCAL todo_orm.max_match_depth = 1;
SET LOCAL todo_orm.max_match_conditions = 1;
SET LOCAL todo_orm.max_match_values = 2;
SET LOCAL todo_orm.max_take = 2;
SELECT lives_ok($$ SELECT count_things('ann', match => '{"n": {"in": [1, 2]}}') $$, 'up to the caps');
SELECT throws_ok(format('SELECT count_things(''ann'', match => %L)', match), '22023', NULL, 'beyond them: ' || match)
  FROM unnest('{"{\"not\": {\"n\": 1}}","{\"n\": 1, \"flag\": true}","{\"n\": {\"in\": [1, 2, 3]}}"}'::text[]) match;
SELECT lives_ok($$ SELECT list_things('ann') $$, 'the default page is not beyond max_take');
SELECT throws_ok(format('SELECT list_things(''ann'', take => %s)', take), '22023', NULL, 'take ' || take) FROM unnest('{3,-3,2147483647,-2147483648}'::bigint[]) take;
SELECT throws_ok(format('SELECT page_things(''ann'', take => %s)', take), '22023', NULL, 'page, take ' || take) FROM unnest('{3,-3}'::int[]) take;
RESET todo_orm.max_match_depth;
RESET todo_orm.max_match_conditions;
RESET todo_orm.max_match_values;
RESET todo_orm.max_take;

----------------------------------------------------------------------
-- sort
----------------------------------------------------------------------

CREATE FUNCTION pg_temp.sorted(sort text) RETURNS text LANGUAGE sql AS $$ SELECT string_agg(id::text, ' ') FROM list_things('ann', sort => sort) $$;
SELECT is(pg_temp.sorted(sort), ids, 'sort ' || sort)
  FROM (VALUES
    ('n', '2 1 3'), ('-n', '3 1 2'), ('n desc', '3 1 2'), ('n asc', '2 1 3'), ('n nulls first', '3 2 1'), ('n desc nulls last', '1 2 3'), ('-n nulls last', '1 2 3'), ('-n asc', '2 1 3'),
    ('  n   DESC  NULLS   LAST ', '1 2 3'), ('"n"', '2 1 3'), ('-"n"', '3 1 2'), ('part', '1 2 3'), ('mood', '1 2 3'), ('tags', '2 1 3'), ('data', '2 1 3'), ('days', '2 1 3'),
    -- what is not named of the key is appended in the direction of the last one
    ('id', '1 2 3'), ('-id', '3 2 1'), ('place.name', '2 1 3'), ('-place.name nulls last', '1 2 3'), ('place.name nulls first, -id', '3 2 1'), ('-user_id', '3 2 1'),
    ('user_id', '1 2 3'), ('n, n desc', '2 1 3')) AS cases (sort, ids);
SELECT is(pg_temp.sorted(NULL), pg_temp.sorted('id'), 'no sort: the model''s own, here by key');
SELECT throws_ok(format('SELECT list_things(''ann'', sort => %L)', sort), '22023', NULL, 'refused: sort ' || sort)
  FROM unnest(ARRAY['', ' ', ',', 'n,', 'nope', 'secret', 'place.secret', 'place', 'place.', '.name', 'place.place.name', 'things.n', 'lower(title)', 'n; DROP TABLE thing', 'n desc desc', 'n nulls', 'n nulls here',
                    'n last', '--n', 'spot', 'raw', 'N', '"n', 'n -- x', '1', 'thing.n', 't.n', 'n using <', 'n collate "C"', 'ctid', 'tableoid', '((n))', 'random()']) sort;
SELECT throws_ok($$ SELECT list_things('ann', sort => (SELECT string_agg('n', ',') FROM generate_series(1, 1000))) $$, '22023', NULL, 'a thousand columns');
SELECT matches(pg_temp.error_text($$ SELECT list_things('ann', sort => 'nope') $$), 'Available columns: .*title', 'the hint names the columns');
SELECT doesnt_match(pg_temp.error_text($$ SELECT list_things('ann', sort => 'nope') $$), 'secret', 'but none hidden');

----------------------------------------------------------------------
-- pages
----------------------------------------------------------------------

CREATE FUNCTION pg_temp.page(sort text, take int, cursor text DEFAULT NULL, skip int DEFAULT 0, match jsonb DEFAULT '{}') RETURNS TABLE (ids text, next text, prev text, total bigint) LANGUAGE sql AS $$
    SELECT (SELECT string_agg(i ->> 'id', ' ') FROM json_array_elements(p -> 'items') i), p ->> 'next_cursor', p ->> 'prev_cursor', (p ->> 'total')::bigint
      FROM page_things('ann', 'all', match, sort, take, skip, cursor, with_total => true) p
$$;
SELECT is(page_things('nobody', with_total => true)::text, '{"items":[],"next_cursor":null,"prev_cursor":null,"total":0}', 'an empty page');
SELECT is(page_things('ann', match => '{"n": 99}')::text, '{"items":[],"next_cursor":null,"prev_cursor":null}', 'nothing matches; total on request');
SELECT set_eq($$ SELECT json_object_keys(page_things('ann') #> '{items,0}') $$,
              $$ SELECT attname::text FROM pg_attribute WHERE attrelid = 'thing'::regclass AND attnum > 0 AND attname <> 'secret' $$, 'an item has every column that is not hidden');
SELECT doesnt_match(page_things('ann')::text || page_things('ann', sort => 'place.name', take => 1)::text, 'canary', 'nor a hidden value');
SELECT results_eq($$ SELECT ids, next IS NULL, prev IS NULL, total FROM pg_temp.page('id', 3) $$, $$ VALUES ('1 2 3', true, true, 3::bigint) $$, 'all on one page: no cursor');
SELECT results_eq($$ SELECT ids, next IS NULL, prev IS NULL, total FROM pg_temp.page('id', 2) $$, $$ VALUES ('1 2', false, true, 3::bigint) $$, 'the first of two');
SELECT results_eq($$ SELECT ids, next IS NULL, prev IS NULL, total FROM pg_temp.page('id', 0) $$, $$ VALUES (NULL, true, true, 3::bigint) $$, 'take 0: no rows, the total');
SELECT results_eq($$ SELECT ids, next IS NULL, prev IS NULL, total FROM pg_temp.page('id', -2) $$, $$ VALUES ('2 3', true, false, 3::bigint) $$, 'the last two, in order');
SELECT results_eq($$ SELECT ids, next IS NULL, prev IS NULL, total FROM pg_temp.page('id', 1, skip => 1) $$, $$ VALUES ('2', false, false, 3::bigint) $$, 'skip: there are rows on both sides');
SELECT results_eq($$ SELECT ids, total FROM pg_temp.page('id', 1, skip => 9) $$, $$ VALUES (NULL, 3::bigint) $$, 'skip beyond the end');
SELECT throws_ok($$ SELECT pg_temp.page('id', 1, skip => -1) $$, '22023', NULL, 'skip -1');
SELECT is((SELECT b.ids FROM pg_temp.page('id', 2, skip => 9) a, pg_temp.page('id', 2, a.prev) b), '2 3', 'the way back from beyond the end');
SELECT is((SELECT b.ids FROM pg_temp.page('id', -2, skip => 9) a, pg_temp.page('id', 2, a.next) b), '1 2', 'and from beyond the beginning');
SELECT is((SELECT a.prev FROM pg_temp.page('id', 2, skip => 9, match => '{"id": {"gt": 99}}') a), NULL, 'where there is nothing, no way back');
SELECT pg_temp.refuses($$ SELECT list_things('ann', skip => -1) $$, '22023', '[{"loc": ["skip"], "type": "value", "msg": "must not be negative", "input": -1}]', 'the error shows what was given: skip');
SELECT pg_temp.refuses($$ SELECT list_things('ann', 'no"ne') $$, '22023', '[{"loc": ["scope"], "type": "value", "msg": "no scope of that name", "input": "no\"ne"}]', 'and scope');
-- there and back, where nulls are in the order: 3 2 1
SELECT next AS c1 FROM pg_temp.page('n nulls first', 1) \gset
SELECT ids AS i2, next AS c2, prev AS p2 FROM pg_temp.page('n nulls first', 1, :'c1') \gset
SELECT ids AS i3, next AS c3, prev AS p3 FROM pg_temp.page('n nulls first', 1, :'c2') \gset
SELECT is(concat_ws(' ', :'i2', :'i3'), '2 1', 'forwards');
SELECT results_eq(format('SELECT next IS NULL, prev IS NULL FROM pg_temp.page(''n nulls first'', 1, %L)', :'c2'), $$ VALUES (true, false) $$, 'the last page leads back only');
SELECT is((SELECT ids FROM pg_temp.page('n nulls first', 1, :'p3')), '2', 'back');
SELECT is((SELECT ids FROM pg_temp.page('n nulls first', 1, :'p2')), '3', 'to the beginning');
SELECT is((SELECT prev FROM pg_temp.page('n nulls first', 1, :'p2')), NULL, 'which is one');
SELECT is((SELECT ids FROM pg_temp.page('n nulls first', 50, :'c1')), '2 1', 'take may differ');
SELECT is((SELECT string_agg(id::text, ' ') FROM list_things('ann', sort => 'n nulls first', cursor => :'c1')), '2 1', 'list_ takes the same cursors');
SELECT is((SELECT ids FROM pg_temp.page('n asc nulls first, id', 1, :'c1')), '2', 'the same order in other words is the same');
SELECT is(page_things('ann', sort => 'n nulls first', take => 0, cursor => :'c1') #>> '{items}', '[]', 'take 0 behind a cursor');
SELECT ok(:'c1' ~ '^[A-Za-z0-9_-]+$' AND :'p3' ~ '^[A-Za-z0-9_-]+$', 'cursors can stand in a URL');
-- the rows it stands between may go
DELETE FROM thing WHERE user_id = 'ann' AND id = 3;
SELECT is((SELECT ids FROM pg_temp.page('n nulls first', 1, :'c1')), '2', 'the row of a cursor may be deleted');
INSERT INTO thing (id, user_id) VALUES (3, 'ann');
-- stable
CREATE FUNCTION pg_temp.walk(sort text, step int) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    page record; met text;
BEGIN
    SELECT * INTO page FROM pg_temp.page(sort, step);
    LOOP
        met := concat_ws(' ', met, page.ids);
        EXIT WHEN page.next IS NULL;
        SELECT * INTO page FROM pg_temp.page(sort, step, page.next);
    END LOOP;
    RETURN met;
END
$$;
SELECT is(pg_temp.walk(sort, step), pg_temp.sorted(sort), format('page by page, %s at a time: %s', step, sort))
  FROM unnest('{1,2}'::int[]) step, unnest(ARRAY['flag', '-flag', 'place.name', '-place.name nulls last, -n', 'part', '-part', 'mood, due', 'days', 'data', 'at', '-amount', 'tags desc nulls last', 'fixed, ref']) sort;

-- a cursor belongs to model, owner, scope, match and sort
SELECT next AS c FROM pg_temp.page('n', 1) \gset
SELECT lives_ok(format($$ SELECT list_things('ann', sort => 'n', cursor => %L) $$, :'c'), 'a cursor where it belongs');
SELECT throws_ok(format(call, :'c'), '22023', NULL, 'and elsewhere: ' || call)
  FROM unnest(ARRAY['SELECT list_things(''bob'', sort => ''n'', cursor => %L)', 'SELECT list_things(''ann'', sort => ''-n'', cursor => %L)', 'SELECT list_things(''ann'', sort => ''n nulls first'', cursor => %L)',
                    'SELECT list_things(''ann'', sort => ''n, title'', cursor => %L)', 'SELECT list_things(''ann'', cursor => %L)', 'SELECT list_things(''ann'', sort => ''small'', cursor => %L)',
                    'SELECT list_things(''ann'', ''flagged'', sort => ''n'', cursor => %L)', 'SELECT list_things(''ann'', ''with_deleted'', sort => ''n'', cursor => %L)',
                    'SELECT list_things(''ann'', match => ''{"n": 1}'', sort => ''n'', cursor => %L)', 'SELECT list_places(''ann'', cursor => %L)', 'SELECT list_places(''ann'', sort => ''id'', cursor => %L)',
                    'SELECT list_things(''ann'', sort => ''n'', cursor => %L, take => -1)', 'SELECT list_things(''ann'', sort => ''n'', cursor => %L, skip => 1)',
                    'SELECT page_things(''bob'', sort => ''n'', cursor => %L)']) call;
SELECT next AS m FROM pg_temp.page('n', 1, match => '{"n": {"in": [1, -2]}}') \gset
SELECT lives_ok(format($$ SELECT list_things('ann', match => '{"n":   {"in": [1, -2]}}', sort => 'n', cursor => %L) $$, :'m'), 'the same match with other blanks');
SELECT throws_ok(format($$ SELECT list_things('ann', match => '{"n": {"in": [1, -3]}}', sort => 'n', cursor => %L) $$, :'m'), '22023', NULL, 'with another value');
-- one that was changed
SELECT is((SELECT count(*) FROM generate_series(1, length(:'c')) i
            WHERE (SELECT pg_temp.error_text(format('SELECT list_things(''ann'', sort => ''n'', cursor => %L)', overlay(:'c' PLACING CASE substr(:'c', i, 1) WHEN 'A' THEN 'z' ELSE 'A' END FROM i)))) !~ '^invalid cursor'),
          0::bigint, 'a cursor with any one character changed is refused');
SELECT throws_ok(format($$ SELECT list_things('ann', sort => 'n', cursor => %L) $$, c), '22023', NULL, 'no cursor: ' || left(c, 20))
  FROM unnest(ARRAY['', ' ', 'A', 'AAAAAAAAAAAA', '=', '====', '!', 'null', :'c' || 'A', :'c' || '=', substr(:'c', 2), left(:'c', -1), repeat('A', 100000), '\x00', 'ü', upper(:'c')]) c;
-- one from before a change of the table: no crash, and no other place
CREATE TABLE changed (LIKE todo_orm.owned INCLUDING ALL, title text, code text, PRIMARY KEY (user_id, id));
SELECT count(*) FROM todo_orm.register_model('changed', '{"name": "change", "plural": "changes"}') \g /dev/null
SELECT count(*) FROM create_changes('ann', '[{}, {"title": "a", "code": "1"}, {"title": "b", "code": "2"}]') \g /dev/null
SELECT page_changes('ann', sort => 'title nulls first', take => 1) ->> 'next_cursor' AS null_cursor, page_changes('ann', sort => 'code', take => 1) ->> 'next_cursor' AS text_cursor \gset
UPDATE changed SET title = '' WHERE title IS NULL;
ALTER TABLE changed ALTER title SET NOT NULL;
SELECT throws_ok(format($$ SELECT list_changes('ann', sort => 'title nulls first', cursor => %L) $$, :'null_cursor'), '22023', NULL, 'a null for a column that has none any longer');
ALTER TABLE changed ALTER code TYPE bigint USING code::bigint;
SELECT count(*) FROM todo_orm.register_model('changed', '{"name": "change", "plural": "changes"}') \g /dev/null
SELECT throws_ok(format($$ SELECT list_changes('ann', sort => 'code', cursor => %L) $$, :'text_cursor'), '22023', NULL, 'a value of the type that the column had');

----------------------------------------------------------------------
-- first_, one_, count_
----------------------------------------------------------------------

SELECT is((SELECT id FROM first_thing('ann', sort => '-n nulls last')), 1::bigint, 'first_: by the sort');
SELECT is((SELECT id FROM first_thing('ann', '{"flag": false}')), 2::bigint, 'first_: of what matches');
SELECT is((SELECT id FROM first_thing('ann', scope => 'deleted')), 4::bigint, 'first_: within the scope');
SELECT is_empty($$ SELECT * FROM first_thing('ann', '{"n": 99}') $$, 'first_: none is no row');
SELECT is_empty($$ SELECT * FROM first_thing('nobody') $$, 'first_: nor for another owner');
SELECT is((SELECT id FROM one_thing('ann', '{"n": 1}')), 1::bigint, 'one_: the only one');
SELECT is((SELECT user_id FROM one_thing('bob', '{"n": 1}')), 'bob', 'one_: each owner has another');
SELECT throws_ok($$ SELECT * FROM one_thing('ann', '{"n": 99}') $$, 'P0002', NULL, 'one_: none');
SELECT is_empty($$ SELECT * FROM one_thing('ann', '{"n": 99}', missing_ok => true) $$, 'one_: none, and that is fine');
SELECT throws_ok($$ SELECT * FROM one_thing('ann', '{"n": {"null": false}}') $$, 'P0003', NULL, 'one_: several');
SELECT throws_ok($$ SELECT * FROM one_thing('ann', '{"n": {"null": false}}', missing_ok => true) $$, 'P0003', NULL, 'one_: several are several');
SELECT throws_ok($$ SELECT * FROM one_thing('ann', '{}') $$, 'P0003', NULL, 'one_: of all');
SELECT is((SELECT id FROM one_thing('ann', '{"n": 1}', 'deleted')), 4::bigint, 'one_: within the scope');
SELECT throws_ok($$ SELECT * FROM one_thing('ann', '{"nope": 1}', missing_ok => true) $$, '22023', NULL, 'one_: a bad match is no missing row');
SELECT doesnt_match(pg_temp.error_text($$ SELECT * FROM one_thing('ann', '{"title": "a\"secret"}') $$), 'a\\?"secret', 'the text does not hold the values');
SELECT is(count_things('ann', match => '{"flag": null}'), 1::bigint, 'count_');
SELECT is(count_things('ann', 'with_deleted', '{"n": 1}'), 2::bigint, 'count_: scope and match');
-- NULL is not given
SELECT is((SELECT count(*) FROM list_things('ann', NULL, NULL, NULL, NULL, NULL, NULL)), 3::bigint, 'list_: NULL is not given');
SELECT is(json_array_length(page_things('ann', NULL, NULL, NULL, NULL, NULL, NULL, NULL) -> 'items'), 3, 'page_: NULL is not given');
SELECT is(count_things('ann', NULL, NULL), 3::bigint, 'count_: NULL is not given');
SELECT is((SELECT id FROM first_thing('ann', NULL, NULL, NULL)), 1::bigint, 'first_: NULL is not given');
SELECT throws_ok(format('SELECT %s', call), '22004', NULL, 'no owner: ' || call)
  FROM unnest('{list_things(NULL),page_things(NULL),count_things(NULL),first_thing(NULL),"one_thing(NULL, ''{}'')","list_things('''')","one_thing('''', ''{}'')"}'::text[]) call;

----------------------------------------------------------------------
-- identity and privileges
----------------------------------------------------------------------

SELECT set_config('todo_orm.user_id', 'bob', true) \g /dev/null
SELECT throws_ok(format('SELECT %s', call), '42501', NULL, 'signed in as Bob: ' || call)
  FROM unnest('{list_things(''ann''),page_things(''ann''),count_things(''ann''),first_thing(''ann''),"one_thing(''ann'', ''{\"n\": 1}'')"}'::text[]) call;
SELECT set_config('todo_orm.user_id', '', true) \g /dev/null
CREATE ROLE regress_things;
GRANT USAGE ON SCHEMA public TO regress_things;
SELECT todo_orm.grant_access('thing', 'regress_things') \g /dev/null
SET ROLE regress_things;
SELECT is(count_things('ann', match => '{"n": 1}'), 1::bigint, 'a role with one of two models');
-- wherever the relationship hides
SELECT throws_ok(format('SELECT %s', call), '42501', NULL, 'may not follow a relationship to the other: ' || call)
  FROM unnest(ARRAY[$$list_things('ann', match => '{"place": {"name": "Rome"}}')$$, $$page_things('ann', match => '{"place": null}')$$, $$count_things('ann', match => '{"not": {"or": [{"place": {}}]}}')$$,
                    $$first_thing('ann', '{"place": {}}')$$, $$one_thing('ann', '{"place": {}}', missing_ok => true)$$, $$list_things('ann', sort => 'place.name')$$, $$page_things('ann', sort => '-place.name')$$,
                    $$first_thing('ann', sort => 'place.id')$$, $$aggregate_things('ann', '{"place": {}}')$$, $$delete_things('ann', '{"place": {}}')$$, $$soft_delete_things('ann', '{"place": {}}')$$,
                    $$purge_things('ann', match => '{"place": {}}')$$, $$update_things('ann', '{"place": {}}', '{"n": 1}')$$]) call;
RESET ROLE;
SELECT todo_orm.revoke_access('thing', 'regress_things'), todo_orm.grant_access('place', 'regress_things') \g /dev/null
SET ROLE regress_things;
SELECT throws_ok($$ SELECT count_places('ann', match => '{"things": {"none": {}}}') $$, '42501', NULL, 'nor to many');
RESET ROLE;
SELECT todo_orm.grant_access('thing', 'regress_things') \g /dev/null
SET ROLE regress_things;
SELECT is(count_places('ann', match => '{"things": {"place": {"name": "Rome"}}}'), 1::bigint, 'with both models there and back');
SELECT is((SELECT id FROM first_thing('ann', sort => 'place.name')), 2::bigint, 'and sorted along');
SELECT throws_ok($$ SET todo_orm.max_take = 5000 $$, '42501', NULL, 'caps are a superuser''s');
SELECT throws_ok($$ SELECT set_config('todo_orm.max_match_depth', '60', true) $$, '42501', NULL, 'all');
SELECT throws_ok($$ SELECT set_config('todo_orm.max_match_values', '1000000', true) $$, '42501', NULL, 'of');
SELECT throws_ok($$ SELECT set_config('todo_orm.max_match_conditions', '1000', true) $$, '42501', NULL, 'them');
RESET ROLE;

----------------------------------------------------------------------
-- columns that are called like words of a match; a thousand shapes
----------------------------------------------------------------------

CREATE TABLE "odd Things" (LIKE todo_orm.owned INCLUDING ALL, "and" integer, "or" text, "not" boolean, "Due ""Date"", here" date, "eq" integer, PRIMARY KEY (user_id, id));
SELECT count(*) FROM todo_orm.register_model('"odd Things"', '{"name": "odd", "plural": "odds"}') \g /dev/null
SELECT count(*) FROM create_odds('ann', '[{"and": 1, "or": "x", "not": true, "Due \"Date\", here": "2026-01-01", "eq": 2}, {"and": 2}]') \g /dev/null
SELECT is((SELECT string_agg(id::text, ' ') FROM list_odds('ann', match => match::jsonb)), '1', 'a column of that name is meant: ' || match)
  FROM unnest(ARRAY['{"and": 1}', '{"or": "x"}', '{"not": true}', '{"Due \"Date\", here": "2026-01-01"}', '{"eq": 2}', '{"and": {"lt": 2}}', '{"eq": {"eq": 2}}']) match;
SELECT is((SELECT string_agg(id::text, ' ') FROM list_odds('ann', sort => '-"Due ""Date"", here", "and" desc')), '2 1', 'sorted by a name in quotes');
SELECT throws_ok($$ SELECT list_odds('ann', match => '{"or": [{"and": 1}]}') $$, '22023', NULL, 'and not the word');

SELECT count_things('ann', match => '{"n": 1}') \g /dev/null
SET LOCAL todo_orm.plan_cache_size = 16;
SELECT is((SELECT count(*) FROM generate_series(1, 1000) i
            WHERE count_things('ann', match => jsonb_build_object('or', (SELECT jsonb_agg(jsonb_build_object(c, NULL))
                                                                          FROM unnest('{flag,n,small,amount,part,title,code,fixed,mood,due}'::text[]) WITH ORDINALITY u (c, k)
                                                                         WHERE (i >> (k::int - 1)) & 1 = 1))) = 1), 1000::bigint, 'a thousand shapes, with room for sixteen plans');
SELECT is(count_things('ann', match => '{"n": 1}'), 1::bigint, 'and the first one works again');

-- what counts as no condition is capped, too: the lengths of programs are kept in 16 bits
SET LOCAL todo_orm.max_match_depth = 20;
SELECT throws_ok($$ WITH RECURSIVE nested(n, match) AS (SELECT 0, '{"place": null}' UNION ALL SELECT n + 1, format('{"and": %1$s, "not": %1$s}', match) FROM nested WHERE n < 12)
                    SELECT delete_things('ann', match::jsonb) FROM nested WHERE n = 12 $$, '22023', 'invalid input for "thing": match: too many parts', 'a match of too many parts');

SELECT * FROM finish();
ROLLBACK;
