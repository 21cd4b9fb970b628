-- update: tri-state patch, what changes nothing, updated_at, version (SPEC 6, 9)
BEGIN;
SELECT * FROM no_plan();

\ir include/refuses.psql

SELECT count(*) FROM todo_orm.create_all() \g /dev/null
SELECT id AS milk FROM create_task('ann', 'Buy milk', 'two litres') \gset
SELECT id AS conversation FROM create_conversation('ann', 'Shopping') \gset

-- An update long ago, written by hand: what moves now shows.
CREATE FUNCTION pg_temp.age_tasks() RETURNS void LANGUAGE sql AS $$ UPDATE task SET updated_at = '2020-01-01 00:00:00+00' $$;
-- Is the same tuple still there, byte by byte in its place?
CREATE FUNCTION pg_temp.tuple(task_id bigint) RETURNS text LANGUAGE sql AS $$ SELECT concat(xmin, ' ', cmin, ' ', ctid) FROM task WHERE id = task_id $$;

----------------------------------------------------------------------
-- absent, null, value
----------------------------------------------------------------------

SELECT results_eq(format($$ SELECT title, description, completed FROM update_task('ann', %s, '{"completed": true}') $$, :milk),
                  $$ VALUES ('Buy milk', 'two litres', true) $$, 'a value is set, absent keys stay');
SELECT results_eq(format($$ SELECT title, description, completed FROM update_task('ann', %s, '{"description": null}') $$, :milk),
                  $$ VALUES ('Buy milk', NULL, true) $$, 'null is set');
SELECT results_eq(format($$ SELECT title, description FROM update_task('ann', %s, '{"description": ""}') $$, :milk),
                  $$ VALUES ('Buy milk', '') $$, 'the empty string is not null');
SELECT results_eq(format($$ SELECT title, description, completed, conversation_id FROM update_task('ann', %s,
                      '{"title": "Milk", "description": "x", "completed": false, "conversation_id": %s}') $$, :milk, :conversation),
                  format($$ VALUES ('Milk', 'x', false, %s::bigint) $$, :conversation), 'several columns');
CREATE TEMP TABLE returned AS SELECT * FROM update_task('ann', :milk, '{"title": "Milk!"}');
SELECT results_eq($$ SELECT * FROM returned $$, format($$ SELECT * FROM task WHERE id = %s $$, :milk), 'the row is returned as it is stored');
SELECT results_eq(format($$ SELECT conversation_id FROM update_task('ann', %s, '{"conversation_id": null}') $$, :milk),
                  $$ VALUES (NULL::bigint) $$, 'a reference is taken away');

-- no row
SELECT is_empty($$ SELECT * FROM update_task('ann', 4711, '{"title": "x"}') $$, 'missing: no row');
SELECT is_empty(format($$ SELECT * FROM update_task('bob', %s, '{"title": "x"}') $$, :milk), 'foreign: no row');
SELECT is_empty(format($$ SELECT * FROM update_task('bob', %s, '{}') $$, :milk), 'foreign, with an empty patch: no row');
SELECT is_empty($$ SELECT * FROM update_task('ann', NULL, '{"title": "x"}') $$, 'null: no row');
SELECT id AS gone FROM create_task('ann', 'gone') \gset
SELECT soft_delete_task('ann', :gone) \g /dev/null
SELECT is_empty(format($$ SELECT * FROM update_task('ann', %s, '{"title": "x"}') $$, :gone), 'soft-deleted: no row');
SELECT is_empty(format($$ SELECT * FROM update_task('ann', %s, '{}') $$, :gone), 'soft-deleted, with an empty patch: no row');
SELECT is((SELECT title FROM task WHERE id = :milk), 'Milk!', 'nobody else has changed it');

----------------------------------------------------------------------
-- updated_at, and what changes nothing
----------------------------------------------------------------------

SELECT pg_temp.age_tasks() \g /dev/null
SELECT is((SELECT updated_at FROM update_task('ann', :milk, '{"title": "Milk?"}')), now(), 'a change moves updated_at');
SELECT is((SELECT updated_at FROM task WHERE id = :gone), '2020-01-01 00:00:00+00', 'of that row alone');

SELECT pg_temp.age_tasks() \g /dev/null
SELECT pg_temp.tuple(:milk) AS tuple \gset
SELECT collect_tap(
           results_eq(format($$ SELECT * FROM update_task('ann', %s, %L) $$, :milk, patch),
                      format($$ SELECT * FROM task WHERE id = %s $$, :milk), 'changes nothing, returns the row: ' || patch),
           is(pg_temp.tuple(:milk), :'tuple', 'and writes nothing: ' || patch))
  FROM unnest(ARRAY['{}', '{"title": "Milk?"}', '{"completed": false}', '{"title": "Milk?", "description": "x", "completed": false, "conversation_id": null}']) AS patch;
