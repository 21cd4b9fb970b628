-- A database in use, made by its owner, who is no superuser: the shipped
-- models, models of his own of every kind, and what users add to all of them.
-- For the tests of dump, upgrade and drop; roles regress_app and regress_reader
-- exist. Everything in it works with version 1.0.

CREATE EXTENSION IF NOT EXISTS todo_orm;
SELECT count(*) > 50 AS made FROM todo_orm.create_all('public');

-- ---- a model with all mixins, in another schema, under row level security

CREATE SCHEMA other;
CREATE DOMAIN other.weight AS numeric(6, 2) CHECK (VALUE > 0);
CREATE TYPE other.colour AS ENUM ('red', 'green');
CREATE TABLE other.note (
    LIKE todo_orm.owned INCLUDING ALL,
    LIKE todo_orm.timestamps INCLUDING ALL,
    LIKE todo_orm.soft_delete INCLUDING ALL,
    LIKE todo_orm.versioned INCLUDING ALL,
    body    text NOT NULL CHECK (body <> ''),
    pinned  boolean NOT NULL DEFAULT false,
    secret  text,
    weight  other.weight,
    colours other.colour[],
    words   integer GENERATED ALWAYS AS (length(body)) STORED,
    task_id bigint,
    PRIMARY KEY (user_id, id),
    FOREIGN KEY (user_id, task_id) REFERENCES public.task ON DELETE CASCADE
);
SELECT count(*) > 20 AS made FROM todo_orm.register_model('other.note', '{"scopes": {"loose": {"task_id": null}}, "hidden": ["secret"],
    "immutable": ["task_id"], "sort": "body desc nulls last", "extra": "ignore", "rls": true, "relationships": {"task": "about"}}');
SELECT count(*) AS added FROM todo_orm.add_function('other.note', 'pin_note', 'step', '', '{body}', '{"where": {"pinned": false}, "values": {"pinned": true}}');

-- ---- many to many

CREATE TABLE label (
    LIKE todo_orm.owned INCLUDING ALL,
    name text NOT NULL,
    PRIMARY KEY (user_id, id),
    UNIQUE (user_id, name)
);
CREATE TABLE task_label (
    user_id text COLLATE "C" NOT NULL, task_id bigint, label_id bigint,
    PRIMARY KEY (user_id, task_id, label_id),
    FOREIGN KEY (user_id, task_id) REFERENCES task ON DELETE CASCADE,
    FOREIGN KEY (user_id, label_id) REFERENCES label ON DELETE CASCADE
);
CREATE INDEX ON task_label (user_id, label_id);
SELECT count(*) > 10 AS made FROM todo_orm.register_model('label', '{"functions": ["core", "upsert", "link", "set", "batch_json"], "created_at": null}');
SELECT count(*) > 10 AS made FROM todo_orm.register_model('task_label', '{"created_at": null}');

-- ---- views: one of the owner's rows, one for the back office

CREATE VIEW urgent_task WITH (security_barrier) AS
    SELECT id, user_id, title, completed, created_at FROM task WHERE NOT completed AND deleted_at IS NULL;
SELECT count(*) > 10 AS made FROM todo_orm.register_model('urgent_task', '{"key": ["id"]}');
CREATE VIEW any_task AS SELECT id, user_id, title FROM task;
SELECT count(*) > 3 AS made FROM todo_orm.register_model('any_task', '{"owner": null, "key": ["id"], "functions": "read", "name": "any_task", "plural": "any_tasks"}');

-- ---- partitions; an adopted table, which stays as it is; functions of the row for the planner

