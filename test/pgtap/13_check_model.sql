-- check_model: no finding on the shipped models; on others each finding comes
-- with DDL that mends it
BEGIN;
SELECT no_plan();

CREATE SCHEMA made;
SELECT count(*) FROM todo_orm.create_all('made');
SELECT is_empty(format('SELECT * FROM todo_orm.check_model(%L)', m), m || ' has no finding')
  FROM unnest('{made.task,made.conversation,made.message}'::text[]) AS m;

SELECT throws_ok($$SELECT * FROM todo_orm.check_model('pg_class')$$, '55000', NULL, 'a table that is no model is refused');

-- Runs every piece of DDL that check_model answers for the models.
CREATE FUNCTION pg_temp.mend(models regclass[]) RETURNS int LANGUAGE plpgsql AS $$
DECLARE
    model regclass;
    ddl   text;
    path  text := current_setting('search_path');
    n     int := 0;
BEGIN
    FOREACH model IN ARRAY models LOOP
        FOR ddl IN SELECT c.ddl FROM todo_orm.check_model(model) c LOOP
            EXECUTE ddl;
            PERFORM set_config('search_path', path, true);
            n := n + 1;
        END LOOP;
    END LOOP;
    RETURN n;
END $$;

---------------------------------------------------------------- adopted tables, brought to the full shape
CREATE SCHEMA old;
SET LOCAL search_path = old, public, tap;
CREATE TABLE conversation (id serial PRIMARY KEY, user_id varchar NOT NULL, created_at timestamp NOT NULL, updated_at timestamp);
CREATE TABLE message (id serial PRIMARY KEY, user_id varchar NOT NULL,
    conversation_id int NOT NULL REFERENCES conversation (id), role varchar NOT NULL, content varchar NOT NULL,
    created_at timestamp NOT NULL);
CREATE TABLE task (id serial PRIMARY KEY, user_id varchar NOT NULL, title varchar NOT NULL, description varchar,
    completed boolean NOT NULL, created_at timestamp NOT NULL, updated_at timestamp);
INSERT INTO conversation (user_id, created_at) VALUES ('ann', '2026-01-01 10:00');
INSERT INTO message (user_id, conversation_id, role, content, created_at) VALUES ('ann', 1, 'user', 'hello', '2026-01-01 10:00');
INSERT INTO task (user_id, title, completed, created_at) VALUES ('ann', 'old', false, '2026-01-01 10:00');
SELECT count(*) FROM todo_orm.create_all('old');
SELECT hasnt_function('old', 'append_message', 'without the owner in the key there is no chat');
SELECT ok(EXISTS (SELECT FROM todo_orm.check_model('message') WHERE finding ~ 'does not hold the owner'),
          'check_model says why');
SELECT ok(pg_temp.mend('{conversation,message,task}') > 10, 'there is DDL for all of it');
SELECT ok(pg_temp.mend('{conversation,message,task}') < 10, 'a second round mends what the first made possible');
SELECT is_empty(format('SELECT * FROM todo_orm.check_model(%L)', m), m || ' has no finding any more')
  FROM unnest('{conversation,message,task}'::text[]) AS m;
SELECT is((SELECT content FROM append_message('ann', 1, 'assistant', 'hi', client_key => 'k')), 'hi', 'the chat works now');
SELECT is((SELECT content FROM append_message('ann', 1, 'assistant', 'again', client_key => 'k')), 'hi', 'and sending is repeatable');
SELECT is((SELECT created_at FROM get_task('ann', 1)), '2026-01-01 10:00+00'::timestamptz, 'times were taken for UTC');
SELECT is((SELECT array_agg(content ORDER BY id) FROM message), '{hello,hi}', 'no row was lost');

---------------------------------------------------------------- one finding at a time
CREATE TABLE parent (LIKE todo_orm.owned INCLUDING ALL, LIKE todo_orm.timestamps INCLUDING ALL, LIKE todo_orm.soft_delete INCLUDING ALL,
    name text, email text, PRIMARY KEY (user_id, id), UNIQUE (user_id, name), UNIQUE (email));
CREATE TABLE child (id int PRIMARY KEY, user_id text COLLATE "C" NOT NULL, parent_user text COLLATE "C", parent_id bigint, created_at timestamptz,
    FOREIGN KEY (user_id, parent_id) REFERENCES parent (user_id, id));
CREATE TABLE orphan (id int PRIMARY KEY, parent_user text COLLATE "C", parent_id bigint,
    FOREIGN KEY (parent_user, parent_id) REFERENCES parent (user_id, id));
INSERT INTO parent (user_id, name) VALUES ('ann', 'p');
INSERT INTO orphan VALUES (1, 'ann', 1);
SELECT count(*) FROM todo_orm.register_model('parent');
SELECT count(*) FROM todo_orm.register_model('child');
SELECT bag_eq($$SELECT finding FROM todo_orm.check_model('parent')$$,
    ARRAY['table old.orphan refers to this one and has no owner column',
          'unique key "parent_email_key" lacks the owner: it tells that another owner has a value',
          'unique key "parent_user_id_name_key" is held by soft-deleted rows too: they cannot be made again',
          'row level security is off: a role with rights on the table sees every owner'], 'findings of parent');
SELECT bag_eq($$SELECT finding FROM todo_orm.check_model('child')$$,
    ARRAY['no index begins with the owner column "user_id"', 'foreign key "child_user_id_parent_id_fkey" has no index',
          'row level security is off: a role with rights on the table sees every owner'], 'findings of child');
