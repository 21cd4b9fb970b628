-- create_task, create_tasks: arguments, defaults, null, errors (SPEC 6, 7)
BEGIN;
SELECT * FROM no_plan();

\ir include/refuses.psql

-- The error fields of a failing call.
CREATE FUNCTION pg_temp.fields(call text) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
    schema_field text; table_field text; column_field text; constraint_field text; hint text;
BEGIN
    EXECUTE call;
    RETURN 'no error';
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS schema_field = SCHEMA_NAME, table_field = TABLE_NAME, column_field = COLUMN_NAME,
        constraint_field = CONSTRAINT_NAME, hint = PG_EXCEPTION_HINT;
    RETURN concat_ws('|', schema_field, table_field, column_field, constraint_field, hint);
END
$$;

SELECT count(*) FROM todo_orm.create_all() \g /dev/null

----------------------------------------------------------------------
-- typed arguments
----------------------------------------------------------------------

SELECT is(to_jsonb(t) - 'created_at',
          '{"id": 1, "user_id": "ann", "title": "Buy milk", "description": null, "completed": false,
            "conversation_id": null, "updated_at": null, "deleted_at": null}',
          'what is not given is the default')
  FROM create_task('ann', 'Buy milk') t;
SELECT is(created_at, now(), 'created_at is the clock of the database') FROM task WHERE id = 1;
SELECT results_eq($$ SELECT title, description, completed FROM create_task('ann', 'Paint', completed => true, description => 'blue') $$,
                  $$ VALUES ('Paint', 'blue', true) $$, 'arguments by name');
SELECT results_eq($$ SELECT title, description, completed FROM create_task('ann', 'Paint', 'red', NULL) $$,
                  $$ VALUES ('Paint', 'red', false) $$, 'null for an argument is not given: the default is taken');
SELECT results_eq($$ SELECT description FROM create_task('ann', 'Paint', NULL) $$,
                  $$ VALUES (NULL::text) $$, 'null for a column without default is null');
SELECT is((SELECT count(*) FROM task), 4::bigint, 'the rows are in the table');
SELECT is((SELECT array_agg(id ORDER BY id) FROM task), '{1,2,3,4}', 'ids are drawn in order');
SELECT is(pg_typeof(t)::text, 'task', 'one row of the table''s type') FROM create_task('ann', 'typed') t;
SELECT is((SELECT proargnames[1:5] FROM pg_proc WHERE oid = 'create_task'::regproc),
          '{user_id,title,description,completed,conversation_id}',
          'required arguments first, else in column order; nothing for readonly columns');
SELECT is((SELECT proargnames[1:7] FROM pg_proc WHERE oid = 'create_message'::regproc),
          '{user_id,conversation_id,role,content,data,client_key,status}', 'arguments of create_message');
SELECT is((SELECT status FROM create_message('ann', (SELECT id FROM create_conversation('ann')), 'user', 'hello')),
          'complete', 'a default that is no null');

SELECT pg_temp.refuses($$ SELECT create_task('ann', NULL) $$, '22023',
    '[{"loc": ["title"], "type": "missing", "msg": "field required", "input": null}]',
    'a required argument that is null is missing');
SELECT pg_temp.refuses($$ SELECT create_message('ann', NULL, NULL, NULL) $$, '22023',
    '[{"loc": ["conversation_id"], "type": "missing", "msg": "field required", "input": null},
      {"loc": ["role"], "type": "missing", "msg": "field required", "input": null},
      {"loc": ["content"], "type": "missing", "msg": "field required", "input": null}]',
    'all that is missing at once');
SELECT is(pg_temp.fields($$ SELECT create_task('ann', NULL) $$), 'public|task|title||',
          'schema, table and column are in the error fields');
