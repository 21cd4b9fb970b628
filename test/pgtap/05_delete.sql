-- delete, soft delete, restore, purge; what becomes of children (SPEC 4, 6, 9)
BEGIN;
SELECT * FROM no_plan();
SELECT count(*) FROM todo_orm.create_all() \g /dev/null
SELECT count(*) FROM create_tasks('ann', '[{"title": "one"}, {"title": "two"}, {"title": "three"}, {"title": "four"}]') \g /dev/null
SELECT count(*) FROM create_tasks('bob', '[{"title": "five"}, {"title": "six"}]') \g /dev/null

----------------------------------------------------------------------
-- for good
----------------------------------------------------------------------

SELECT is(delete_task('bob', 1), false, 'delete: a foreign row is as if it were not there');
SELECT is(delete_task('ann', 1), true, 'delete: one''s own');
SELECT is(delete_task('ann', 1), false, 'delete: twice');
SELECT is(delete_task('ann', 4711), false, 'delete: missing');
SELECT is(delete_task('ann', NULL), false, 'delete: null');
SELECT is((SELECT array_agg(id ORDER BY id) FROM task), '{2,3,4,5,6}', 'that row is gone, and no other');
SELECT throws_ok(format('SELECT %s_task(%L, 2)', f, u), '22004', NULL, f || ': owner null or empty')
  FROM unnest('{delete,soft_delete,restore}'::text[]) f, unnest(ARRAY[NULL, '']) u;
SELECT throws_ok(format('SELECT purge_tasks(%L)', u), '22004', NULL, 'purge: owner null or empty') FROM unnest(ARRAY[NULL, '']) u;

----------------------------------------------------------------------
-- soft delete
----------------------------------------------------------------------

SELECT is(soft_delete_task('bob', 2), false, 'soft delete: a foreign row');
SELECT is(soft_delete_task('ann', 4711), false, 'soft delete: missing');
SELECT is(soft_delete_task('ann', NULL), false, 'soft delete: null');
SELECT is((SELECT count(*) FROM task WHERE deleted_at IS NOT NULL), 0::bigint, 'nothing was marked');
SELECT is(soft_delete_task('ann', 2), true, 'soft delete: one''s own');
SELECT is((SELECT deleted_at FROM task WHERE id = 2), now(), 'it is marked with the time');
UPDATE task SET deleted_at = '2020-01-01 00:00:00+00' WHERE id = 2;
SELECT is(soft_delete_task('ann', 2), false, 'soft delete: twice is false');
SELECT is((SELECT deleted_at FROM task WHERE id = 2), '2020-01-01 00:00:00+00', 'and keeps the first time');

-- invisible to every function
SELECT is_empty($$ SELECT * FROM get_task('ann', 2) $$, 'deleted: get');
SELECT is_empty($$ SELECT * FROM find_tasks('ann', '{2}') $$, 'deleted: find');
SELECT is((SELECT array_agg(id ORDER BY id) FROM list_tasks('ann')), '{3,4}', 'deleted: list');
SELECT is(json_array_length(page_tasks('ann') -> 'items'), 2, 'deleted: page');
SELECT is(page_tasks('ann', with_total => true) ->> 'total', '2', 'deleted: total');
SELECT is(count_tasks('ann'), 2::bigint, 'deleted: count');
SELECT is(count_tasks('ann', 'pending'), 2::bigint, 'deleted: scopes of one''s own leave it out too');
SELECT is_empty($$ SELECT * FROM update_task('ann', 2, '{"title": "x"}') $$, 'deleted: update');
SELECT is(delete_task('ann', 2), false, 'deleted: delete takes live rows');
SELECT is((SELECT title FROM task WHERE id = 2), 'two', 'deleted: the row is as it was');
SELECT is((SELECT array_agg(id) FROM list_tasks('ann', 'deleted')), '{2}', 'unless a scope asks for it');

----------------------------------------------------------------------
-- restore
----------------------------------------------------------------------

SELECT is_empty($$ SELECT * FROM restore_task('bob', 2) $$, 'restore: a foreign row');
SELECT is_empty($$ SELECT * FROM restore_task('ann', 3) $$, 'restore: a live row gives no row');
SELECT is_empty($$ SELECT * FROM restore_task('ann', 4711) $$, 'restore: missing');
SELECT is_empty($$ SELECT * FROM restore_task('ann', NULL) $$, 'restore: null');
SELECT is((SELECT deleted_at FROM task WHERE id = 2), '2020-01-01 00:00:00+00', 'still deleted');
SELECT results_eq($$ SELECT id, title, deleted_at FROM restore_task('ann', 2) $$, $$ VALUES (2::bigint, 'two', NULL::timestamptz) $$, 'restore: the row');
SELECT results_eq($$ SELECT id FROM get_task('ann', 2) $$, $$ VALUES (2::bigint) $$, 'it is there again');
SELECT is_empty($$ SELECT * FROM restore_task('ann', 2) $$, 'restore: twice gives no row');
SELECT is(soft_delete_task('ann', 2), true, 'it can be deleted again');
SELECT is((SELECT deleted_at FROM task WHERE id = 2), now(), 'with a new time');