SELECT pg_temp.mend('{parent,child}');
SELECT is_empty($$SELECT * FROM todo_orm.check_model('parent')$$, 'parent is mended');
SELECT is_empty($$SELECT * FROM todo_orm.check_model('child')$$, 'child is mended');
SELECT is((SELECT user_id FROM orphan), 'ann', 'the owner column was filled from the parent');
SELECT lives_ok($$SELECT soft_delete_parent('ann', 1)$$);
SELECT lives_ok($$SELECT create_parent('ann', name => 'p')$$, 'what was soft-deleted can be made again');

DROP TRIGGER todo_orm_lifecycle ON parent;
SELECT bag_eq($$SELECT finding FROM todo_orm.check_model('parent')$$,
    ARRAY['updated_at and version do not move when the row is changed with plain SQL'], 'the trigger is missed');
ALTER TABLE child RENAME COLUMN user_id TO keeper;
SELECT ok((SELECT count(*) = 1 AND bool_and(finding ~ 'has no owner column') FROM todo_orm.check_model('child')),
          'a stale model is told once');
SELECT count(*) FROM todo_orm.register_model('child', '{"owner": "keeper", "owner_setting": "todo_orm.user_id"}');
ALTER TABLE child RENAME COLUMN parent_user TO p;
SELECT bag_eq($$SELECT ddl FROM todo_orm.check_model('child') WHERE finding ~ 'does not fit'$$,
    ARRAY['SELECT todo_orm.register_model(''old.child'');'], 'a stale function comes with its mend');


ALTER TABLE parent RENAME TO guardian;
SELECT is((SELECT count(*) FROM list_parents('ann')), 1::bigint, 'a renamed table keeps its functions');
SELECT bag_eq($$SELECT finding FROM todo_orm.check_model('guardian') WHERE finding ~ 'dump'$$,
    ARRAY['functions name the table old.parent, as it was called: a restored dump would not find it'],
    'and is told that a dump would not');
SELECT count(*) FROM todo_orm.register_model('guardian', '{"name": "parent"}');
SELECT is_empty($$SELECT finding FROM todo_orm.check_model('guardian') WHERE finding ~ 'dump'$$, 'registering mends that');

---------------------------------------------------------------- a scope whose value its column does not take any more
CREATE TYPE stage AS ENUM ('planned', 'active');
CREATE TABLE project (LIKE todo_orm.owned INCLUDING ALL, stage stage, size int, done boolean, PRIMARY KEY (user_id, id));
SELECT count(*) FROM todo_orm.register_model('project', '{"created_at": null, "rls": false, "hidden": ["done"],
    "scopes": {"live": {"stage": "active"}, "small": {"size": 5}, "open": {"done": false}, "any": {"stage": null}}}');
SELECT is_empty($$SELECT * FROM todo_orm.check_model('project')$$, 'these values fit');
-- a call's SQLSTATE, message, detail and hint
CREATE FUNCTION pg_temp.said(call text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE state text; message text; detail text; hint text;
BEGIN
    EXECUTE call;
    RETURN 'no error';
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
    RETURN concat_ws(E'\n', state, message, nullif(detail, ''), nullif(hint, ''));
END $$;
SET LOCAL timezone = 'UTC';
ALTER TYPE stage RENAME VALUE 'active' TO 'running';
ALTER TABLE project ALTER size TYPE date USING '2026-01-01', ALTER done TYPE int USING 1;
SELECT is(pg_temp.said($$SELECT count_projects('ann', 'small')$$), E'55000\nscope "small" of model "project" has a value that column "size" does not take\n'
    'invalid input syntax for type date: "5"\nRegister the model again with that option corrected, the value of type date: SELECT todo_orm.register_model(''old.project'', ''{"scopes": ...}'');',
    'a column of another type');
SELECT matches(pg_temp.said($$SELECT * FROM list_projects('ann', 'live')$$), '^55000\nscope "live" of model "project" .*"stage" .*"active"', 'a label that was renamed');
SELECT is(pg_temp.said($$SELECT * FROM page_projects('ann', 'open')$$), E'55000\nscope "open" of model "project" has a value that column "done" does not take\n'
    'Register the model again with that option corrected, the value of type integer: SELECT todo_orm.register_model(''old.project'', ''{"scopes": ...}'');',
    'a hidden column''s value is not shown');
SELECT is(count_projects('ann', 'any'), 0::bigint, 'the other scopes go on');
SELECT matches(pg_temp.said($$SELECT todo_orm.register_model('project', '{"sort": "id"}')$$),
    '^22023\nscope "\w+" of model "project" has a value .*\nRegister the model again with that option corrected, .*"scopes"', 'registering again says what to do');
SELECT bag_eq($$SELECT finding FROM todo_orm.check_model('project') WHERE finding ~ 'scope'$$,
    ARRAY['scope "live" has a value that column "stage" does not take: invalid input value for enum old.stage: "active"',
          'scope "small" has a value that column "size" does not take: invalid input syntax for type date: "5"',
          'scope "open" has a value that column "done" does not take: invalid input syntax for type integer: "false"'], 'findings of the scopes');
SELECT is(array_agg(DISTINCT ddl), ARRAY['SELECT todo_orm.register_model(''old.project'', ''{"scopes": {"any": {"stage": null}}}'');'], 'one call mends them')
  FROM todo_orm.check_model('project') WHERE finding ~ 'scope';
SELECT pg_temp.mend('{project}');
SELECT is_empty($$SELECT * FROM todo_orm.check_model('project')$$, 'the scopes are mended');
SELECT throws_ok($$SELECT count_projects('ann', 'small')$$, '22023', NULL, 'without what did not fit');
SELECT count(*) FROM todo_orm.register_model('project', '{"scopes": {"small": {"size": "2026-01-01"}}}');
SELECT is(count_projects('ann', 'small'), 0::bigint, 'given anew it works');

SELECT * FROM finish();
ROLLBACK;
