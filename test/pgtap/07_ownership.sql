-- Ownership: no call reads or writes a row of an owner that it does not name
-- (SPEC 1, 8); identity settings; a role with grant_access alone
BEGIN;
SELECT * FROM no_plan();

CREATE ROLE regress_models;
CREATE ROLE regress_app;
CREATE ROLE regress_stranger;
CREATE SCHEMA regress_own AUTHORIZATION regress_models;
GRANT USAGE ON SCHEMA regress_own TO regress_app, regress_stranger;
GRANT CREATE, USAGE ON SCHEMA public TO regress_models;
SET LOCAL search_path = regress_own, public, tap;

-- The whole contents of the tables, to see that nothing has changed.
CREATE FUNCTION pg_temp.contents() RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    RETURN (SELECT md5(string_agg(r, ';' ORDER BY r))
              FROM (SELECT t::text || xmin FROM task t UNION ALL SELECT c::text || xmin FROM conversation c
                    UNION ALL SELECT m::text || xmin FROM message m) s(r));
END
$$;

SET ROLE regress_models;
SELECT ok(count(*) > 0, 'a role that is no superuser makes the models') FROM todo_orm.create_all('regress_own');
SELECT todo_orm.grant_access(m, 'regress_app') FROM unnest('{task,conversation,message}'::regclass[]) m \g /dev/null
RESET ROLE;
SELECT is((SELECT array_agg(DISTINCT pg_get_userbyid(proowner)) FROM pg_proc WHERE pronamespace = 'regress_own'::regnamespace),
          '{regress_models}', 'all functions belong to the tables'' owner');
SELECT is((SELECT array_agg(DISTINCT pg_get_userbyid(relowner)) FROM pg_class WHERE relnamespace = 'regress_own'::regnamespace),
          '{regress_models}', 'and so do tables and sequences');

SELECT id AS talk FROM create_conversation('ann', 'Ann''s talk') \gset
SELECT id AS message FROM append_message('ann', :talk, 'user', 'Ann''s message', client_key => 'k') \gset
SELECT id AS streaming FROM begin_message('ann', :talk, 'assistant') \gset
SELECT id AS task FROM create_task('ann', 'Ann''s task', conversation_id => :talk) \gset
SELECT id AS gone FROM create_task('ann', 'Ann''s deleted task') \gset
SELECT soft_delete_task('ann', :gone) \g /dev/null
SELECT id AS gone_talk FROM create_conversation('ann', 'Ann''s deleted talk') \gset
SELECT soft_delete_conversation('ann', :gone_talk) \g /dev/null
SELECT pg_temp.contents() AS before \gset

----------------------------------------------------------------------
-- every function, called for another owner
----------------------------------------------------------------------