SELECT throws_ok($$ SELECT create_task('ann') $$, '42883', NULL, 'an argument too few is PostgreSQL''s own error');
SELECT throws_ok($$ SELECT create_task('ann', 'x', id => 7) $$, '42883', NULL, 'no argument for the key');
SELECT throws_ok($$ SELECT create_task('ann', 'x', created_at => now()) $$, '42883', NULL, 'no argument for created_at');
SELECT throws_ok($$ SELECT create_task('ann', 'x', completed => 'maybe') $$, '22P02', NULL, 'a bad boolean is PostgreSQL''s own error');
SELECT throws_ok($$ SELECT create_task('ann', 'x', conversation_id => '99999999999999999999') $$, '22003', NULL, 'a bad bigint too');

-- CHECKs
SELECT is(pg_temp.places($$ SELECT create_task('ann', '') $$), '22023 ["title"]', 'CHECK: its column is named');
SELECT is(pg_temp.places($$ SELECT create_tasks('ann', '{"title": ""}') $$), '22023 ["title"]', 'CHECK: in an object');
SELECT is(pg_temp.places($$ SELECT create_tasks('ann', '[{"title": "fine"}, {"title": ""}, {"completed": false, "title": ""}]') $$),
          '22023 [1, "title"] [2, "title"]', 'CHECK: every one of a batch, with its index');
SELECT is(pg_temp.places($$ SELECT create_tasks('ann', '[{"title": ""}, {"title": "fine", "completed": 3.5}]') $$),
          '22023 [0, "title"] [1, "completed"]', 'CHECK: beside errors of other kinds');
SELECT is(pg_temp.places($$ SELECT create_message('ann', 1, 'robot', 'x', status => 'gone') $$), '22023 ["role"] ["status"]', 'CHECK: two of one row');
SELECT is(pg_temp.places($$ SELECT create_task('ann', '', conversation_id => 4711) $$), '22023 ["conversation_id"] ["title"]',
          'CHECK: beside a reference that is not there');
SELECT is(pg_temp.fields($$ SELECT create_task('ann', '') $$), 'public|task|title|task_title_check|',
          'the constraint is in the error fields');
SELECT throws_ok($$ SELECT create_message('ann', 1, 'robot', 'x') $$, '22023', NULL, 'CHECK of the role');
SELECT throws_ok($$ SELECT create_message('ann', 1, 'user', 'x', status => 'gone') $$, '22023', NULL, 'CHECK of the status');

-- references
SELECT pg_temp.refuses($$ SELECT create_task('ann', 'x', conversation_id => 4711) $$, '23503',
    '[{"loc": ["conversation_id"], "type": "foreign_key", "msg": "referenced row does not exist", "input": null}]',
    'a conversation that is not there');
SELECT id AS bobs FROM create_conversation('bob') \gset
SELECT pg_temp.refuses(format($$ SELECT create_task('ann', 'x', conversation_id => %s) $$, :bobs), '23503',
    jsonb_build_array(jsonb_build_object('loc', jsonb_build_array('conversation_id'), 'type', 'foreign_key',
                                         'msg', 'referenced row does not exist', 'input', NULL)),
    'a conversation of somebody else looks as if it were not there');
SELECT id AS gone FROM create_conversation('ann') \gset
SELECT ok(soft_delete_conversation('ann', :gone), 'a conversation is soft-deleted');
SELECT pg_temp.refuses(format($$ SELECT create_task('ann', 'x', conversation_id => %s) $$, :gone), '23503',
    jsonb_build_array(jsonb_build_object('loc', jsonb_build_array('conversation_id'), 'type', 'foreign_key',
                                         'msg', 'referenced row does not exist', 'input', NULL)),
    'a soft-deleted conversation too');
SELECT id AS anns FROM create_conversation('ann') \gset
SELECT is((SELECT conversation_id FROM create_task('ann', 'x', conversation_id => :anns)), :anns::bigint, 'one''s own will do');

----------------------------------------------------------------------
-- create_tasks: jsonb
----------------------------------------------------------------------

SELECT results_eq($$ SELECT title, completed FROM create_tasks('ann', '{"title": "single"}') $$,
                  $$ VALUES ('single', false) $$, 'one object');
