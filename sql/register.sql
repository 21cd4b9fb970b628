-- Models of one's own: what registering answers, makes and refuses.
\set SHOW_CONTEXT never
CREATE SCHEMA register;
SET search_path = register;
SET intervalstyle = postgres;  -- in which defaults are shown

CREATE TABLE project (
    LIKE todo_orm.owned INCLUDING ALL,
    LIKE todo_orm.timestamps INCLUDING ALL,
    name text NOT NULL CHECK (name <> ''),
    PRIMARY KEY (user_id, id)
);
CREATE TABLE note (
    LIKE todo_orm.owned INCLUDING ALL,
    LIKE todo_orm.timestamps INCLUDING ALL,
    LIKE todo_orm.soft_delete INCLUDING ALL,
    LIKE todo_orm.versioned INCLUDING ALL,
    title      text NOT NULL,
    body       text DEFAULT 'nothing yet',
    pinned     boolean NOT NULL DEFAULT false,
    project_id bigint,
    PRIMARY KEY (user_id, id),
    FOREIGN KEY (user_id, project_id) REFERENCES project (user_id, id) ON DELETE CASCADE
);

SELECT * FROM todo_orm.register_model('note', '{"scopes": {"pinned": {"pinned": true}}, "sort": "title"}');
SELECT * FROM todo_orm.register_model('project');      -- brings the relationship functions of note along
SELECT * FROM todo_orm.register_model('project');      -- nothing to do
SELECT relationship, model, target, kind FROM todo_orm.relationships ORDER BY relationship;
SELECT operation, signature, returns FROM todo_orm.functions WHERE model = 'note'::regclass ORDER BY signature COLLATE "C";

SELECT id, title, body, pinned, project_id, version FROM create_note('ann', 'b', NULL, true);
SELECT id, title, body, pinned, project_id, version FROM create_notes('ann', '[{"title": "c", "body": null}, {"title": "a"}]');
SELECT id, title FROM list_notes('ann');
SELECT id, title FROM list_notes('ann', 'pinned');
SELECT id, body, version FROM update_note('ann', 1, '{"body": "x"}', if_version => 1);

-- options given before stay unless they are given again
SELECT * FROM todo_orm.register_model('note', '{"sort": "-title"}');
SELECT id, title FROM list_notes('ann');
SELECT id, title FROM list_notes('ann', 'pinned');
SELECT options FROM todo_orm.models WHERE name = 'note';

-- after ALTER: the changed signature alone is made again
ALTER TABLE project ADD COLUMN colour text;
SELECT * FROM todo_orm.register_model('project');
SELECT name, colour FROM create_project('ann', 'Garden', 'green');

-- plurals
CREATE TABLE categories (LIKE todo_orm.owned INCLUDING ALL, PRIMARY KEY (user_id, id));
CREATE TABLE person (LIKE todo_orm.owned INCLUDING ALL, PRIMARY KEY (user_id, id));
CREATE TABLE address (LIKE todo_orm.owned INCLUDING ALL, PRIMARY KEY (user_id, id));
SELECT count(*) FROM (VALUES ('categories'::regclass), ('person'), ('address')) v(t), todo_orm.register_model(t);
SELECT model, name, plural FROM todo_orm.models ORDER BY name;

-- refused
SELECT todo_orm.register_model('note', '{"sorted": "title"}');
\echo :LAST_ERROR_SQLSTATE
SELECT todo_orm.register_model('note', '{"sort": 5}');
\echo :LAST_ERROR_SQLSTATE
SELECT todo_orm.register_model('note', '{"extra": "maybe"}');
\echo :LAST_ERROR_SQLSTATE
SELECT todo_orm.register_model('note', '{"scopes": {"all": {"pinned": true}}}');
\echo :LAST_ERROR_SQLSTATE
SELECT todo_orm.register_model('note', '{"idempotency": "title"}');
\echo :LAST_ERROR_SQLSTATE
SELECT todo_orm.register_model('note', '[]');
\echo :LAST_ERROR_SQLSTATE
CREATE TABLE country (code text PRIMARY KEY);
SELECT todo_orm.register_model('country');
\echo :LAST_ERROR_SQLSTATE
CREATE TABLE keyless (user_id text);
SELECT todo_orm.register_model('keyless');
\echo :LAST_ERROR_SQLSTATE
CREATE TABLE news (LIKE todo_orm.owned INCLUDING ALL, PRIMARY KEY (user_id, id));
SELECT todo_orm.register_model('news');
\echo :LAST_ERROR_SQLSTATE
SELECT count(*) FROM todo_orm.register_model('news', '{"name": "news_item"}');

-- a column of a signature is gone: the call that mends it is in the hint
ALTER TABLE project DROP COLUMN colour;
SELECT create_project('ann', 'Kitchen', 'white');
\echo :LAST_ERROR_SQLSTATE
SELECT name FROM list_projects('ann');
SELECT * FROM todo_orm.register_model('project');
SELECT name FROM create_project('ann', 'Kitchen');

-- unregistering leaves table and rows
SELECT todo_orm.unregister_model('note');
SELECT model FROM todo_orm.models ORDER BY name;
SELECT count(*) FROM note;
\set VERBOSITY terse
SELECT * FROM list_notes('ann');
\echo :LAST_ERROR_SQLSTATE

SET client_min_messages = warning;
DROP SCHEMA register CASCADE;
SELECT count(*) FROM todo_orm.models;
