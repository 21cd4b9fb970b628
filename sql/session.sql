-- A session with the shipped models, as an application has it: what a person
-- sees of tasks, of a chat, and of the rows of others.  Times are left out.
\set SHOW_CONTEXT never
CREATE SCHEMA session;
SET search_path = session;

SELECT * FROM todo_orm.create_all();
SELECT * FROM todo_orm.create_all();  -- again: nothing to do
SELECT model, name, plural, owner, key, deleted_at, scopes, sort FROM todo_orm.models ORDER BY name;
SELECT model, relationship, target, kind, columns, target_columns FROM todo_orm.relationships ORDER BY model::text, relationship;

--
-- the todo list
--
SELECT id, user_id, title, description, completed, updated_at, deleted_at
  FROM create_task('ann', 'Buy milk', description => 'two litres');
SELECT id, title, description, completed
  FROM create_tasks('ann', '[{"title": "Paint the fence", "completed": true}, {"title": "Call Bob"}]');
SELECT id, user_id, title FROM create_task('bob', 'Bob''s own');

SELECT id, title FROM list_tasks('ann');
SELECT id, title FROM list_tasks('ann', 'pending', take => 20);
SELECT id, title FROM list_tasks('ann', 'completed');
SELECT id, title FROM list_tasks('ann', take => 1, skip => 1);
SELECT id, title FROM list_tasks('ann', take => -2);  -- the last two, in the same order
SELECT count_tasks('ann'), count_tasks('ann', 'pending'), count_tasks('bob'), count_tasks('nobody');

-- absent, null and value
SELECT id, title, description, completed FROM update_task('ann', 1, '{"completed": true}');
SELECT id, title, description, completed FROM update_task('ann', 1, '{"description": null}');
SELECT id, title, description, completed FROM update_task('ann', 1, '{}');

SELECT id, title FROM get_task('ann', 1);
SELECT id, title FROM get_task('bob', 1);  -- not Bob's
SELECT id, title FROM find_tasks('ann', '{3,1,3,4,99}');

SELECT soft_delete_task('ann', 1);
SELECT soft_delete_task('ann', 1);
SELECT id, title FROM list_tasks('ann');
SELECT id, title, deleted_at IS NULL AS live FROM list_tasks('ann', 'with_deleted');
SELECT id, title, deleted_at FROM restore_task('ann', 1);
SELECT delete_task('ann', 3);
SELECT delete_task('bob', 1);
SELECT soft_delete_task('ann', 2);
SELECT purge_tasks('ann', older_than => '30 days'), purge_tasks('ann');
SELECT id, user_id, title FROM task ORDER BY id;

-- JSON: a page as the application sends it on; times are always in UTC
UPDATE task SET created_at = '2020-01-02 03:04:05.678+00', updated_at = NULL;
\pset format unaligned
SELECT page_tasks('ann', with_total => true);
SET todo_orm.json_bigint = string;
SELECT page_tasks('ann');
RESET todo_orm.json_bigint;
SELECT page_tasks('nobody', with_total => true);
\pset format aligned

--
-- the chat
--
SELECT id, conversation_id, role, content, status FROM append_message('ann', NULL, 'user', 'Add milk to my list');
SELECT id, conversation_id, role, content, data
  FROM append_messages('ann', 1, '[
    {"role": "assistant", "content": "", "data": {"tool_calls": [{"id": "c1", "name": "create_task"}]}},
    {"role": "tool", "content": "created", "data": {"tool_call_id": "c1"}},
    {"role": "assistant", "content": "Done."}]');
SELECT title FROM update_conversation('ann', 1, '{"title": "Shopping"}');

-- sent twice: the same message
SELECT id, conversation_id, content FROM append_message('ann', 1, 'user', 'Thanks', client_key => 'k-1');
SELECT id, conversation_id, content FROM append_message('ann', 1, 'user', 'Thanks', client_key => 'k-1');

UPDATE message SET created_at = '2020-01-02 03:04:05+00';
UPDATE conversation SET created_at = '2020-01-02 03:04:05+00', updated_at = '2020-01-02 03:04:06+00';
\pset format unaligned
SELECT get_conversation_with_messages('ann', 1);
SELECT get_conversation_with_messages('ann', 1, take => 1);
SELECT get_conversation_with_messages('bob', 1);  -- null
\pset format aligned

-- relationships are functions of the row
SELECT c.id, m.id, m.role FROM conversation c, messages(c) m ORDER BY m.id;
SELECT t.title, c.title FROM create_task('ann', 'From the chat', conversation_id => 1) t, conversation(t) c;
SELECT (c.tasks).title FROM conversation c;

-- not Bob's
SELECT append_message('bob', 1, 'user', 'let me in');
\echo :LAST_ERROR_SQLSTATE
SELECT create_task('bob', 'x', conversation_id => 1);
\echo :LAST_ERROR_SQLSTATE

-- deleting a conversation takes its messages and leaves its tasks
SELECT delete_conversation('ann', 1);
SELECT count(*) FROM message;
SELECT title, conversation_id FROM list_tasks('ann', take => 1);

--
-- whom the transaction acts for
--
BEGIN;
SELECT set_config('todo_orm.user_id', 'bob', true);
SELECT title FROM list_tasks('bob');
SELECT title FROM list_tasks('ann');
\echo :LAST_ERROR_SQLSTATE
ROLLBACK;

--
-- the SQL of every call
--
SET todo_orm.echo = on;
SELECT title FROM get_task('ann', 1);
SELECT title FROM list_tasks('ann', 'pending', take => 1);
SELECT delete_task('ann', 1);
RESET todo_orm.echo;

SET client_min_messages = warning;
DROP SCHEMA session CASCADE;
SELECT count(*) FROM todo_orm.models;
