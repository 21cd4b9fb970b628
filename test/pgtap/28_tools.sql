-- todo_orm.call and todo_orm.tool_schemas: functions of models as tools for a language model (SPEC 8)
BEGIN;
SELECT * FROM no_plan();
SET LOCAL client_min_messages = warning;
CREATE ROLE regress_agent;
CREATE ROLE regress_reader;
CREATE ROLE regress_stranger;
CREATE ROLE regress_other;

-- What a call answers. An error as data: its code, with the places of its entries. A raised one: the same, after "raised".
CREATE FUNCTION pg_temp.answer(tool text, arguments jsonb DEFAULT '{}', who text DEFAULT 'ann', role text DEFAULT 'none') RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    answer jsonb; found_state text; found_detail text;
BEGIN
    EXECUTE format('SET LOCAL ROLE %s', role);
    answer := todo_orm.call(who, tool, arguments, 'public');
    RESET ROLE;
    IF jsonb_typeof(answer) = 'object' AND answer ? 'error' THEN
        RETURN answer #>> '{error,code}' || (SELECT coalesce(string_agg(' ' || (e ->> 'loc') || ' ' || (e ->> 'type'), ',' ORDER BY e -> 'loc'), '') FROM jsonb_array_elements(answer #> '{error,detail}') e);
    END IF;
    RETURN answer;
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS found_state = RETURNED_SQLSTATE, found_detail = PG_EXCEPTION_DETAIL;
    RETURN 'raised ' || found_state || CASE WHEN found_detail ~ '^\[' THEN (SELECT string_agg(' ' || (e ->> 'loc'), '' ORDER BY e -> 'loc') FROM jsonb_array_elements(found_detail::jsonb) e) ELSE '' END;
END
$$;
-- the tools that a role is shown
CREATE FUNCTION pg_temp.tools(role text, models regclass[] DEFAULT NULL, functions text[] DEFAULT NULL, schema text DEFAULT 'public') RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    answer text;
BEGIN
    EXECUTE format('SET LOCAL ROLE %s', role);
    SELECT string_agg(t ->> 'name', ' ' ORDER BY n) INTO answer FROM jsonb_array_elements(todo_orm.tool_schemas(schema::regnamespace, models => models, functions => functions)) WITH ORDINALITY AS l(t, n);
    RESET ROLE;
    RETURN coalesce(answer, '');
EXCEPTION WHEN OTHERS THEN
    RETURN 'raised ' || SQLSTATE;