SELECT results_eq($$ SELECT title, description, completed FROM create_tasks('ann',
                       '[{"title": "a"}, {"completed": true, "title": "b"}, {"title": "c", "description": "d", "conversation_id": null}]') $$,
                  $$ VALUES ('a', NULL, false), ('b', NULL, true), ('c', 'd', false) $$,
                  'an array: objects with different keys, in the order of the input');
SELECT ok(bool_and(id > before), 'ids follow the order of the input')
  FROM (SELECT id, coalesce(lag(id) OVER (ORDER BY n), 0) AS before
          FROM create_tasks('ann', '[{"title": "a"}, {"title": "b", "completed": true}, {"title": "c"}, {"title": "d", "description": "x"}]')
               WITH ORDINALITY AS t(id, user_id, title, description, completed, conversation_id, created_at, updated_at, deleted_at, n)) s;
SELECT is_empty($$ SELECT * FROM create_tasks('ann', '[]') $$, 'an empty array makes nothing');
SELECT is((SELECT user_id FROM create_tasks('ann', '{"title": "x"}')), 'ann', 'the owner is the argument''s');
SELECT is((SELECT title FROM create_tasks('ann', '{"title": "quote '' \" \\ ; -- \u00e4\u4e2d"}')), E'quote '' " \\ ; -- ä中',
          'text arrives as it was sent');
SELECT is((SELECT length(title) FROM create_tasks('ann', jsonb_build_object('title', repeat('x', 100000)))), 100000, 'long text');

CREATE TEMP TABLE thousand AS
    SELECT * FROM create_tasks('many', (SELECT jsonb_agg(jsonb_build_object('title', 'task ' || n, 'completed', n % 2 = 0) ORDER BY n)
                                          FROM generate_series(1, 1000) n)) WITH ORDINALITY AS t;
SELECT is((SELECT count(*) FROM thousand WHERE title = 'task ' || ordinality AND completed = (ordinality % 2 = 0)), 1000::bigint,
          'a thousand items, in order');
SELECT is((SELECT count(*) FROM task WHERE user_id = 'many'), 1000::bigint, 'all are stored');
SELECT ok((SELECT bool_and(id > before) FROM (SELECT id, lag(id, 1, 0) OVER (ORDER BY ordinality) AS before FROM thousand) s),
          'their ids ascend');

-- null, absent and value differ where a column has a default
CREATE TABLE setting (
    LIKE todo_orm.owned INCLUDING ALL,
    theme text DEFAULT 'light',
    size  int NOT NULL DEFAULT 10,
    PRIMARY KEY (user_id, id)
);
SELECT count(*) FROM todo_orm.register_model('setting') \g /dev/null
SELECT results_eq($$ SELECT theme, size FROM create_settings('ann', '[{}, {"theme": null}, {"theme": "dark", "size": 3}]') $$,
                  $$ VALUES ('light', 10), (NULL, 10), ('dark', 3) $$, 'absent is the default, null is null, a value is the value');
SELECT results_eq($$ SELECT theme, size FROM create_setting('ann', NULL, NULL) $$, $$ VALUES ('light', 10) $$,
                  'typed: null is not given');
SELECT pg_temp.refuses($$ SELECT create_settings('ann', '{"size": null}') $$, '22023',
    '[{"loc": ["size"], "type": "null", "msg": "must not be null", "input": null}]', 'null where it is not allowed');