SELECT is((SELECT updated_at FROM task WHERE id = :milk), '2020-01-01 00:00:00+00', 'updated_at has not moved');

-- equal is not the same: the comparison is by binary image
CREATE TABLE amount (
    LIKE todo_orm.owned INCLUDING ALL,
    LIKE todo_orm.timestamps INCLUDING ALL,
    value numeric,
    PRIMARY KEY (user_id, id)
);
SELECT count(*) FROM todo_orm.register_model('amount') \g /dev/null
SELECT count(*) FROM create_amounts('ann', '{"value": 1.0}') \g /dev/null
SELECT is((SELECT value::text FROM update_amount('ann', 1, '{"value": 1.00}')), '1.00', '1.00 in place of 1.0 is a change');
SELECT is((SELECT updated_at FROM amount), now(), 'and moves updated_at');

----------------------------------------------------------------------
-- refused patches
----------------------------------------------------------------------

SELECT pg_temp.refuses(format($$ SELECT * FROM update_task('ann', %s, '{"%s": null}') $$, :milk, c), '22023',
    jsonb_build_array(jsonb_build_object('loc', jsonb_build_array(c), 'type', 'read_only', 'msg', 'cannot be set', 'input', NULL)),
    c || ' cannot be patched')
  FROM unnest('{id,created_at,updated_at,deleted_at}'::text[]) AS c;
SELECT pg_temp.refuses(format($$ SELECT * FROM update_task('ann', %s, '{"user_id": "bob"}') $$, :milk), '22023',
    '[{"loc": ["user_id"], "type": "read_only", "msg": "cannot be set", "input": "bob"}]', 'a row is not given away');
SELECT pg_temp.refuses(format($$ SELECT * FROM update_task('ann', %s, '{"user_id": "ann"}') $$, :milk), '22023',
    '[{"loc": ["user_id"], "type": "read_only", "msg": "cannot be set", "input": "ann"}]', 'the owner does not stand in a patch');
SELECT pg_temp.refuses(format($$ SELECT * FROM update_task('ann', %s, '{"nope": 1, "title": null, "completed": "maybe", "description": 3}') $$, :milk),
    '22023',
    '[{"loc": ["nope"], "type": "unexpected", "msg": "unexpected field", "input": 1},
      {"loc": ["title"], "type": "null", "msg": "must not be null", "input": null},
      {"loc": ["completed"], "type": "value", "msg": "invalid input syntax for type boolean: \"maybe\"", "input": "maybe"},
      {"loc": ["description"], "type": "type", "msg": "expected string, got number", "input": 3}]', 'all errors at once');
SELECT is(pg_temp.places(format($$ SELECT * FROM update_task('ann', %s, '{"title": ""}') $$, :milk)), '22023 ["title"]', 'CHECK');
SELECT throws_ok(format($$ SELECT * FROM update_task('ann', %s, %L) $$, :milk, patch), '22023', NULL, 'a patch that is no object: ' || patch)
  FROM unnest(ARRAY['[]', '[{"title": "x"}]', 'null', '7', '"title"']) AS patch;
SELECT throws_ok(format($$ SELECT * FROM update_task('ann', %s, NULL) $$, :milk), '22023', NULL, 'no patch');
SELECT throws_ok(format($$ SELECT * FROM update_task('ann', %s, '{') $$, :milk), '22P02', NULL, 'no JSON');
SELECT throws_ok(format($$ SELECT * FROM update_task(NULL, %s, '{}') $$, :milk), '22004', NULL, 'owner null');
SELECT throws_ok(format($$ SELECT * FROM update_task('', %s, '{}') $$, :milk), '22004', NULL, 'owner empty');
SELECT id AS bobs FROM create_conversation('bob') \gset
SELECT throws_ok(format($$ SELECT * FROM update_task('ann', %s, '{"conversation_id": %s}') $$, :milk, c), '23503', NULL,
                 'a reference to a row that is missing or foreign')
  FROM unnest(ARRAY[4711, :bobs]) AS c;
SELECT id AS deleted FROM create_conversation('ann') \gset
SELECT soft_delete_conversation('ann', :deleted) \g /dev/null
SELECT throws_ok(format($$ SELECT * FROM update_task('ann', %s, '{"conversation_id": %s}') $$, :milk, :deleted), '23503', NULL, 'or deleted');
SELECT is(pg_temp.tuple(:milk), :'tuple', 'nothing was written');

-- immutable: message.conversation_id and message.role
SELECT id AS message FROM create_message('ann', :conversation, 'user', 'hello') \gset
SELECT pg_temp.refuses(format($$ SELECT * FROM update_message('ann', %s, '{"role": "tool", "conversation_id": 1}') $$, :message), '22023',
    '[{"loc": ["role"], "type": "read_only", "msg": "cannot be changed", "input": "tool"},
      {"loc": ["conversation_id"], "type": "read_only", "msg": "cannot be changed", "input": 1}]', 'immutable columns are not patched');