----------------------------------------------------------------------
-- purge
----------------------------------------------------------------------

SELECT is(purge_tasks('nobody'), 0::bigint, 'purge: nothing to do');
SELECT soft_delete_task('ann', 3), soft_delete_task('bob', 5) \g /dev/null
UPDATE task SET deleted_at = now() - interval '40 days' WHERE id = 3;
SELECT is(purge_tasks('ann', '41 days'), 0::bigint, 'purge: none is that old');
SELECT is(purge_tasks('ann', older_than => '30 days'), 1::bigint, 'purge: what is older');
SELECT is((SELECT array_agg(id ORDER BY id) FROM task), '{2,4,5,6}', 'that one is gone');
SELECT is(purge_tasks('ann'), 1::bigint, 'purge: all that are deleted, by default');
SELECT is(purge_tasks('ann'), 0::bigint, 'purge: twice');
SELECT is((SELECT array_agg(id ORDER BY id) FROM task), '{4,5,6}', 'live rows and those of others stay');
SELECT throws_ok(format('SELECT purge_tasks(%L, %L)', 'bob', age), '22023', 'older_than must not be negative', 'purge: older than ' || age)
  FROM unnest('{-1 day,-1 microsecond,-1 month,1 day -25 hours}'::text[]) age;
SELECT is(purge_tasks('bob', NULL), 1::bigint, 'purge: null is not given');

-- every error field that has something to say
CREATE FUNCTION pg_temp.fields(call text) RETURNS text[] LANGUAGE plpgsql AS $$
DECLARE detail text; table_name text; schema_name text;
BEGIN
    EXECUTE call;
    RETURN NULL;
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL, table_name = TABLE_NAME, schema_name = SCHEMA_NAME;
    RETURN ARRAY[schema_name, table_name, detail];
END $$;
SELECT is(pg_temp.fields($$SELECT purge_tasks('bob', '-1 day')$$),
          ARRAY['public', 'task', '[{"loc": ["older_than"], "type": "value", "msg": "must not be negative", "input": "-1 days"}]'],
          'purge: which argument, of which table');

----------------------------------------------------------------------
-- children of a deleted conversation
----------------------------------------------------------------------

SELECT id AS talk FROM create_conversation('ann', 'talk') \gset
SELECT id AS other FROM create_conversation('ann', 'other') \gset
SELECT count(*) FROM append_messages('ann', :talk, '[{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]') \g /dev/null
SELECT count(*) FROM append_message('ann', :other, 'user', 'stays') \g /dev/null
SELECT id AS task FROM create_task('ann', 'from the talk', conversation_id => :talk) \gset

-- soft: does not cascade
SELECT is(soft_delete_conversation('ann', :talk), true, 'a conversation is soft-deleted');
SELECT is(count_messages('ann'), 3::bigint, 'its messages stay in their own list');
SELECT is((SELECT count(*) FROM message), 3::bigint, 'and in the table');
SELECT is((SELECT conversation_id FROM get_task('ann', :task)), :talk::bigint, 'its task still says where it came from');
SELECT is_empty(format($$ SELECT c.* FROM task t, conversation(t) c WHERE t.id = %s $$, :task), 'but that relationship is empty');
SELECT is_empty(format($$ SELECT c.* FROM message m, conversation(m) c WHERE m.conversation_id = %s $$, :talk), 'that of its messages too');
SELECT is(get_conversation_with_messages('ann', :talk)::text, NULL, 'it is not there with its messages');
SELECT throws_ok(format($$ SELECT append_message('ann', %s, 'user', 'x') $$, :talk), '23503', NULL, 'nothing can be appended');
SELECT is((SELECT title FROM update_task('ann', :task, '{"title": "still editable"}')), 'still editable', 'the task can be changed');
SELECT is((SELECT id FROM restore_conversation('ann', :talk)), :talk::bigint, 'it comes back');
SELECT is(json_array_length(get_conversation_with_messages('ann', :talk) -> 'messages'), 2, 'with its messages');