-- a default that looks at the session is evaluated as the table's owner
CREATE ROLE regress_create_owner;
CREATE ROLE regress_create_app;
CREATE SCHEMA regress_own AUTHORIZATION regress_create_owner;
GRANT USAGE ON SCHEMA regress_own TO regress_create_app;
SET ROLE regress_create_owner;
CREATE FUNCTION regress_own.path() RETURNS text LANGUAGE sql AS $$ SELECT current_setting('search_path') $$;
CREATE TABLE regress_own.entry (
    LIKE todo_orm.owned INCLUDING ALL,
    by_role  text DEFAULT current_user,
    from_path text DEFAULT regress_own.path(),
    PRIMARY KEY (user_id, id)
);
SELECT count(*) FROM todo_orm.register_model('regress_own.entry') \g /dev/null
SELECT todo_orm.grant_access('regress_own.entry', 'regress_create_app') \g /dev/null
SET ROLE regress_create_app;
SELECT is((SELECT by_role FROM regress_own.create_entry('ann')), 'regress_create_owner', 'a default is evaluated as the owner of the table');
SELECT is((SELECT from_path FROM regress_own.create_entry('ann')), 'pg_catalog, regress_own, pg_temp', 'with the engine''s search_path');
SELECT is((SELECT from_path FROM regress_own.create_entries('ann', '{}')), 'pg_catalog, regress_own, pg_temp', 'in create_…s too');
RESET ROLE;
SELECT is(current_setting('search_path'), '"$user", public, tap', 'the caller''s search_path is as it was');

----------------------------------------------------------------------
-- what no payload may set
----------------------------------------------------------------------

SELECT pg_temp.refuses(format($$ SELECT create_tasks('ann', '{"title": "x", %s: null}') $$, to_json(c)), '22023',
    jsonb_build_array(jsonb_build_object('loc', jsonb_build_array(c), 'type', 'read_only', 'msg', 'cannot be set', 'input', NULL)),
    c || ' cannot be set')
  FROM unnest('{id,user_id,created_at,updated_at,deleted_at}'::text[]) AS c;
SELECT pg_temp.refuses($$ SELECT create_tasks('ann', '{"title": "x", "user_id": "ann"}') $$, '22023',
    '[{"loc": ["user_id"], "type": "read_only", "msg": "cannot be set", "input": "ann"}]', 'not even the same owner');
SELECT pg_temp.refuses($$ SELECT create_tasks('ann', '{"title": "x", "colour": "red"}') $$, '22023',
    '[{"loc": ["colour"], "type": "unexpected", "msg": "unexpected field", "input": "red"}]', 'an unknown key');
SELECT alike(pg_temp.fields($$ SELECT create_tasks('ann', '{"title": "x", "colour": "red"}') $$),
            '%"title", "description", "completed", "conversation_id"%', 'the hint names the columns that there are');

----------------------------------------------------------------------
-- all errors at once, nothing done
----------------------------------------------------------------------

SELECT count(*) AS rows_before FROM task \gset
SELECT pg_temp.refuses($$ SELECT create_tasks('ann', '[
        {"title": "fine"},
        {"description": 5, "completed": "maybe"},
        {"title": null, "conversation_id": "x"},
        7,
        {"title": "x", "id": 3, "nope": [1]}]') $$, '22023',
    '[{"loc": [1, "completed"], "type": "value", "msg": "invalid input syntax for type boolean: \"maybe\"", "input": "maybe"},
      {"loc": [1, "description"], "type": "type", "msg": "expected string, got number", "input": 5},
      {"loc": [1, "title"], "type": "missing", "msg": "field required", "input": null},
      {"loc": [2, "title"], "type": "null", "msg": "must not be null", "input": null},
      {"loc": [2, "conversation_id"], "type": "value", "msg": "invalid input syntax for type bigint: \"x\"", "input": "x"},
      {"loc": [3], "type": "type", "msg": "expected object, got number", "input": 7},
      {"loc": [4, "id"], "type": "read_only", "msg": "cannot be set", "input": 3},
      {"loc": [4, "nope"], "type": "unexpected", "msg": "unexpected field", "input": [1]}]',
    'every error of the batch, with the index of its item');
SELECT pg_temp.refuses($$ SELECT create_tasks('ann', '[{"description": 5, "completed": "maybe"}]') $$, '22023',
    '[{"loc": [0, "completed"], "type": "value", "msg": "invalid input syntax for type boolean: \"maybe\"", "input": "maybe"},
      {"loc": [0, "description"], "type": "type", "msg": "expected string, got number", "input": 5},
      {"loc": [0, "title"], "type": "missing", "msg": "field required", "input": null}]',
    'an array of one has indexes');