-- Of Ann's rows Bob sees none.  The list is of all functions that name an
-- owner, so that one that is added without a line here fails below.
CREATE TEMP TABLE calls (function text, call text, answer text);
GRANT SELECT ON calls TO PUBLIC;
INSERT INTO calls VALUES
    ('get_task', format('get_task(%%L, %s)', :task), ''),
    ('get_conversation', format('get_conversation(%%L, %s)', :talk), ''),
    ('get_message', format('get_message(%%L, %s)', :message), ''),
    ('find_tasks', format('find_tasks(%%L, ''{%s,%s}'')', :task, :gone), ''),
    ('find_conversations', format('find_conversations(%%L, ''{%s}'')', :talk), ''),
    ('find_messages', format('find_messages(%%L, ''{%s}'')', :message), ''),
    ('list_tasks', 'list_tasks(%L, ''with_deleted'')', ''),
    ('list_conversations', 'list_conversations(%L, ''with_deleted'')', ''),
    ('list_messages', 'list_messages(%L)', ''),
    ('page_tasks', 'page_tasks(%L, ''with_deleted'')::jsonb - ''total'' -> ''items''', '[]'),
    ('page_conversations', 'page_conversations(%L, ''with_deleted'')::jsonb -> ''items''', '[]'),
    ('page_messages', 'page_messages(%L)::jsonb -> ''items''', '[]'),
    ('count_tasks', 'count_tasks(%L, ''with_deleted'')', '0'),
    ('count_conversations', 'count_conversations(%L, ''with_deleted'')', '0'),
    ('count_messages', 'count_messages(%L)', '0'),
    ('first_task', 'first_task(%L, ''{"user_id": "ann"}'', scope => ''with_deleted'')', ''),
    ('first_conversation', 'first_conversation(%L, scope => ''with_deleted'')', ''),
    ('first_message', 'first_message(%L)', ''),
    ('one_task', format('one_task(%%L, ''{"id": %s}'', missing_ok => true)', :task), ''),
    ('one_conversation', format('one_conversation(%%L, ''{"messages": {"id": %s}}'', missing_ok => true)', :message), ''),
    ('one_message', format('one_message(%%L, ''{"conversation": {"id": %s}}'')', :talk), 'P0002'),
    ('aggregate_tasks', 'aggregate_tasks(%L, scope => ''with_deleted'')', '[{"count":0}]'),
    ('aggregate_conversations', 'aggregate_conversations(%L, group_by => ''{user_id,title}'')', '[]'),
    ('aggregate_messages', 'aggregate_messages(%L, measures => ''{"last": {"max": "content"}}'')', '[{"last":null}]'),
    ('update_task', format('update_task(%%L, %s, ''{"title": "stolen"}'')', :task), ''),
    ('update_conversation', format('update_conversation(%%L, %s, ''{"title": "stolen"}'')', :talk), ''),
    ('update_message', format('update_message(%%L, %s, ''{"content": "stolen"}'')', :message), ''),
    ('update_tasks', format('update_tasks(%%L, ''{"id": %s}'', ''{"title": "stolen"}'')', :task), ''),
    ('update_conversations', 'update_conversations(%L, ''{"user_id": "ann"}'', ''{"title": "stolen"}'')', ''),
    ('update_messages', format('update_messages(%%L, ''{"conversation": {"id": %s}}'', ''{"content": "stolen"}'')', :talk), ''),
    ('patch_tasks', format('patch_tasks(%%L, ''[{"id": %s, "title": "stolen"}]'')', :task), 'P0002'),
    ('patch_conversations', format('patch_conversations(%%L, ''[{"id": %s, "title": "stolen"}]'')', :talk), 'P0002'),
    ('patch_messages', format('patch_messages(%%L, ''[{"id": %s, "content": "stolen"}]'')', :message), 'P0002'),
    ('delete_tasks', format('delete_tasks(%%L, ''{"id": %s}'')', :task), '0'),
    ('delete_conversations', format('delete_conversations(%%L, ''{"id": %s}'')', :talk), '0'),
    ('delete_messages', format('delete_messages(%%L, ''{"conversation_id": %s}'')', :talk), '0'),
    ('soft_delete_tasks', 'soft_delete_tasks(%L, ''{"user_id": "ann"}'')', '0'),
    ('soft_delete_conversations', format('soft_delete_conversations(%%L, ''{"messages": {"id": %s}}'')', :message), '0'),
    ('delete_task', format('delete_task(%%L, %s)', :task), 'false'),
    ('delete_conversation', format('delete_conversation(%%L, %s)', :talk), 'false'),
    ('delete_message', format('delete_message(%%L, %s)', :message), 'false'),
    ('soft_delete_task', format('soft_delete_task(%%L, %s)', :task), 'false'),
    ('soft_delete_conversation', format('soft_delete_conversation(%%L, %s)', :talk), 'false'),
    ('restore_task', format('restore_task(%%L, %s)', :gone), ''),
    ('restore_conversation', format('restore_conversation(%%L, %s)', :gone_talk), ''),
    ('purge_tasks', 'purge_tasks(%L)', '0'),
    ('purge_conversations', 'purge_conversations(%L)', '0'),
    ('get_conversation_with_messages', format('get_conversation_with_messages(%%L, %s)', :talk), ''),
    ('chat_context', format('chat_context(%%L, %s, NULL, NULL, true)', :talk), ''),
    ('continue_message', format('continue_message(%%L, %s, ''stolen'')', :streaming), 'false'),
    ('finish_message', format('finish_message(%%L, %s, ''stolen'')', :streaming), ''),
    ('abort_message', format('abort_message(%%L, %s)', :streaming), ''),
    ('abort_stale_messages', 'abort_stale_messages(%L, ''0'')', '0'),
    ('validate_task', format('validate_task(%%L, ''{"title": "x", "conversation_id": %s}'') #>> ''{0,type}''', :talk), 'foreign_key'),
    ('validate_message', format('validate_message(%%L, ''{"conversation_id": %s, "role": "user", "content": "x"}'') #>> ''{0,type}''', :talk), 'foreign_key'),
    ('validate_conversation', 'validate_conversation(%L, ''{}'')', '[]'),
    ('load_task', format('load_task(%%L, %s, ''["conversation.messages"]'')', :task), ''),
    ('load_conversation', format('load_conversation(%%L, %s, ''["messages", "tasks"]'')', :talk), ''),
    ('load_message', format('load_message(%%L, %s, ''["conversation"]'')', :message), ''),
    ('load_tasks', 'load_tasks(%L, ''["conversation"]'', ''with_deleted'')::jsonb -> ''items''', '[]'),
    ('load_conversations', 'load_conversations(%L, ''{"messages": {"count": true}}'', ''with_deleted'')::jsonb -> ''items''', '[]'),
    ('load_messages', 'load_messages(%L, ''["conversation.tasks"]'')::jsonb -> ''items''', '[]'),
    ('messages_of_conversations', format('messages_of_conversations(%%L, ''{%s,%s}'')', :talk, :gone_talk), ''),
    ('tasks_of_conversations', format('tasks_of_conversations(%%L, ''{%s,%s}'')', :talk, :gone_talk), ''),
    -- these refuse: 23503, as for a conversation that is not there
    ('create_task', format('create_task(%%L, ''x'', conversation_id => %s)', :talk), '23503'),
    ('create_tasks', format('create_tasks(%%L, ''{"title": "x", "conversation_id": %s}'')', :talk), '23503'),
    ('create_message', format('create_message(%%L, %s, ''user'', ''x'')', :talk), '23503'),
    ('create_messages', format('create_messages(%%L, ''{"conversation_id": %s, "role": "user", "content": "x"}'')', :talk), '23503'),
    ('upsert_task', format('upsert_task(%%L, ''{"title": "x", "conversation_id": %s}'')', :talk), '23503'),
    ('upsert_message', format('upsert_message(%%L, ''{"id": %s, "conversation_id": %s, "role": "user", "content": "stolen"}'')', :message, :talk), '23503'),
    ('append_message', format('append_message(%%L, %s, ''user'', ''x'')', :talk), '23503'),
    ('begin_message', format('begin_message(%%L, %s, ''user'')', :talk), '23503'),
    ('append_messages', format('append_messages(%%L, %s, ''[{"role": "user", "content": "x"}]'')', :talk), '23503'),
    -- these make rows of the caller's own, and are tried at the end
    ('create_conversation', 'create_conversation(%L)', NULL),
    ('create_conversations', 'create_conversations(%L, ''{}'')', NULL),
    ('upsert_conversation', format('upsert_conversation(%%L, ''{"id": %s, "title": "Bob''''s"}'')', :talk), NULL);

-- What a call answers for an owner: its rows as text, or the SQLSTATE.
CREATE FUNCTION pg_temp.answer(call text, owner text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    found text;
BEGIN
    EXECUTE format('SELECT coalesce(string_agg(r::text, '';''), '''') FROM (SELECT %s) s(r)', format(call, owner)) INTO found;
    RETURN found;
EXCEPTION WHEN OTHERS THEN
    RETURN SQLSTATE;
END
$$;
SELECT set_eq($$ SELECT function FROM calls $$,
              $$ SELECT DISTINCT proname::text FROM pg_proc p JOIN pg_language l ON l.oid = prolang
                  WHERE lanname = 'todo_orm' AND pronamespace = 'regress_own'::regnamespace AND proargnames[1] = 'user_id' $$,
              'the list has every function that names an owner');
SELECT is(pg_temp.answer(call, 'bob'), answer, 'for another owner: ' || function) FROM calls WHERE answer IS NOT NULL;
SELECT is(pg_temp.answer(call, owner), '22004', 'owner null or empty: ' || function) FROM calls, unnest(ARRAY[NULL, '']) owner;
SELECT is(pg_temp.contents(), :'before', 'nothing has changed, in any table');
-- and the list is worth something: to Ann every one of these reads answers
SELECT isnt(pg_temp.answer(call, 'ann'), answer, 'for the owner herself: ' || function) FROM calls
 WHERE function ~ '^(get|find|list|page|count|first|one|aggregate)_';

----------------------------------------------------------------------
-- the identity setting
----------------------------------------------------------------------

SELECT set_config('todo_orm.user_id', 'bob', true) \g /dev/null
SELECT is(pg_temp.answer(call, 'ann'), '42501', 'the transaction acts for somebody else: ' || function) FROM calls;
SELECT is(pg_temp.contents(), :'before', 'nothing has changed');
SELECT is(pg_temp.answer(call, 'bob'), answer, 'for oneself: ' || function) FROM calls WHERE answer IS NOT NULL;
SELECT throws_ok($$ SELECT get_task(NULL, 1) $$, '22004', NULL, 'owner null, though the identity is known');
SELECT throws_ok($$ SELECT get_task('BOB', 1) $$, '42501', NULL, 'compared exactly');
SELECT throws_ok($$ SELECT get_task('bob ', 1) $$, '42501', NULL, 'blanks count');
SELECT set_config('todo_orm.user_id', 'ann', true) \g /dev/null
SELECT is((SELECT title FROM get_task('ann', :task)), 'Ann''s task', 'the owner');
SELECT set_config('todo_orm.user_id', '', true) \g /dev/null
SELECT is((SELECT title FROM get_task('ann', :task)), 'Ann''s task', 'empty is not set');

SET LOCAL todo_orm.require_user_id = on;
SELECT is(pg_temp.answer(call, 'ann'), '42501', 'an identity is required: ' || function) FROM calls;
SELECT set_config('todo_orm.user_id', 'ann', true) \g /dev/null
SELECT is((SELECT title FROM get_task('ann', :task)), 'Ann''s task', 'required and there');
SELECT throws_ok($$ SELECT get_task('bob', 1) $$, '42501', NULL, 'required and another');
SET LOCAL todo_orm.require_user_id = off;
SELECT set_config('todo_orm.user_id', '', true) \g /dev/null

-- an owner column of another type: compared after conversion
CREATE TABLE badge (
    user_id uuid NOT NULL, id bigint GENERATED BY DEFAULT AS IDENTITY, label text,
    PRIMARY KEY (user_id, id)
);
SELECT count(*) FROM todo_orm.register_model('badge') \g /dev/null
SELECT set_config('todo_orm.user_id', 'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11', true) \g /dev/null
SELECT lives_ok($$ SELECT create_badge('a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', 'x') $$, 'uuid: the same in another spelling');
SELECT throws_ok($$ SELECT create_badge('b0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', 'x') $$, '42501', NULL, 'uuid: another');
SELECT throws_ok($$ SELECT create_badge(NULL, 'x') $$, '22004', NULL, 'uuid: null');
SELECT set_config('todo_orm.user_id', '', true) \g /dev/null

-- a setting of one's own, and a model that has none
CREATE TABLE gadget (tenant int NOT NULL, id bigint GENERATED BY DEFAULT AS IDENTITY, PRIMARY KEY (tenant, id));
SELECT count(*) FROM todo_orm.register_model('gadget', '{"owner": "tenant"}') \g /dev/null
SELECT set_config('todo_orm.user_id', '7', true) \g /dev/null
SELECT lives_ok($$ SELECT create_gadget(8) $$, 'another owner column has no setting unless it is given one');
SELECT set_config('todo_orm.user_id', '', true) \g /dev/null
SELECT count(*) FROM todo_orm.register_model('gadget', '{"owner": "tenant", "owner_setting": "app.tenant"}') \g /dev/null
SELECT set_config('app.tenant', '007', true) \g /dev/null
SELECT lives_ok($$ SELECT create_gadget(7) $$, 'owner_setting: compared after conversion');
SELECT throws_ok($$ SELECT create_gadget(8) $$, '42501', NULL, 'owner_setting: another');
SELECT set_config('app.tenant', '', true) \g /dev/null
SELECT lives_ok($$ SELECT create_gadget(8) $$, 'owner_setting: empty is not set');

----------------------------------------------------------------------
-- a role that has grant_access and nothing else
----------------------------------------------------------------------

SELECT is(pg_temp.contents(), :'before', 'still nothing has changed');
SET ROLE regress_stranger;
SELECT is(pg_temp.answer(call, 'ann'), '42501', 'EXECUTE is not PUBLIC''s: ' || function) FROM calls;
SELECT throws_ok($$ SELECT regress_own.conversation(NULL::task) $$, '42501', NULL, 'nor that of functions of the row');
SET ROLE regress_app;
SELECT throws_ok(format('%s regress_own.%I', what, t), '42501', NULL, what || ' ' || t)
  FROM unnest('{TABLE,DELETE FROM,TRUNCATE}'::text[]) what, unnest('{task,conversation,message}'::text[]) t;
SELECT throws_ok($$ INSERT INTO task (user_id, title) VALUES ('app', 'x') $$, '42501', NULL, 'INSERT');
SELECT throws_ok($$ UPDATE task SET title = 'x' $$, '42501', NULL, 'UPDATE');
SELECT throws_ok($$ SELECT nextval('regress_own.task_id_seq') $$, '42501', NULL, 'a sequence');
SELECT throws_ok($$ SELECT last_value FROM regress_own.task_id_seq $$, '42501', NULL, 'a sequence''s value');
SELECT throws_ok($$ SELECT todo_orm.unregister_model('task') $$, '42501', NULL, 'unregister_model');
SELECT throws_ok($$ SELECT todo_orm.register_model('task') $$, '42501', NULL, 'register_model');
SELECT throws_ok($$ SELECT todo_orm.grant_access('task', 'regress_stranger') $$, '42501', NULL, 'grant_access');
SELECT is(pg_temp.answer(call, 'bob'), answer, 'with EXECUTE alone, for another owner: ' || function) FROM calls WHERE answer IS NOT NULL;

-- everything works for an owner of its own
SELECT is((SELECT title FROM create_conversation('app', 'talk')), 'talk', 'app: create_conversation');
SELECT id AS talk FROM list_conversations('app') \gset
SELECT is((SELECT count(*) FROM create_conversations('app', '[{}, {}]')), 2::bigint, 'app: create_conversations');
SELECT is((SELECT conversation_id FROM create_task('app', 't', conversation_id => :talk)), :talk::bigint, 'app: create_task');
SELECT is((SELECT count(*) FROM create_tasks('app', '[{"title": "a"}, {"title": "b"}]')), 2::bigint, 'app: create_tasks');
SELECT id AS task FROM list_tasks('app') WHERE title = 't' \gset
SELECT is((SELECT title FROM get_task('app', :task)), 't', 'app: get_task');
SELECT is((SELECT count(*) FROM find_tasks('app', ARRAY[:task])), 1::bigint, 'app: find_tasks');
SELECT is(count_tasks('app'), 3::bigint, 'app: count_tasks');
SELECT is(json_array_length(page_tasks('app') -> 'items'), 3, 'app: page_tasks');
SELECT is((SELECT title FROM update_task('app', :task, '{"title": "u"}')), 'u', 'app: update_task');
SELECT is(soft_delete_task('app', :task), true, 'app: soft_delete_task');
SELECT is((SELECT title FROM restore_task('app', :task)), 'u', 'app: restore_task');
SELECT is((SELECT content FROM append_message('app', :talk, 'user', 'm')), 'm', 'app: append_message');
SELECT is((SELECT count(*) FROM append_messages('app', NULL, '[{"role": "user", "content": "n"}]')), 1::bigint, 'app: append_messages');
SELECT is((SELECT content FROM create_message('app', :talk, 'user', 'o')), 'o', 'app: create_message');
SELECT is((SELECT count(*) FROM create_messages('app', jsonb_build_object('conversation_id', :talk, 'role', 'user', 'content', 'p'))), 1::bigint, 'app: create_messages');
SELECT is(json_array_length(get_conversation_with_messages('app', :talk) -> 'messages'), 3, 'app: get_conversation_with_messages');
SELECT is((SELECT count(*) FROM get_conversation('app', :talk) c, messages(c) m), 3::bigint, 'app: messages(conversation)');
SELECT is((SELECT c.title FROM get_task('app', :task) t, conversation(t) c), 'talk', 'app: conversation(task)');
SELECT is((SELECT count(*) FROM get_conversation('app', :talk) c, tasks(c) t), 1::bigint, 'app: tasks(conversation)');
SELECT is((SELECT DISTINCT c.title FROM list_messages('app') m, conversation(m) c WHERE m.conversation_id = :talk), 'talk', 'app: conversation(message)');
SELECT is(delete_task('app', :task), true, 'app: delete_task');
SELECT is(delete_conversation('app', :talk), true, 'app: delete_conversation');
SELECT is(count_messages('app'), 1::bigint, 'app: count_messages');
SELECT is(purge_tasks('app'), 0::bigint, 'app: purge_tasks');
SELECT is(delete_message('app', (SELECT id FROM list_messages('app'))), true, 'app: delete_message');
SELECT is((SELECT current_user::text), 'regress_app', 'the caller is who it was');

-- functions of the row: the row's owner counts as the owner argument
SELECT set_config('todo_orm.user_id', 'bob', true) \g /dev/null
SELECT throws_ok($$ SELECT messages(ROW(1, 'ann', NULL, now(), NULL, NULL)::conversation) $$, '42501', NULL, 'a hand-made row of another owner');
SELECT throws_ok($$ SELECT conversation(t) FROM (SELECT ROW(1, 'ann', 't', NULL, false, 1, now(), NULL, NULL)::task AS t) s $$, '42501', NULL, 'to one');
SELECT throws_ok($$ SELECT messages(ROW(1, NULL, NULL, now(), NULL, NULL)::conversation) $$, '22004', NULL, 'a hand-made row without owner');
SELECT throws_ok($$ SELECT messages(ROW(1, '', NULL, now(), NULL, NULL)::conversation) $$, '22004', NULL, 'with an empty one');
RESET ROLE;
SELECT id AS anns_talk FROM conversation WHERE title = 'Ann''s talk' \gset
SET ROLE regress_app;
SELECT is_empty(format($$ SELECT m.* FROM messages(ROW(%s, 'bob', NULL, now(), NULL, NULL)::conversation) m $$, :anns_talk),
                'one''s own hand-made row with the id of somebody else''s conversation');
SELECT set_config('todo_orm.user_id', '', true) \g /dev/null
SELECT throws_ok($$ SET todo_orm.require_user_id = off $$, '42501', NULL, 'require_user_id is not the caller''s to set');
RESET ROLE;
SET LOCAL todo_orm.require_user_id = on;
SET ROLE regress_app;
SELECT throws_ok($$ SELECT messages(ROW(1, 'ann', NULL, now(), NULL, NULL)::conversation) $$, '42501', NULL, 'an identity is required');
RESET ROLE;
SET LOCAL todo_orm.require_user_id = off;

----------------------------------------------------------------------
-- revoke_access
----------------------------------------------------------------------

SET ROLE regress_models;
SELECT todo_orm.revoke_access('task', 'regress_app') \g /dev/null
SET ROLE regress_app;
SELECT throws_ok($$ SELECT * FROM list_tasks('app') $$, '42501', NULL, 'revoke_access takes the functions back');
SELECT throws_ok($$ SELECT create_task('app', 'x') $$, '42501', NULL, 'all of them');
SELECT lives_ok($$ SELECT * FROM list_messages('app') $$, 'of that model only');
SELECT lives_ok($$ SELECT append_message('app', NULL, 'user', 'x') $$, 'append_message belongs to message');
SET ROLE regress_models;
SELECT todo_orm.revoke_access('message', 'regress_app') \g /dev/null
SET ROLE regress_app;
SELECT throws_ok($$ SELECT append_message('app', NULL, 'user', 'x') $$, '42501', NULL, 'and goes with it');
SELECT lives_ok($$ SELECT get_conversation_with_messages('app', 1) $$, 'get_conversation_with_messages belongs to conversation');
SET ROLE regress_models;
SELECT todo_orm.revoke_access('conversation', 'regress_app') \g /dev/null
SET ROLE regress_app;
SELECT throws_ok($$ SELECT get_conversation_with_messages('app', 1) $$, '42501', NULL, 'and goes with that');
RESET ROLE;
SELECT is((SELECT count(*) FROM pg_proc WHERE pronamespace = 'regress_own'::regnamespace AND has_function_privilege('regress_app', oid, 'EXECUTE')),
          0::bigint, 'nothing is left');

-- a role with rights on the tables sees, by row level security, its user's rows
GRANT SELECT, UPDATE ON task TO regress_app;
SET ROLE regress_app;
SELECT is((SELECT count(*) FROM task), 0::bigint, 'row level security: no identity, no rows');
SELECT set_config('todo_orm.user_id', 'bob', true) \g /dev/null
SELECT is((SELECT count(*) FROM task WHERE user_id = 'ann'), 0::bigint, 'row level security: another''s rows are not there');
SELECT set_config('todo_orm.user_id', 'ann', true) \g /dev/null
SELECT is((SELECT count(*) FROM task), 2::bigint, 'row level security: one''s own are');
SELECT throws_ok($$ UPDATE task SET user_id = 'bob' $$, '42501', NULL, 'row level security: and are not given away');
RESET ROLE;

-- the handler refuses a function whose owner is not the table's owner
ALTER TABLE task OWNER TO regress_stranger;
SELECT throws_ok($$ SELECT * FROM list_tasks('ann') $$, '42501', NULL, 'the functions of a former owner are refused');
SELECT is((SELECT count(*) FROM todo_orm.functions WHERE model = 'task'::regclass), 0::bigint, 'and are not the model''s');

SELECT * FROM finish();
ROLLBACK;