END
$$;
-- one tool's definition, and a part of its arguments' schema
CREATE FUNCTION pg_temp.tool(name text, format text DEFAULT 'mcp') RETURNS jsonb LANGUAGE sql AS $$
    SELECT t FROM jsonb_array_elements(todo_orm.tool_schemas('public', format)) t WHERE coalesce(t ->> 'name', t #>> '{function,name}') = tool.name $$;
CREATE FUNCTION pg_temp.input(name text, VARIADIC path text[]) RETURNS jsonb LANGUAGE sql AS $$ SELECT pg_temp.tool(name) #> ('{inputSchema}'::text[] || path) $$;

SELECT todo_orm.create_all() \g /dev/null
CREATE TABLE post (LIKE todo_orm.owned INCLUDING ALL, LIKE todo_orm.versioned INCLUDING ALL, title text NOT NULL CHECK (title <> ''), nr int, during int4range, secret text,
    PRIMARY KEY (user_id, id), UNIQUE (user_id, nr));
CREATE TABLE comment (LIKE todo_orm.owned INCLUDING ALL, post_id bigint NOT NULL, body text, PRIMARY KEY (user_id, id), FOREIGN KEY (user_id, post_id) REFERENCES post);
CREATE EXTENSION btree_gist;
ALTER TABLE post ADD CONSTRAINT post_during EXCLUDE USING gist (user_id WITH =, during WITH &&);
COMMENT ON COLUMN post.nr IS 'its number';
SELECT todo_orm.register_model('post', '{"hidden": ["secret"], "scopes": {"first": {"nr": 1}}}') \g /dev/null
SELECT todo_orm.register_model('comment') \g /dev/null

----------------------------------------------------------------------
-- results
----------------------------------------------------------------------

SELECT is(todo_orm.call('ann', 'create_post', '{"title": "one", "nr": 1}'), '{"id": 1, "user_id": "ann", "version": 1, "title": "one", "nr": 1, "during": null}', 'a row is an object; hidden columns are not in it');
SELECT is(pg_temp.answer('create_posts', '{"items": [{"title": "two"}, {"title": "three"}]}'), '[{"id": 2, "nr": null, "title": "two", "during": null, "user_id": "ann", "version": 1}, {"id": 3, "nr": null, "title": "three", "during": null, "user_id": "ann", "version": 1}]', 'a set is an array');
SELECT is(pg_temp.answer('create_posts', '{"items": []}'), '[]', 'an empty one too');
SELECT is(todo_orm.call('ann', tool, arguments) ->> 'title', 'one', tool || ': what gives one row at the most is an object') FROM (VALUES ('get_post', '{"id": 1}'::jsonb), ('first_post', '{"sort": "id"}'), ('one_post', '{"match": {"nr": 1}}'), ('update_post', '{"id": 1, "patch": {}}')) AS c (tool, arguments);
SELECT is(pg_temp.answer(tool, arguments), 'null', tool || ': none is null, which is a value') FROM (VALUES ('get_post', '{"id": 99}'::jsonb), ('update_post', '{"id": 99, "patch": {}}'), ('first_post', '{"match": {"nr": 99}}'), ('one_post', '{"match": {"nr": 99}, "missing_ok": true}'), ('load_post', '{"id": 99, "include": []}'), ('restore_task', '{"id": 99}'), ('finish_message', '{"id": 99}')) AS c (tool, arguments);
SELECT is(pg_temp.answer('count_posts'), '3', 'a number is a number');
SELECT is(pg_temp.answer('delete_post', '{"id": 3}'), 'true', 'a boolean is a boolean');
SELECT is(pg_temp.answer('find_posts', '{"ids": [2, 99, 1]}')::jsonb @@ 'strict $.size() == 2 && $[0].id == 2', true, 'arrays of keys');
SELECT is(pg_temp.answer('page_posts', '{"take": 1, "with_total": true}')::jsonb ->> 'total', '2', 'json is itself');
SELECT is(pg_temp.answer('load_post', '{"id": 1, "include": ["comments"]}')::jsonb -> 'comments', '[]', 'with related rows');
SELECT is(pg_temp.answer('aggregate_posts', '{"group_by": ["nr"], "measures": {"n": "count"}, "match": {"nr": 1}}'), '[{"n": 1, "nr": 1}]', 'an array of json');
SELECT is(pg_temp.answer('comments_of_posts', '{"ids": [1]}'), '[]', 'rows of a relationship');
SELECT is(pg_temp.answer('validate_post', '{"item": {}}')::jsonb #>> '{0,type}', 'missing', 'what is wrong with an item is a result, not an error');
SELECT is(pg_temp.answer('append_message', '{"role": "user", "content": "hello"}')::jsonb - 'created_at', '{"id": 1, "data": null, "role": "user", "status": "complete", "content": "hello", "user_id": "ann", "client_key": null, "conversation_id": 1}', 'a parent that is left out is started');
SELECT is(pg_temp.answer('append_message', '{"role": "user", "content": "hello", "conversation_id": null}')::jsonb ->> 'conversation_id', '2', 'or null');
SELECT is(pg_temp.answer('chat_context', '{"conversation_id": 1}')::jsonb #>> '{0,content}', 'hello', 'the chat functions too');
SELECT is(todo_orm.call('ann', 'count_posts'), '2', 'no arguments at all');
SELECT is(pg_temp.answer('count_posts', arguments), '2', 'no arguments: ' || coalesce(arguments::text, 'NULL')) FROM (VALUES (NULL::jsonb), ('null'), ('{}'), ('{"scope": null, "match": null}')) AS a (arguments);
SELECT is(pg_temp.answer('create_post', '{"title": "four", "nr": null}')::jsonb ->> 'title', 'four', 'null is not given');
-- everything that is left out is as in a call that leaves it out
SELECT is(jsonb_array_length(todo_orm.call('ann', 'list_posts')), (SELECT count(*)::int FROM list_posts('ann')), 'the defaults are the function''s');

----------------------------------------------------------------------
-- errors as data
----------------------------------------------------------------------

SELECT is(todo_orm.call('ann', 'create_post', '{"titel": "x", "nr": "one", "during": [1], "user_id": "bob", "secret": "x"}'),
    '{"error": {"code": "22023",
        "message": "invalid input for \"post\": 6 errors, the first is nr: invalid input syntax for type integer: \"one\"",
        "detail": [{"loc": ["nr"], "msg": "invalid input syntax for type integer: \"one\"", "type": "value", "input": "one"},
                   {"loc": ["titel"], "msg": "unexpected argument", "type": "unexpected", "input": "x"},
                   {"loc": ["during"], "msg": "expected string, got array", "type": "type", "input": [1]},
                   {"loc": ["secret"], "msg": "unexpected argument", "type": "unexpected", "input": "x"},
                   {"loc": ["user_id"], "msg": "unexpected argument", "type": "unexpected", "input": "bob"},
                   {"loc": ["title"], "msg": "field required", "type": "missing", "input": null}],
        "hint": "Perhaps you meant \"title\" for \"titel\". Arguments: \"title\", \"nr\", \"during\"."}}', 'all that is wrong with the arguments, at once');
SELECT is(pg_temp.answer(tool, arguments), answer, tool || ' ' || arguments) FROM (VALUES
    ('create_post', '{"title": ""}'::jsonb, '22023 ["title"] check'),
    ('create_post', '{"title": null}', '22023 ["title"] missing'),
    ('create_post', '{"title": "x", "nr": 1}', '23505 ["nr"] unique'),
    ('create_post', '{"title": "x", "nr": 99999999999}', '22023 ["nr"] range'),
    ('create_post', '{"title": 5}', '22023 ["title"] type'),
    ('create_posts', '{"items": [{"title": "x"}, {"titel": "x"}]}', '22023 [1, "titel"] unexpected, [1, "title"] missing'),
    ('create_posts', '{"items": "x"}', '22023 [] type'),
    ('create_posts', '{"items": null}', '22023 ["items"] missing'),
    ('create_posts', '{"items": [{"title": "x", "user_id": "bob"}]}', '22023 [0, "user_id"] read_only'),
    ('create_comment', '{"post_id": 99}', '23503 ["post_id"] foreign_key'),
    ('update_post', '{"id": 1, "patch": {"user_id": "bob", "id": 5}}', '22023 ["id"] read_only, ["user_id"] read_only'),
    ('update_post', '{"id": 1, "patch": {"title": "uno"}, "if_version": 7}', 'TO409'),
    ('update_post', '{"patch": {}}', '22023 ["id"] missing'),
    ('update_post', '{"id": [1], "patch": {}}', '22023 ["id"] type'),
    ('update_posts', '{"match": {}, "patch": {}}', '22023 ["match"] value'),
    ('one_post', '{"match": {"nr": 99}}', 'P0002'),
    ('one_post', '{"match": {"version": 1}}', 'P0003'),
    ('list_posts', '{"match": {"titel": "x", "nr": {"gte": []}}, "take": 5}', '22023 ["match", "titel"] unexpected, ["match", "nr", "gte"] type'),
    ('list_posts', '{"match": {"secret": "x"}}', '22023 ["match", "secret"] unexpected'),
    ('list_posts', '{"sort": "nope"}', '22023 ["sort"] value'),
    ('list_posts', '{"sort": "secret"}', '22023 ["sort"] value'),
    ('list_posts', '{"cursor": "nope"}', '22023 ["cursor"] value'),
    ('list_posts', '{"scope": "nope"}', '22023 ["scope"] value'),
    ('list_posts', '{"take": 100000}', '22023 ["take"] value'),
    ('list_posts', '{"take": true, "skip": {}, "limit": 5}', '22023 ["limit"] unexpected, ["skip"] type, ["take"] type'),
    ('load_post', '{"id": 1, "include": ["nope"]}', '22023 ["include", 0] unexpected'),
    ('find_posts', '{"ids": [1, "x", {}]}', '22023 ["ids", 1] value, ["ids", 2] type'),
    ('get_post', '{}', '22023 ["id"] missing'),
    ('get_post', '[]', '22023 [] type'),
    ('get_post', '"id"', '22023 [] type'),
    ('get_post', '{"id": 1, "": 2, "a\"b": 3}', '22023 [""] unexpected, ["a\"b"] unexpected'),
    ('delete_post', '{"id": 1, "user_id": "ann"}', '22023 ["user_id"] unexpected')) AS c (tool, arguments, answer);
SELECT is(jsonb_array_length(todo_orm.call('ann', 'get_post', jsonb_object_agg('x' || i, i)) #> '{error,detail}'), 100, 'no more than a hundred') FROM generate_series(1, 5000) i;
SELECT is(todo_orm.call('ann', 'create_post', '{"title": "a", "during": "[1,5)"}') ->> 'during', '[1,5)', 'a booking');
SELECT is(pg_temp.answer('create_post', '{"title": "b", "during": "[4,6)"}'), '23P01 ["during"] exclusion', 'one that overlaps');
SELECT is(todo_orm.call('ann', 'one_post', '{"match": {"nr": 99}}') #> '{error}', '{"code": "P0002", "message": "no row of \"post\" matches", "detail": [], "hint": "Give missing_ok => true to get no row instead."}', 'a hint is there where it helps');
SELECT is(todo_orm.call('ann', 'create_post', '{"title": ""}') -> 'error' ? 'hint', false, 'and only there');

-- nothing is left of a call that failed, and the transaction goes on
CREATE TABLE log (entry text);
CREATE FUNCTION log() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO public.log VALUES (NEW.title);
    PERFORM set_config('app.test', NEW.title, true);
    IF NEW.title = 'detail' THEN
        RAISE 'no' USING ERRCODE = '22023', DETAIL = '[not json';
    ELSIF NEW.title = 'text' THEN
        RAISE 'no' USING ERRCODE = '23505', DETAIL = 'Bob has number 5.';
    ELSIF NEW.title = 'number' THEN
        RAISE 'no' USING ERRCODE = '22023', DETAIL = '[1, 2]';
    ELSIF NEW.title = 'own' THEN
        RAISE 'no';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER log AFTER INSERT ON post FOR EACH ROW EXECUTE FUNCTION log();
SELECT set_config('app.test', 'before', true) \g /dev/null
SELECT is(pg_temp.answer('create_posts', '{"items": [{"title": "kept?"}, {"title": "detail"}]}'), '22023', 'a trigger refuses the second row; its DETAIL is no JSON');
SELECT is((SELECT count(*) FROM log), 0::bigint, 'what it has written is gone');
SELECT is((SELECT count(*) FROM post WHERE title IN ('kept?', 'detail')), 0::bigint, 'and the first row');
SELECT is(current_setting('app.test'), 'before', 'and what it has set');
SELECT is(pg_temp.answer('create_post', '{"title": "kept"}')::jsonb ->> 'title', 'kept', 'the next call is done');
SELECT is((SELECT string_agg(entry, ' ') FROM log), 'kept', 'and stays');
SELECT is(pg_temp.answer('create_post', '{"title": "text"}'), '23505', 'a DETAIL of plain text is not passed on');
SELECT is(todo_orm.call('ann', 'create_post', '{"title": "text"}')::text ~ 'Bob', false, 'nor what it says of others');
SELECT is(todo_orm.call('ann', 'create_post', '{"title": "number"}') #> '{error,detail}', '[1, 2]', 'an array is');
SELECT is(pg_temp.answer('create_post', '{"title": "own"}'), 'raised P0001', 'other errors of triggers are raised');
DROP TRIGGER log ON post;

----------------------------------------------------------------------
-- what is no tool
----------------------------------------------------------------------

CREATE FUNCTION get_everything(user_id text) RETURNS text LANGUAGE sql AS $$ SELECT 'everything'::text $$;
CREATE FUNCTION comments_of(post) RETURNS text LANGUAGE sql AS $$ SELECT 'x'::text $$;
CREATE SCHEMA elsewhere;
CREATE TABLE elsewhere.thing (LIKE todo_orm.owned INCLUDING ALL, name text, PRIMARY KEY (user_id, id));
SELECT todo_orm.register_model('elsewhere.thing') \g /dev/null
SELECT is(pg_temp.answer(tool), 'raised 22023 ["tool"]', 'no tool: ' || coalesce(left(tool, 60), 'NULL'))
  FROM unnest(ARRAY[NULL, '', ' ', 'pg_sleep', 'now', 'version', 'get_everything', 'comments_of', 'comments', 'post', 'call', 'apply', 'tool_schemas', 'register_model',
                    'todo_orm.call', 'create_all', 'erase_owner', 'log', 'public.get_post', 'get_post(text,bigint)', 'get_post ', ' get_post', 'GET_POST', '"get_post"', 'get_post;', 'get_post''; DROP TABLE post; --',
                    'get_posts', 'list_things', 'elsewhere.list_things', 'get', 'list', 'core', 'all', '*', '%', E'get_post\n', '_00000000', 'get_post_00000000', repeat('x', 63), repeat('x', 64), repeat('_', 100000), repeat('é', 40),
                    'language_handler', 'lifecycle', 'todo_orm', E'\\', '$1', '../get_post', 'get_post?x=1']) AS tool;
SELECT is((SELECT count(*) FROM post WHERE user_id = 'ann') > 0, true, 'the table is there');
SELECT is(todo_orm.call('ann', 'list_things', '{}', 'elsewhere'), '[]', 'another schema is named by whoever calls');
SELECT throws_ok($$ SELECT todo_orm.call('ann', 'get_post', '{"id": 1}', 'elsewhere') $$, '22023', 'there is no tool "get_post"', 'it is the only one that counts');
SELECT throws_ok($$ SELECT todo_orm.call('ann', 'call', '{}', 'todo_orm') $$, '22023', NULL, 'the extension has no tools');
SELECT throws_ok($$ SELECT todo_orm.call('ann', 'pg_sleep', '{}', 'pg_catalog') $$, '22023', NULL, 'nor has PostgreSQL');
SELECT is(todo_orm.tool_schemas('pg_catalog'), '[]', 'none to be shown');
SELECT is(todo_orm.tool_schemas('todo_orm'), '[]', 'there neither');
SELECT is(pg_temp.tools('none') ~ '\m(comments|post|conversation|messages|get_everything|list_things)\M', false, 'functions of the row, and others'' functions, are not shown');
SELECT is(pg_temp.tools('none', schema => 'elsewhere') ~ '^create_thing .*\mlist_things\M', true, 'those of a schema are');
-- by default the tools are those of the current schema
SELECT is((SELECT count(*) FROM jsonb_array_elements(todo_orm.tool_schemas())), (SELECT count(*) FROM jsonb_array_elements(todo_orm.tool_schemas('public'))), 'the current schema, where none is named');
SET LOCAL search_path = elsewhere, public, tap;
SELECT is(todo_orm.call('ann', 'count_things'), '0', 'of a call too');
SELECT throws_ok($$ SELECT todo_orm.call('ann', 'count_posts') $$, '22023', NULL, 'and no other of search_path');
RESET search_path;
CREATE FUNCTION pg_temp.nowhere(call text) RETURNS text LANGUAGE plpgsql SET search_path = '' AS $$ BEGIN EXECUTE call; RETURN 'no error'; EXCEPTION WHEN OTHERS THEN RETURN SQLSTATE; END $$;
SELECT is(pg_temp.nowhere(call), '3F000', 'no current schema: ' || call) FROM unnest('{"SELECT todo_orm.call(''ann'', ''count_posts'')",SELECT todo_orm.tool_schemas()}'::text[]) AS call;
-- a table that is registered no more; a function that is not its table owner's
SELECT todo_orm.unregister_model('elsewhere.thing');
SELECT throws_ok($$ SELECT todo_orm.call('ann', 'count_things', '{}', 'elsewhere') $$, '22023', NULL, 'unregistered');
SELECT todo_orm.register_model('elsewhere.thing') \g /dev/null
ALTER FUNCTION elsewhere.count_things OWNER TO regress_other;
SELECT throws_ok($$ SELECT todo_orm.call('ann', 'count_things', '{}', 'elsewhere') $$, '22023', NULL, 'a function that is somebody else''s');
SELECT is(pg_temp.tools('none', functions => '{count}', schema => 'elsewhere'), '', 'is not shown');
ALTER TABLE elsewhere.thing RENAME name TO label;
SELECT is(pg_temp.tools('none', functions => '{create,get}', schema => 'elsewhere'), 'get_thing', 'one that no longer fits its table is not shown');
SELECT throws_ok($$ SELECT todo_orm.call('ann', 'create_thing', '{}', 'elsewhere') $$, '55000', NULL, 'and cannot be called');
-- two functions of one name: somebody has renamed one
CREATE TABLE elsewhere.other (LIKE todo_orm.owned INCLUDING ALL, PRIMARY KEY (user_id, id));
SELECT todo_orm.register_model('elsewhere.other') \g /dev/null
ALTER FUNCTION elsewhere.list_others RENAME TO get_thing;
SELECT throws_ok($$ SELECT todo_orm.call('ann', 'get_thing', '{}', 'elsewhere') $$, '42725', 'tool "get_thing" is not unique', 'two of a name');
SELECT throws_ok($$ SELECT todo_orm.tool_schemas('elsewhere') $$, '42725', NULL, 'cannot be shown');
SELECT is(todo_orm.call('ann', 'get_thing', '{}', 'elsewhere', models => '{elsewhere.other}'), '[]', 'the model tells them apart');

----------------------------------------------------------------------
-- the owner
----------------------------------------------------------------------

SELECT is(pg_temp.answer('get_post', '{"id": 1}', 'bob'), 'null', 'a row of another owner');
SELECT is(pg_temp.answer('list_posts', '{}', 'bob'), '[]', 'none of them');
SELECT is(pg_temp.answer('list_posts', '{"match": {"user_id": "ann"}}', 'bob'), '[]', 'not by a match either');
SELECT is(pg_temp.answer('list_posts', '{"match": {"or": [{"user_id": "ann"}, {"not": {"user_id": "bob"}}]}}', 'bob'), '[]', 'however it is written');
SELECT is(pg_temp.answer('upsert_post', '{"item": {"id": 1, "title": "mine"}}', 'bob')::jsonb ->> 'user_id', 'bob', 'an upsert makes a row of his own');
SELECT is(pg_temp.answer(tool, '{}', who), 'raised 22004', format('%s for %L', tool, who)) FROM unnest('{list_posts,count_posts,page_posts}'::text[]) AS tool, (VALUES (NULL), ('')) AS w (who);
SELECT is(pg_temp.answer('create_post', '{"title": "x"}', NULL), 'raised 22004', 'also where the arguments are right');
SELECT set_config('todo_orm.user_id', 'ann', true) \g /dev/null
SELECT is(pg_temp.answer('count_posts', '{}', 'bob'), 'raised 42501', 'the identity is asked');
SELECT is(pg_temp.answer('count_posts', '{}', 'ann') ~ '^\d+$', true, 'and is right');
SELECT set_config('todo_orm.user_id', '', true) \g /dev/null
SET LOCAL todo_orm.require_user_id = on;
SELECT is(pg_temp.answer('count_posts', '{}', 'ann'), 'raised 42501', 'an identity that is required');
RESET todo_orm.require_user_id;
-- no argument of that name in any schema
SELECT is((SELECT count(*) FROM jsonb_array_elements(todo_orm.tool_schemas()) t WHERE t #> '{inputSchema,properties}' ? 'user_id' OR t #> '{inputSchema,required}' ? 'user_id'), 0::bigint, 'the owner is no argument of any tool');
CREATE TABLE number (owner_id int, id int GENERATED BY DEFAULT AS IDENTITY, value numeric, PRIMARY KEY (owner_id, id));
SELECT todo_orm.register_model('number', '{"owner": "owner_id"}') \g /dev/null
SELECT is(todo_orm.call('7', 'create_number', '{"value": 1.5}'), '{"id": 1, "owner_id": 7, "value": 1.5}', 'the owner is read as its column''s type');
SELECT is(pg_temp.answer('count_numbers', '{}', 'x'), 'raised 22023 ["user_id"]', 'one that is none is the caller''s mistake');
SELECT is(pg_temp.answer('count_numbers', '{}', ''), 'raised 22004', 'no owner');
SELECT is(pg_temp.answer('count_numbers', '{"owner_id": 8}', '7'), '22023 ["owner_id"] unexpected', 'whatever its column is called');
-- a model without owner
CREATE TABLE page (id int PRIMARY KEY, user_id text, title text);
SELECT todo_orm.register_model('page', '{"owner": null}') \g /dev/null
SELECT is(pg_temp.answer('create_page', '{"id": 1, "user_id": "zoe", "title": "x"}', 'ann'), '{"id": 1, "title": "x", "user_id": "zoe"}', 'without owner user_id is a column like others');
SELECT is(pg_temp.answer('get_page', '{"id": 1}', who)::jsonb ->> 'title', 'x', format('and %L is not asked', who)) FROM (VALUES ('bob'), (NULL), ('')) AS w (who);
-- the owner is the whole key
CREATE TABLE profile (user_id text COLLATE "C" PRIMARY KEY, name text);
SELECT todo_orm.register_model('profile') \g /dev/null
SELECT is(pg_temp.answer('create_profile', '{"name": "Ann"}'), '{"name": "Ann", "user_id": "ann"}', 'one row of an owner');
SELECT is(pg_temp.answer('get_profile')::jsonb ->> 'name', 'Ann', 'needs no key');
SELECT is(pg_temp.input('get_profile', VARIADIC '{}'), '{"type": "object", "properties": {}, "required": [], "additionalProperties": false}', 'nor arguments');
-- a key of several columns
CREATE TABLE cell (user_id text COLLATE "C", x int, y int, v jsonb, PRIMARY KEY (user_id, x, y));
SELECT todo_orm.register_model('cell') \g /dev/null
SELECT is(pg_temp.answer('create_cell', '{"x": 1, "y": 2, "v": [1, {"a": null}]}'), '{"v": [1, {"a": null}], "x": 1, "y": 2, "user_id": "ann"}', 'a key of two columns, and json');
SELECT is(pg_temp.answer('get_cell', '{"x": 1}'), '22023 ["y"] missing', 'half of it');
SELECT is(pg_temp.answer('find_cells', '{"ids": [{"x": 1, "y": 2}]}')::jsonb #>> '{0,y}', '2', 'keys as objects');

----------------------------------------------------------------------
-- rights
----------------------------------------------------------------------

REVOKE ALL ON SCHEMA public FROM PUBLIC;
SELECT is(pg_temp.answer('create_post', '{"title": "x"}', role => 'regress_agent'), 'raised 42501', 'a role without any right');
SELECT is(pg_temp.tools('regress_agent'), '', 'is shown nothing');
GRANT EXECUTE ON FUNCTION create_post TO regress_agent;
SELECT is(pg_temp.answer('create_post', '{"title": "x"}', role => 'regress_agent'), 'raised 42501', 'EXECUTE without USAGE on the schema');
SELECT is(pg_temp.tools('regress_agent'), '', 'is nothing to show');
GRANT USAGE ON SCHEMA public TO regress_agent;
SELECT is(pg_temp.answer('create_post', '{"title": "by the agent"}', role => 'regress_agent')::jsonb ->> 'title', 'by the agent', 'a role that may execute one function');
SELECT is(pg_temp.tools('regress_agent'), 'create_post', 'is shown that one');
SELECT is(pg_temp.answer(tool, arguments, role => 'regress_agent'), 'raised 42501', 'and refused ' || tool) FROM (VALUES ('list_posts', '{}'::jsonb), ('delete_post', '{"id": 1}'), ('create_posts', '{"items": []}'), ('list_tasks', '{}'), ('get_post', '{"nope": 1}')) AS c (tool, arguments);
SELECT throws_ok($$ SET LOCAL ROLE regress_agent; SELECT * FROM post $$, '42501', NULL, 'it has no right on the table');
RESET ROLE;
SELECT is(pg_temp.tools('regress_agent', functions => '{all}'), 'create_post', 'a filter gives no right');
REVOKE EXECUTE ON FUNCTION create_post FROM regress_agent;
SELECT is(pg_temp.answer('create_post', '{"title": "x"}', role => 'regress_agent'), 'raised 42501', 'REVOKE takes effect at once');
SELECT is(pg_temp.tools('regress_agent'), '', 'there too');
GRANT EXECUTE ON FUNCTION get_everything TO regress_agent;
SELECT is(pg_temp.answer('get_everything', role => 'regress_agent'), 'raised 22023 ["tool"]', 'what it may execute is still no tool');
-- what runs inside has the rights of the table's owner; what reads the arguments has the caller's
CREATE FUNCTION whoami() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.title := NEW.title || ' as ' || current_user || ' of ' || session_user; RETURN NEW; END $$;
CREATE TRIGGER whoami BEFORE INSERT ON post FOR EACH ROW EXECUTE FUNCTION whoami();
SELECT todo_orm.grant_access('post', 'regress_agent');
SELECT is(pg_temp.answer('create_post', '{"title": "x"}', role => 'regress_agent')::jsonb ->> 'title', format('x as %s of %s', current_user, session_user), 'a trigger runs as the owner');
SELECT is(todo_orm.call('ann', 'get_post', '{"id": 1}') IS NOT NULL AND current_user = session_user, true, 'the caller is who he was');
DROP TRIGGER whoami ON post;
CREATE FUNCTION fails() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no' USING ERRCODE = '22023'; END $$;
CREATE TRIGGER fails BEFORE INSERT ON post FOR EACH ROW EXECUTE FUNCTION fails();
SET LOCAL ROLE regress_agent;
SELECT is(todo_orm.call('ann', 'create_post', '{"title": "x"}', 'public') #>> '{error,code}', '22023', 'a trigger that fails');
SELECT is(current_user, 'regress_agent', 'leaves nobody''s rights behind');
RESET ROLE;
DROP TRIGGER fails ON post;
-- related models
SELECT is(pg_temp.tools('regress_agent') ~ 'list_posts' AND pg_temp.tools('regress_agent') !~ 'comment', true, 'one model of two');
SELECT is(pg_temp.answer('list_posts', '{"match": {"comments": {"body": "x"}}}', role => 'regress_agent'), 'raised 42501', 'a relationship that the role may not read');
CREATE FUNCTION pg_temp.input_of(role text, name text) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    answer jsonb;
BEGIN
    EXECUTE format('SET LOCAL ROLE %s', role);
    SELECT t -> 'inputSchema' INTO answer FROM jsonb_array_elements(todo_orm.tool_schemas('public')) t WHERE t ->> 'name' = name;
    RESET ROLE;
    RETURN answer;
END
$$;
SELECT is(pg_temp.input_of('regress_agent', tool)::text ~ 'comments|body', false, tool || ': what the role may not read is not in the schema') FROM unnest('{list_posts,load_post,load_posts}'::text[]) AS tool;
SELECT is(pg_temp.input_of('none', tool)::text ~ 'comments' AND pg_temp.input_of('none', tool)::text ~ 'body', true, tool || ': what it may is') FROM unnest('{list_posts,load_post,load_posts}'::text[]) AS tool;
SELECT todo_orm.grant_access('comment', 'regress_agent');
SELECT is(pg_temp.input_of('regress_agent', 'list_posts')::text ~ 'comments', true, 'granted, it is there');
SELECT is(pg_temp.answer('list_posts', '{"match": {"comments": {"body": "x"}}}', role => 'regress_agent'), '[]', 'and can be asked');
SELECT todo_orm.revoke_access('comment', 'regress_agent');
SELECT is(pg_temp.input_of('regress_agent', 'list_posts')::text ~ 'comments', false, 'revoked, it is gone');

----------------------------------------------------------------------
-- filters
----------------------------------------------------------------------

SELECT is(pg_temp.tools('none', '{post}', '{core}'), 'create_post get_post list_posts page_posts update_post delete_post', 'a model, and a group of operations');
SELECT is(pg_temp.tools('none', '{post,comment}', '{get,create_comments}'), 'get_post create_comments get_comment', 'operations, and a function');
SELECT is(pg_temp.tools('none', '{post}', '{read}') ~ 'create|update|delete|upsert|patch|validate', false, 'reading');
DO $$
DECLARE
    detail text; hint text;
BEGIN
    PERFORM todo_orm.tool_schemas('public', functions => '{reed}');
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
    PERFORM set_config('regress.detail', detail, true), set_config('regress.hint', hint, true);
END $$;
SELECT is(current_setting('regress.detail')::jsonb, '[{"loc": ["functions"], "type": "value", "msg": "no function or operation of that name", "input": "reed"}]', 'a name that names nothing: in DETAIL too');
SELECT matches(current_setting('regress.hint'), '"read", "write", "core", "all", or operations: create, create_many, .*, update_many, ', 'the hint names what is known');
SELECT is(pg_temp.tools('none', '{}'), '', 'no model');
SELECT is(pg_temp.tools('none', NULL, '{}'), '', 'no function');
SELECT throws_ok($$ SELECT todo_orm.tool_schemas('public', functions => '{reed}') $$, '22023', 'unrecognized function "reed" in argument "functions"', 'a name that names nothing');
SELECT is(todo_orm.call('ann', 'get_post', '{"id": 1}', functions => '{read}') ->> 'title', 'one', 'a call can be held to the same');
SELECT throws_ok($$ SELECT todo_orm.call('ann', 'delete_post', '{"id": 1}', functions => '{read}') $$, '22023', 'there is no tool "delete_post"', 'what was not shown is no tool');
SELECT throws_ok($$ SELECT todo_orm.call('ann', 'get_post', '{"id": 1}', models => '{comment}') $$, '22023', 'there is no tool "get_post"', 'nor of another model');
SELECT throws_ok($$ SELECT todo_orm.call('ann', 'get_post', '{"id": 1}', functions => '{}') $$, '22023', NULL, 'nothing at all');

----------------------------------------------------------------------
-- names
----------------------------------------------------------------------

CREATE TABLE "Größe ""x""" (LIKE todo_orm.owned INCLUDING ALL, "Wert %" int, "a.b:c" text, PRIMARY KEY (user_id, id));
SELECT todo_orm.register_model('"Größe ""x"""', '{"plural": "größen"}') \g /dev/null
CREATE TABLE a_table_whose_name_is_so_long_that_it_takes_all_the_bytes_ther (LIKE todo_orm.owned INCLUDING ALL, PRIMARY KEY (user_id, id));
SELECT todo_orm.register_model('a_table_whose_name_is_so_long_that_it_takes_all_the_bytes_ther') \g /dev/null
SELECT is((SELECT bool_and(t ->> 'name' ~ '^[a-zA-Z0-9_-]{1,64}$') FROM jsonb_array_elements(todo_orm.tool_schemas()) t), true, 'every name is one that all take');
SELECT is((SELECT count(DISTINCT t ->> 'name') = count(*) FROM jsonb_array_elements(todo_orm.tool_schemas()) t), true, 'and another one');
SELECT is(pg_temp.tools('none', '{"\"Größe \"\"x\"\"\""}', '{create,list}') ~ '^create_Gr_e_x__[0-9a-f]{8} list_gr_en_[0-9a-f]{8}$', true, 'one that is made from a quoted name');
SELECT is(pg_temp.answer(name, '{"Wert %": 5, "a.b:c": "x"}')::jsonb - 'id', '{"Wert %": 5, "a.b:c": "x", "user_id": "ann"}', 'is called by ' || name)
  FROM unnest(ARRAY['create_Größe "x"', pg_temp.tools('none', '{"\"Größe \"\"x\"\"\""}', '{create}')]) AS name;
SELECT is(pg_temp.answer(overlay(pg_temp.tools('none', '{"\"Größe \"\"x\"\"\""}', '{create}') placing 'z' from 1), '{}'), 'raised 22023 ["tool"]', 'but for no other');
SELECT is(pg_temp.answer(pg_temp.tools('none', '{a_table_whose_name_is_so_long_that_it_takes_all_the_bytes_ther}', '{soft_delete_many,list}')), '[]', 'a long one is as it is');
SELECT is(pg_temp.answer(pg_temp.tools('none', '{"\"Größe \"\"x\"\"\""}', '{create}'), '{"Wert %": 5}', role => 'regress_agent'), 'raised 42501', 'the made name gives no right');

----------------------------------------------------------------------
-- definitions
----------------------------------------------------------------------

SELECT is(pg_temp.tool('create_post'), '{"name": "create_post", "description": "Creates one post and returns it; an argument left out, or null, takes the column''s default.",
    "inputSchema": {"type": "object", "required": ["title"], "additionalProperties": false, "properties": {
        "title": {"type": "string", "minLength": 1}, "during": {"type": "string"},
        "nr": {"type": "integer", "format": "int32", "minimum": -2147483648, "maximum": 2147483647, "description": "its number"}}},
    "annotations": {"readOnlyHint": false, "openWorldHint": false, "destructiveHint": false, "idempotentHint": false}}', 'a tool for MCP');
SELECT is(pg_temp.tool('create_post', 'anthropic'), (pg_temp.tool('create_post') - 'annotations' - 'inputSchema') || jsonb_build_object('input_schema', pg_temp.input('create_post', VARIADIC '{}')), 'for Anthropic');
SELECT is(pg_temp.tool('create_post', 'openai'), jsonb_build_object('type', 'function', 'function', (pg_temp.tool('create_post') - 'annotations' - 'inputSchema') || jsonb_build_object('parameters', pg_temp.input('create_post', VARIADIC '{}'))), 'for OpenAI');
SELECT throws_ok($$ SELECT todo_orm.tool_schemas('public', 'gemini') $$, '22023', 'unrecognized format "gemini"', 'no other');
SELECT is(todo_orm.tool_schemas('public', NULL, functions => '{get}'), todo_orm.tool_schemas('public', 'mcp', functions => '{get}'), 'null is the default');
SELECT results_eq($$ SELECT t ->> 'name', (t -> 'annotations') - 'openWorldHint' FROM jsonb_array_elements(todo_orm.tool_schemas(models => '{task,post}', functions => '{get_task,create_post,upsert_post,update_post,delete_post,restore_task,page_posts,purge_tasks}')) t ORDER BY 1 $$,
    $$ VALUES ('create_post', '{"readOnlyHint": false, "destructiveHint": false, "idempotentHint": false}'::jsonb),
              ('delete_post', '{"readOnlyHint": false, "destructiveHint": true, "idempotentHint": true}'),
              ('get_task', '{"readOnlyHint": true}'), ('page_posts', '{"readOnlyHint": true}'),
              ('purge_tasks', '{"readOnlyHint": false, "destructiveHint": true, "idempotentHint": true}'),
              ('restore_task', '{"readOnlyHint": false, "destructiveHint": false, "idempotentHint": true}'),
              ('update_post', '{"readOnlyHint": false, "destructiveHint": true, "idempotentHint": true}'),
              ('upsert_post', '{"readOnlyHint": false, "destructiveHint": true, "idempotentHint": true}') $$, 'what a tool does to rows');
SELECT is((SELECT bool_and(((t #>> '{annotations,readOnlyHint}')::bool) = (p.provolatile = 's')) FROM jsonb_array_elements(todo_orm.tool_schemas()) t JOIN pg_proc p ON p.proname = t ->> 'name' AND p.pronamespace = 'public'::regnamespace AND p.prolang = (SELECT oid FROM pg_language WHERE lanname = 'todo_orm')), true, 'read only is what PostgreSQL holds for read only');
COMMENT ON FUNCTION get_post IS 'Looks a post up.';
SELECT is(pg_temp.tool('get_post') ->> 'description', 'Looks a post up.', 'the description is the function''s comment');
COMMENT ON FUNCTION get_post IS NULL;
SELECT is(pg_temp.tool('get_post') ->> 'description', 'Returns the post with that key, or no row.', 'or the operation''s');
SELECT format('COMMENT ON FUNCTION get_post IS %L', repeat('é', 2000)) \gexec
SELECT is(length(pg_temp.tool('get_post') ->> 'description'), 1024, 'cut where clients would refuse it');
SELECT is(pg_temp.input('list_posts', 'properties', 'take'), '{"type": "integer", "minimum": -1000, "maximum": 1000, "default": 50, "description": "How many rows at the most; negative: the last ones."}', 'a page has a size');
SET LOCAL todo_orm.max_take = 10;
SELECT is(pg_temp.input('list_posts', 'properties', 'take', 'maximum'), '10', 'the one that is set');
RESET todo_orm.max_take;
SELECT is(pg_temp.input('list_posts', 'properties', 'scope', 'enum'), '["all", "first"]', 'the scopes');
SELECT is(pg_temp.input('list_posts', 'properties', 'match') ->> '$ref', '#/$defs/match', 'a match refers to its definition');
SELECT is(pg_temp.input('list_posts', '$defs', 'match', 'properties'), '{"id": {"$ref": "#/$defs/where_bigint"}, "nr": {"$ref": "#/$defs/where_integer"}, "title": {"$ref": "#/$defs/where_text"}, "during": {"$ref": "#/$defs/where_int4range"}, "version": {"$ref": "#/$defs/where_bigint"},
    "comments": {"anyOf": [{"type": "null"}, {"$ref": "#/$defs/match_comments"}, {"type": "object", "properties": {"none": {"$ref": "#/$defs/match_comments"}, "some": {"$ref": "#/$defs/match_comments"}, "every": {"$ref": "#/$defs/match_comments"}}, "additionalProperties": false}]},
    "and": {"type": "array", "items": {"$ref": "#/$defs/match"}}, "or": {"type": "array", "items": {"$ref": "#/$defs/match"}}, "not": {"$ref": "#/$defs/match"}}', 'columns, relationships, and, or, not');
SELECT is((SELECT array_agg(k ORDER BY k) FROM jsonb_object_keys(pg_temp.input('list_posts', '$defs', 'where_text', 'anyOf', '1', 'properties')) k), '{contains,eq,gt,gte,ilike,in,like,lt,lte,ne,nin,"null",search}', 'the operators of a text');
SELECT is((SELECT array_agg(k ORDER BY k) FROM jsonb_object_keys(pg_temp.input('list_posts', '$defs', 'where_integer', 'anyOf', '1', 'properties')) k), '{eq,gt,gte,in,lt,lte,ne,nin,"null"}', 'of a number');
SELECT is(pg_temp.input('create_posts', 'properties', 'items', 'items', 'properties') - 'nr', '{"title": {"type": "string", "minLength": 1}, "during": {"type": ["string", "null"]}}', 'items are those of the model');
SELECT is(pg_temp.input('update_post', 'required'), '["id", "patch"]', 'a patch');
SELECT is(pg_temp.input('update_post', 'properties', 'patch') ? 'required', false, 'of which nothing must be there');
SELECT is(pg_temp.input('patch_posts', 'properties', 'items', 'items', 'required'), '["id"]', 'several, with their keys');
SELECT is(pg_temp.input('upsert_post', 'properties', 'on_key', 'enum'), '[["id"], ["nr"]]', 'unique keys');
SELECT is(pg_temp.input('append_messages', 'properties', 'items', 'items', 'properties') ?| '{conversation_id,id,user_id}', false, 'of appended rows the parent is said once');
SELECT is(pg_temp.input('append_messages', 'required'), '["items"]', 'or not at all');
SELECT is(pg_temp.input('append_message', 'properties', 'role', 'enum'), '["user", "assistant", "system", "tool"]', 'a CHECK is in the schema');
SELECT is(pg_temp.input('find_posts', 'properties', 'ids', 'items', 'type'), '"integer"', 'keys');
SELECT is(pg_temp.input('find_cells', 'properties', 'ids', 'items', 'required'), '["x", "y"]', 'keys of several columns');
SELECT is((SELECT count(*) FROM jsonb_array_elements(todo_orm.tool_schemas()) t WHERE t::text ~ 'secret'), 0::bigint, 'hidden columns are in no definition');
-- a hidden column that a row cannot do without: no tool can create one
ALTER TABLE post ADD pin text NOT NULL DEFAULT 'x';
ALTER TABLE post ALTER pin DROP DEFAULT;
SELECT todo_orm.register_model('post', '{"hidden": ["secret", "pin"]}') \g /dev/null
SELECT is(pg_temp.tools('none', '{post}', '{create,get}'), 'get_post', 'what takes a hidden argument is not shown');
SELECT is(pg_temp.answer('create_post', '{"title": "x", "pin": "1"}'), 'raised 22023 ["tool"]', 'and cannot be called');

-- always the same text, whoever asks when: definitions are kept in caches by their text
SELECT is(todo_orm.tool_schemas()::text, todo_orm.tool_schemas()::text, 'the same again');

-- what they promise of themselves
SELECT results_eq($$ SELECT proname, provolatile, proparallel, prosecdef, proisstrict, has_function_privilege('regress_stranger', oid, 'EXECUTE') FROM pg_proc WHERE pronamespace = 'todo_orm'::regnamespace AND proname IN ('call', 'tool_schemas') ORDER BY proname::text $$,
                  $$ VALUES ('call'::name, 'v'::"char", 'u'::"char", false, false, true), ('tool_schemas', 's', 'u', false, false, true) $$, 'with the caller''s rights, for everybody');

SELECT * FROM finish();
ROLLBACK;