SELECT is((SELECT content FROM update_message('ann', :message, '{"content": "hi", "data": {"usage": 3}, "status": "aborted"}')), 'hi', 'others are');
SELECT is((SELECT data FROM update_message('ann', :message, '{"data": null}')), NULL, 'null in a jsonb column is SQL''s null');

----------------------------------------------------------------------
-- plain SQL: the trigger
----------------------------------------------------------------------

SELECT pg_temp.age_tasks() \g /dev/null
SELECT is((SELECT updated_at FROM task WHERE id = :milk), '2020-01-01 00:00:00+00', 'a statement that sets updated_at has it as it says');
UPDATE task SET title = 'by hand' WHERE id = :milk;
SELECT is((SELECT updated_at FROM task WHERE id = :milk), now(), 'one that does not has it set');
SELECT pg_temp.age_tasks() \g /dev/null
UPDATE task SET title = 'again', updated_at = NULL WHERE id = :milk;
SELECT is((SELECT updated_at FROM task WHERE id = :milk), NULL, 'null is set too');
SELECT pg_temp.age_tasks() \g /dev/null
UPDATE task SET title = 'kept', updated_at = updated_at WHERE id = :milk;
SELECT is((SELECT updated_at FROM task WHERE id = :milk), '2020-01-01 00:00:00+00', 'set to what it was is set');
INSERT INTO task (user_id, title) VALUES ('ann', 'inserted by hand') RETURNING id AS inserted \gset
SELECT is((SELECT updated_at FROM task WHERE id = :inserted), NULL, 'INSERT sets nothing');
INSERT INTO task (id, user_id, title) VALUES (:inserted, 'ann', 'x')
    ON CONFLICT (user_id, id) DO UPDATE SET title = 'upserted';
SELECT is((SELECT updated_at FROM task WHERE id = :inserted), now(), 'ON CONFLICT DO UPDATE is an update');

----------------------------------------------------------------------
-- version
----------------------------------------------------------------------

