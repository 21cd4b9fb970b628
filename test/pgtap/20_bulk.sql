-- Many rows in one call: update_…s, patch_…s, delete_…s, soft_delete_…s, purge_…s,
-- create_…s (SPEC 6, 7, 9)
BEGIN;
SELECT * FROM no_plan();
SET LOCAL client_min_messages = warning;

\ir include/refuses.psql

SELECT count(*) FROM todo_orm.create_all() \g /dev/null
CREATE TABLE document (
    LIKE todo_orm.owned INCLUDING ALL, LIKE todo_orm.timestamps INCLUDING ALL, LIKE todo_orm.soft_delete INCLUDING ALL, LIKE todo_orm.versioned INCLUDING ALL,
    title text NOT NULL CHECK (title <> ''), body text, amount numeric, slug text, secret text,
    PRIMARY KEY (user_id, id), UNIQUE (user_id, slug));
SELECT count(*) FROM todo_orm.register_model('document', '{"hidden": ["secret"], "immutable": ["slug"]}') \g /dev/null
CREATE FUNCTION pg_temp.fill() RETURNS void LANGUAGE sql AS $$
    TRUNCATE document, conversation, message, task;
    INSERT INTO document (user_id, id, title, body, amount, slug, created_at, updated_at, deleted_at) VALUES
        ('ann', 1, 'one', 'x', 1.0, 'a', '2020-01-01', '2020-01-01', NULL), ('ann', 2, 'two', NULL, 2, 'b', '2020-01-01', '2020-01-01', NULL), ('ann', 3, 'three', 'x', NULL, 'c', '2020-01-01', '2020-01-01', NULL),
        ('ann', 4, 'gone', 'x', 4, 'd', '2020-01-01', '2020-01-01', '2020-02-01'), ('bob', 1, 'one', 'x', 1, 'a', '2020-01-01', '2020-01-01', NULL), ('bob', 9, 'his', 'x', 1, 'b', '2020-01-01', '2020-01-01', '2020-02-01');
$$;
SELECT pg_temp.fill() \g /dev/null
-- what is stored; a row that was written anew stands in another place
CREATE FUNCTION pg_temp.rows(who text DEFAULT '%') RETURNS jsonb LANGUAGE sql AS
    $$ SELECT jsonb_agg(to_jsonb(d) || jsonb_build_object('ctid', d.ctid) ORDER BY user_id, id) FROM document d WHERE user_id LIKE who $$;
