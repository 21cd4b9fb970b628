-- Attack: functions in LANGUAGE todo_orm that somebody has written or altered
-- himself, the functions of the engine called directly, hostile arguments
BEGIN;
SELECT * FROM no_plan();
\ir include/attack.psql
\ir include/attack_calls.psql
SET client_min_messages = error;

-- mallory may create what she likes in a schema of her own, and in public
CREATE ROLE regress_mallory;
CREATE SCHEMA regress_mallory AUTHORIZATION regress_mallory;
GRANT CREATE, USAGE ON SCHEMA public TO regress_mallory;
GRANT USAGE ON SCHEMA regress_attack TO regress_mallory;
SET SESSION AUTHORIZATION regress_mallory;
CREATE TABLE regress_mallory.mine (LIKE todo_orm.owned INCLUDING ALL, title text, task_id bigint, PRIMARY KEY (user_id, id));
CREATE TABLE regress_mallory.task (LIKE regress_mallory.mine INCLUDING ALL);
SELECT todo_orm.register_model('regress_mallory.mine') \g /dev/null
-- What a statement of DDL answers; it stays undone.
CREATE FUNCTION regress_mallory.code(VARIADIC statements text[]) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    statement text; dummy text;
BEGIN
    FOREACH statement IN ARRAY statements LOOP EXECUTE statement; END LOOP;
    RAISE EXCEPTION USING ERRCODE = 'UNDO1';
EXCEPTION WHEN SQLSTATE 'UNDO1' THEN RETURN '00000';
WHEN OTHERS THEN RETURN SQLSTATE;
END
$$;
GRANT USAGE ON SCHEMA regress_mallory TO PUBLIC;

----------------------------------------------------------------------
-- functions for a table that is somebody else's
----------------------------------------------------------------------

CREATE FUNCTION pg_temp.bind(operation text, arguments text, result text, body text DEFAULT '') RETURNS text LANGUAGE sql AS
$$ SELECT format('CREATE FUNCTION regress_mallory.steal(%s) RETURNS %s LANGUAGE todo_orm SECURITY DEFINER AS %L', arguments, result,
                 format('{"operation": "%s", "model": "regress_attack.task", "options": {}%s}', operation, body)) $$;
SELECT is(regress_mallory.code(format('SET LOCAL check_function_bodies = %s', bodies), pg_temp.bind(operation, arguments, result, body)), '42501',
          format('a function of mallory''s must not be bound to the owner''s table: %s, check_function_bodies %s', operation, bodies))
  FROM unnest('{on,off}'::text[]) bodies,
       (VALUES ('get', 'user_id text, id bigint', 'SETOF regress_attack.task', ''), ('list', 'user_id text, scope text, match jsonb, sort text, take integer, skip integer, cursor text', 'SETOF regress_attack.task', ''),
               ('delete', 'user_id text, id bigint', 'boolean', ''), ('create_many', 'user_id text, items jsonb', 'SETOF regress_attack.task', ''), ('page', 'user_id text', 'json', ''),
               ('count', '', 'bigint', ''), ('nonsense', '', 'void', '')) f(operation, arguments, result, body);
