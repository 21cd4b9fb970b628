-- Everything of a user: todo_orm.export_owner, export_owner_rows, erase_owner
BEGIN;
SELECT * FROM no_plan();
SET LOCAL client_min_messages = warning;
CREATE ROLE regress_app;
CREATE ROLE regress_clerk;
CREATE ROLE regress_other;

\ir include/refuses.psql

-- SQLSTATE and message, with the table field where there is one
CREATE FUNCTION pg_temp.error(call text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    found_table text;
BEGIN
    EXECUTE call;
    RETURN 'no error';
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS found_table = TABLE_NAME;
    RETURN concat_ws(' ', SQLSTATE, SQLERRM, nullif(found_table, ''));
END
$$;
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
-- the same as another role
CREATE FUNCTION pg_temp.error_as(role text, call text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    answer text;
BEGIN
    EXECUTE format('SET LOCAL ROLE %I', role);
    answer := pg_temp.error(call);
    RESET ROLE;
    RETURN answer;
END
$$;
-- "task 1, message 2"
CREATE FUNCTION pg_temp.counted(call text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    answer text;
BEGIN
    EXECUTE format('SELECT string_agg(concat_ws('' '', model, rows), '', '' ORDER BY ordinality) FROM %s WITH ORDINALITY', call) INTO answer;
    RETURN answer;
END
$$;
-- which models, in the order of the rows
CREATE FUNCTION pg_temp.exported(who text, wanted regclass[] DEFAULT NULL) RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(concat_ws(' ', model, item ->> 'id'), ', ' ORDER BY ordinality) FROM todo_orm.export_owner_rows(who, wanted) WITH ORDINALITY AS e(model, item, ordinality)
$$;

----------------------------------------------------------------------
-- the shipped models
----------------------------------------------------------------------

SELECT count(*) FROM todo_orm.create_all() \g /dev/null
SELECT append_message('ann', NULL, 'user', 'Hello') \g /dev/null
SELECT append_message('ann', 1, 'assistant', 'Hi', data => '{"usage": 3}') \g /dev/null
SELECT append_message('bob', NULL, 'user', 'Bob''s') \g /dev/null
SELECT create_task('ann', 'Milk'), create_task('ann', 'Gone'), create_task('bob', 'Bread') \g /dev/null
SELECT soft_delete_task('ann', 2) \g /dev/null

SELECT is(pg_temp.exported('ann'), 'conversation 1, message 1, message 2, task 1, task 2', 'rows of one user, what is referred to first; soft-deleted ones too');
SELECT is((SELECT json_agg(item)::jsonb FROM todo_orm.export_owner_rows('ann') WHERE model = 'message'::regclass),
    to_jsonb(page_messages('ann')) -> 'items', 'rows are written as in other JSON results');
SELECT is(todo_orm.export_owner('ann'),
    (SELECT jsonb_object_agg(t.name, (SELECT coalesce(jsonb_agg(item), '[]') FROM todo_orm.export_owner_rows('ann') WHERE model = t.name::regclass))
       FROM unnest('{public.conversation,public.message,public.task}'::text[]) AS t(name)), 'the same as one document');
SELECT is(todo_orm.export_owner('zoe'), '{"public.conversation": [], "public.message": [], "public.task": []}', 'nobody''s: every model, and no row');
SELECT is(pg_temp.exported('ann', '{task}'), 'task 1, task 2', 'some models');
SELECT is(pg_temp.exported('ann', '{task,conversation,task}'), 'conversation 1, task 1, task 2', 'each once, in their own order');
SELECT is(todo_orm.export_owner('ann', '{}'), '{}', 'no models');

SELECT is(pg_temp.counted($$todo_orm.erase_owner('ann')$$), 'task 2, message 2, conversation 1', 'erase counts, by default');
SELECT is(pg_temp.counted($$todo_orm.erase_owner('ann', NULL)$$), 'task 2, message 2, conversation 1', 'null is the default too');
SELECT is(pg_temp.exported('ann'), 'conversation 1, message 1, message 2, task 1, task 2', 'and leaves everything');
SELECT is(pg_temp.counted($$todo_orm.erase_owner('ann', false, '{message}')$$), 'message 2', 'some models');
SELECT is(pg_temp.counted($$todo_orm.erase_owner('ann', dry_run => false)$$), 'task 2, message 0, conversation 1', 'all of them, soft-deleted rows too');
SELECT is(pg_temp.counted($$todo_orm.erase_owner('ann', false)$$), 'task 0, message 0, conversation 0', 'a second time finds nothing');
SELECT is((SELECT count(*) FROM task WHERE user_id = 'ann') + (SELECT count(*) FROM conversation WHERE user_id = 'ann'), 0::bigint, 'nothing is left');
SELECT is(pg_temp.exported('bob'), 'conversation 2, message 3, task 3', 'another''s rows stay');

----------------------------------------------------------------------
-- foreign keys
----------------------------------------------------------------------

CREATE SCHEMA k;
SET LOCAL search_path = k, public, tap;
-- a tree whose rows hold each other
CREATE TABLE folder (LIKE todo_orm.owned INCLUDING ALL, parent_id bigint, PRIMARY KEY (user_id, id), FOREIGN KEY (user_id, parent_id) REFERENCES folder ON DELETE RESTRICT);
-- a circle that no order of statements can take away: not null, not deferrable
CREATE TABLE album (LIKE todo_orm.owned INCLUDING ALL, cover_id bigint NOT NULL, PRIMARY KEY (user_id, id));
CREATE TABLE photo (LIKE todo_orm.owned INCLUDING ALL, album_id bigint NOT NULL, folder_id bigint, PRIMARY KEY (user_id, id),
    FOREIGN KEY (user_id, album_id) REFERENCES album ON DELETE RESTRICT, FOREIGN KEY (user_id, folder_id) REFERENCES folder ON DELETE SET NULL (folder_id));
ALTER TABLE album ADD FOREIGN KEY (user_id, cover_id) REFERENCES photo ON DELETE NO ACTION;
CREATE TABLE tag (LIKE todo_orm.owned INCLUDING ALL, name text, secret text, PRIMARY KEY (user_id, id));
CREATE TABLE photo_tag (user_id text COLLATE "C" NOT NULL, photo_id bigint, tag_id bigint, PRIMARY KEY (user_id, photo_id, tag_id),
    FOREIGN KEY (user_id, photo_id) REFERENCES photo DEFERRABLE, FOREIGN KEY (user_id, tag_id) REFERENCES tag ON DELETE CASCADE);
-- the way from one model to another leads through a table that is none
CREATE TABLE between_them (user_id text COLLATE "C", id bigint, tag_id bigint, PRIMARY KEY (user_id, id), FOREIGN KEY (user_id, tag_id) REFERENCES tag ON DELETE CASCADE);
CREATE TABLE beyond (LIKE todo_orm.owned INCLUDING ALL, between_id bigint, PRIMARY KEY (user_id, id), FOREIGN KEY (user_id, between_id) REFERENCES between_them);
SELECT todo_orm.register_model(t, CASE t::text WHEN 'tag' THEN '{"hidden": ["secret"]}' ELSE '{}' END::jsonb) FROM unnest('{beyond,photo_tag,photo,album,folder,tag}'::regclass[]) AS t \g /dev/null
CREATE FUNCTION fill(who text) RETURNS void LANGUAGE sql AS $$
    INSERT INTO k.folder (user_id, id, parent_id) VALUES (who, 1, NULL), (who, 2, 1), (who, 3, 2);
    WITH a AS (INSERT INTO k.album (user_id, id, cover_id) VALUES (who, 1, 1)) INSERT INTO k.photo (user_id, id, album_id, folder_id) VALUES (who, 1, 1, 3), (who, 2, 1, 1);
    INSERT INTO k.tag (user_id, id, name, secret) VALUES (who, 1, 'a', 'hush');
    INSERT INTO k.photo_tag VALUES (who, 1, 1), (who, 2, 1);
    INSERT INTO k.between_them VALUES (who, 1, 1);
    INSERT INTO k.beyond (user_id, id, between_id) VALUES (who, 1, 1);
$$;
SELECT fill('ann'), fill('bob') \g /dev/null
CREATE FUNCTION pg_temp.stored(who text) RETURNS text LANGUAGE sql AS $$
    SELECT concat_ws(' ', (SELECT count(*) FROM k.folder WHERE user_id = who), (SELECT count(*) FROM k.album WHERE user_id = who), (SELECT count(*) FROM k.photo WHERE user_id = who),
        (SELECT count(*) FROM k.tag WHERE user_id = who), (SELECT count(*) FROM k.photo_tag WHERE user_id = who), (SELECT count(*) FROM k.between_them WHERE user_id = who), (SELECT count(*) FROM k.beyond WHERE user_id = who)) $$;
SELECT is((SELECT string_agg(DISTINCT model::text, ',') FROM todo_orm.export_owner_rows('ann') WHERE model <> 'task'::regclass), 'album,beyond,folder,photo,photo_tag,tag', 'registered tables, all of them');
SELECT ok((SELECT max(ordinality) FILTER (WHERE model = 'tag'::regclass) < min(ordinality) FILTER (WHERE model = 'beyond'::regclass)
              AND max(ordinality) FILTER (WHERE model IN ('photo'::regclass, 'tag'::regclass, 'album'::regclass)) < min(ordinality) FILTER (WHERE model = 'photo_tag'::regclass)
             FROM todo_orm.export_owner_rows('ann') WITH ORDINALITY), 'what is referred to comes first, also by a way through other tables');
SELECT is((SELECT item::text FROM todo_orm.export_owner_rows('ann', '{tag}')), '{"id":1,"user_id":"ann","name":"a"}', 'hidden columns are in no export');
SELECT is((SELECT sum(rows) FROM todo_orm.erase_owner('ann', false)), 10::numeric, 'trees, circles, link tables and all are taken away');
SELECT is(pg_temp.stored('ann') || '; ' || pg_temp.stored('bob'), '0 0 0 0 0 0 0; 3 1 2 1 2 1 1', 'and another''s are not');

-- a table that is no model and holds on to a row
CREATE TABLE invoice (user_id text COLLATE "C", tag_id bigint, amount int, FOREIGN KEY (user_id, tag_id) REFERENCES tag);
INSERT INTO invoice VALUES ('bob', 1, 5);
SELECT is(pg_temp.error($$SELECT * FROM todo_orm.erase_owner('bob', false)$$), '23503 update or delete on table "tag" violates foreign key constraint "invoice_user_id_tag_id_fkey" on table "invoice" invoice', 'a child that is no model: its table is named');
SELECT is(pg_temp.stored('bob'), '3 1 2 1 2 1 1', 'and nothing is done');
SELECT ok((SELECT count(*) FROM todo_orm.erase_owner('bob')) > 0, 'a dry run does not find that');
DROP TABLE invoice;

-- the rows of a circle whose tables belong to two roles
GRANT USAGE, CREATE ON SCHEMA k TO regress_other;
GRANT REFERENCES ON album, photo TO regress_other;
ALTER TABLE album OWNER TO regress_other;
SELECT is(pg_temp.error($$SELECT * FROM todo_orm.export_owner('bob')$$), '55000 the functions of table "album" belong to another owner than the table', 'a model whose table has got another owner is not passed over');
SELECT todo_orm.register_model('album') \g /dev/null
SELECT matches(pg_temp.error($$SELECT * FROM todo_orm.erase_owner('bob', false)$$), '^23503 .* album$', 'a circle of two owners needs deferrable keys');
SELECT conname FROM pg_constraint WHERE conrelid = 'album'::regclass AND contype = 'f' \gset
ALTER TABLE album ALTER CONSTRAINT :conname DEFERRABLE INITIALLY DEFERRED;
SELECT conname FROM pg_constraint WHERE conrelid = 'photo'::regclass AND contype = 'f' AND confrelid = 'album'::regclass \gset
ALTER TABLE photo DROP CONSTRAINT :conname, ADD FOREIGN KEY (user_id, album_id) REFERENCES album DEFERRABLE INITIALLY DEFERRED;
SELECT is((SELECT sum(rows) FROM todo_orm.erase_owner('bob', false)), 13::numeric, 'which it then does');
SELECT lives_ok('SET CONSTRAINTS ALL IMMEDIATE', 'and all of them hold');
RESET search_path;
DROP SCHEMA k CASCADE;

----------------------------------------------------------------------
-- rights
----------------------------------------------------------------------

SELECT create_task('ann', 'Milk'), append_message('ann', NULL, 'user', 'Hello') \g /dev/null
SELECT todo_orm.grant_access(t, 'regress_app') FROM unnest('{task,message,conversation}'::regclass[]) AS t \g /dev/null
SELECT todo_orm.grant_access('task', 'regress_clerk') \g /dev/null
GRANT USAGE ON SCHEMA tap TO regress_app, regress_clerk, regress_other;
SELECT is(pg_temp.error_as('regress_app', $$SELECT * FROM todo_orm.export_owner('ann')$$), 'no error', 'who may execute the functions of all models may export');
SELECT is(pg_temp.error_as('regress_app', 'SELECT * FROM public.task'), '42501 permission denied for table task', 'without rights on the tables');
SELECT is(pg_temp.error_as('regress_clerk', format($$SELECT * FROM todo_orm.%s$$, call)), '42501 permission denied for models of the user', 'part of it is refused: ' || call)
  FROM unnest(ARRAY['export_owner(''ann'')', 'export_owner_rows(''ann'')', 'erase_owner(''ann'')', 'erase_owner(''ann'', false)']) AS call;
SET LOCAL ROLE regress_clerk;
SELECT is(pg_temp.detail($$SELECT todo_orm.export_owner('ann')$$), 'Not granted: public.conversation (function list_conversations), public.message (function list_messages).', 'what is not granted is named');
SELECT is(pg_temp.detail($$SELECT todo_orm.erase_owner('ann', false)$$), 'Not granted: public.conversation (function delete_conversations), public.message (function delete_messages).', 'erase asks for the functions that delete');
SELECT is(jsonb_array_length(todo_orm.export_owner('ann', '{task}') -> 'public.task'), 1, 'the models that are granted can be asked for');
SELECT is(pg_temp.error($$SELECT todo_orm.export_owner('ann', '{task,message}')$$), '42501 permission denied for models of the user', 'the others not');
RESET ROLE;
REVOKE EXECUTE ON FUNCTION list_tasks FROM regress_app;
SELECT is(pg_temp.error_as('regress_app', $$SELECT * FROM todo_orm.export_owner('ann')$$), '42501 permission denied for models of the user', 'the one function taken away');
SELECT is(pg_temp.error_as('regress_app', $$SELECT * FROM todo_orm.erase_owner('ann')$$), 'no error', 'erase stands for another one');
REVOKE EXECUTE ON FUNCTION delete_tasks FROM regress_app;
SELECT is(pg_temp.error_as('regress_app', $$SELECT * FROM todo_orm.erase_owner('ann')$$), '42501 permission denied for models of the user', 'to count what would go takes the same right');
SELECT todo_orm.grant_access('task', 'regress_app') \g /dev/null
-- functions that there are not
SELECT todo_orm.register_model('task', '{"functions": ["create", "get", "delete"]}') \g /dev/null
SELECT is(pg_temp.error_as('regress_app', $$SELECT * FROM todo_orm.export_owner('ann')$$), '42501 permission denied for models of the user', 'a model without list: not for a role that is not its owner');
SELECT is(pg_temp.error($$SELECT * FROM todo_orm.export_owner('ann')$$), 'no error', 'but for its owner');
SELECT is(pg_temp.error_as('regress_app', $$SELECT * FROM todo_orm.erase_owner('ann')$$), 'no error', 'a model without delete_many: delete will do');
SELECT todo_orm.register_model('task', '{"functions": null}') \g /dev/null
SELECT todo_orm.grant_access('task', 'regress_app') \g /dev/null

----------------------------------------------------------------------
-- whose
----------------------------------------------------------------------

SELECT is(pg_temp.error(format('SELECT * FROM todo_orm.%s', call)), state, call) FROM (VALUES
    ('export_owner(NULL)', '22004 user_id must not be null'), ('export_owner('''')', '22004 user_id must not be empty'),
    ('export_owner_rows(NULL)', '22004 user_id must not be null'), ('erase_owner(NULL, false)', '22004 user_id must not be null')) AS t(call, state);
SELECT set_config('todo_orm.user_id', 'bob', true) \g /dev/null
SELECT is(pg_temp.error(format('SELECT * FROM todo_orm.%s', call)), '42501 permission denied for the rows of another owner', 'acting for another: ' || call)
  FROM unnest(ARRAY['export_owner(''ann'')', 'export_owner_rows(''ann'')', 'erase_owner(''ann'')', 'erase_owner(''ann'', false)']) AS call;
SELECT is(pg_temp.error($$SELECT todo_orm.export_owner('bob')$$), 'no error', 'acting for the user');
SELECT set_config('todo_orm.user_id', '', true) \g /dev/null
SET LOCAL todo_orm.require_user_id = on;
SELECT is(pg_temp.error($$SELECT todo_orm.export_owner('ann')$$), '42501 setting "todo_orm.user_id" is not set', 'acting for nobody, where that is required');
RESET todo_orm.require_user_id;

ALTER TABLE task FORCE ROW LEVEL SECURITY;
SET LOCAL ROLE regress_app;
SELECT is(pg_temp.error($$SELECT * FROM todo_orm.erase_owner('ann', false)$$), 'no error', 'policies do not bind a superuser');
RESET ROLE;
SELECT create_task('ann', 'Milk') \g /dev/null
GRANT CREATE ON SCHEMA public TO regress_other;
ALTER TABLE task OWNER TO regress_other;
SELECT todo_orm.register_model('task') \g /dev/null
GRANT USAGE ON SCHEMA public TO regress_other;
SELECT is(pg_temp.error($$SELECT todo_orm.export_owner('ann')$$), '42501 row level security of "task" hides rows from its owner', 'policies that hide rows from the owner do not make an empty export');
SELECT set_config('todo_orm.user_id', 'ann', true) \g /dev/null
SELECT is(jsonb_array_length(todo_orm.export_owner('ann') -> 'public.task'), 1, 'with the identity they let through what is the user''s');
SELECT set_config('todo_orm.user_id', '', true) \g /dev/null
ALTER TABLE task NO FORCE ROW LEVEL SECURITY;

----------------------------------------------------------------------
-- which models
----------------------------------------------------------------------

CREATE TABLE plain (id bigint PRIMARY KEY, user_id text);
CREATE TABLE product (sku text PRIMARY KEY);
SELECT todo_orm.register_model('product', '{"owner": null}') \g /dev/null
SELECT is((SELECT count(*) FROM todo_orm.erase_owner('ann')), 3::bigint, 'tables that are no models, and models without owner, are left out');
SELECT is(pg_temp.error(format('SELECT todo_orm.export_owner(''ann'', %L)', m)), state, 'models ' || m) FROM (VALUES
    ('{plain}', '22023 "plain" is not a registered model'), ('{product}', '22023 model "product" has no owner'), ('{NULL}', '22023 "null" is not a registered model'),
    ('{0}', '22023 "null" is not a registered model')) AS t(m, state);
-- a view shows rows of another model once more
CREATE VIEW open_task AS SELECT * FROM task WHERE NOT completed;
CREATE VIEW open_task_again AS SELECT id, user_id, title FROM open_task;
SELECT todo_orm.register_model('open_task', '{"key": ["id"]}') \g /dev/null
SELECT todo_orm.register_model('open_task_again', '{"key": ["id"]}') \g /dev/null
SELECT is((SELECT count(*) FROM todo_orm.erase_owner('ann')), 3::bigint, 'views of models are left out');
SELECT is(jsonb_array_length(todo_orm.export_owner('ann', '{open_task_again}') -> 'public.open_task_again'), 1, 'unless they are asked for');
-- a view of a table that is no model shows them for the only time
INSERT INTO plain VALUES (1, 'ann'), (2, 'bob');
CREATE VIEW shown AS SELECT * FROM plain;
SELECT todo_orm.register_model('shown', '{"key": ["id"]}') \g /dev/null
SELECT is(todo_orm.export_owner('ann') -> 'public.shown', '[{"id": 1, "user_id": "ann"}]', 'a view of a table that is no model is taken');
SELECT is((SELECT rows FROM todo_orm.erase_owner('ann', false) WHERE model = 'shown'::regclass), 1::bigint, 'and deleted from');
SELECT is((SELECT string_agg(user_id, ',') FROM plain), 'bob', 'the user''s rows');
DROP VIEW shown CASCADE;
-- partitions that are models too
CREATE TABLE event (LIKE todo_orm.owned INCLUDING ALL, PRIMARY KEY (user_id, id)) PARTITION BY LIST (user_id);
CREATE TABLE event_ann PARTITION OF event FOR VALUES IN ('ann');
SELECT todo_orm.register_model('event') \g /dev/null
SELECT todo_orm.register_model('event_ann', '{"name": "special", "plural": "specials"}') \g /dev/null
INSERT INTO event (user_id) VALUES ('ann'), ('ann');
SELECT is(pg_temp.counted($$todo_orm.erase_owner('ann', false)$$) ~ 'event 2' AND pg_temp.counted($$todo_orm.erase_owner('ann', false)$$) !~ 'event_ann', true, 'a partition''s rows count once');
DROP TABLE event CASCADE;
-- owners that are no users, or may be
CREATE TABLE document (id bigint GENERATED BY DEFAULT AS IDENTITY, workspace_id integer NOT NULL, title text, PRIMARY KEY (workspace_id, id));
SELECT todo_orm.register_model('document', '{"owner": "workspace_id"}') \g /dev/null
INSERT INTO document (workspace_id, title) VALUES (7, 'seven'), (8, 'eight');
SELECT is(pg_temp.error($$SELECT todo_orm.export_owner('7')$$), '55000 it is not known whether the owners of "document" are users', 'a model of which nothing says whose its rows are is not passed over');
SELECT is(todo_orm.export_owner('7', '{document}'), '{"public.document": [{"id": 1, "title": "seven", "workspace_id": 7}]}', 'a model that is named needs no setting');
SELECT pg_temp.refuses($$SELECT todo_orm.export_owner('ann', '{document}')$$, '22023', '[{"loc": ["user_id"], "msg": "invalid input syntax for type integer: \"ann\"", "type": "value", "input": "ann"}]', 'a user that is no value of the owner''s type');
SELECT todo_orm.register_model('document', '{"owner_setting": "app.workspace_id"}') \g /dev/null
SELECT ok(NOT todo_orm.export_owner('7') ? 'public.document', 'another setting: owners of another kind');
SELECT is(pg_temp.error($$SELECT set_config('app.workspace_id', '8', true), todo_orm.export_owner('7', '{document}')$$), '42501 permission denied for the rows of another owner', 'whose own setting counts');
SELECT set_config('app.workspace_id', '', true) \g /dev/null
SELECT todo_orm.register_model('document', '{"owner_setting": "todo_orm.user_id"}') \g /dev/null
SELECT is(todo_orm.export_owner('7') -> 'public.document', '[{"id": 1, "title": "seven", "workspace_id": 7}]', 'the setting of users: taken');
SELECT is(pg_temp.counted($$todo_orm.erase_owner('7', false, '{document}')$$), 'document 1', 'and erased');
DROP TABLE document CASCADE;
-- the owner is the whole key
CREATE TABLE preference (user_id text PRIMARY KEY, theme text);
SELECT todo_orm.register_model('preference') \g /dev/null
INSERT INTO preference VALUES ('ann', 'dark'), ('bob', 'light');
SELECT is(todo_orm.export_owner('ann', '{preference}'), '{"public.preference": [{"theme": "dark", "user_id": "ann"}]}', 'a row whose owner is its key');
SELECT is(pg_temp.counted($$todo_orm.erase_owner('ann', false, '{preference}')$$), 'preference 1', 'is erased');
-- a model that no longer fits its table
ALTER TABLE preference RENAME user_id TO login;
SELECT matches(pg_temp.error($$SELECT todo_orm.export_owner('ann')$$), '^55000 ', 'a model that no longer fits is not passed over');
SELECT is(pg_temp.error($$SELECT todo_orm.export_owner('ann', '{task}')$$), 'no error', 'but others can be asked for');
DROP TABLE preference CASCADE;

----------------------------------------------------------------------
-- what else runs
----------------------------------------------------------------------

-- rows that stay though they were deleted
CREATE TABLE memo (LIKE todo_orm.owned INCLUDING ALL, path text, PRIMARY KEY (user_id, id));
CREATE TABLE seen (who text, path text);
CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN INSERT INTO seen VALUES (current_user, current_setting(''search_path'')); RETURN CASE WHEN old.id = 1 THEN NULL ELSE old END; END';
CREATE TRIGGER keep BEFORE DELETE ON memo FOR EACH ROW EXECUTE FUNCTION keep();
SELECT todo_orm.register_model('memo') \g /dev/null
INSERT INTO memo (user_id) VALUES ('ann'), ('ann');
SELECT is(pg_temp.error($$SELECT * FROM todo_orm.erase_owner('ann', false)$$), '55000 1 rows of "memo" are still there', 'a row that a trigger keeps is not passed over');
SELECT is((SELECT count(*) FROM memo), 2::bigint, 'and nothing is done');
DELETE FROM memo WHERE id = 2;
UPDATE memo SET id = 2;
ALTER TABLE memo OWNER TO regress_other;
GRANT ALL ON seen TO regress_other;
SELECT todo_orm.register_model('memo') \g /dev/null
CREATE SCHEMA evil;
SET LOCAL search_path = evil, public, tap;
TRUNCATE seen;
SELECT is(pg_temp.counted($$todo_orm.erase_owner('ann', false, '{public.memo}')$$), 'memo 1', 'triggers run');
SELECT is((SELECT string_agg(concat_ws(' ', who, path), '; ') FROM seen), 'regress_other pg_catalog, public, pg_temp', 'as the table''s owner, with the model''s search_path');
SELECT is(current_user::text || ' ' || current_setting('search_path'), session_user::text || ' evil, public, tap', 'which end with the call');

SELECT * FROM finish();
ROLLBACK;
