-- Changes since: the feed of a model. What is not committed is not in it, so this file commits.
\set QUIET 1
SET client_min_messages = warning;
SELECT * FROM no_plan();
\ir include/changes.psql

CREATE FUNCTION error(call text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE call;
    RETURN 'no error';
EXCEPTION WHEN OTHERS THEN
    RETURN SQLSTATE || ' ' || SQLERRM;
END
$$;

SELECT count(*) FROM todo_orm.create_all() \g /dev/null
SELECT hasnt_function('changes_since_tasks', 'no model has a feed that has not asked for it');
SELECT count(*) FROM create_tasks('ann', '[{"title": "before"}, {"title": "also"}]') \g /dev/null
SELECT is((SELECT count(*) FROM todo_orm.register_model('task', '{"changes": true}') s WHERE s ~ 'changes_since_tasks\(user_id text, token text, take integer\)'), 1::bigint, 'option changes makes the function');
SELECT has_table('task_changes', 'and a table for the changes');
SELECT table_owner_is('task_changes', current_user, 'which is the model owner''s');

----------------------------------------------------------------------
-- what an answer holds
----------------------------------------------------------------------

SELECT is(poll('ann', 'ann'), 'reset upsert1 upsert2', 'without token: all rows, those of before the feed too');
SELECT is(poll('ann', 'ann'), '', 'nothing since');
SELECT is(ask('ann', (SELECT token FROM client WHERE name = 'ann')) - 'next_token', '{"reset": false, "changes": [], "more": false, "lag": 0.000}', 'the members of an answer');
SELECT matches(changes_since_tasks('ann') ->> 'next_token', '^[A-Za-z0-9_-]+$', 'tokens can stand in a URL');
SELECT update_task('ann', 1, '{"title": "changed"}') \g /dev/null
SELECT is((ask('ann', (SELECT token FROM client WHERE name = 'ann')) #> '{changes,0}') - 'at', jsonb_build_object('op', 'upsert', 'key', '{"id": 1}'::jsonb, 'row', page_tasks('ann', match => '{"id": 1}') #> '{items,0}'), 'a change, with the row as it is now');
SELECT ok(now() - (ask('ann', (SELECT token FROM client WHERE name = 'ann')) #>> '{changes,0,at}')::timestamptz BETWEEN '0' AND '10 min', 'and when it was made');
SELECT is(poll('ann', 'ann'), 'upsert1', 'a row that was changed');
SELECT soft_delete_task('ann', 2) \g /dev/null
SELECT is(poll('ann', 'ann'), 'soft_delete2', 'soft-deleted');
SELECT is((SELECT known #>> '{"{\"id\": 2}",title}' FROM client WHERE name = 'ann'), 'also', 'has its row');
SELECT restore_task('ann', 2) \g /dev/null
SELECT is(poll('ann', 'ann'), 'upsert2', 'restored');
SELECT delete_task('ann', 2) \g /dev/null
SELECT is(ask('ann', (SELECT token FROM client WHERE name = 'ann')) #>> '{changes,0,row}', NULL, 'deleted: no row');
SELECT is(poll('ann', 'ann'), 'delete2', 'but its key');
SELECT create_task('ann', 'three') \g /dev/null
SELECT update_task('ann', 3, '{"title": "3"}') \g /dev/null
SELECT update_task('ann', 1, '{"title": "1"}') \g /dev/null
SELECT update_task('ann', 3, '{"title": "III"}') \g /dev/null
SELECT create_task('ann', 'short-lived') \g /dev/null
SELECT delete_task('ann', 4) \g /dev/null
SELECT is(poll('ann', 'ann'), 'upsert1 upsert3 delete4', 'several changes of a row in an answer are one');
SELECT is(poll('late', 'ann', take => 1), 'reset upsert1 upsert3', 'all rows, in several answers');
SELECT ok(knows('ann', 'ann') AND knows('late', 'ann'), 'each way leads to the rows that there are');

-- page by page
SELECT count(*) FROM create_tasks('ann', (SELECT jsonb_agg(jsonb_build_object('title', 'no ' || i)) FROM generate_series(1, 10) i)) \g /dev/null
SELECT is((SELECT jsonb_array_length(a -> 'changes') || ' ' || (a ->> 'more') FROM (SELECT ask('ann', (SELECT token FROM client WHERE name = 'ann'), take => 4) a) x), '4 true', 'more than were asked for');
SELECT is(poll('ann', 'ann', take => 4), 'upsert5 upsert6 upsert7 upsert8 upsert9 upsert10 upsert11 upsert12 upsert13 upsert14', 'none is missed, none repeated');
SELECT is(poll('ann', 'ann', take => 1), '', 'and then nothing');
SELECT delete_tasks('ann', '{"id": {"gt": 4}}') \g /dev/null
SELECT is(poll('ann', 'ann', take => 10), 'delete5 delete6 delete7 delete8 delete9 delete10 delete11 delete12 delete13 delete14', 'exactly as many as were asked for');
-- rows that change while all are being read
SELECT poll('ann', 'ann') \g /dev/null
INSERT INTO client (name, token) SELECT 'slow', changes_since_tasks('ann', take => 1) ->> 'next_token';
SELECT delete_task('ann', 1) \g /dev/null
SELECT update_task('ann', 3, '{"title": "three"}') \g /dev/null
UPDATE client SET known = '{"{\"id\": 1}": {}}' WHERE name = 'slow';
SELECT is(poll('slow', 'ann', take => 1), 'upsert3 delete1 upsert3', 'what changes during a first reading comes after it');
SELECT ok(knows('slow', 'ann'), 'and nothing is missed');

----------------------------------------------------------------------
-- whose, and refused
----------------------------------------------------------------------

SELECT create_task('bob', 'Bob''s') \g /dev/null
SELECT poll('ann', 'ann') \g /dev/null
SELECT is(poll('bob', 'bob'), 'reset upsert15', 'another''s rows');
UPDATE task SET user_id = 'bob' WHERE id = 3;
SELECT is(poll('ann', 'ann') || ', ' || poll('bob', 'bob'), 'delete3, upsert3', 'a row that gets another owner is gone for the one, new for the other');
SELECT is(error(format('SELECT changes_since_tasks(%s)', args)), answer, args) FROM (VALUES
    ('NULL', '22004 owner "user_id" must not be null'), ('''''', '22004 owner "user_id" must not be empty'),
    ('''ann'', ''nonsense''', '22023 invalid token for the changes of "task"'), ('''ann'', ''''', '22023 invalid token for the changes of "task"'),
    ('''ann'', take => 0', '22023 take must be between 1 and 1000'), ('''ann'', take => 1001', '22023 take must be between 1 and 1000'),
    ('''ann'', take => -1', '22023 take must be between 1 and 1000')) AS t(args, answer);
SELECT is(error(format('SELECT changes_since_tasks(%L, %L)', 'ann', token)), '22023 invalid token for the changes of "task"', 'another owner''s token') FROM client WHERE name = 'bob';
SELECT is(error(format('SELECT changes_since_tasks(%L, %L)', 'bob', overlay(token PLACING CASE WHEN substr(token, 30, 1) = 'A' THEN 'B' ELSE 'A' END FROM 30 FOR 1))), '22023 invalid token for the changes of "task"', 'a token that was changed') FROM client WHERE name = 'bob';
SELECT is(error($$SELECT set_config('todo_orm.user_id', 'bob', true), changes_since_tasks('ann')$$), '42501 permission denied for the rows of another owner', 'the identity counts');
CREATE ROLE regress_reader;
GRANT USAGE ON SCHEMA tap TO regress_reader;
GRANT SELECT ON client TO regress_reader;
SET ROLE regress_reader;
SELECT is(error($$SELECT changes_since_tasks('bob')$$), '42501 permission denied for function changes_since_tasks', 'nobody may who was not granted');
RESET ROLE;
SELECT todo_orm.grant_access('task', 'regress_reader') \g /dev/null
SET ROLE regress_reader;
SELECT is(error('SELECT * FROM task_changes'), '42501 permission denied for table task_changes', 'who may needs no right on the table');
SELECT is(jsonb_array_length(changes_since_tasks('bob')::jsonb -> 'changes'), 2, 'to read it');
SELECT create_task('bob', 'by the reader') \g /dev/null
RESET ROLE;
SELECT is(poll('bob', 'bob'), 'upsert16', 'or to be recorded');

----------------------------------------------------------------------
-- however it is written
----------------------------------------------------------------------

GRANT SELECT, INSERT, UPDATE, DELETE ON task TO regress_reader;
ALTER TABLE task DISABLE ROW LEVEL SECURITY;
SET ROLE regress_reader;
INSERT INTO task (user_id, title) VALUES ('bob', 'plain');
UPDATE task SET id = 100 WHERE id = 16;
RESET ROLE;
SELECT is(poll('bob', 'bob'), 'upsert17 delete16 upsert100', 'plain SQL, by a role without rights on the changes; another key is another row');
INSERT INTO task (user_id, id, title) VALUES ('bob', 100, 'again') ON CONFLICT (user_id, id) DO UPDATE SET title = excluded.title;
SELECT is(poll('bob', 'bob'), 'upsert100', 'ON CONFLICT');
BEGIN;
SAVEPOINT s;
UPDATE task SET title = 'undone' WHERE id = 100;
ROLLBACK TO s;
DELETE FROM task WHERE id = 17;
COMMIT;
SELECT is(poll('bob', 'bob'), 'delete17', 'what was rolled back is not there');
BEGIN;
UPDATE task SET title = 'undone' WHERE id = 100;
ROLLBACK;
SELECT is(poll('bob', 'bob'), '', 'nor a whole transaction');
BEGIN;
UPDATE task SET title = 'mine' WHERE id = 100;
SELECT is(changes_since_tasks('bob', (SELECT token FROM client WHERE name = 'bob'))::jsonb - 'next_token', '{"reset": false, "changes": [], "more": false, "lag": 0}', 'a transaction does not see its own changes');
COMMIT;
SELECT is(poll('bob', 'bob'), 'upsert100', 'until it has committed');
-- cascades
CREATE TABLE note (LIKE todo_orm.owned INCLUDING ALL, "task id" bigint, body text, PRIMARY KEY (user_id, id), FOREIGN KEY (user_id, "task id") REFERENCES task ON DELETE CASCADE ON UPDATE CASCADE);
CREATE INDEX ON note (user_id, "task id");
SELECT todo_orm.register_model('note', '{"changes": true, "hidden": ["body"]}') \g /dev/null
INSERT INTO note (user_id, "task id", body) VALUES ('bob', 100, 'hush'), ('bob', 15, 'hush');
SELECT is(poll('notes', 'bob', 'changes_since_notes'), 'reset upsert1 upsert2', 'a second model');
SELECT is((SELECT count(*) FROM client WHERE name = 'notes' AND known::text ~ 'hush'), 0::bigint, 'hidden columns are not in it');
SELECT delete_task('bob', 100) \g /dev/null
SELECT is(poll('notes', 'bob', 'changes_since_notes'), 'delete1', 'a row that a cascade has deleted');
UPDATE task SET id = 101 WHERE id = 15;
SELECT is(poll('notes', 'bob', 'changes_since_notes'), 'upsert2', 'or changed');
SELECT is(error(format('SELECT changes_since_tasks(%L, %L)', 'bob', token)), '22023 invalid token for the changes of "task"', 'another model''s token') FROM client WHERE name = 'notes';
-- TRUNCATE
TRUNCATE note;
SELECT create_note('bob') \g /dev/null
SELECT is(poll('notes', 'bob', 'changes_since_notes'), 'reset upsert3', 'TRUNCATE: begin anew');
SELECT is(poll('notes', 'bob', 'changes_since_notes'), '', 'once');
SELECT poll('notes', 'bob', 'changes_since_notes') \g /dev/null

----------------------------------------------------------------------
-- any table
----------------------------------------------------------------------

CREATE SCHEMA "Odd";
CREATE TABLE "Odd"."Thing's" ("Own" integer, "a b" text COLLATE "C", at uuid, xid numeric, "back" text, PRIMARY KEY ("Own", "a b", at)) PARTITION BY LIST ("Own");
CREATE TABLE "Odd".things_7 PARTITION OF "Odd"."Thing's" FOR VALUES IN (7);
CREATE TABLE things_8 (at uuid NOT NULL, "back" text, gone int, "a b" text COLLATE "C" NOT NULL, xid numeric, "Own" integer NOT NULL);
ALTER TABLE things_8 DROP COLUMN gone;
ALTER TABLE "Odd"."Thing's" ATTACH PARTITION things_8 FOR VALUES IN (8);
SELECT todo_orm.register_model('"Odd"."Thing''s"', '{"owner": "Own", "changes": true, "name": "thing", "plural": "things", "schema": "public"}') \g /dev/null
INSERT INTO "Odd"."Thing's" VALUES (7, 'x', '00000000-0000-0000-0000-000000000001', 1), (8, 'y', '00000000-0000-0000-0000-000000000002', 2);
INSERT INTO things_8 ("Own", "a b", at) VALUES (8, 'x', '00000000-0000-0000-0000-000000000003');
CREATE FUNCTION things(user_id text, token text, take int) RETURNS json LANGUAGE sql AS 'SELECT changes_since_things(user_id::int, token, take)';
SELECT is(poll('things', '8', 'things'), 'reset upsertx,00000000-0000-0000-0000-000000000003 upserty,00000000-0000-0000-0000-000000000002', 'keys of several columns, partitions of other shape, names that are quoted');
UPDATE things_8 SET "back" = 'b' WHERE "a b" = 'y';
UPDATE "Odd"."Thing's" SET "Own" = 7 WHERE "a b" = 'x';
SELECT is(poll('things', '8', 'things'), 'upserty,00000000-0000-0000-0000-000000000002 deletex,00000000-0000-0000-0000-000000000003', 'from one partition to another');
SELECT ok(knows('things', '8', '"Odd"."Thing''s"'), 'all is known');
SELECT is(error($$SELECT * FROM todo_orm.register_model('things_8', '{"owner": "Own", "changes": true}')$$), '22023 option "changes" of model "things_8" needs a table that is no partition: register the partitioned table', 'partitions record with their table');
-- the owner is the whole key
CREATE TABLE preference (user_id text PRIMARY KEY, theme text);
SELECT todo_orm.register_model('preference', '{"changes": true}') \g /dev/null
INSERT INTO preference VALUES ('ann', 'dark'), ('bob', 'light');
SELECT is(poll('theme', 'ann', 'changes_since_preferences'), 'reset upsert', 'a row whose owner is its key');
UPDATE preference SET theme = 'green';
SELECT is(poll('theme', 'ann', 'changes_since_preferences'), 'upsert', 'changed');
DELETE FROM preference WHERE user_id = 'ann';
SELECT is(poll('theme', 'ann', 'changes_since_preferences'), 'delete', 'deleted');
-- what can have none
CREATE VIEW shown AS SELECT * FROM task;
CREATE TABLE ownerless (id int PRIMARY KEY);
CREATE UNLOGGED TABLE fleeting (user_id text, id int, PRIMARY KEY (user_id, id));
SELECT is(error(format('SELECT * FROM todo_orm.register_model(%L, %L)', model, options)), answer, model || ' ' || options) FROM (VALUES
    ('shown', '{"key": ["id"], "changes": true}', '22023 option "changes" of model "shown" needs a table'),
    ('ownerless', '{"owner": null, "changes": true}', '22023 option "changes" of model "ownerless" needs an owner'),
    ('fleeting', '{"changes": true}', '22023 option "changes" of model "fleeting" needs a table that is neither unlogged nor temporary'),
    ('task', '{"changes": "yes"}', '22023 invalid value for option "changes"')) AS t(model, options, answer);
-- rows of nobody
CREATE TABLE found (id int PRIMARY KEY, user_id text);
SELECT todo_orm.register_model('found', '{"changes": true}') \g /dev/null
INSERT INTO found VALUES (1, NULL), (2, 'ann');
UPDATE found SET user_id = 'ann' WHERE id = 1;
UPDATE found SET user_id = NULL WHERE id = 2;
SELECT is((SELECT string_agg(op || key1, ' ' ORDER BY seq) FROM found_changes), 'insert2 insert1 delete2', 'rows without owner are not recorded');

----------------------------------------------------------------------
-- DDL
----------------------------------------------------------------------

SELECT poll('ann', 'ann'), poll('bob', 'bob') \g /dev/null
SELECT todo_orm.register_model('task') \g /dev/null
ALTER TABLE task ADD COLUMN extra int DEFAULT 5;
ALTER TABLE task RENAME TO job;
SELECT todo_orm.register_model('job', '{"name": "task", "plural": "tasks"}') \g /dev/null
ALTER TABLE job RENAME TO task;
SELECT todo_orm.register_model('task') \g /dev/null
SELECT create_task('ann', 'after DDL') \g /dev/null
SELECT is(poll('ann', 'ann'), 'upsert18', 'registering again goes on');
SELECT is(known #>> '{"{\"id\": 18}",extra}', '5', 'new columns are there') FROM client WHERE name = 'ann';
-- columns of the key that are renamed: the trigger cannot know, and says so
ALTER TABLE note RENAME id TO nr;
SELECT is(error($$INSERT INTO note (user_id) VALUES ('bob')$$), '55000 changes of "note" cannot be recorded', 'a change that cannot be recorded is refused');
SELECT todo_orm.register_model('note') \g /dev/null
INSERT INTO note (user_id) VALUES ('bob');
SELECT is(poll('notes', 'bob', 'changes_since_notes'), 'reset upsert3 upsert5', 'after registering again a client begins anew');
ALTER TABLE note ALTER nr TYPE int;
SELECT is(error($$SELECT * FROM todo_orm.register_model('note')$$), '55000 table public.note_changes cannot take the changes of "note"', 'a key of another type does not fit the changes that there are');
DROP TABLE note_changes;
SELECT is(error($$INSERT INTO note (user_id) VALUES ('bob')$$), '55000 changes of "note" cannot be recorded', 'nor is one lost without a table for them');
SELECT is(error($$SELECT changes_since_notes('bob')$$), '55000 changes of "note" are not recorded', 'nor is an answer given');
SELECT todo_orm.register_model('note') \g /dev/null
INSERT INTO note (user_id) VALUES ('bob');
SELECT is(poll('notes', 'bob', 'changes_since_notes'), 'reset upsert3 upsert5 upsert7', 'which registering again makes');
-- triggers that were off
ALTER TABLE note DISABLE TRIGGER todo_orm_changes;
SELECT is(error($$SELECT changes_since_notes('bob')$$), '55000 changes of "note" are not recorded', 'a trigger that is disabled');
DELETE FROM note WHERE nr = 7;
SELECT todo_orm.register_model('note') \g /dev/null
SELECT is(poll('notes', 'bob', 'changes_since_notes'), 'reset upsert3 upsert5', 'it has missed something: begin anew');
-- switched off and on again
SELECT todo_orm.register_model('note', '{"changes": false}') \g /dev/null
SELECT hasnt_function('changes_since_notes', 'the option switched off');
SELECT has_table('note_changes', 'leaves the changes');
SELECT hasnt_trigger('note', 'todo_orm_changes', 'but not the trigger');
DELETE FROM note WHERE nr = 5;
SELECT todo_orm.register_model('note', '{"changes": true}') \g /dev/null
SELECT is(poll('notes', 'bob', 'changes_since_notes'), 'reset upsert3', 'and on again: begin anew');
SELECT todo_orm.unregister_model('note') \g /dev/null
SELECT hasnt_trigger('note', 'todo_orm_changes', 'unregister drops the triggers');
SELECT has_table('note_changes', 'and no data');
SELECT todo_orm.adopt_model('note', '{"changes": true}') \g /dev/null
SELECT is(error($$SELECT changes_since_notes('bob')$$), '55000 changes of "note" are not recorded', 'adopt_model adds no trigger');
SELECT ok(EXISTS (SELECT FROM todo_orm.check_model('note') WHERE finding ~ 'changes are not recorded'), 'which check_model tells');
SELECT todo_orm.unregister_model('note') \g /dev/null
GRANT SELECT ON task_changes TO regress_reader, PUBLIC;
SELECT is((SELECT ddl FROM todo_orm.check_model('task') WHERE finding ~ 'have rights on public.task_changes'), 'REVOKE ALL ON public.task_changes FROM PUBLIC, regress_reader;', 'and rights on the changes');
REVOKE ALL ON task_changes FROM PUBLIC, regress_reader;
SELECT is((SELECT count(*) FROM todo_orm.check_model('task') WHERE finding ~ 'changes'), 0::bigint, 'or nothing');
-- a table of that name that is somebody's own
CREATE TABLE found2 (LIKE found INCLUDING ALL);
CREATE TABLE found2_changes (a int);
SELECT is(error($$SELECT * FROM todo_orm.register_model('found2', '{"changes": true}')$$), '55000 table public.found2_changes cannot take the changes of "found2"', 'a table that is in the way is left alone');

----------------------------------------------------------------------
-- pruning, erasing, listening
----------------------------------------------------------------------

SELECT poll('ann', 'ann'), poll('bob', 'bob') \g /dev/null
SELECT create_task('ann', 'one more') \g /dev/null
INSERT INTO client (name, token, known) SELECT 'behind', token, known FROM client WHERE name = 'ann';
SELECT poll('ann', 'ann'), poll('bob', 'bob') \g /dev/null
SELECT is(todo_orm.prune_changes('task', '1 hour'), 0::bigint, 'nothing is that old');
SELECT is(error($$SELECT todo_orm.prune_changes('task', '-1 day')$$), '22023 older_than must not be negative', 'a negative age is refused');
SELECT cmp_ok(todo_orm.prune_changes('task', '0'), '>', 10::bigint, 'changes are pruned');
SELECT is((SELECT count(*) FROM task_changes WHERE owner IS NOT NULL), 0::bigint, 'all of them');
SELECT is(poll('ann', 'ann') || poll('bob', 'bob'), '', 'who has seen them goes on');
SELECT is(poll('behind', 'ann'), 'reset upsert18 upsert19', 'who has not begins anew');
SELECT create_task('ann', 'and more') \g /dev/null
SELECT is(poll('ann', 'ann') || ' ' || poll('behind', 'ann'), 'upsert20 upsert20', 'new changes come');
SELECT todo_orm.prune_changes('task', '0') \g /dev/null
SELECT is((SELECT count(*) FROM task_changes), 1::bigint, 'one mark stays');
SET ROLE regress_reader;
SELECT is(error($$SELECT todo_orm.prune_changes('task', '0')$$), '42501 must be owner of table task', 'only the owner prunes');
RESET ROLE;
SELECT is(error($$SELECT todo_orm.prune_changes('note', '0')$$), '55000 table "note" is not registered', 'no model');
-- erase_owner
SELECT poll('bob', 'bob') \g /dev/null
SELECT create_task('ann', 'last') \g /dev/null
SELECT todo_orm.erase_owner('ann', false, '{task}') \g /dev/null
SELECT is((SELECT string_agg(concat_ws(' ', owner, op, key1), ', ') FROM task_changes WHERE owner = 'ann'), 'ann reset', 'erasing leaves no key');
SELECT is(poll('ann', 'ann') || ', ' || poll('bob', 'bob'), 'reset, ', 'and a client forgets all, another''s nothing');
SELECT todo_orm.erase_owner('zoe', false, '{task}') \g /dev/null
SELECT is((SELECT count(*) FROM task_changes WHERE owner = 'zoe'), 0::bigint, 'of who had nothing no mark is left');
-- listeners
SELECT todo_orm.register_model('task', '{"changes": "notify"}') \g /dev/null
SELECT create_task('bob', 'heard') \g /dev/null
SELECT is(poll('bob', 'bob'), 'reset ' || (SELECT string_agg('upsert' || id, ' ' ORDER BY id) FROM task WHERE user_id = 'bob'), 'other triggers, another feed');

----------------------------------------------------------------------
-- property: whatever is done, a client that follows knows what there is
----------------------------------------------------------------------

SELECT todo_orm.register_model('task', '{"changes": true}') \g /dev/null
DROP TABLE note CASCADE;
TRUNCATE task;
CREATE PROCEDURE shake(steps int) LANGUAGE plpgsql AS $$
DECLARE
    who text; picked bigint; dice int;
BEGIN
    FOR i IN 1 .. steps LOOP
        who := CASE WHEN random() < 0.7 THEN 'ann' ELSE 'bob' END;
        dice := floor(random() * 14);
        picked := (SELECT id FROM task WHERE user_id = who ORDER BY random() LIMIT 1);
        CASE dice
            WHEN 0, 1, 2, 3 THEN PERFORM create_task(who, 'title ' || i);
            WHEN 4 THEN PERFORM update_task(who, picked, jsonb_build_object('title', 'new ' || i));
            WHEN 5 THEN PERFORM soft_delete_task(who, picked);
            WHEN 6 THEN PERFORM restore_task(who, picked);
            WHEN 7 THEN PERFORM delete_task(who, picked);
            WHEN 8 THEN UPDATE task SET user_id = 'bob' WHERE id = picked;
            WHEN 9 THEN UPDATE task SET id = 1000000 + i WHERE id = picked;
            WHEN 10 THEN PERFORM create_tasks(who, '[{"title": "x"}, {"title": "y"}]'); PERFORM update_tasks(who, '{"title": "x"}', '{"completed": true}');
            WHEN 11 THEN BEGIN DELETE FROM task WHERE user_id = who AND id % 5 = 0; IF random() < 0.5 THEN RAISE 'undo'; END IF; EXCEPTION WHEN raise_exception THEN NULL; END;
            WHEN 12 THEN IF random() < 0.1 THEN TRUNCATE task; END IF;
            ELSE IF random() < 0.1 THEN PERFORM todo_orm.prune_changes('task', '0'); ELSIF random() < 0.1 THEN PERFORM todo_orm.erase_owner(who, false, '{task}'); END IF;
        END CASE;
        COMMIT;
        IF random() < 0.2 THEN
            PERFORM poll('shaken', 'ann', take => 1 + floor(random() * 6)::int);
            COMMIT;
        END IF;
    END LOOP;
END
$$;
SELECT setseed(0.42) \g /dev/null
CALL shake(400);
SELECT poll('shaken', 'ann') \g /dev/null
SELECT poll('rare', 'ann') \g /dev/null
SELECT ok(knows('shaken', 'ann'), 'a client that asks now and then');
SELECT ok(knows('rare', 'ann'), 'and one that asks for the first time');
CALL shake(200);
SELECT poll('rare', 'ann', take => 3) \g /dev/null
SELECT ok(knows('rare', 'ann'), 'or has not asked for long');
SELECT cmp_ok((SELECT got FROM client WHERE name = 'shaken'), '>', 100, 'with many changes');

DROP OWNED BY regress_reader;
DROP ROLE regress_reader;
SELECT * FROM finish();