SELECT is(regress_mallory.code(statement), code, 'the owner''s table must not be reached by ' || what)
  FROM (VALUES ('CREATE OR REPLACE FUNCTION regress_attack.get_task(user_id text, id bigint) RETURNS SETOF regress_attack.task LANGUAGE todo_orm AS ''{}''', '42501', 'a function in its schema'),
               ('CREATE OR REPLACE FUNCTION regress_mallory.get_mine(user_id text, id bigint) RETURNS SETOF regress_mallory.mine LANGUAGE todo_orm SECURITY DEFINER AS ''{"operation": "get", "model": "regress_attack.task", "options": {}}''', '42501', 'a function that was bound to one''s own'),
               ('CREATE FUNCTION regress_mallory.f(user_id text, id bigint) RETURNS SETOF regress_mallory.mine LANGUAGE todo_orm SECURITY DEFINER AS ''{"operation": "get", "model": "task", "options": {}}''', '42P13', 'a name that is looked up'),
               ('CREATE FUNCTION regress_mallory.f(user_id text, id bigint) RETURNS SETOF regress_mallory.mine LANGUAGE todo_orm SECURITY DEFINER AS ''{"operation": "get", "model": "regress_mallory.mine", "model": "regress_attack.task", "options": {}}''', '42501', 'a model given twice'),
               ('CREATE FUNCTION regress_mallory.f(user_id text, id bigint, x regclass DEFAULT ''regress_attack.task'') RETURNS SETOF regress_mallory.mine LANGUAGE todo_orm SECURITY DEFINER AS ''{"operation": "get", "model": "regress_mallory.mine", "options": {}}''', '42P13', 'an argument''s default that depends on it'),
               ('CREATE FUNCTION regress_mallory.f(regress_attack.task) RETURNS SETOF regress_mallory.mine LANGUAGE todo_orm SECURITY DEFINER AS ''{"operation": "related", "model": "regress_mallory.mine", "relationship": {"kind": "many_to_one", "columns": ["task_id"], "target": "regress_attack.task", "target_columns": ["id"]}, "options": {}}''', '55000', 'a relationship that is made up'),
               ('ALTER FUNCTION regress_attack.get_task(text, bigint) OWNER TO regress_mallory', '42501', 'taking a function'), ('ALTER FUNCTION regress_attack.get_task(text, bigint) SECURITY INVOKER', '42501', 'altering a function'),
               ('ALTER FUNCTION regress_mallory.get_mine(text, bigint) OWNER TO regress_models', '42501', 'giving a function away'), ('ALTER TABLE regress_mallory.mine OWNER TO regress_models', '42501', 'giving a table away'),
               ('CREATE TABLE regress_mallory.child () INHERITS (regress_attack.task)', '42501', 'a child'), ('CREATE RULE r AS ON INSERT TO regress_attack.task DO ALSO SELECT 1', '42501', 'a rule'),
               ('CREATE TRIGGER t BEFORE INSERT ON regress_attack.task EXECUTE FUNCTION todo_orm.lifecycle()', '42501', 'a trigger'), ('CREATE POLICY p ON regress_attack.task USING (true)', '42501', 'a policy'),
               ('ALTER TABLE regress_mallory.mine ADD FOREIGN KEY (user_id, task_id) REFERENCES regress_attack.task (user_id, id)', '42501', 'a foreign key'),
               ('CREATE TABLE regress_mallory.l (LIKE regress_attack.task INCLUDING ALL)', '42501', 'a copy of its definition'),
               ('SELECT todo_orm.register_model(''regress_attack.task'')', '42501', 'register_model'), ('SELECT todo_orm.adopt_model(''regress_attack.task'', ''{"owner": null}'')', '42501', 'adopt_model'),
               ('SELECT todo_orm.unregister_model(''regress_attack.task'')', '42501', 'unregister_model'), ('SELECT todo_orm.grant_access(''regress_attack.task'', ''regress_mallory'')', '42501', 'grant_access'),
               ('SELECT todo_orm.revoke_access(''regress_attack.task'', ''regress_app'')', '42501', 'revoke_access'),
               ('SELECT todo_orm.add_function(''regress_attack.task'', ''f'', ''step'', '''', ''{}'', ''{}'')', '42501', 'add_function'),
               ('SELECT todo_orm.create_all(''regress_attack'')', '00000', 'create_all, which finds all of it done'), ('SELECT todo_orm.create_tables(''regress_attack'')', '00000', 'create_tables, which finds all of them there'),
               ('SELECT todo_orm.register_shipped(''regress_attack.task'', ''{}'', true)', '42501', 'register_shipped'),
               ('SELECT todo_orm.register_model(''pg_authid'')', '42501', 'register_model of the system''s tables'), ('SELECT todo_orm.register_model(''todo_orm.owned'')', '42501', 'register_model of the extension''s tables')) s(statement, code, what);
-- a foreign key with leave to make it: no relationship crosses from one table's owner to another's
RESET SESSION AUTHORIZATION;
GRANT REFERENCES ON task TO regress_mallory;
SET SESSION AUTHORIZATION regress_mallory;
ALTER TABLE regress_mallory.mine ADD FOREIGN KEY (user_id, task_id) REFERENCES regress_attack.task (user_id, id);
SELECT todo_orm.register_model('regress_mallory.mine') \g /dev/null
SELECT is_empty($$ SELECT * FROM todo_orm.relationships WHERE model = 'regress_mallory.mine'::regclass OR target = 'regress_mallory.mine'::regclass $$, 'a foreign key to another owner''s table must not make a relationship, in no direction');
SELECT is(regress_mallory.code(call), '22023', 'the owner''s rows must not be read along it: ' || call)
  FROM unnest(ARRAY['SELECT regress_mallory.list_mines(''bob'', match => ''{"task": {"title": {"like": "%s3cret%"}}}'')', 'SELECT regress_mallory.list_mines(''bob'', sort => ''task.title'')',
                    'SELECT regress_mallory.load_mines(''bob'', ''["task"]'')', 'SELECT regress_mallory.create_mines(''bob'', ''{"task": {"connect": 21}}'')']) call;
RESET SESSION AUTHORIZATION;

-- a member of the owner's: a function of hers is none of the model's, and serves nobody
CREATE ROLE regress_member;
GRANT regress_models TO regress_member;
GRANT CREATE, USAGE ON SCHEMA regress_mallory TO regress_member;
SET SESSION AUTHORIZATION regress_member;
SET check_function_bodies = off;
CREATE FUNCTION regress_mallory.get_all(user_id text, id bigint) RETURNS SETOF regress_attack.task LANGUAGE todo_orm SECURITY DEFINER
    AS '{"operation": "get", "model": "regress_attack.task", "options": {"owner": null}}';
RESET check_function_bodies;
SELECT throws_ok('SELECT regress_mallory.get_all(''ann'', 21)', '42501', NULL, 'a member''s function for the owner''s table must not serve');
SELECT is_empty('SELECT FROM todo_orm.functions WHERE function = ''regress_mallory.get_all''::regproc', 'and must not be one of the model''s');
SELECT is((SELECT owner FROM todo_orm.models WHERE model = 'regress_attack.task'::regclass), 'user_id', 'its options are not the model''s');
RESET SESSION AUTHORIZATION;
DROP FUNCTION regress_mallory.get_all;
-- nor is it among those that are granted, or that say what the options are
SET ROLE regress_models;
CREATE TABLE late (LIKE todo_orm.owned INCLUDING ALL, title text, PRIMARY KEY (user_id, id));
SELECT todo_orm.register_model('late') \g /dev/null
RESET ROLE;
INSERT INTO late (id, user_id, title) VALUES (91, 'ann', 's3cret');
SET SESSION AUTHORIZATION regress_member;
SET check_function_bodies = off;
CREATE FUNCTION regress_mallory.get_late(id bigint) RETURNS SETOF regress_attack.late LANGUAGE todo_orm SECURITY DEFINER
    AS '{"operation": "get", "model": "regress_attack.late", "options": {"owner": null}}';
RESET check_function_bodies;
REVOKE EXECUTE ON FUNCTION regress_mallory.get_late FROM PUBLIC;
RESET SESSION AUTHORIZATION;
SET ROLE regress_models;
SELECT lives_ok('SELECT todo_orm.grant_access(''late'', ''regress_app'')', 'a member''s function must not stand in the way of grant_access');
RESET ROLE;
SELECT is(has_function_privilege('regress_app', 'regress_mallory.get_late(bigint)', 'EXECUTE'), false, 'and must not be granted with the model''s');
SET SESSION AUTHORIZATION regress_member;
GRANT EXECUTE ON FUNCTION regress_mallory.get_late TO regress_app;
RESET SESSION AUTHORIZATION;
SET SESSION AUTHORIZATION regress_app;
SELECT is((pg_temp.reached('SELECT regress_mallory.get_late(91)')).code, '42501', 'nor must it serve');
SELECT is((pg_temp.reached('SELECT title FROM get_late(''ann'', 91)')).answer, 's3cret', 'where the model''s own does');
RESET SESSION AUTHORIZATION;
DROP FUNCTION regress_mallory.get_late;

----------------------------------------------------------------------
-- functions of the model, altered; and tables given away
----------------------------------------------------------------------

SET ROLE regress_models;
-- What the application's role gets from a call after these statements of the owner's.
CREATE FUNCTION pg_temp.after(call text, VARIADIC statements text[]) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    statement text; found text;
BEGIN
    FOREACH statement IN ARRAY statements LOOP EXECUTE statement; END LOOP;
    SET LOCAL ROLE regress_app;
    EXECUTE format('SELECT coalesce(string_agg(r::text, '';''), '''') FROM (SELECT r FROM %s r) s(r)', call) INTO found;
    RAISE EXCEPTION USING ERRCODE = 'UNDO1';
EXCEPTION WHEN SQLSTATE 'UNDO1' THEN RETURN '00000 ' || found;
WHEN OTHERS THEN RETURN SQLSTATE;
END
$$;
RESET ROLE;
SELECT is(pg_temp.after(call, 'ALTER FUNCTION regress_attack.' || alteration), '55000', 'an altered function must not serve: ' || alteration)
  FROM (VALUES ('get_task(''ann'', 21)', 'get_task STRICT'), ('get_task(''ann'', 21)', 'get_task SECURITY INVOKER'), ('get_task(''ann'', 21)', 'get_task IMMUTABLE'),
               ('delete_task(''ann'', 21)', 'delete_task STABLE'), ('delete_task(''ann'', 21)', 'delete_task IMMUTABLE'),
               ('messages(''(11,ann,,,,)''::conversation)', 'messages(conversation) STRICT'), ('messages(''(11,ann,,,,)''::conversation)', 'messages(conversation) SECURITY INVOKER'),
               ('list_tasks(''ann'')', 'list_tasks SECURITY INVOKER'), ('count_tasks(''ann'')', 'count_tasks STRICT'), ('append_message(''ann'', 11, ''user'', ''x'')', 'append_message SECURITY INVOKER')) a(call, alteration);
SELECT is(pg_temp.after('get_task(''bob'', 21)', 'ALTER FUNCTION regress_attack.get_task ' || alteration), '00000 ', 'an alteration must not make it reach ann''s row: ' || alteration)
  FROM unnest(ARRAY['PARALLEL SAFE', 'COST 0.001 ROWS 1000', 'SET search_path = regress_mallory, pg_temp', 'SET row_security = off', 'VOLATILE']) alteration;
SELECT is(pg_temp.after('get_task(''ann'', 21)', statement), '42501', 'a function that is not the table owner''s must not serve: ' || statement)
  FROM unnest(ARRAY['ALTER FUNCTION regress_attack.get_task OWNER TO regress_stranger', 'ALTER TABLE regress_attack.task OWNER TO regress_stranger']) statement;
SELECT is(pg_temp.after('regress_mallory.get_task(''bob'', 21)', 'ALTER FUNCTION regress_attack.get_task SET SCHEMA regress_mallory'), '00000 ', 'moved to another schema it must not reach ann''s row');
SELECT is(pg_temp.after('get_task(''bob'', 21)', 'ALTER TABLE regress_attack.task RENAME TO old_task', 'CREATE TABLE regress_attack.task AS SELECT ''bob'' AS user_id, id FROM regress_attack.old_task'), '00000 ',
          'another table of the model''s name must not be taken for the model');

----------------------------------------------------------------------
-- written by the table's owner, wrongly: refused, and if made all the same, refused when called
----------------------------------------------------------------------

GRANT CREATE ON SCHEMA regress_mallory TO regress_models;
CREATE TEMP TABLE wrong (what text, arguments text, result text, body text, properties text DEFAULT 'SECURITY DEFINER');
GRANT SELECT ON wrong TO PUBLIC;
INSERT INTO wrong (what, arguments, result, body)
SELECT what, arguments, result, CASE WHEN body ~ '^,' OR body = '' THEN format('{"operation": "%s", "model": "regress_attack.task", "options": {}%s}', operation, body) ELSE body END
  FROM (VALUES ('no owner', 'id bigint', 'SETOF regress_attack.task', 'get', ''), ('no key', 'user_id text', 'SETOF regress_attack.task', 'get', ''), ('nothing', '', 'SETOF regress_attack.task', 'get', ''),
               ('an owner of another type', 'user_id bigint, id bigint', 'SETOF regress_attack.task', 'get', ''), ('a key of another type', 'user_id text, id text', 'SETOF regress_attack.task', 'get', ''),
               ('another argument', 'user_id text, id bigint, who text', 'SETOF regress_attack.task', 'get', ''), ('arguments without names', 'text, bigint', 'SETOF regress_attack.task', 'get', ''),
               ('an OUT argument', 'user_id text, id bigint, OUT title text', 'text', 'get', ''), ('a VARIADIC argument', 'user_id text, VARIADIC id bigint[]', 'SETOF regress_attack.task', 'get', ''),
               ('any type', 'user_id anyelement, id bigint', 'SETOF regress_attack.task', 'get', ''), ('one row', 'user_id text, id bigint', 'regress_attack.task', 'get', ''),
               ('rows of another table', 'user_id text, id bigint', 'SETOF regress_attack.message', 'get', ''), ('a record', 'user_id text, id bigint', 'SETOF record', 'get', ''),
               ('text', 'user_id text, id bigint', 'text', 'get', ''), ('nothing again', 'user_id text, id bigint', 'void', 'get', ''), ('a trigger', '', 'trigger', 'get', ''),
               ('columns', 'user_id text, id bigint', 'TABLE (id bigint)', 'get', ''), ('boolean', 'user_id text, id bigint', 'boolean', 'get', ''), ('cstring', 'user_id text', 'json', 'get', ''),
               ('bigint for a boolean', 'user_id text, id bigint', 'bigint', 'delete', ''), ('jsonb for json', 'user_id text, match jsonb', 'jsonb', 'page', ''), ('match as text', 'user_id text, match text', 'json', 'page', ''),
               ('take as text', 'user_id text, take text', 'SETOF regress_attack.task', 'list', ''), ('ids of another type', 'user_id text, ids text[]', 'SETOF regress_attack.task', 'find', ''),
               ('an unknown operation', 'user_id text', 'json', 'drop', ''), ('an empty operation', 'user_id text', 'json', '', ''), ('an operation along nothing', 'r regress_attack.task', 'SETOF regress_attack.conversation', 'related', ''),
               ('an operation that the table lacks', 'user_id text, id bigint', 'boolean', 'extend', ''), ('a relationship that is none', 'r regress_attack.task', 'SETOF regress_attack.message', 'related', ', "relationship": "messages"'),
               ('a relationship that is a number', 'r regress_attack.task', 'SETOF regress_attack.message', 'related', ', "relationship": 7'),
               ('a relationship to a table without leave', 'r regress_attack.task', 'SETOF regress_mallory.mine', 'related', ', "relationship": {"target": "regress_mallory.mine", "kind": "one_to_many", "columns": ["user_id", "id"], "target_columns": ["user_id", "task_id"]}'),
               ('a relationship that loses the owner', 'r regress_attack.task', 'SETOF regress_attack.conversation', 'related', ', "relationship": {"target": "regress_attack.conversation", "kind": "many_to_one", "columns": ["conversation_id"], "target_columns": ["id"]}'),
               ('settings that set the owner', 'user_id text, id bigint, title text', 'SETOF regress_attack.task', 'step', ', "arguments": ["title"], "settings": {"where": {"completed": false}, "values": {"user_id": "bob"}}'),
               ('settings that set the key', 'user_id text, id bigint, title text', 'SETOF regress_attack.task', 'step', ', "arguments": ["title"], "settings": {"where": {"completed": false}, "values": {"id": 1}}'),
               ('the owner as an argument that is written', 'user_id text, id bigint', 'SETOF regress_attack.task', 'step', ', "arguments": ["user_id"], "settings": {"where": {"completed": false}}'),
               ('settings that are none', 'user_id text, id bigint', 'SETOF regress_attack.task', 'step', ', "settings": [1]'), ('settings that are unknown', 'user_id text, id bigint', 'SETOF regress_attack.task', 'step', ', "settings": {"sql": "true"}'),
               ('options that are a text', 'user_id text, id bigint', 'SETOF regress_attack.task', 'get', ', "options": "x"'), ('options that are unknown', 'user_id text, id bigint', 'SETOF regress_attack.task', 'get', ', "options": {"x": 1}'),
               ('a sort that is no column', 'user_id text, id bigint', 'SETOF regress_attack.task', 'get', ', "options": {"sort": "1; DROP TABLE task"}'), ('a scope that is SQL', 'user_id text, id bigint', 'SETOF regress_attack.task', 'get', ', "options": {"scopes": {"x": "true OR true"}}'),
               ('an owner that is no column', 'user_id text, id bigint', 'SETOF regress_attack.task', 'get', ', "options": {"owner": "ctid"}'), ('a key that is no column', 'user_id text, id bigint', 'SETOF regress_attack.task', 'get', ', "options": {"key": ["xmin"]}'),
               ('no body', 'user_id text', 'json', 'page', ' '), ('a body that is no JSON', 'user_id text', 'json', 'page', 'SELECT 1'), ('an array', 'user_id text', 'json', 'page', '[]'), ('null', 'user_id text', 'json', 'page', 'null'), ('a number', 'user_id text', 'json', 'page', '1'),
               ('an empty object', 'user_id text', 'json', 'page', '{}'), ('no model', 'user_id text', 'json', 'page', '{"operation": "page", "options": {}}'), ('no operation', 'user_id text', 'json', 'page', '{"model": "regress_attack.task", "options": {}}'),
               ('a model that is null', 'user_id text', 'json', 'page', '{"operation": "page", "model": null, "options": {}}'), ('a model that is an array', 'user_id text', 'json', 'page', '{"operation": "page", "model": ["regress_attack", "task"], "options": {}}'),
               ('a model of three names', 'user_id text', 'json', 'page', '{"operation": "page", "model": "a.regress_attack.task", "options": {}}'), ('a model of no name', 'user_id text', 'json', 'page', '{"operation": "page", "model": "", "options": {}}'),
               ('a model of a dot', 'user_id text', 'json', 'page', '{"operation": "page", "model": ".", "options": {}}'), ('a model with an open quote', 'user_id text', 'json', 'page', '{"operation": "page", "model": "\"regress_attack.task", "options": {}}'),
               ('a model that is a sequence', 'user_id text', 'json', 'page', '{"operation": "page", "model": "regress_attack.task_id_seq", "options": {}}'), ('a model that is an index', 'user_id text', 'json', 'page', '{"operation": "page", "model": "regress_attack.task_pkey", "options": {}}'),
               ('a catalog', 'user_id text', 'json', 'page', '{"operation": "page", "model": "pg_catalog.pg_authid", "options": {"owner": null, "key": ["oid"]}}'), ('no options', 'user_id text', 'json', 'nope', '{"operation": "nope", "model": "regress_attack.task"}'),
               ('a body of 300000 bytes', 'user_id text', 'json', 'page', repeat('x', 300000)), ('a body that is nested deeply', 'user_id text', 'json', 'page', '{"operation": ' || repeat('[', 6000) || repeat(']', 6000) || '}')) w(what, arguments, result, operation, body);
INSERT INTO wrong VALUES ('SECURITY INVOKER', 'user_id text, id bigint', 'SETOF regress_attack.task', '{"operation": "get", "model": "regress_attack.task", "options": {}}', ''),
    ('STRICT', 'user_id text, id bigint', 'SETOF regress_attack.task', '{"operation": "get", "model": "regress_attack.task", "options": {}}', 'SECURITY DEFINER STRICT'),
    ('IMMUTABLE', 'user_id text, id bigint', 'SETOF regress_attack.task', '{"operation": "get", "model": "regress_attack.task", "options": {}}', 'SECURITY DEFINER IMMUTABLE'),
    ('STABLE and writing', 'user_id text, id bigint', 'boolean', '{"operation": "delete", "model": "regress_attack.task", "options": {}}', 'SECURITY DEFINER STABLE'),
    ('WINDOW', 'user_id text, id bigint', 'boolean', '{"operation": "get", "model": "regress_attack.task", "options": {}}', 'SECURITY DEFINER WINDOW'),
    ('a default that is an expression', 'user_id text DEFAULT current_user, id bigint DEFAULT 1', 'SETOF regress_attack.task', '{"operation": "get", "model": "regress_attack.task", "options": {}}', 'SECURITY DEFINER'),
    ('a default that is a function', 'user_id text, id bigint DEFAULT nextval(''task_id_seq'')', 'SETOF regress_attack.task', '{"operation": "get", "model": "regress_attack.task", "options": {}}', 'SECURITY DEFINER');
-- Makes it, and calls it as the owner and as anybody: codes of both, never an internal error.
CREATE FUNCTION pg_temp.make_and_call(w wrong, bodies text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    made text := '00000'; called text := '00000'; found text; views text;
BEGIN
    BEGIN
        PERFORM set_config('check_function_bodies', bodies, true);
        EXECUTE format('CREATE FUNCTION regress_mallory.wrong(%s) RETURNS %s LANGUAGE todo_orm %s AS %L', w.arguments, w.result, w.properties, w.body);
        BEGIN
            EXECUTE format('SELECT r::text FROM regress_mallory.wrong(%s) r', (SELECT string_agg(CASE WHEN t.oid = 'text'::regtype THEN '''ann''' WHEN t.typtype = 'c' THEN format('jsonb_populate_record(NULL::%s, ''{"user_id": "ann", "id": 11}'')', t.oid::regtype)
                                WHEN t.typtype = 'p' THEN '''ann''::text' ELSE format('%L::%s', CASE WHEN t.typcategory = 'A' THEN '{21}' ELSE '21' END, t.oid::regtype) END, ', ' ORDER BY a.n)
                      FROM pg_proc p, unnest(p.proargtypes::oid[]) WITH ORDINALITY AS a(type, n), pg_type t WHERE p.oid = 'regress_mallory.wrong'::regproc AND t.oid = a.type)) INTO found;
        EXCEPTION WHEN OTHERS THEN called := SQLSTATE || ' ' || SQLERRM;
        END;
        BEGIN
            SELECT 'read' INTO views FROM (SELECT count(f) + count(m) AS n FROM todo_orm.functions f LEFT JOIN todo_orm.models m ON m.model = f.model) s WHERE n > 0;
        EXCEPTION WHEN OTHERS THEN views := SQLSTATE || ' ' || SQLERRM;
        END;
        RAISE EXCEPTION USING ERRCODE = 'UNDO1';
    EXCEPTION WHEN SQLSTATE 'UNDO1' THEN NULL;
    WHEN OTHERS THEN made := SQLSTATE || ' ' || SQLERRM; called := NULL;
    END;
    RETURN concat_ws('; called: ', made, called) || coalesce('; views: ' || views, '');
END
$$;
SET ROLE regress_models;
SELECT ok(a.answer !~ '^(00000|XX)', 'a function written wrongly must not be made: ' || w.what) || CASE WHEN a.answer !~ '^(00000|XX)' THEN '' ELSE E'\n' || diag(a.answer) END
  FROM wrong w CROSS JOIN LATERAL pg_temp.make_and_call(w, 'on') AS a(answer);
SELECT ok(a.answer !~ '^XX' AND a.answer !~ 'called: (00000|XX)', 'a function written wrongly and not checked must not serve: ' || w.what) || CASE WHEN a.answer !~ '^XX' AND a.answer !~ 'called: (00000|XX)' THEN '' ELSE E'\n' || diag(a.answer) END
  FROM wrong w CROSS JOIN LATERAL pg_temp.make_and_call(w, 'off') AS a(answer);
SELECT ok(a.answer !~ 'views: ' OR a.answer ~ 'views: read$', 'it must not break the views for everybody: ' || w.what) || CASE WHEN a.answer !~ 'views: ' OR a.answer ~ 'views: read$' THEN '' ELSE E'\n' || diag(a.answer) END
  FROM wrong w CROSS JOIN LATERAL pg_temp.make_and_call(w, 'off') AS a(answer);
SELECT is(regress_mallory.code(statement), code, 'the language must not run ' || statement)
  FROM (VALUES ('DO LANGUAGE todo_orm $x$ {} $x$', '0A000'), ('CREATE PROCEDURE regress_mallory.p(user_id text) LANGUAGE todo_orm AS ''{"operation": "page", "model": "regress_attack.task", "options": {}}''', '55000'),
               ('CREATE FUNCTION regress_mallory.f() RETURNS event_trigger LANGUAGE todo_orm AS ''{"operation": "page", "model": "regress_attack.task", "options": {}}''', '55000')) s(statement, code);
RESET ROLE;

----------------------------------------------------------------------
-- the engine's own functions, called by anybody with anything
----------------------------------------------------------------------

-- Everything in schema todo_orm that PUBLIC may execute.  A new one is to be
-- thought about, and added here.
SELECT set_eq($$ SELECT proname::text FROM pg_proc WHERE pronamespace = 'todo_orm'::regnamespace AND has_function_privilege('regress_stranger', oid, 'EXECUTE') $$,
              '{add_chat_functions,add_function,adopt_model,adoption_differences,apply,cache_stats,call,chat_functions,check_changes,check_child_owner,check_foreign_key_index,check_foreign_key_owner,check_functions,check_link_index,check_mixins,check_model,check_options,check_owner_index,check_readonly,check_shipped,check_table,check_time_zone,check_unique,check_version,column_kinds,column_list,constraint_columns,contract_text,create_all,create_tables,describe,erase_owner,example_call,explain,export_owner,export_owner_rows,fingerprint,foreign_key_actions,foreign_key_added,foreign_keys_without_owner,function_problem,grant_access,has_client_key,has_index,has_status,index_columns,inline_function_ddl,json_schema,language_handler,language_validator,lifecycle,lock_create_all,migrate,missing_chat_functions,models_ddl,models_of,openapi,openapi_of,outdated_functions,owner_index_missing,prune_changes,pydantic,pydantic_of,record_change,refuse_owner,register_model,register_shipped,revoke_access,statements,tool_schemas,typescript,typescript_of,unique_index_ddl,unique_indexes,unique_keys_amiss,unregister_model,value_problem,version}'::text[],
              'these functions of the engine are everybody''s to call, and no others');
CREATE TEMP TABLE hostile (type regtype, value text);
GRANT SELECT ON hostile TO PUBLIC;
INSERT INTO hostile SELECT h.t::regtype, h.v FROM (SELECT 'regclass' AS t, format('%s::oid::regclass', o) AS v FROM unnest(ARRAY[0, 1, 999999999, 'task'::regclass::oid::bigint, 'task_pkey'::regclass::oid::bigint, 'task_id_seq'::regclass::oid::bigint, 'pg_authid'::regclass::oid::bigint, 'pg_toast.pg_toast_1255'::regclass::oid::bigint,
        'todo_orm.models'::regclass::oid::bigint, 'todo_orm.owned'::regclass::oid::bigint, 'open_note'::regclass::oid::bigint, 'information_schema.tables'::regclass::oid::bigint, 4294967295]) o
    UNION ALL SELECT 'oid', format('%s::oid', o) FROM unnest(ARRAY[0, 1, 999999999, 4294967295, 'get_task'::regproc::oid::bigint, 'task'::regclass::oid::bigint, 'todo_orm.language_handler'::regproc::oid::bigint, 'pg_catalog.int4in'::regproc::oid::bigint, 'pg_catalog.sum(int4)'::regprocedure::oid::bigint]) o
    UNION ALL SELECT 'jsonb', quote_literal(v) || '::jsonb' FROM unnest(ARRAY['null', '{}', '[]', '1', '"x"', '{"owner": null}', '{"rls": true}', '[{}]', '[[]]', '{"user_id": "ann"}', '1e400', '-1e-400', repeat('[', 3000) || repeat(']', 3000), '{"a": {"a": {"a": {"a": {"a": {"a": {"a": {"a": {"a": {"a": {"a": 1}}}}}}}}}}}',
        '{"": ""}', '{"or": [], "and": {}, "not": null}', '{"create": [], "connect": null}', '["a", 1, null, {}]', '{"id": {"in": [null, [], {}]}, "title": {"like": "a\\"}}', '{"\u00e9": "\u00e9"}']) v
    UNION ALL SELECT 'json', quote_literal(v) || '::json' FROM unnest(ARRAY['null', '{}', '[]', '{"owner": "x", "key": null}', '{"owner": "user_id", "key": [1, null, {}]}', '{"key": "x", "relationships": 1}']) v
    UNION ALL SELECT 'text', v FROM unnest(ARRAY['''''', '''x''', '''s3'' || ''cret''', 'repeat(''x'', 100000)', '''%s%n%1$s''', 'E''\u2028''', '''ann''', '''a.b.c''', '''";--''', 'repeat(''-'', 1000)', 'repeat(''id,'', 10000)', '''todo_orm.user_id''', '''e30''']) v
    UNION ALL SELECT 'text[]', v FROM unnest(ARRAY['''{}''::text[]', '''{NULL}''::text[]', '''{{a,b},{c,d}}''::text[]', '''[5:6]={a,b}''::text[]', '''{id}''::text[]', '''{id,id}''::text[]', '''{""}''::text[]', 'array_fill(''x''::text, ''{20000}'')']) v
    UNION ALL SELECT 'name', quote_literal(v) || '::name' FROM unnest(ARRAY['', 'pg_catalog', 'x', 'regress_attack', '$user', '"']) v
    UNION ALL SELECT 'boolean', v FROM unnest('{true,false}'::text[]) v
    UNION ALL SELECT 'smallint[]', v FROM unnest(ARRAY['''{}''::int2[]', '''{NULL,0,-1,32767}''::int2[]', '''{{1},{2}}''::int2[]']) v
    UNION ALL SELECT 'bigint[]', v FROM unnest(ARRAY['''{}''::int8[]', '''{NULL}''::int8[]', '''{{21,22},{23,24}}''::int8[]', '''[9:10]={21,22}''::int8[]', 'array_fill(21::int8, ''{20000}'')']) v
    UNION ALL SELECT 'regrole', v || '::oid::regrole' FROM unnest('{0,1,999999999}'::text[]) v UNION ALL SELECT 'regnamespace', v || '::oid::regnamespace' FROM unnest('{0,1,11,999999999}'::text[]) v
    UNION ALL SELECT 'integer', v FROM unnest('{0,1,-1,2147483647,(-2147483648)}'::text[]) v UNION ALL SELECT 'bigint', v FROM unnest('{0,-1,21,9223372036854775807,(-9223372036854775808)}'::text[]) v
    UNION ALL SELECT 'interval', quote_literal(v) || '::interval' FROM unnest(ARRAY['-1 day', '178000000 years', '-178000000 years', '0']) v
    UNION ALL SELECT 'numeric', quote_literal(v) || '::numeric' FROM unnest(ARRAY['NaN', 'Infinity', '1e1000', '-1e-1000']) v
    UNION ALL SELECT t, 'NULL::' || t FROM unnest('{regclass,oid,jsonb,json,text,text[],name,boolean,smallint[],bigint[],regrole,regnamespace,integer,bigint,interval,numeric}'::text[]) t) h;
-- Calls of a function with one hostile argument at a time, the others as in the
-- call that is given: what was worst.
CREATE FUNCTION pg_temp.fuzz(name text, arguments text[], types oid[]) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    h record; r record; call text[]; worst text := '';
BEGIN
    FOR h IN SELECT i, value FROM generate_subscripts(types, 1) i JOIN hostile v ON v.type = types[i]::regtype LOOP
        call := arguments;
        call[h.i - array_lower(types, 1) + 1] := h.value;
        SELECT * INTO r FROM pg_temp.reached(format('SELECT r FROM %s(%s) r', name, array_to_string(call, ', ')));
        IF r.touched OR r.answer ~ 's3cret (task|talk|note|q|a|b)' OR r.code ~ '^(XX|58|53)' THEN
            worst := worst || format(E'\n  %s(%s): %s %s', name, left(array_to_string(call, ', '), 300), r.code, left(r.answer, 200));
        END IF;
    END LOOP;
    RETURN worst;
END
$$;
CREATE TEMP TABLE own_function AS
SELECT p.oid, p.proname, p.proargtypes::oid[] AS types, ARRAY(SELECT coalesce((SELECT value FROM hostile h WHERE h.type = t::regtype AND h.value NOT LIKE 'NULL%' ORDER BY h.value ~ 'task|user_id|ann' DESC LIMIT 1), 'NULL') FROM unnest(p.proargtypes::oid[]) WITH ORDINALITY AS u(t, n) ORDER BY n) AS arguments
  FROM pg_proc p WHERE pronamespace = 'todo_orm'::regnamespace AND prorettype NOT IN ('trigger'::regtype, 'language_handler'::regtype);
GRANT SELECT ON own_function TO PUBLIC;
SET SESSION AUTHORIZATION regress_stranger;
SELECT is(pg_temp.fuzz('todo_orm.' || quote_ident(proname), arguments, types), '', format('todo_orm.%s: hostile arguments must reach no row, no crash, no internal error', proname)) FROM own_function ORDER BY proname;
-- of every relation and every function that there is
CREATE FUNCTION pg_temp.swallow(statement text, VARIADIC arguments oid[]) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    o oid; worst text := '';
BEGIN
    FOREACH o IN ARRAY arguments LOOP
        BEGIN
            EXECUTE format(statement, o);
        EXCEPTION WHEN OTHERS THEN
            IF SQLSTATE ~ '^XX' THEN worst := worst || format(' %s: %s', o, SQLERRM); END IF;
        END;
    END LOOP;
    RETURN worst;
END
$$;
SELECT is(pg_temp.swallow(statement, VARIADIC (SELECT array_agg(oid) FROM pg_class WHERE relkind NOT IN ('i', 't') OR oid::bigint % 23 = 0)), '', 'of every relation: ' || statement)
  FROM unnest(ARRAY['SELECT todo_orm.describe(%s)', 'SELECT todo_orm.outdated_functions(%s)', 'SELECT todo_orm.column_kinds(%s)']) statement;
SELECT is(pg_temp.swallow(statement, VARIADIC (SELECT array_agg(oid) FROM pg_proc WHERE oid > 16383 OR prokind <> 'f' OR oid::bigint % 29 = 0)), '', 'of functions of all kinds: ' || statement)
  FROM unnest(ARRAY['SELECT todo_orm.function_problem(%s)', 'SELECT todo_orm.example_call(%s)', 'SELECT todo_orm.language_validator(%s)']) statement;
SELECT throws_ok(format('SELECT todo_orm.language_validator(%s)', oid), NULL, NULL, 'the validator must not be run on functions of somebody else''s, nor of another language: ' || proname)
  FROM pg_proc WHERE proname IN ('get_task', 'language_handler', 'int4in');
SELECT throws_ok('SELECT todo_orm.language_handler()', NULL, NULL, 'the handler must not be called by itself');
SELECT throws_ok('SELECT todo_orm.lifecycle()', NULL, NULL, 'nor the trigger function');
-- explain runs a call as its caller, and nothing else
SELECT throws_ok(format('SELECT todo_orm.explain(%L)', call), code, NULL, 'explain must not show or do more than its caller may: ' || call)
  FROM (VALUES ('regress_attack.get_task(''ann'', 21)', '42501'), ('pg_catalog.now(); DROP TABLE regress_attack.canary', '22023'), ('pg_catalog.now() UNION SELECT 1', '22023'), ('pg_catalog.now(), pg_catalog.pg_authid', '22023'),
               ('pg_authid', '22023'), ('(SELECT * FROM pg_authid) x', '22023'), ('pg_catalog.now() WHERE true', '22023'), ('pg_catalog.now() FOR UPDATE', '22023'), ('(DELETE FROM regress_attack.task RETURNING 1) x', '42601'),
               ('regress_attack.task', '22023'), ('', '42601'), ('--', '42601'), ('pg_catalog.pg_read_file(''/etc/passwd'')', '42501'), ('todo_orm.explain(''regress_attack.get_task(''''ann'''', 21)'')', '42501')) e(call, code);
SELECT ok(todo_orm.json_schema(oid, shape)::text !~ 'secret', 'json_schema must not show hidden columns: ' || shape) FROM pg_class, unnest('{read,create,update}'::text[]) shape WHERE relname = 'note';
-- who has no right takes no lock that lasts
SELECT todo_orm.outdated_functions('pg_largeobject_metadata'), todo_orm.column_kinds('pg_largeobject_metadata'), todo_orm.describe('pg_largeobject_metadata') \g /dev/null
RESET SESSION AUTHORIZATION;
SELECT is_empty($$ SELECT FROM pg_locks WHERE pid = pg_backend_pid() AND relation = 'pg_largeobject_metadata'::regclass $$, 'a table that is no model must not stay locked by who has no right to it');

-- the trigger function on tables that it was not made for
SET SESSION AUTHORIZATION regress_mallory;
CREATE TABLE regress_mallory.trap (id integer PRIMARY KEY, updated_at text, version text, at timestamptz, n smallint DEFAULT 32767, gone integer);
ALTER TABLE regress_mallory.trap DROP COLUMN gone;
CREATE VIEW regress_mallory.trap_view AS SELECT * FROM regress_mallory.trap;
INSERT INTO regress_mallory.trap VALUES (1);
SELECT ok(regress_mallory.code(format('CREATE TRIGGER t %s EXECUTE FUNCTION todo_orm.lifecycle(%s)', kind, arguments),
                               'INSERT INTO regress_mallory.trap VALUES (2)', 'UPDATE regress_mallory.trap SET id = id + 10', 'UPDATE regress_mallory.trap_view SET id = id + 10', 'DELETE FROM regress_mallory.trap') !~ '^XX(000|001|002)?$',
          format('the trigger function must not break what it was not made for: %s (%s)', kind, arguments))
  FROM unnest(ARRAY['BEFORE UPDATE ON regress_mallory.trap FOR EACH ROW', 'AFTER UPDATE ON regress_mallory.trap FOR EACH ROW', 'BEFORE INSERT ON regress_mallory.trap FOR EACH ROW', 'BEFORE UPDATE ON regress_mallory.trap FOR EACH STATEMENT',
                    'AFTER TRUNCATE ON regress_mallory.trap FOR EACH STATEMENT', 'INSTEAD OF UPDATE ON regress_mallory.trap_view FOR EACH ROW', 'BEFORE DELETE ON regress_mallory.trap FOR EACH ROW']) kind,
       unnest(ARRAY['', '''updated_at''', '''updated_at'', ''version''', '''at'', ''n''', '''nope'', ''nope''', '''gone'', ''''', '''ctid'', ''xmin''', '''at'', '''', ''x'', ''y''', '''id'', ''id''', ''''', ''''']) arguments;
RESET SESSION AUTHORIZATION;

\if :{?quick}
\else
----------------------------------------------------------------------
-- hostile arguments to every generated function
----------------------------------------------------------------------

SELECT set_config('attack.who', 'bob', true) \g /dev/null
CREATE TEMP TABLE generated AS
SELECT t.name, t.operation, t.types[0:cardinality(t.types)] AS types, ARRAY(SELECT coalesce(CASE WHEN n = 1 AND t.operation <> 'related' THEN quote_literal(pg_temp.owner_of(t.model, 'bob')) ELSE pg_temp.argument(t, name, t.types[n::int - 1], 'bob') END,
         format('NULL::%s', t.types[n::int - 1]::regtype)) FROM unnest(t.names) WITH ORDINALITY AS u(name, n) ORDER BY n) AS arguments
  FROM target t;
GRANT SELECT ON generated TO PUBLIC;
SET SESSION AUTHORIZATION regress_app;
-- the owner argument is among those that are tried
SET todo_orm.user_id = 'bob';
SET app.owner = '2';
SELECT is(pg_temp.fuzz('regress_attack.' || quote_ident(name), arguments, types), '', name || ': hostile arguments must reach no row, no crash, no internal error') FROM generated WHERE operation <> 'related' ORDER BY name;
RESET SESSION AUTHORIZATION;
\endif
SELECT is(pg_temp.rows_of('ann'), :'anns', 'ann''s rows are as they were');

SELECT * FROM finish();
ROLLBACK;