CREATE FUNCTION pg_temp.places_of() RETURNS TABLE (user_id text, id bigint, place text) LANGUAGE sql AS $$ SELECT user_id, id, ctid::text FROM document $$;
-- ids of the rows that a call writes, and what is undone again
CREATE FUNCTION pg_temp.written(call text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    answer text;
BEGIN
    CREATE TEMP TABLE before ON COMMIT DROP AS SELECT * FROM pg_temp.places_of();
    EXECUTE call;
    SELECT coalesce(string_agg(concat(CASE user_id WHEN 'ann' THEN '' ELSE user_id || ' ' END, id, CASE WHEN a.place IS NULL THEN ' gone' END), ', ' ORDER BY user_id, id), 'none') INTO answer
      FROM before b FULL JOIN pg_temp.places_of() a USING (user_id, id) WHERE a.place IS DISTINCT FROM b.place;
    RAISE EXCEPTION USING ERRCODE = 'UNDO0';
EXCEPTION
    WHEN SQLSTATE 'UNDO0' THEN RETURN answer;
END
$$;
CREATE FUNCTION pg_temp.text_of_error(call text) RETURNS text LANGUAGE plpgsql AS $$
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

----------------------------------------------------------------------
-- update_…s: one patch for all that match
----------------------------------------------------------------------

SELECT results_eq($$ SELECT id, body FROM update_documents('ann', '{"title": {"in": ["three", "two", "one", "gone", "his"]}}', '{"body": "new"}') $$,
                  $$ VALUES (1::bigint, 'new'), (2, 'new'), (3, 'new') $$, 'all that match, in the order of the keys; deleted and foreign rows do not');
SELECT is((SELECT count(*) FROM document WHERE body = 'x' AND (user_id, id) IN (('ann', 4), ('bob', 1), ('bob', 9))), 3::bigint, 'which are as they were');
SELECT pg_temp.fill() \g /dev/null
CREATE TEMP TABLE returned AS SELECT * FROM update_documents('ann', '{"id": {"gt": 0}}', '{"body": "x"}');
SELECT set_eq($$ SELECT * FROM returned $$, $$ SELECT * FROM document WHERE user_id = 'ann' AND deleted_at IS NULL $$, 'rows are returned as they are stored, unchanged ones too');
SELECT results_eq($$ SELECT id, version, updated_at = now() FROM returned ORDER BY id $$, $$ VALUES (1::bigint, 1::bigint, false), (2, 2, true), (3, 1, false) $$,
                  'updated_at and version move where a row has changed');
SELECT is(pg_temp.written($$ SELECT update_documents('ann', '{"id": {"gt": 0}}', '{"body": "x"}') $$), 'none', 'a patch that changes nothing writes nothing');
SELECT is(pg_temp.written($$ SELECT update_documents('ann', '{"id": {"gt": 0}}', '{"title": "one"}') $$), '2, 3', 'only the rows that change are written');
SELECT is(pg_temp.written($$ SELECT update_documents('ann', '{"id": {"gt": 0}}', '{"title": "one", "body": "x"}') $$), '2, 3', 'those in which one column changes');
SELECT is(pg_temp.written($$ SELECT update_documents('ann', '{"id": {"gt": 0}}', '{"amount": 1.00}') $$), '1, 2, 3', '1.00 in place of 1.0 is a change');
SELECT is(pg_temp.written($$ SELECT update_documents('ann', '{"id": {"gt": 0}}', '{"amount": null}') $$), '1, 2', 'null is set where there is a value');
SELECT is(pg_temp.written($$ SELECT update_documents('ann', '{"id": {"gt": 0}}', '{}') $$), 'none', 'an empty patch writes nothing');
SELECT is((SELECT count(*) FROM update_documents('ann', '{"id": {"gt": 0}}', '{}')), 3::bigint, 'and returns what matches');
SELECT is_empty($$ SELECT * FROM update_documents('ann', '{"title": "none"}', '{"body": "y"}') $$, 'nothing matches: no rows');
SELECT is_empty($$ SELECT * FROM update_documents('nobody', '{"id": 1}', '{"body": "y"}') $$, 'an owner without rows');
SELECT is(pg_temp.written($$ SELECT update_documents('ann', '{"or": [{"user_id": "bob"}, {"not": {"user_id": "ann"}}, {"id": 9}]}', '{"body": "y"}') $$), 'none', 'no match leads to another owner');
SELECT is(pg_temp.written($$ SELECT update_documents('ann', '{"deleted_at": {"null": false}}', '{"body": "y"}') $$), 'none', 'or to deleted rows');
SELECT is((SELECT string_agg(id::text, ' ') FROM update_documents('ann', '{"body": null}', '{"body": "was null"}')), NULL, 'what was patched before is not null now');
SELECT results_eq($$ SELECT id, title FROM update_documents('ann', '{"title": "two"}', '{"title": "zwei"}') $$, $$ VALUES (2::bigint, 'zwei') $$, 'a patch of the very column that is matched');

-- refused
SELECT pg_temp.rows() AS before \gset
SELECT pg_temp.refuses($$ SELECT update_documents('ann', '{"id": 1}', '{"title": null, "nope": 1, "id": 2, "user_id": "bob", "version": 9, "slug": "z", "amount": "much"}') $$, '22023',
    '[{"loc": ["id"], "type": "read_only", "msg": "cannot be set", "input": 2}, {"loc": ["nope"], "type": "unexpected", "msg": "unexpected field", "input": 1},
      {"loc": ["slug"], "type": "read_only", "msg": "cannot be changed", "input": "z"}, {"loc": ["title"], "type": "null", "msg": "must not be null", "input": null},
      {"loc": ["amount"], "type": "value", "msg": "invalid input syntax for type numeric: \"much\"", "input": "much"}, {"loc": ["user_id"], "type": "read_only", "msg": "cannot be set", "input": "bob"},
      {"loc": ["version"], "type": "read_only", "msg": "cannot be set", "input": 9}]', 'every error of the patch');
SELECT is(pg_temp.places($$ SELECT update_documents('ann', '{"id": {"gt": 0}}', '{"title": ""}') $$), '22023 ["title"]', 'CHECK');
SELECT is(pg_temp.places($$ SELECT update_documents('ann', '{"id": 4711}', '{"title": ""}') $$), '22023 ["title"]', 'a bad patch is bad, also where nothing matches');
SELECT is(pg_temp.places($$ SELECT update_documents('ann', '{"nope": 1, "id": "x"}', '{"title": "y"}') $$), '22023 ["match", "id"] ["match", "nope"]', 'a bad match');
SELECT throws_ok(format('SELECT update_documents(%s)', call), state, NULL, 'refused: ' || call)
  FROM (VALUES ($$'ann', '{"id": 1}', NULL$$, '22023'), ($$'ann', NULL, '{"body": "y"}'$$, '22023'), ($$'ann', '{"id": 1}', '[]'$$, '22023'), ($$'ann', '{"id": 1}', '7'$$, '22023'), ($$'ann', '[]', '{}'$$, '22023'),
               ($$NULL, '{"id": 1}', '{"body": "y"}'$$, '22004'), ($$'', '{"id": 1}', '{"body": "y"}'$$, '22004')) AS calls (call, state);

-- max_rows, for all that have it
CREATE TEMP TABLE calls (call text) ON COMMIT DROP;
INSERT INTO calls VALUES ($$update_documents('ann', %L, '{"body": "y"}'%s)$$), ($$delete_documents('ann', %L%s)$$), ($$soft_delete_documents('ann', %L%s)$$);
SELECT throws_ok('SELECT ' || format(call, '{"id": {"gt": 0}}', ', max_rows => ' || n), '22023', NULL, format('%s rows are too many: ', n) || call) FROM calls, unnest('{2,1,0,-1}'::int[]) n;
SELECT isnt(pg_temp.written('SELECT ' || format(call, '{"id": {"gt": 0}}', ', max_rows => ' || n)), 'none', n || ' rows are not: ' || call) FROM calls, unnest('{3,4,NULL,9223372036854775807}'::text[]) n WHERE n IS NOT NULL;
SELECT isnt(pg_temp.written('SELECT ' || format(call, '{"id": {"gt": 0}}', ', max_rows => NULL')), 'none', 'NULL is no cap: ' || call) FROM calls;
SELECT is(pg_temp.written('SELECT ' || format(call, '{"id": 99}', ', max_rows => 0')), 'none', 'none is not more than none: ' || call) FROM calls;

-- an always-true match
SELECT throws_ok('SELECT ' || format(call, match, ''), '22023', NULL, format('always true: %s in %s', match, left(call, 12)))
  FROM calls, unnest(ARRAY['{}', '{"and": []}', '{"id": {"nin": []}}', '{"not": {"or": []}}', '{"not": {"id": {"in": []}}}', '{"or": [{}]}', '{"or": [{"id": 1}, {}]}', '{"and": {}}', '{"and": [{}, {"and": [{}]}]}', '{"not": {"not": {}}}',
                           '{"title": {}}', '{"title": {}, "and": []}', '{"not": {"and": [{"id": 1}, {"or": []}]}}', '{"or": [{"not": {"id": {"in": []}}}, {"id": 7}]}']) match;
SELECT throws_ok(format('SELECT delete_conversations(''ann'', %L)', match), '22023', NULL, 'always true along a relationship: ' || match)
  FROM unnest(ARRAY['{"messages": {"every": {}}}', '{"messages": {"none": {"or": []}}}', '{"not": {"messages": {"some": {"id": {"in": []}}}}}', '{"or": [{"id": 1}, {"messages": {"every": {"and": []}}}]}']) match;
SELECT matches(pg_temp.text_of_error($$ SELECT delete_documents('ann', '{}') $$), 'every row.*\n.*match the owner, as in {"user_id": ...}', 'the message says so, the hint how to mean it');
SELECT is(pg_temp.written($$ SELECT delete_documents('ann', '{"user_id": "ann"}') $$), '1 gone, 2 gone, 3 gone', 'as in the hint');
CREATE TABLE sign (code text PRIMARY KEY, name text);
SELECT count(*) FROM todo_orm.register_model('sign', '{"owner": null}') \g /dev/null
SELECT matches(pg_temp.text_of_error($$ SELECT delete_signs('{}') $$), 'every row.*\n.*match a condition that every row meets', 'without owner the hint names none');
DROP TABLE sign CASCADE;
SELECT is(pg_temp.rows(), :'before', 'nothing has been done by what was refused');
SELECT is(pg_temp.written(format('SELECT delete_documents(''ann'', %L)', match)), ids, 'not always true: ' || match)
  FROM (VALUES ('{"id": {"gt": 0}}', '1 gone, 2 gone, 3 gone'), ('{"or": []}', 'none'), ('{"not": {}}', 'none'), ('{"id": {"in": []}}', 'none'), ('{"and": [{"or": []}, {}]}', 'none'), ('{"id": {"nin": [2]}}', '1 gone, 3 gone'),
               ('{"not": {"id": {"in": [1]}}}', '2 gone, 3 gone'), ('{"and": [{}, {"id": 1}]}', '1 gone')) AS cases (match, ids);

----------------------------------------------------------------------
-- patch_…s: one patch per item
----------------------------------------------------------------------

SELECT pg_temp.fill() \g /dev/null
SELECT results_eq($$ SELECT id, title, body, amount FROM patch_documents('ann', '[{"id": 3, "title": "drei"}, {"id": "1", "body": null, "amount": 5}, {"id": 2}]') $$,
                  $$ VALUES (3::bigint, 'drei', 'x', NULL::numeric), (1, 'one', NULL, 5), (2, 'two', NULL, 2) $$, 'absent, null, value; in the order of the items');
SELECT results_eq($$ SELECT id, version, updated_at = now() FROM document WHERE user_id = 'ann' AND id < 4 ORDER BY id $$, $$ VALUES (1::bigint, 2::bigint, true), (2, 1, false), (3, 2, true) $$,
                  'updated_at and version move where a row has changed');
SELECT is(pg_temp.written($$ SELECT patch_documents('ann', '[{"id": 1, "body": null}, {"id": 2, "title": "two", "body": null}, {"id": 3, "title": "trois"}]') $$), '3', 'only rows that change are written');
SELECT results_eq($$ SELECT id, title, body FROM patch_documents('ann', '[{"id": 1, "title": "a"}, {"id": 2, "body": "b"}, {"id": 1, "body": "c"}, {"id": 1, "title": "d"}]') $$,
                  $$ VALUES (1::bigint, 'd', 'c'), (2, 'two', 'b') $$, 'a key twice: one patch after the other, the row once, as it is in the end');
SELECT is_empty($$ SELECT * FROM patch_documents('ann', '[]') $$, 'nothing to do');
SELECT pg_temp.rows() AS before \gset
SELECT pg_temp.refuses($$ SELECT patch_documents('ann', '[{"title": "z"}, {"id": "x", "title": null}, {"id": 3, "titl": 3}, 7, {"id": null}, {"id": 1, "title": "", "amount": []}, {"id": 2, "slug": "z", "user_id": "bob"}, {"id": 1, "body": "fine"}]') $$, '22023',
    '[{"loc": [0, "id"], "type": "missing", "msg": "field required", "input": null}, {"loc": [1, "id"], "type": "value", "msg": "invalid input syntax for type bigint: \"x\"", "input": "x"}, {"loc": [4, "id"], "type": "null", "msg": "must not be null", "input": null},
      {"loc": [1, "title"], "type": "null", "msg": "must not be null", "input": null}, {"loc": [2, "titl"], "type": "unexpected", "msg": "unexpected field; perhaps you meant \"title\"", "input": 3}, {"loc": [3], "type": "type", "msg": "expected object, got number", "input": 7},
      {"loc": [5, "amount"], "type": "type", "msg": "expected number, got array", "input": []},
      {"loc": [6, "slug"], "type": "read_only", "msg": "cannot be changed", "input": "z"}, {"loc": [6, "user_id"], "type": "read_only", "msg": "cannot be set", "input": "bob"},
      {"loc": [5, "title"], "type": "check", "msg": "violates check constraint \"document_title_check\"", "input": null}]', 'all errors of the batch at once');
SELECT pg_temp.refuses($$ SELECT patch_documents('ann', '[{"id": 1, "title": "lost"}, {"id": 99, "title": "a"}, {"id": 4, "title": "b"}, {"id": 9, "title": "c"}]') $$, 'P0002',
    '[{"loc": [1, "id"], "type": "not_found", "msg": "no such row", "input": null}, {"loc": [2, "id"], "type": "not_found", "msg": "no such row", "input": null}, {"loc": [3, "id"], "type": "not_found", "msg": "no such row", "input": null}]',
    'missing, deleted and foreign ones look the same, and all are named');
SELECT pg_temp.refuses($$ SELECT patch_documents('bob', '[{"id": 1, "title": "his"}, {"id": 2, "title": "hers"}]') $$, 'P0002', '[{"loc": [1, "id"], "type": "not_found", "msg": "no such row", "input": null}]', 'Bob''s 1 is his, 2 is not');
SELECT throws_ok(format('SELECT patch_documents(%s)', call), state, NULL, 'refused: ' || call)
  FROM (VALUES ($$'ann', NULL$$, '22023'), ($$'ann', '7'$$, '22023'), ($$'ann', 'null'$$, '22023'), ($$'ann', '["1"]'$$, '22023'), ($$'ann', '[[{"id": 1}]]'$$, '22023'), ($$'ann', '[{"id": 1e400}]'$$, '22023'),
               ($$'ann', '[{"id": 1.5}]'$$, '22023'), ($$'ann', '[{"id": [1]}]'$$, '22023'), ($$'ann', '[{"id": 9223372036854775808}]'$$, '22023'), ($$NULL, '[]'$$, '22004'), ($$'', '[]'$$, '22004')) AS calls (call, state);
SELECT is((SELECT d::jsonb -> -1 ->> 'type' FROM split_part(pg_temp.text_of_error($$ SELECT patch_documents('ann', (SELECT jsonb_agg('{"title": null}'::jsonb) FROM generate_series(1, 200))) $$), E'\n', 2) d), 'too_many', 'two hundred bad items');
SELECT is(pg_temp.rows(), :'before', 'all or nothing');

-- what PostgreSQL finds only when it writes
CREATE TABLE place (LIKE todo_orm.owned INCLUDING ALL, name text, nr integer, PRIMARY KEY (user_id, id), UNIQUE (user_id, name));
SELECT count(*) FROM todo_orm.register_model('place') \g /dev/null
SELECT count(*) FROM create_places('ann', '[{"name": "a"}, {"name": "b"}]') \g /dev/null
SELECT throws_ok($$ SELECT patch_places('ann', '[{"id": 1, "nr": 7}, {"id": 2, "name": "a"}]') $$, '23505', NULL, 'a unique key');
SELECT throws_ok($$ SELECT update_places('ann', '{"id": {"gt": 0}}', '{"name": "c"}') $$, '23505', NULL, 'one value for two rows');
SELECT is((SELECT string_agg(concat(name, nr), ' ' ORDER BY id) FROM place), 'a b', 'nothing is half done');

-- references
SELECT id AS talk FROM create_conversation('ann', 'talk') \gset
SELECT id AS his FROM create_conversation('bob') \gset
SELECT id AS gone FROM create_conversation('ann') \gset
SELECT soft_delete_conversation('ann', :gone) \g /dev/null
SELECT id AS t1 FROM create_task('ann', 'one') \gset
SELECT id AS t2 FROM create_task('ann', 'two') \gset
SELECT pg_temp.refuses(format($$ SELECT patch_tasks('ann', '[{"id": %1$s, "conversation_id": %3$s}, {"id": %2$s, "conversation_id": 4711}, {"id": %1$s, "conversation_id": %4$s}, {"id": %1$s, "conversation_id": %5$s}]') $$, :t1, :t2, :his, :gone, :talk), '23503',
    '[{"loc": [0, "conversation_id"], "type": "foreign_key", "msg": "referenced row does not exist", "input": null}, {"loc": [1, "conversation_id"], "type": "foreign_key", "msg": "referenced row does not exist", "input": null},
      {"loc": [2, "conversation_id"], "type": "foreign_key", "msg": "referenced row does not exist", "input": null}]', 'a reference that is foreign, missing, deleted: all at once');
SELECT is(pg_temp.places(format($$ SELECT update_tasks('ann', '{"title": "one"}', '{"conversation_id": %s}') $$, c)), '23503 ["conversation_id"]', 'update_: the same') FROM unnest(ARRAY[4711, :his, :gone]) c;
SELECT is(pg_temp.places(format($$ SELECT patch_tasks('ann', '[{"id": %s, "conversation_id": 4711}, {"id": %s, "title": ""}]') $$, :t1, :t2)), '22023 [0, "conversation_id"] [1, "title"]', 'with an input error among them it is 22023');
SELECT results_eq(format($$ SELECT title, conversation_id FROM update_tasks('ann', '{"title": {"in": ["one", "two"]}}', '{"conversation_id": %s}') $$, :talk), format($$ VALUES ('one', %1$s::bigint), ('two', %1$s) $$, :talk), 'a reference of one''s own');
SELECT is((SELECT count(*) FROM update_tasks('ann', '{"conversation": {"title": "talk"}}', '{"completed": true}')), 2::bigint, 'match along a relationship');

----------------------------------------------------------------------
-- delete_…s, soft_delete_…s, purge_…s
----------------------------------------------------------------------

SELECT pg_temp.fill() \g /dev/null
SELECT is(soft_delete_documents('ann', '{"body": "x"}'), 2::bigint, 'soft_delete_: how many');
SELECT results_eq($$ SELECT id, deleted_at = now(), updated_at = now(), version FROM document WHERE user_id = 'ann' ORDER BY id $$,
                  $$ VALUES (1::bigint, true, true, 2::bigint), (2, NULL, false, 1), (3, true, true, 2), (4, false, false, 1) $$, 'marked, moved; one that was deleted before keeps its time');
SELECT is(soft_delete_documents('ann', '{"body": "x"}'), 0::bigint, 'twice is none');
SELECT is(delete_documents('ann', '{"id": {"gt": 0}}'), 1::bigint, 'delete_: live rows only');
SELECT is((SELECT string_agg(id::text, ' ' ORDER BY id) FROM document WHERE user_id = 'ann'), '1 3 4', 'for good');
SELECT is(delete_documents('ann', '{"id": {"gt": 0}}'), 0::bigint, 'twice is none');
SELECT is(pg_temp.written(format('SELECT purge_documents(''ann''%s)', args)), ids, 'purge_' || args)
  FROM (VALUES ('', '1 gone, 3 gone, 4 gone'), (', ''1 day''', '4 gone'), (', match => ''{"id": 3}''', '3 gone'), (', match => ''{}''', '1 gone, 3 gone, 4 gone'), (', ''1000 years''', 'none'), (', NULL, NULL', '1 gone, 3 gone, 4 gone'),
               (', ''1 day'', ''{"id": 1}''', 'none'), (', match => ''{"user_id": "bob"}''', 'none'), (', match => ''{"or": []}''', 'none')) AS cases (args, ids);
SELECT is(purge_documents('ann', '1 day'), 1::bigint, 'purge_: how many');
SELECT is((SELECT count(*) FROM document WHERE user_id = 'bob'), 2::bigint, 'Bob''s rows have been through all this');
SELECT throws_ok($$ SELECT purge_documents('ann', match => '{"nope": 1}') $$, '22023', NULL, 'purge_: a bad match');
SELECT throws_ok(format('SELECT %s(%s)', f, a), CASE WHEN a ~ '^.ann' THEN '22023' ELSE '22004' END, NULL, format('refused: %s(%s)', f, a))
  FROM unnest('{delete_documents,soft_delete_documents}'::text[]) f, unnest(ARRAY[$$'ann', NULL$$, $$'ann', '[]'$$, $$'ann', '{"id": "x"}'$$, $$'ann', '{"secret": "x"}'$$, $$NULL, '{"id": 1}'$$, $$'', '{"id": 1}'$$]) a;

-- children block, or go along
CREATE TABLE owner_of (LIKE todo_orm.owned INCLUDING ALL, name text, PRIMARY KEY (user_id, id));
CREATE TABLE owned_by (LIKE todo_orm.owned INCLUDING ALL, owner_id bigint, PRIMARY KEY (user_id, id), FOREIGN KEY (user_id, owner_id) REFERENCES owner_of);
SELECT todo_orm.register_model('owner_of', '{"name": "box", "plural": "boxes"}'), todo_orm.register_model('owned_by', '{"name": "lid", "plural": "lids"}') \g /dev/null
SELECT count(*) FROM create_boxes('ann', '[{"name": "a"}, {"name": "b"}]') \g /dev/null
SELECT count(*) FROM create_lids('ann', '[{"owner_id": 2}]') \g /dev/null
SELECT throws_ok($$ SELECT delete_boxes('ann', '{"id": {"gt": 0}}') $$, '23503', NULL, 'a row with children is not deleted');
SELECT is(count_boxes('ann'), 2::bigint, 'nor is any other');
SELECT is(delete_boxes('ann', '{"lids": null}'), 1::bigint, 'those without');
SELECT is(delete_lids('ann', '{"owner": {"name": "b"}}'), 1::bigint, 'the child, found by its parent');
SELECT is(delete_boxes('ann', '{"id": {"gt": 0}}'), 1::bigint, 'then the parent');

----------------------------------------------------------------------
-- touch: the parents of what was written move
----------------------------------------------------------------------

SELECT pg_temp.fill() \g /dev/null
INSERT INTO conversation (user_id, id, updated_at) SELECT 'ann', i, '2020-01-01' FROM generate_series(1, 4) i;
INSERT INTO message (user_id, id, conversation_id, role, content) VALUES ('ann', 1, 1, 'user', 'a'), ('ann', 2, 1, 'user', 'b'), ('ann', 3, 2, 'user', 'a'), ('ann', 4, 3, 'user', 'c');
CREATE FUNCTION pg_temp.moved() RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    moved text := (SELECT string_agg(id::text, ' ' ORDER BY id) FROM conversation WHERE updated_at > '2020-01-01');
BEGIN
    UPDATE conversation SET updated_at = '2020-01-01';
    RETURN moved;
END
$$;
SELECT count(*) FROM update_messages('ann', '{"content": {"in": ["a", "c"]}}', '{"content": "a"}') \g /dev/null
SELECT is(pg_temp.moved(), '3', 'update_: of the rows that have changed');
SELECT count(*) FROM patch_messages('ann', '[{"id": 3, "content": "z"}, {"id": 2, "content": "b"}, {"id": 1, "content": "y"}]') \g /dev/null
SELECT is(pg_temp.moved(), '1 2', 'patch_: of those too');
SELECT is(delete_messages('ann', '{"id": {"in": [2, 3]}}'), 2::bigint, 'delete_: how many');
SELECT is(pg_temp.moved(), '1 2', 'delete_: of all that went');
SELECT update_messages('ann', '{"id": 99}', '{"content": "q"}'), delete_messages('ann', '{"id": 99}') \g /dev/null
SELECT is(pg_temp.moved(), NULL, 'of none, none');

----------------------------------------------------------------------
-- keys and owners of every kind
----------------------------------------------------------------------

CREATE TABLE cell (tenant uuid, x smallint, y text, v integer, PRIMARY KEY (tenant, x, y));
CREATE TABLE country (code char(2) PRIMARY KEY, name text, deleted_at timestamptz);
CREATE TABLE prefs (user_id text PRIMARY KEY, theme text);
SELECT todo_orm.register_model('cell', '{"owner": "tenant"}'), todo_orm.register_model('country', '{"owner": null, "plural": "countries"}'), todo_orm.register_model('prefs', '{"name": "pref", "plural": "prefs"}') \g /dev/null
\set me '\'00000000-0000-0000-0000-000000000001\''
\set you '\'00000000-0000-0000-0000-000000000002\''
INSERT INTO cell SELECT t, x, y, 0 FROM unnest(ARRAY[:me, :you]::uuid[]) t, generate_series(1, 3) x, unnest('{a,b}'::text[]) y;
SELECT results_eq(format($$ SELECT x, y, v FROM update_cells(%L, '{"x": {"gte": 2}}', '{"v": 1}') $$, :me), $$ VALUES (2::smallint, 'a', 1), (2::smallint, 'b', 1), (3::smallint, 'a', 1), (3::smallint, 'b', 1) $$, 'a key of two columns: update_');
SELECT results_eq(format($$ SELECT x, y, v FROM patch_cells(%L, '[{"x": 3, "y": "b", "v": 7}, {"y": "a", "x": 1, "v": 8}]') $$, :me), $$ VALUES (3::smallint, 'b', 7), (1::smallint, 'a', 8) $$, 'patch_');
SELECT pg_temp.refuses(format($$ SELECT patch_cells(%L, '[{"x": 3, "v": 7}, {"x": 70000, "y": "a"}, {}]') $$, :me), '22023',
    '[{"loc": [0, "y"], "type": "missing", "msg": "field required", "input": null}, {"loc": [1, "x"], "type": "range", "msg": "value \"70000\" is out of range for type smallint", "input": 70000}, {"loc": [2, "x"], "type": "missing", "msg": "field required", "input": null},
      {"loc": [2, "y"], "type": "missing", "msg": "field required", "input": null}]', 'each column of the key');
SELECT is(pg_temp.places(format($$ SELECT patch_cells(%L, '[{"x": 1, "y": "a", "v": 1}, {"x": 1, "y": "c", "v": 1}]') $$, :me)), 'P0002 [1, "y"]', 'one that is not there');
SELECT is(delete_cells(:me, '{"or": [{"x": 1, "y": "b"}, {"x": 3}]}'), 3::bigint, 'delete_');
SELECT is((SELECT string_agg(x || y || v, ' ' ORDER BY x, y) FROM cell WHERE tenant = :me), '1a8 2a1 2b1', 'these are left');
SELECT is((SELECT count(*) FROM cell WHERE tenant = :you AND v = 0), 6::bigint, 'another tenant''s are untouched');
INSERT INTO country VALUES ('de', 'Germany'), ('fr', 'France'), ('it', 'Italy');
SELECT results_eq($$ SELECT code, name FROM update_countries('{"code": {"in": ["fr", "de"]}}', '{"name": "X"}') $$, $$ VALUES ('de'::char(2), 'X'), ('fr', 'X') $$, 'a model without owner: update_');
SELECT is((SELECT string_agg(name, ' ') FROM patch_countries('[{"code": "it", "name": "Italia"}, {"code": "de", "name": "Deutschland"}]')), 'Italia Deutschland', 'patch_');
SELECT throws_ok($$ SELECT update_countries('{}', '{"name": "X"}') $$, '22023', NULL, 'always true');
SELECT is(soft_delete_countries('{"name": "X"}', max_rows => 1), 1::bigint, 'soft_delete_');
SELECT is(delete_countries('{"code": "fr"}'), 0::bigint, 'delete_: live rows only');
SELECT is(purge_countries(match => '{"code": "fr"}'), 1::bigint, 'purge_');
SELECT is(delete_countries('{"code": {"gt": ""}}'), 2::bigint, 'delete_');
SELECT hasnt_function('update_prefs', 'an owner has one row at most where he is the key: nothing is done to many');

----------------------------------------------------------------------
-- triggers, views
----------------------------------------------------------------------

SELECT pg_temp.fill() \g /dev/null
CREATE FUNCTION bump() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.title = 'three' THEN RETURN NULL; END IF;
    NEW.body := concat(NEW.body, '!');
    RETURN NEW;
END
$$;
CREATE TRIGGER bump BEFORE UPDATE ON document FOR EACH ROW EXECUTE FUNCTION bump();
SELECT results_eq($$ SELECT id, body FROM update_documents('ann', '{"id": {"gt": 0}}', '{"body": "t"}') $$, $$ VALUES (1::bigint, 't!'), (2, 't!'), (3, 'x') $$, 'rows are returned as a trigger has left them');
SELECT results_eq($$ SELECT id, body FROM patch_documents('ann', '[{"id": 3, "body": "p"}, {"id": 1, "body": "p"}]') $$, $$ VALUES (3::bigint, 'x'), (1, 'p!') $$, 'patch_: the same');
SELECT is(soft_delete_documents('ann', '{"id": {"gt": 1}}'), 1::bigint, 'a row that a trigger holds back does not count');
DROP TRIGGER bump ON document;
CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = 'XY123'; END $$;
CREATE TRIGGER no BEFORE UPDATE OR DELETE ON document FOR EACH ROW WHEN (OLD.title = 'three') EXECUTE FUNCTION no();
SELECT throws_ok(format('SELECT %s', call), 'XY123', 'no', 'an error of a trigger passes unchanged: ' || call)
  FROM unnest(ARRAY[$$update_documents('ann', '{"id": {"gt": 0}}', '{"body": "n"}')$$, $$patch_documents('ann', '[{"id": 1, "body": "n"}, {"id": 3, "body": "n"}]')$$, $$delete_documents('ann', '{"id": {"gt": 0}}')$$,
                    $$soft_delete_documents('ann', '{"id": {"gt": 0}}')$$]) call;
SELECT is((SELECT count(*) FROM document WHERE body = 'n'), 0::bigint, 'and nothing is done');
DROP TRIGGER no ON document;

SELECT pg_temp.fill() \g /dev/null
CREATE VIEW short AS SELECT user_id, id, title, body FROM document WHERE deleted_at IS NULL AND length(title) = 3 WITH CHECK OPTION;
CREATE VIEW joined AS SELECT d.user_id, d.id, d.title, e.body FROM document d JOIN document e USING (user_id, id) WHERE d.deleted_at IS NULL;
CREATE FUNCTION joined_write() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        DELETE FROM document WHERE user_id = OLD.user_id AND id = OLD.id;
        RETURN OLD;
    END IF;
    UPDATE document SET title = NEW.title, body = NEW.body WHERE user_id = OLD.user_id AND id = OLD.id;
    RETURN NEW;
END
$$;
CREATE TRIGGER w INSTEAD OF UPDATE OR DELETE ON joined FOR EACH ROW EXECUTE FUNCTION joined_write();
CREATE VIEW counted AS SELECT user_id, body, count(*) AS n FROM document GROUP BY 1, 2;
SELECT todo_orm.register_model('short', '{"key": ["id"], "name": "short", "plural": "shorts"}'), todo_orm.register_model('joined', '{"key": ["id"], "name": "joint", "plural": "joints"}'),
                     todo_orm.register_model('counted', '{"key": ["body"], "name": "tally", "plural": "tallies"}') \g /dev/null
SELECT results_eq($$ SELECT id, body FROM update_shorts('ann', '{"id": {"gt": 0}}', '{"body": "v"}') $$, $$ VALUES (1::bigint, 'v'), (2, 'v') $$, 'a view that can be updated: update_');
SELECT is((SELECT string_agg(title, ' ') FROM patch_shorts('ann', '[{"id": 2, "title": "zwo"}, {"id": 1, "title": "ein"}]')), 'zwo ein', 'patch_');
SELECT throws_ok($$ SELECT patch_shorts('ann', '[{"id": 3, "body": "y"}]') $$, 'P0002', NULL, 'a row outside of the view');
SELECT throws_ok($$ SELECT update_shorts('ann', '{"id": 1}', '{"title": "far too long"}') $$, '22023', NULL, 'or one that would leave it');
SELECT is(delete_shorts('ann', '{"title": "zwo"}'), 1::bigint, 'delete_');
SELECT results_eq($$ SELECT id, body FROM update_joints('ann', '{"id": {"gt": 0}}', '{"body": "w"}') $$, $$ VALUES (1::bigint, 'w'), (3, 'w') $$, 'INSTEAD OF triggers: update_');
SELECT is((SELECT string_agg(title, ' ') FROM patch_joints('ann', '[{"id": 3, "title": "c"}, {"id": 1, "title": "a"}]')), 'c a', 'patch_');
SELECT is(delete_joints('ann', '{"title": "c"}', max_rows => 1), 1::bigint, 'delete_');
SELECT is((SELECT string_agg(user_id || id || title || body, ' ' ORDER BY user_id, id) FROM document), 'ann1aw ann4gonex bob1onex bob9hisx', 'what is left');
SELECT hasnt_function('update_tallies', 'a view that cannot be written has none of them');
SELECT has_function('aggregate_tallies', 'but those that read');

----------------------------------------------------------------------
-- identity
----------------------------------------------------------------------

SELECT set_config('todo_orm.user_id', 'bob', true) \g /dev/null
SELECT throws_ok(format('SELECT %s', call), '42501', NULL, 'signed in as Bob: ' || call)
  FROM unnest(ARRAY[$$update_documents('ann', '{"id": 1}', '{"body": "b"}')$$, $$patch_documents('ann', '[{"id": 1, "body": "b"}]')$$, $$delete_documents('ann', '{"id": 1}')$$, $$soft_delete_documents('ann', '{"id": 1}')$$,
                    $$purge_documents('ann')$$, $$upsert_document('ann', '{"id": 1, "body": "b"}')$$, $$aggregate_documents('ann')$$]) call;
SELECT set_config('todo_orm.user_id', '', true) \g /dev/null

----------------------------------------------------------------------
-- Comparisons of keys, counted by the server: not each with each, though nothing
-- is known of the table's size.  (Functions in C are counted, pg_catalog's are not.)
----------------------------------------------------------------------

