-- Attack: what a session has kept from before: plans, functions, cursors, roles
BEGIN;
SELECT * FROM no_plan();
\ir include/attack.psql
CREATE ROLE regress_definer;
CREATE ROLE regress_member;
GRANT regress_app TO regress_member;
CREATE SCHEMA regress_definer AUTHORIZATION regress_definer;
GRANT USAGE ON SCHEMA regress_definer, regress_attack TO PUBLIC;

-- What a statement answers after others, in this very session: rows, or the SQLSTATE.
CREATE FUNCTION pg_temp.now(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    found text;
BEGIN
    EXECUTE format('SELECT coalesce(string_agg(r::text, '';''), '''') FROM (%s) s(r)', statement) INTO found;
    RETURN found;
EXCEPTION WHEN OTHERS THEN
    RETURN SQLSTATE;
END
$$;

----------------------------------------------------------------------
-- a warm function, a prepared statement: after SET ROLE, after REVOKE
----------------------------------------------------------------------

SET SESSION AUTHORIZATION regress_app;
PREPARE read_task(text) AS SELECT title FROM get_task($1, 21);
PREPARE read_row AS SELECT m.content FROM get_conversation('ann', 11) c, messages(c) m;
SET plan_cache_mode = force_generic_plan;
EXECUTE read_task('ann') \g /dev/null
EXECUTE read_row \g /dev/null
SELECT is(pg_temp.now('SELECT title FROM get_task(''ann'', 21)'), 's3cret task', 'the call is warm');
-- pgTAP's throws_ok runs a prepared statement where it is given its name
SELECT lives_ok('EXECUTE read_task(''ann'')', 'and so is the prepared statement');
RESET SESSION AUTHORIZATION;
SET ROLE regress_stranger;
SELECT throws_ok('EXECUTE read_task(''ann'')', '42501', NULL, 'a statement that another role has prepared must not serve a stranger');
SELECT throws_ok('EXECUTE read_row', '42501', NULL, 'nor one with functions of the row');
SELECT throws_ok('SELECT get_task(''ann'', 21)', '42501', NULL, 'a function that is warm must not serve a stranger');
SELECT throws_ok('SELECT todo_orm.apply(''ann'', ''[{"op": "get", "model": "regress_attack.task", "key": 21}]'')', '42501', NULL, 'nor through apply');
RESET ROLE;
SET ROLE regress_models;
SELECT todo_orm.revoke_access('task', 'regress_app') \g /dev/null
RESET ROLE;
SET SESSION AUTHORIZATION regress_app;
SELECT throws_ok('EXECUTE read_task(''ann'')', '42501', NULL, 'a prepared statement must not serve after revoke_access');
SELECT throws_ok('SELECT get_task(''ann'', 21)', '42501', NULL, 'a warm function must not serve after revoke_access');
SELECT throws_ok('SELECT todo_orm.apply(''ann'', ''[{"op": "get", "model": "regress_attack.task", "key": 21}]'')', '42501', NULL, 'what apply keeps must not serve after revoke_access');
-- along relationships: the other model's right is asked for as well
SELECT throws_ok(call, '42501', NULL, 'without the model task its rows must not be read or written along a relationship: ' || call)
  FROM unnest(ARRAY['SELECT load_conversation(''ann'', 11, ''["tasks"]'')', 'SELECT load_conversations(''ann'', ''["tasks"]'')', 'SELECT load_message(''ann'', 111, ''["conversation.tasks"]'')',
                    'SELECT list_conversations(''ann'', match => ''{"tasks": {"title": {"like": "s3cret%"}}}'')', 'SELECT count_conversations(''ann'', match => ''{"tasks": {"none": {}}}'')',
                    'SELECT page_messages(''ann'', match => ''{"conversation": {"tasks": {"some": {"completed": false}}}}'')', 'SELECT aggregate_conversations(''ann'', match => ''{"tasks": {"every": {"completed": true}}}'')',
                    'SELECT update_conversations(''ann'', ''{"tasks": {"id": 21}}'', ''{"title": "x"}'')', 'SELECT delete_conversations(''ann'', ''{"tasks": {"id": 21}}'')',
                    'SELECT tasks(c) FROM get_conversation(''ann'', 11) c', 'SELECT tasks_of_conversations(''ann'', ''{11}'')',
                    'SELECT create_conversations(''ann'', ''{"tasks": [{"title": "x"}]}'')', 'SELECT update_conversation(''ann'', 11, ''{"tasks": {"update": {"id": 21, "title": "x"}}}'')',
                    'SELECT update_conversation(''ann'', 11, ''{"tasks": {"connect": 21}}'')', 'SELECT update_conversation(''ann'', 11, ''{"tasks": {"disconnect": 21}}'')',
                    'SELECT patch_conversations(''ann'', ''[{"id": 11, "tasks": [{"title": "x"}]}]'')']) call;
RESET SESSION AUTHORIZATION;
SET ROLE regress_models;
SELECT todo_orm.grant_access('task', 'regress_app') \g /dev/null
SELECT todo_orm.revoke_access('tag', 'regress_app') \g /dev/null
RESET ROLE;
SET SESSION AUTHORIZATION regress_app;
SELECT throws_ok(call, '42501', NULL, 'without the model tag its rows must not be linked: ' || call)
  FROM unnest(ARRAY['SELECT link_post_tags(''ann'', 41, ''{52}'')', 'SELECT set_post_tags(''ann'', 41, ''{}'')', 'SELECT load_post(''ann'', 41, ''["tags"]'')', 'SELECT tags(p) FROM get_post(''ann'', 41) p',
                    'SELECT update_post(''ann'', 41, ''{"tags": {"connect": 52}}'')', 'SELECT create_posts(''ann'', ''{"title": "x", "tags": [{"name": "y"}]}'')', 'SELECT list_posts(''ann'', match => ''{"tags": {"name": "s3cret tag"}}'')']) call;
RESET SESSION AUTHORIZATION;
SET ROLE regress_models;
SELECT todo_orm.grant_access('tag', 'regress_app') \g /dev/null
RESET ROLE;
-- a role that may read the other model, and not write it
CREATE ROLE regress_reader;
SET ROLE regress_models;
SELECT todo_orm.grant_access(m, 'regress_reader') FROM unnest('{conversation,post}'::regclass[]) m \g /dev/null
GRANT EXECUTE ON FUNCTION list_tasks, get_task, list_tags, get_tag, tasks(conversation), tags(post) TO regress_reader;
RESET ROLE;
SET SESSION AUTHORIZATION regress_reader;
SELECT is((pg_temp.reached('SELECT load_conversation(''ann'', 11, ''["tasks"]'')')).answer ~ 's3cret task', true, 'who may read tasks includes them');
SELECT is((pg_temp.reached('SELECT ' || call)).code, '42501', 'and must not write them along a relationship: ' || call)
  FROM unnest(ARRAY['create_conversations(''ann'', ''{"tasks": [{"title": "x"}]}'')', 'update_conversation(''ann'', 11, ''{"tasks": {"update": {"id": 21, "title": "x"}}}'')', 'update_conversation(''ann'', 13, ''{"tasks": {"connect": 21}}'')',
                    'update_conversation(''ann'', 11, ''{"tasks": {"disconnect": 21}}'')', 'patch_conversations(''ann'', ''[{"id": 11, "tasks": [{"title": "x"}]}]'')', 'update_post(''ann'', 41, ''{"tags": {"connect": 52}}'')',
                    'update_post(''ann'', 41, ''{"tags": {"disconnect": 51}}'')', 'create_posts(''ann'', ''{"title": "x", "tags": [{"name": "y"}]}'')', 'link_post_tags(''ann'', 41, ''{52}'')']) call;
RESET SESSION AUTHORIZATION;
-- a role without the model, that may execute one function of it
GRANT EXECUTE ON FUNCTION get_conversation(text, bigint), load_conversation(text, bigint, jsonb) TO regress_stranger;
SET SESSION AUTHORIZATION regress_stranger;
SELECT is(pg_temp.now('SELECT title FROM get_conversation(''ann'', 11)'), 's3cret talk', 'one function alone');
SELECT throws_ok('SELECT load_conversation(''ann'', 11, ''["messages"]'')', '42501', NULL, 'must not lead to the messages');
SELECT throws_ok('SELECT todo_orm.apply(''ann'', ''[{"op": "delete", "model": "regress_attack.conversation", "key": 11}]'')', '42501', NULL, 'and must not be taken for another one by apply');
RESET SESSION AUTHORIZATION;
REVOKE EXECUTE ON FUNCTION get_conversation(text, bigint), load_conversation(text, bigint, jsonb) FROM regress_stranger;

----------------------------------------------------------------------
-- what grant_access gives, and nothing more
----------------------------------------------------------------------

SELECT is_empty($$ SELECT p.oid::regprocedure FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang WHERE lanname = 'todo_orm' AND has_function_privilege('public', p.oid, 'EXECUTE') $$,
                'no generated function must be PUBLIC''s');
SELECT is_empty($$ SELECT c.oid::regclass FROM pg_class c WHERE relnamespace = 'regress_attack'::regnamespace AND relkind IN ('r', 'v', 'p', 'm', 'f')
                      AND has_any_column_privilege('regress_app', c.oid, 'SELECT,INSERT,UPDATE,REFERENCES') OR relnamespace = 'regress_attack'::regnamespace AND relkind = 'r' AND has_table_privilege('regress_app', c.oid, 'SELECT,INSERT,UPDATE,DELETE,TRUNCATE,REFERENCES,TRIGGER') $$,
                'the application''s role must have no right on any table or view');
SELECT is_empty($$ SELECT c.oid::regclass FROM pg_class c WHERE relnamespace = 'regress_attack'::regnamespace AND CASE WHEN relkind = 'S' THEN has_sequence_privilege('regress_app', c.oid, 'USAGE,SELECT,UPDATE') END $$,
                'nor on any sequence');
SELECT is_empty($$ SELECT FROM pg_namespace WHERE nspname IN ('regress_attack', 'todo_orm') AND has_schema_privilege('regress_app', oid, 'CREATE') $$, 'nor may it create anything beside the models');
SELECT is_empty($$ SELECT f.function FROM todo_orm.functions f WHERE NOT has_function_privilege('regress_app', f.function, 'EXECUTE') $$, 'it may execute every function of every model');
SET SESSION AUTHORIZATION regress_app;
SELECT throws_ok(format('%s regress_attack.%I%s', what.before, t, what.after), '42501', NULL, format('%s must not reach %s', what.before, t))
  FROM unnest('{task,conversation,message,note,post,tag,post_tag,handle,profile,ledger,open_note}'::text[]) t,
       (VALUES ('SELECT FROM', ''), ('TABLE', ''), ('DELETE FROM', ''), ('SELECT count(*) FROM', ''), ('LOCK TABLE', ' IN ACCESS SHARE MODE'), ('COPY', ' TO STDOUT'), ('ANALYZE VERBOSE', '')) what(before, after)
 WHERE what.before NOT IN ('COPY', 'ANALYZE VERBOSE');
SELECT throws_ok(format('SELECT %s', call), '42501', NULL, 'a sequence must not be reached: ' || call)
  FROM unnest(ARRAY['nextval(''task_id_seq'')', 'currval(''task_id_seq'')', 'setval(''task_id_seq'', 1)', 'last_value FROM task_id_seq']) call;
RESET SESSION AUTHORIZATION;
SET SESSION AUTHORIZATION regress_app;
SELECT throws_ok('SELECT todo_orm.explain($$regress_attack.list_tasks(''ann'')$$)', '42501', NULL, 'plans, which tell of the tables, must not be shown without a right on them');
RESET SESSION AUTHORIZATION;
-- default privileges and single grants do not open the functions that are made again
SET ROLE regress_models;
ALTER DEFAULT PRIVILEGES GRANT EXECUTE ON FUNCTIONS TO PUBLIC;
ALTER DEFAULT PRIVILEGES IN SCHEMA regress_attack GRANT EXECUTE ON FUNCTIONS TO PUBLIC, regress_stranger;
CREATE TABLE gadget (LIKE todo_orm.owned INCLUDING ALL, label text, PRIMARY KEY (user_id, id));
SELECT todo_orm.register_model('gadget') \g /dev/null
CREATE TABLE widget (LIKE gadget INCLUDING ALL);
SELECT todo_orm.register_model('widget') \g /dev/null
GRANT EXECUTE ON FUNCTION create_widget(text, text), get_widget(text, bigint) TO PUBLIC;
ALTER TABLE widget ADD COLUMN born date;
SELECT todo_orm.register_model('widget') \g /dev/null
RESET ROLE;
SELECT is_empty($$ SELECT f.function FROM todo_orm.functions f WHERE model = 'gadget'::regclass AND has_function_privilege('public', f.function, 'EXECUTE') $$, 'default privileges must not make the functions PUBLIC''s');
SELECT is_empty($$ SELECT f.function FROM todo_orm.functions f WHERE model = 'widget'::regclass AND f.operation = 'create' AND has_function_privilege('public', f.function, 'EXECUTE') $$, 'nor those that are made again');
SELECT throws_ok(format('SELECT todo_orm.grant_access(''gadget'', %s)', grantee), NULL, NULL, 'grant_access must not take for a role what is none: ' || grantee)
  FROM unnest(ARRAY['0::oid::regrole', '999999999::oid::regrole', '''public''', '''none''']) grantee;

----------------------------------------------------------------------
-- SECURITY DEFINER callers, SET ROLE inside them, members
----------------------------------------------------------------------

SET ROLE regress_models;
SELECT todo_orm.grant_access('conversation', 'regress_definer') \g /dev/null
RESET ROLE;
SET ROLE regress_definer;
CREATE FUNCTION regress_definer.peek(statement text) RETURNS text LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
    found text;
BEGIN
    EXECUTE format('SELECT coalesce(string_agg(r::text, '';''), '''') FROM (%s) s(r)', statement) INTO found;
    RETURN found;
END
$$;
RESET ROLE;
SET SESSION AUTHORIZATION regress_stranger;
SELECT is(regress_definer.peek('SELECT title FROM regress_attack.get_conversation(''ann'', 11)'), 's3cret talk', 'a SECURITY DEFINER function lends its own functions');
SELECT throws_ok($$ SELECT regress_definer.peek('SELECT regress_attack.get_task(''ann'', 21)') $$, '42501', NULL, 'and must not lend what its owner has not');
SELECT throws_ok($$ SELECT regress_definer.peek('SELECT regress_attack.load_conversation(''ann'', 11, ''["messages"]'')') $$, '42501', NULL, 'nor lead along a relationship, with a right that is nobody''s');
SELECT throws_ok($$ SELECT regress_definer.peek('SELECT messages(c) FROM regress_attack.get_conversation(''ann'', 11) c') $$, '42501', NULL, 'a role with the one model alone must not have the functions of the row that lead to another');
SELECT throws_ok($$ SELECT regress_definer.peek('SELECT todo_orm.apply(''ann'', ''[{"op": "get", "model": "regress_attack.task", "key": 21}]'')') $$, '42501', NULL, 'nor through apply');
RESET SESSION AUTHORIZATION;
-- the identity is the transaction's, whoever calls
SET SESSION AUTHORIZATION regress_app;
SELECT set_config('todo_orm.user_id', 'bob', true) \g /dev/null
SELECT throws_ok($$ SELECT regress_definer.peek('SELECT regress_attack.get_conversation(''ann'', 11)') $$, '42501', NULL, 'a SECURITY DEFINER caller must not reach past the identity');
-- a cursor that was opened for another
SELECT set_config('todo_orm.user_id', 'ann', true) \g /dev/null
DECLARE opened CURSOR FOR SELECT title FROM list_tasks('ann');
SELECT set_config('todo_orm.user_id', 'bob', true) \g /dev/null
SELECT throws_ok('FETCH ALL FROM opened', '42501', NULL, 'a cursor that was opened as ann must not be run as bob');
SELECT set_config('todo_orm.user_id', '', true) \g /dev/null
RESET SESSION AUTHORIZATION;
SET SESSION AUTHORIZATION regress_member;
SELECT is(pg_temp.now('SELECT title FROM get_task(''ann'', 21)'), 's3cret task', 'a member of the application''s role has its functions');
SELECT throws_ok('TABLE task', '42501', NULL, 'and must not have the tables');
RESET SESSION AUTHORIZATION;
REVOKE regress_app FROM regress_member;
SET SESSION AUTHORIZATION regress_member;
SELECT is(pg_temp.now('SELECT title FROM get_task(''ann'', 21)'), '42501', 'one that is no member any more must not be served');
RESET SESSION AUTHORIZATION;

----------------------------------------------------------------------
-- DDL by others between two calls of a warm function
----------------------------------------------------------------------

-- Warms a call up, does something as the owner, and calls again as the application.
CREATE FUNCTION pg_temp.then(call text, VARIADIC statements text[]) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    statement text; found text;
BEGIN
    SET LOCAL ROLE regress_app;
    EXECUTE format('SELECT count(r) FROM (SELECT r FROM %s r) s', call) INTO found;
    SET LOCAL ROLE regress_models;
    FOREACH statement IN ARRAY statements LOOP EXECUTE statement; END LOOP;
    SET LOCAL ROLE regress_app;
    EXECUTE format('SELECT coalesce(string_agg(r::text, '';''), '''') FROM (SELECT r FROM %s r) s(r)', call) INTO found;
    RAISE EXCEPTION USING ERRCODE = 'UNDO1';
EXCEPTION WHEN SQLSTATE 'UNDO1' THEN RETURN found;
WHEN OTHERS THEN RETURN SQLSTATE;
END
$$;
SELECT ok(a.answer !~ 's3cret', format('a warm %s must not reach ann''s rows after %s', call, what))
  FROM (VALUES ('list_tasks(''bob'')', 'the owner column was swapped with another', ARRAY['ALTER TABLE task RENAME user_id TO old_owner', 'ALTER TABLE task ADD COLUMN user_id text COLLATE "C" NOT NULL DEFAULT ''zoe''']),
               ('list_tasks(''bob'')', 'the owner column was dropped', ARRAY['ALTER TABLE task DROP COLUMN user_id CASCADE']), ('get_task(''bob'', 26)', 'the owner column got another type', ARRAY['ALTER TABLE task DROP CONSTRAINT task_conversation_fkey', 'DROP POLICY todo_orm_owner ON task', 'ALTER TABLE task DROP CONSTRAINT task_user_id_check', 'ALTER TABLE task ALTER user_id TYPE bytea USING user_id::bytea']),
               ('page_tasks(''bob'')', 'a view took its place', ARRAY['ALTER TABLE task RENAME TO task_table', 'CREATE VIEW task AS SELECT * FROM task_table']), ('list_tasks(''bob'')', 'the key was dropped', ARRAY['ALTER TABLE task DROP CONSTRAINT task_pkey']),
               ('list_conversations(''bob'', match => ''{"tasks": {"some": {}}}'')', 'the foreign key lost the owner', ARRAY['ALTER TABLE task DROP CONSTRAINT task_conversation_fkey']),
               ('load_conversations(''bob'', ''["tasks"]'')', 'the child lost its owner', ARRAY['ALTER TABLE task DROP COLUMN user_id CASCADE']), ('messages(''(16,bob,,,,)''::conversation)', 'the child was given a new owner column', ARRAY['ALTER TABLE message RENAME user_id TO old_owner', 'ALTER TABLE message ADD COLUMN user_id text COLLATE "C" NOT NULL DEFAULT ''zoe'''])) d(call, what, statements),
       pg_temp.then(call, VARIADIC statements) AS a(answer);