CREATE TABLE event (
    user_id text COLLATE "C" NOT NULL, id uuid NOT NULL DEFAULT gen_random_uuid(), at timestamptz NOT NULL DEFAULT now(), what text,
    PRIMARY KEY (user_id, id)
) PARTITION BY HASH (user_id);
CREATE TABLE event_0 PARTITION OF event FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE event_1 PARTITION OF event FOR VALUES WITH (MODULUS 2, REMAINDER 1);
SELECT count(*) > 10 AS made FROM todo_orm.register_model('event', '{"created_at": "at"}');
CREATE TABLE plain (user_id text NOT NULL, id serial, said text, updated_at timestamptz, PRIMARY KEY (user_id, id));
SELECT count(*) > 10 AS made FROM todo_orm.adopt_model('plain');
SELECT todo_orm.inline_function_ddl('conversation', 'messages', 'messages_inline') \gexec

-- ---- what users add

ALTER TABLE task ADD COLUMN priority smallint DEFAULT 1;
ALTER TABLE task ADD CONSTRAINT task_priority_check CHECK (priority BETWEEN 1 AND 9);
COMMENT ON COLUMN task.priority IS 'one to nine';
COMMENT ON TABLE task IS 'what is to be done';
CREATE INDEX task_priority_idx ON task (user_id, priority);
CREATE POLICY reviewers ON task FOR SELECT TO regress_reader USING (priority > 5);
CREATE FUNCTION trim_title() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.title := btrim(NEW.title); RETURN NEW; END';
CREATE TRIGGER trim_title BEFORE INSERT OR UPDATE OF title ON task FOR EACH ROW EXECUTE FUNCTION trim_title();
SELECT count(*) > 0 AS made FROM todo_orm.register_model('task');
COMMENT ON FUNCTION get_task(text, bigint) IS 'our own words';
COMMENT ON FUNCTION other.delete_note IS 'gone for good';

GRANT USAGE ON SCHEMA other TO regress_app, regress_reader;
SELECT count(todo_orm.grant_access(m, 'regress_app')) AS granted
  FROM unnest('{task,conversation,message,label,task_label,other.note,event,plain,urgent_task}'::regclass[]) m;
GRANT EXECUTE ON FUNCTION get_task(text, bigint), get_any_task(bigint) TO regress_reader;
GRANT EXECUTE ON FUNCTION other.delete_note TO regress_reader WITH GRANT OPTION;
GRANT SELECT (id, title) ON task TO regress_reader;

-- ---- rows, written with the functions

SELECT id FROM create_task('ann', 'Buy milk', priority => 3);
SELECT id FROM create_tasks('bob', '[{"title": "one", "completed": true}, {"title": " two ", "description": "zwei \\ \"Dinge\""}]');
SELECT id FROM update_task('bob', 2, '{"description": "changed"}');
SELECT soft_delete_task('bob', 3);
SELECT id FROM append_message('ann', NULL, 'user', 'Add milk', client_key => 'key 1');
SELECT id FROM append_messages('ann', 1, '[{"role": "assistant", "content": "", "data": {"tool_calls": [1, {"a": null}]}},
    {"role": "tool", "content": "done"}]');
SELECT id FROM append_message('bob', NULL, 'user', E'h\u00e9llo\n');
SELECT id FROM begin_message('bob', 2, 'assistant');
SELECT continue_message('bob', 5, 'so f');
SELECT id FROM other.create_note('ann', 'first', task_id => 1, secret => 'hush', weight => 1.50, colours => '{red,green}');
SELECT id FROM other.create_note('bob', 'second');
SELECT version FROM other.update_note('bob', 2, '{"body": "second, changed"}');
SELECT other.soft_delete_note('bob', 2);
SELECT version FROM other.pin_note('ann', 1, 'first, pinned');
SELECT id FROM create_label('ann', 'shop');
SELECT id FROM create_label('ann', 'home');
SELECT link_task_labels('ann', 1, '{1,2}');
-- the last ids were given to rows that are gone, or to nobody
SELECT id FROM create_label('ann', 'gone');
SELECT delete_label('ann', 3);
ALTER TABLE conversation ALTER COLUMN id RESTART WITH 1000;
SELECT user_id FROM create_events('ann', '[{"what": "x"}, {"what": "y"}]');
SELECT user_id FROM create_event('bob', what => 'z');
SELECT id FROM create_plain('ann', said => 'plain');