CREATE EXTENSION citext SCHEMA public;
-- (wide rows: few are thought to be there; and another index, that seems as good as the key's)
CREATE TABLE coin (user_id text COLLATE "C", code citext, n integer, a text, b text, c text, d text, deleted_at timestamptz, PRIMARY KEY (user_id, code)) WITH (autovacuum_enabled = off);
CREATE INDEX ON coin (user_id) WHERE deleted_at IS NULL;
SELECT count(*) FROM todo_orm.register_model('coin') \g /dev/null
SET LOCAL track_functions = 'all';
CREATE FUNCTION pg_temp.comparisons(call text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    f regproc[] := '{citext_eq,citext_cmp,citext_lt,citext_gt,citext_hash}';
    before bigint := (SELECT sum(coalesce(pg_stat_get_xact_function_calls(x), 0)) FROM unnest(f) x);
BEGIN
    EXECUTE call;
    RETURN (SELECT sum(coalesce(pg_stat_get_xact_function_calls(x), 0)) FROM unnest(f) x) - before;
END
$$;
SELECT count(*) FROM create_coins('ann', (SELECT jsonb_agg(jsonb_build_object('code', 'c' || i)) FROM generate_series(1, 2000) i)) \g /dev/null
SELECT cmp_ok(pg_temp.comparisons(call), '<', 200000::bigint, 'a hundred comparisons a row at most: ' || left(call, 30))
  FROM unnest(ARRAY[$$SELECT update_coins('ann', '{"code": {"gt": ""}}', '{"n": 1}')$$, $$SELECT patch_coins('ann', (SELECT jsonb_agg(jsonb_build_object('code', 'C' || i, 'n', 2)) FROM generate_series(1, 2000) i))$$,
                    $$SELECT find_coins('ann', (SELECT array_agg('C' || i) FROM generate_series(1, 2000) i)::citext[])$$, $$SELECT delete_coins('ann', '{"n": 2}')$$]) call;

----------------------------------------------------------------------
-- 100,000 rows
----------------------------------------------------------------------

CREATE TABLE statements (what text);
CREATE FUNCTION note_statement() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO public.statements VALUES (TG_OP); RETURN NULL; END $$;
CREATE TRIGGER note AFTER INSERT OR UPDATE OR DELETE ON task FOR EACH STATEMENT EXECUTE FUNCTION note_statement();
CREATE FUNCTION pg_temp.statements() RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    answer text := (SELECT string_agg(what || ' ' || n, ', ') FROM (SELECT what, count(*) AS n FROM statements GROUP BY 1 ORDER BY 1) s);
BEGIN
    TRUNCATE statements;
    RETURN answer;
END
$$;
SELECT is((SELECT count(*) FROM create_tasks('eve', (SELECT jsonb_agg(jsonb_build_object('title', i::text)) FROM generate_series(1, 100000) i))), 100000::bigint, 'create_: a hundred thousand');
SELECT is(pg_temp.statements(), 'INSERT 1', 'in one statement');
SELECT is((SELECT bool_and(title::int = n) FROM (SELECT title, row_number() OVER (ORDER BY id) AS n FROM task WHERE user_id = 'eve') t), true, 'in their order');
SELECT is((SELECT count(*) FROM update_tasks('eve', '{"completed": false}', '{"completed": true}')), 100000::bigint, 'update_');
SELECT is(pg_temp.statements(), 'UPDATE 1', 'in one statement');
SELECT is((SELECT count(*) FROM patch_tasks('eve', (SELECT jsonb_agg(jsonb_build_object('id', id, 'completed', title::int % 2 = 0)) FROM task WHERE user_id = 'eve'))), 100000::bigint, 'patch_');
SELECT pg_temp.statements() \g /dev/null
SELECT is(soft_delete_tasks('eve', '{"completed": false}'), 50000::bigint, 'soft_delete_');
SELECT is(delete_tasks('eve', '{"completed": true}', max_rows => 50000), 50000::bigint, 'delete_');
SELECT is(purge_tasks('eve'), 50000::bigint, 'purge_');
SELECT is(pg_temp.statements(), 'DELETE 2, UPDATE 1', 'in a statement each');
SELECT is((SELECT count(*) FROM create_tasks('eve', (SELECT jsonb_agg(jsonb_build_object('title', i::text) || CASE i % 3 WHEN 0 THEN '{}' WHEN 1 THEN '{"description": "x"}' ELSE '{"description": null}' END::jsonb) FROM generate_series(1, 900) i))), 900::bigint, 'items with different keys');
SELECT is(pg_temp.statements(), 'INSERT 1', 'in one statement as well');

SELECT * FROM finish();
ROLLBACK;