SELECT is(pg_temp.then('get_task(''ann'', 21)', statement), expected, 'a warm function must not serve after ' || statement)
  FROM (VALUES ('REVOKE EXECUTE ON FUNCTION get_task FROM regress_app', '42501'), ('ALTER FUNCTION get_task SECURITY INVOKER', '55000'), ('ALTER FUNCTION get_task STRICT', '55000'), ('DROP FUNCTION get_task', '42883'), ('SELECT todo_orm.unregister_model(''task'')', '42883'),
               ('REVOKE USAGE ON SCHEMA regress_attack FROM PUBLIC, regress_app', '42501'), ('SELECT todo_orm.revoke_access(''task'', ''regress_app'')', '42501')) s(statement, expected)
 WHERE statement !~ 'USAGE';
-- plans under row level security that is forced, switched on and off
SELECT is(pg_temp.then('get_note(''bob'', 36)', 'SELECT todo_orm.register_model(''note'', ''{"rls": "force"}'')'), '', 'a warm function must not read past a policy that is forced since');
SELECT is(pg_temp.then('get_note(''bob'', 36)', 'ALTER TABLE note FORCE ROW LEVEL SECURITY', 'CREATE POLICY none ON note AS RESTRICTIVE USING (false)', 'SELECT set_config(''todo_orm.user_id'', ''bob'', true)'), '', 'nor past one that was added');