-- a soft-deleted task is no child of its conversation
SELECT is((SELECT count(*) FROM conversation c, tasks(c) t WHERE c.id = :talk), 1::bigint, 'a conversation has its task');
SELECT soft_delete_task('ann', :task) \g /dev/null
SELECT is((SELECT count(*) FROM conversation c, tasks(c) t WHERE c.id = :talk), 0::bigint, 'not when it is soft-deleted');
SELECT restore_task('ann', :task) \g /dev/null

-- for good
SELECT is(delete_conversation('ann', :talk), true, 'a conversation is deleted for good');
SELECT is((SELECT array_agg(content) FROM message), '{stays}', 'with its messages, and no others');
SELECT results_eq(format($$ SELECT title, conversation_id FROM get_task('ann', %s) $$, :task), $$ VALUES ('still editable', NULL::bigint) $$,
                  'its task stays, without it');
SELECT soft_delete_conversation('ann', :other) \g /dev/null
SELECT is(purge_conversations('ann'), 1::bigint, 'purge of a conversation');
SELECT is((SELECT count(*) FROM message), 0::bigint, 'takes its messages');

-- blocked by children: 23503, the child's table in the error field
CREATE TABLE note (
    LIKE todo_orm.owned INCLUDING ALL,
    task_id bigint NOT NULL,
    PRIMARY KEY (user_id, id),
    FOREIGN KEY (user_id, task_id) REFERENCES task (user_id, id)
);
SELECT count(*) FROM todo_orm.register_model('note') \g /dev/null
SELECT count(*) FROM create_note('ann', :task) \g /dev/null
CREATE FUNCTION pg_temp.state_and_table(call text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    state text; relation text;
BEGIN
    EXECUTE call;
    -- a constraint may be checked at the end only
    SET CONSTRAINTS ALL IMMEDIATE;
    RETURN 'no error';
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, relation = TABLE_NAME;
    RETURN state || ' ' || relation;
END
$$;
SELECT is(pg_temp.state_and_table(format($$ SELECT delete_task('ann', %s) $$, :task)), '23503 note', 'a child that does not go along blocks');
SELECT is((SELECT count(*) FROM get_task('ann', :task)), 1::bigint, 'nothing was deleted');
SELECT is(soft_delete_task('ann', :task), true, 'soft delete is not blocked');
SELECT is(pg_temp.state_and_table($$ SELECT purge_tasks('ann') $$), '23503 note', 'purge is');

-- without deleted_at there is only delete
SELECT hasnt_function('soft_delete_message'::name);
SELECT hasnt_function('restore_message'::name);
SELECT hasnt_function('purge_messages'::name);

-- soft delete moves updated_at and is no plain patch
SELECT id AS last FROM create_task('ann', 'last') \gset
UPDATE task SET updated_at = '2020-01-01 00:00:00+00' WHERE id = :last;
SELECT throws_ok(format($$ SELECT * FROM update_task('ann', %s, '{"deleted_at": "2024-01-01"}') $$, :last), '22023', NULL, 'deleted_at is not patched');

-- a renamed deleted_at brings no deleted row back: everything stops until it is said which column it is now
SELECT soft_delete_conversation('ann', id) FROM create_conversation('ann', 'gone') \gset
SELECT id AS gone FROM list_conversations('ann', 'deleted') \gset
ALTER TABLE conversation RENAME deleted_at TO gone_at;
SELECT throws_ok(format(call, :gone), '55000', NULL, 'deleted_at renamed: ' || call)
  FROM unnest(ARRAY['SELECT * FROM get_conversation(''ann'', %s)', 'SELECT * FROM list_conversations(''ann'')',
    'SELECT soft_delete_conversation(''ann'', %s)', 'SELECT * FROM restore_conversation(''ann'', %s)', 'SELECT purge_conversations(''ann'')',
    'SELECT append_message(''ann'', %s, ''user'', ''into a deleted one'')']) AS call;
SELECT is((SELECT ddl FROM todo_orm.check_model('conversation') WHERE finding ~ '^option "deleted_at" names'),
    $$SELECT todo_orm.register_model('public.conversation', '{"deleted_at": "..."}');$$, 'check_model asks which it is');
SELECT count(*) FROM todo_orm.register_model('conversation', '{"deleted_at": "gone_at"}');
SELECT is_empty(format('SELECT * FROM get_conversation(''ann'', %s)', :gone), 'said: it is deleted as before');
SELECT is((SELECT count(*) FROM restore_conversation('ann', :gone)), 1::bigint, 'and can be restored');
SELECT count(*) FROM todo_orm.register_model('conversation', '{"deleted_at": null}');
SELECT hasnt_function('restore_conversation'::name);

SELECT * FROM finish();
ROLLBACK;