SELECT pg_temp.refuses($$ SELECT create_tasks('ann', '{"description": 5}') $$, '22023',
    '[{"loc": ["description"], "type": "type", "msg": "expected string, got number", "input": 5},
      {"loc": ["title"], "type": "missing", "msg": "field required", "input": null}]',
    'a single object has none');
SELECT pg_temp.refuses(format($$ SELECT create_tasks('ann', '[{"title": "fine", "conversation_id": %s},
        {"title": "x", "conversation_id": %s}, {"title": "x", "conversation_id": 4711}]') $$, :anns, :bobs), '23503',
    jsonb_build_array(
        jsonb_build_object('loc', '[1, "conversation_id"]'::jsonb, 'type', 'foreign_key', 'msg', 'referenced row does not exist', 'input', NULL),
        jsonb_build_object('loc', '[2, "conversation_id"]'::jsonb, 'type', 'foreign_key', 'msg', 'referenced row does not exist', 'input', NULL)),
    'every reference that is not there');
SELECT throws_ok($$ SELECT create_tasks('ann', '[{"title": "fine"}, {"title": ""}]') $$, '22023', NULL, 'a CHECK in the second item');
SELECT throws_ok($$ SELECT create_tasks('ann', '[{"conversation_id": 4711}]') $$, '22023', NULL,
                 'an input error counts more than a reference');
SELECT is((SELECT count(*) FROM task), :rows_before::bigint, 'nothing was done');

-- at most 100 errors
CREATE FUNCTION pg_temp.errors_of(call text) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    found text;
BEGIN
    EXECUTE call;
    RETURN '"no error"';
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS found = PG_EXCEPTION_DETAIL;
    RETURN found;
END
$$;
SELECT is(jsonb_array_length(pg_temp.errors_of($$ SELECT create_tasks('ann', (SELECT jsonb_agg('{}'::jsonb) FROM generate_series(1, 99))) $$)),
          99, '99 errors are shown');
SELECT collect_tap(is(jsonb_array_length(e), 100, 'of 150 errors there are 100'),
                   is(e -> 98 -> 'loc', '[98, "title"]', 'the 99th is an error'),
                   is(e -> 99 ->> 'type', 'too_many', 'the last says that there are more'))
  FROM pg_temp.errors_of($$ SELECT create_tasks('ann', (SELECT jsonb_agg('{}'::jsonb) FROM generate_series(1, 150))) $$) e;

-- what is no object at all
SELECT throws_ok(format($$ SELECT create_tasks('ann', %L) $$, j), '22023', NULL, 'items ' || j)
  FROM unnest(ARRAY['7', '"text"', 'null', 'true']) AS j;
SELECT throws_ok($$ SELECT create_tasks('ann', NULL) $$, '22023', NULL, 'items null');
SELECT throws_ok($$ SELECT create_tasks('ann', '{') $$, '22P02', NULL, 'no JSON at all is PostgreSQL''s own error');
SELECT throws_ok($$ SELECT create_tasks('ann', '[[{"title": "x"}]]') $$, '22023', NULL, 'an array in the array');
SELECT pg_temp.refuses($$ SELECT create_tasks('ann', '[null]') $$, '22023',
    '[{"loc": [0], "type": "type", "msg": "expected object, got null", "input": null}]', 'null in the array');

-- the owner
SELECT throws_ok($$ SELECT create_task(NULL, 'x') $$, '22004', NULL, 'owner null');
SELECT throws_ok($$ SELECT create_task('', 'x') $$, '22004', NULL, 'owner empty');
SELECT throws_ok($$ SELECT create_tasks(NULL, '{"title": "x"}') $$, '22004', NULL, 'owner null, many');
SELECT throws_ok($$ SELECT create_tasks('', '{}') $$, '22004', NULL, 'the owner comes before the payload');
SELECT is((SELECT count(*) FROM task), :rows_before::bigint, 'still nothing was done');

SELECT * FROM finish();
ROLLBACK;