CREATE TABLE document (
    LIKE todo_orm.owned INCLUDING ALL,
    LIKE todo_orm.timestamps INCLUDING ALL,
    LIKE todo_orm.soft_delete INCLUDING ALL,
    LIKE todo_orm.versioned INCLUDING ALL,
    body text,
    PRIMARY KEY (user_id, id)
);
SELECT count(*) FROM todo_orm.register_model('document') \g /dev/null
SELECT is((SELECT version FROM create_document('ann', 'one')), 1::bigint, 'a new row has version 1');
SELECT is((SELECT version FROM update_document('ann', 1, '{"body": "two"}')), 2::bigint, 'a patch raises it');
SELECT is((SELECT version FROM update_document('ann', 1, '{"body": "two"}')), 2::bigint, 'one that changes nothing does not');
SELECT is((SELECT version FROM update_document('ann', 1, '{}')), 2::bigint, 'nor an empty one');
UPDATE document SET body = 'by hand';
SELECT is((SELECT version FROM get_document('ann', 1)), 3::bigint, 'plain SQL raises it');
UPDATE document SET body = 'by hand', version = 10;
SELECT is((SELECT version FROM get_document('ann', 1)), 10::bigint, 'unless the statement sets it');
UPDATE document SET body = 'by hand', version = version;
SELECT is((SELECT version FROM get_document('ann', 1)), 10::bigint, 'also to what it was');
SELECT is((SELECT version FROM update_document('ann', 1, '{"body": "x"}', if_version => 10)), 11::bigint, 'if_version: the one that was read');
SELECT is((SELECT version FROM update_document('ann', 1, '{"body": "y"}', if_version => NULL)), 12::bigint, 'if_version null is not given');
SELECT throws_ok($$ SELECT * FROM update_document('ann', 1, '{"body": "z"}', if_version => 11) $$, 'TO409', NULL, 'if_version: a stale one');
SELECT throws_ok($$ SELECT * FROM update_document('ann', 1, '{"body": "z"}', if_version => 13) $$, 'TO409', NULL, 'if_version: one from the future');
SELECT throws_ok($$ SELECT * FROM update_document('ann', 1, '{}', if_version => 11) $$, 'TO409', NULL, 'if_version: stale with an empty patch');
SELECT throws_ok($$ SELECT * FROM update_document('ann', 1, '{"body": "y"}', if_version => 11) $$, 'TO409', NULL, 'if_version: stale, and nothing to change');
SELECT is_empty($$ SELECT * FROM update_document('ann', 4711, '{"body": "z"}', if_version => 1) $$, 'if_version: a missing row is no row');
SELECT is_empty($$ SELECT * FROM update_document('bob', 1, '{"body": "z"}', if_version => 1) $$, 'if_version: a foreign one too');
CREATE FUNCTION pg_temp.detail(call text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    found text;
BEGIN
    EXECUTE call;
    RETURN 'no error';
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS found = PG_EXCEPTION_DETAIL;
    RETURN found;
END
$$;
SELECT matches(pg_temp.detail($$ SELECT * FROM update_document('ann', 1, '{"body": "z"}', if_version => 11) $$), '\m12\M',
               'the current version is in DETAIL');
SELECT is((SELECT (body, version)::text FROM document), '(y,12)', 'a stale call has done nothing');
SELECT throws_ok($$ SELECT * FROM update_document('ann', 1, '{"version": 1}') $$, '22023', NULL, 'a patch does not set the version');
SELECT throws_ok($$ SELECT * FROM create_documents('ann', '{"version": 5}') $$, '22023', NULL, 'nor does a create');
SELECT is(soft_delete_document('ann', 1), true, 'soft delete');
SELECT is((SELECT version FROM document), 13::bigint, 'is a change');
SELECT is((SELECT version FROM restore_document('ann', 1)), 14::bigint, 'so is restore');
SELECT throws_ok($$ SELECT update_task('ann', 1, '{}', if_version => 1) $$, '42883', NULL, 'no if_version without a version column');
SELECT throws_ok($$ SELECT delete_task('ann', 1, if_version => 1) $$, '42883', NULL, 'nor for delete');
SELECT throws_ok($$ SELECT soft_delete_document('ann', 1, if_version => 13) $$, 'TO409', NULL, 'soft delete: a stale version');
SELECT throws_ok($$ SELECT delete_document('ann', 1, if_version => 15) $$, 'TO409', NULL, 'delete: one from the future');
SELECT matches(pg_temp.detail($$ SELECT delete_document('ann', 1, if_version => 13) $$), '\m14\M', 'delete: the current version is in DETAIL');
SELECT is((SELECT (version, deleted_at)::text FROM document), '(14,)', 'a stale delete has done nothing');
SELECT is(delete_document('bob', 1, if_version => 1), false, 'delete: not for another owner, not even that it is stale');
SELECT is(delete_document('ann', 4711, if_version => 1), false, 'delete: a missing row is false');
SELECT is(delete_document('ann', NULL, if_version => 1), false, 'delete: so is a null key');
SELECT is(soft_delete_document('ann', 1, if_version => 14), true, 'soft delete: the version that was read');
SELECT is(soft_delete_document('ann', 1, if_version => 14), false, 'a row that is deleted already is none');
SELECT is(delete_document('ann', 1, if_version => 14), false, 'for delete too');
SELECT is((SELECT version FROM restore_document('ann', 1)), 16::bigint, 'restored');
SELECT is(delete_document('ann', 1, if_version => NULL), true, 'delete: null is not given');
SELECT is((SELECT version FROM create_document('ann', 'more')), 1::bigint, 'one more');
SELECT is(delete_document('ann', 2, if_version => 1), true, 'delete: the version that was read');
SELECT is_empty('SELECT FROM document', 'it is gone');

-- a parent that is moved by its children, and deleted
CREATE TABLE board (LIKE todo_orm.owned INCLUDING ALL, LIKE todo_orm.timestamps INCLUDING ALL, LIKE todo_orm.soft_delete INCLUDING ALL, PRIMARY KEY (user_id, id));
CREATE TABLE card (LIKE todo_orm.owned INCLUDING ALL, board_id bigint, PRIMARY KEY (user_id, id), FOREIGN KEY (user_id, board_id) REFERENCES board);
SELECT count(*) FROM todo_orm.register_model('board') \g /dev/null
SELECT count(*) FROM todo_orm.register_model('card', '{"touch": ["board"]}') \g /dev/null
SELECT count(*) FROM create_boards('ann', '[{}, {}]') \g /dev/null
SELECT create_card('ann', 1), soft_delete_board('ann', 2) \g /dev/null
SELECT throws_ok($$ SELECT * FROM update_card('ann', 1, '{"board_id": 2}') $$, '23503', NULL, 'update: a child cannot be moved to a deleted parent that it touches');
SELECT throws_ok($$ SELECT * FROM update_cards('ann', '{"id": 1}', '{"board_id": 2}') $$, '23503', NULL, 'update_...s');
SELECT throws_ok($$ SELECT * FROM patch_cards('ann', '[{"id": 1, "board_id": 2}]') $$, '23503', NULL, 'patch_...s');
SELECT throws_ok($$ SELECT upsert_card('ann', '{"id": 1, "board_id": 2}') $$, '23503', NULL, 'upsert_...');

SELECT * FROM finish();
ROLLBACK;