----------------------------------------------------------------------
-- parallel workers
----------------------------------------------------------------------

SET ROLE regress_models;
ALTER FUNCTION get_task PARALLEL SAFE;
ALTER FUNCTION count_tasks PARALLEL SAFE;
RESET ROLE;
SET LOCAL parallel_setup_cost = 0;
SET LOCAL parallel_tuple_cost = 0;
SET LOCAL min_parallel_table_scan_size = 0;
SELECT set_config(name, 'on', true) FROM pg_settings WHERE name IN ('force_parallel_mode', 'debug_parallel_query') \g /dev/null
SET SESSION AUTHORIZATION regress_app;
SELECT set_config('todo_orm.user_id', 'bob', true) \g /dev/null
SELECT is(pg_temp.now('SELECT count_tasks(''ann'')'), '42501', 'a parallel worker must keep to the identity');
SELECT is(pg_temp.now('SELECT title FROM get_task(''ann'', 21)'), '42501', 'a parallel worker must not read for another');
SELECT is(pg_temp.now('SELECT count_tasks(''bob'')'), '1', 'and serves him');
RESET SESSION AUTHORIZATION;
SELECT set_config('todo_orm.user_id', '', true) \g /dev/null
SELECT set_config(name, 'off', true) FROM pg_settings WHERE name IN ('force_parallel_mode', 'debug_parallel_query') \g /dev/null

SELECT is(pg_temp.rows_of('ann'), :'anns', 'ann''s rows are as they were');
SELECT * FROM finish();
ROLLBACK;
