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
SELECT bag_eq($$SELECT conname || ' ' || confdeltype::text FROM pg_constraint WHERE contype = 'f' AND connamespace = 'old'::regnamespace$$,
    ARRAY['message_conversation_fkey c', 'task_conversation_fkey n'], 'with one foreign key each, as create_all makes them');
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

---------------------------------------------------------------- what mends a finding makes no other one, and nothing that is superfluous
-- Tables of several shapes, each registered, mended once, and looked at again.
CREATE SCHEMA shapes;
SET LOCAL search_path = shapes, public, tap;
CREATE TABLE users (id text PRIMARY KEY);
CREATE TABLE country (code text PRIMARY KEY, name text);
CREATE TABLE plain (id bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, user_id text NOT NULL REFERENCES users, name text);
CREATE TABLE twice (id int PRIMARY KEY, user_id text NOT NULL, plain_id bigint REFERENCES plain ON DELETE SET NULL, other_id bigint NOT NULL REFERENCES plain ON DELETE CASCADE ON UPDATE CASCADE);
CREATE TABLE tree (id int PRIMARY KEY, user_id text NOT NULL REFERENCES users, parent_id int REFERENCES tree DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE one_to_one (id int PRIMARY KEY, user_id text NOT NULL, plain_id bigint UNIQUE REFERENCES plain, country text UNIQUE REFERENCES country);
CREATE TABLE by_email (id int PRIMARY KEY, user_id text NOT NULL, email text UNIQUE, seen timestamp, deleted_at timestamptz);
CREATE TABLE to_email (id int PRIMARY KEY, user_id text NOT NULL, email text REFERENCES by_email (email));
CREATE TABLE pair (x int, y int, user_id text NOT NULL, PRIMARY KEY (x, y));
CREATE TABLE to_pair (id int PRIMARY KEY, user_id text NOT NULL, x int, y int, FOREIGN KEY (x, y) REFERENCES pair ON DELETE SET DEFAULT (y),
    x2 int, y2 int, FOREIGN KEY (x2, y2) REFERENCES pair MATCH FULL);
CREATE TABLE ownerless (id int PRIMARY KEY, plain_id bigint REFERENCES plain, plain2_id bigint REFERENCES plain);
CREATE TABLE may_be_nobodys (id int PRIMARY KEY, user_id text, plain_id bigint REFERENCES plain);
CREATE TABLE owned (LIKE todo_orm.owned INCLUDING ALL, LIKE todo_orm.soft_delete INCLUDING ALL, plain_id bigint REFERENCES plain, PRIMARY KEY (user_id, id));
CREATE TABLE "Many (Kinds)" (id int PRIMARY KEY, "user_id" text NOT NULL, "plain (id)" bigint REFERENCES plain, FOREIGN KEY (user_id) REFERENCES users);
CREATE TABLE "a_table_whose_name_is_as_long_as_a_name_can_be_which_is_63_bytes" (id int PRIMARY KEY, user_id text NOT NULL, tree_id int REFERENCES tree);
CREATE TABLE post (LIKE todo_orm.owned INCLUDING ALL, PRIMARY KEY (user_id, id));
CREATE TABLE tag (LIKE todo_orm.owned INCLUDING ALL, PRIMARY KEY (user_id, id));
CREATE TABLE post_tag (user_id text COLLATE "C", post_id bigint, tag_id bigint, PRIMARY KEY (user_id, post_id, tag_id),
    FOREIGN KEY (user_id, post_id) REFERENCES post ON DELETE CASCADE, FOREIGN KEY (user_id, tag_id) REFERENCES tag ON DELETE CASCADE);
SELECT count(*) FROM pg_class c, todo_orm.register_model(c.oid, '{"owner": null}')
 WHERE relnamespace = 'shapes'::regnamespace AND relkind = 'r' AND relname IN ('users', 'country');
CREATE TEMP TABLE shape AS SELECT oid::regclass AS model FROM pg_class
 WHERE relnamespace = 'shapes'::regnamespace AND relkind = 'r' AND relname NOT IN ('users', 'country', 'ownerless', 'post_tag');
SELECT count(*) FROM shape, todo_orm.register_model(model, CASE WHEN model = 'by_email'::regclass THEN '{"rls": false, "created_at": null}' ELSE '{}' END::jsonb);

SELECT bag_eq($$SELECT finding FROM todo_orm.check_model('tag') WHERE finding ~ 'link'$$,
    ARRAY['link table shapes.post_tag has no index for foreign key "post_tag_user_id_tag_id_fkey": relationships through it, and deleting a row, read all of it'],
    'the index of a link table that is no model is missed where it is needed');
SELECT is_empty($$SELECT finding FROM todo_orm.check_model('post') WHERE finding ~ 'link'$$, 'and nowhere else');
SELECT is_empty($$SELECT finding FROM todo_orm.check_model('plain') WHERE finding ~ 'foreign key'$$, 'the owner''s index is one for a foreign key of the owner');
SELECT is((SELECT ddl FROM todo_orm.check_model('twice') WHERE finding ~ 'twice_plain_id_fkey.*owner'),
    'CREATE UNIQUE INDEX IF NOT EXISTS plain_user_id_id_key ON shapes.plain (user_id, id); '
    'ALTER TABLE shapes.twice ADD FOREIGN KEY (user_id, plain_id) REFERENCES shapes.plain (user_id, id) ON DELETE SET NULL (plain_id), DROP CONSTRAINT twice_plain_id_fkey; '
    'SELECT todo_orm.register_model(''shapes.twice'');', 'one foreign key takes the place of the other');
SELECT ok((SELECT finding ~ 'default order is newest first' FROM todo_orm.check_model('twice') WHERE finding ~ 'created_at'), 'the order changes with created_at');
SELECT count(*) FROM todo_orm.register_model('post', '{"sort": "id"}');
SELECT is((SELECT finding FROM todo_orm.check_model('post') WHERE finding ~ 'created_at'), 'column "created_at" of mixin todo_orm.timestamps is missing', 'not where it is given');

CREATE TEMP TABLE key_before AS SELECT conrelid, conname, pg_get_constraintdef(oid) AS def FROM pg_constraint WHERE contype = 'f' AND connamespace = 'shapes'::regnamespace;
-- without a foreign key to it, a unique key of by_email is a finding: that one first
SELECT pg_temp.mend('{to_email}');
SELECT pg_temp.mend(array_agg(model ORDER BY model::text)) FROM shape;
SELECT is(string_agg(c.finding, '; '), NULL, model || ' is mended in one go')
  FROM shape LEFT JOIN LATERAL todo_orm.check_model(model) c ON true GROUP BY model ORDER BY model::text;
SELECT is_empty($$
    SELECT a.indexrelid::regclass, b.indexrelid::regclass FROM shape
      JOIN pg_index a ON a.indrelid = model JOIN pg_index b ON b.indrelid = model AND b.indexrelid <> a.indexrelid
     WHERE NOT a.indisunique AND a.indpred IS NULL
       AND (todo_orm.index_columns(b.indexrelid))[1:a.indnkeyatts] @> todo_orm.index_columns(a.indexrelid)$$, 'no index is the beginning of another');
SELECT is_empty($$
    SELECT a.indrelid::regclass, todo_orm.index_columns(a.indexrelid) FROM shape JOIN pg_index a ON a.indrelid = model
     GROUP BY 1, 2, a.indpred::text HAVING count(*) > 1$$, 'nor made twice');
SELECT bag_eq($$SELECT conrelid::regclass || ': ' || pg_get_constraintdef(oid) FROM pg_constraint c
    WHERE contype = 'f' AND connamespace = 'shapes'::regnamespace AND (conrelid, conname) NOT IN (SELECT conrelid, conname FROM key_before)$$,
    ARRAY['twice: FOREIGN KEY (user_id, plain_id) REFERENCES plain(user_id, id) ON DELETE SET NULL (plain_id)',
          'twice: FOREIGN KEY (user_id, other_id) REFERENCES plain(user_id, id) ON UPDATE CASCADE ON DELETE CASCADE',
          'tree: FOREIGN KEY (user_id, parent_id) REFERENCES tree(user_id, id) DEFERRABLE INITIALLY DEFERRED',
          'one_to_one: FOREIGN KEY (user_id, plain_id) REFERENCES plain(user_id, id)',
          'to_email: FOREIGN KEY (user_id, email) REFERENCES by_email(user_id, email)',
          'to_pair: FOREIGN KEY (user_id, x, y) REFERENCES pair(user_id, x, y) ON DELETE SET DEFAULT (y)',
          'to_pair: FOREIGN KEY (user_id, x2, y2) REFERENCES pair(user_id, x, y)',
          'may_be_nobodys: FOREIGN KEY (user_id, plain_id) REFERENCES plain(user_id, id)',
          'owned: FOREIGN KEY (user_id, plain_id) REFERENCES plain(user_id, id)',
          '"Many (Kinds)": FOREIGN KEY (user_id, "plain (id)") REFERENCES plain(user_id, id)',
          'a_table_whose_name_is_as_long_as_a_name_can_be_which_is_63_byte: FOREIGN KEY (user_id, tree_id) REFERENCES tree(user_id, id)'],
    'the new foreign keys do what the old ones did');
SELECT bag_eq($$SELECT k.conrelid::regclass || ': ' || def FROM key_before k LEFT JOIN pg_constraint c USING (conrelid, conname)
    WHERE c.oid IS NOT NULL AND k.def !~ 'user_id' AND conrelid::regclass::text NOT IN ('one_to_one', 'ownerless')$$,
    ARRAY['to_pair: FOREIGN KEY (x2, y2) REFERENCES pair(x, y) MATCH FULL', 'may_be_nobodys: FOREIGN KEY (plain_id) REFERENCES plain(id)'],
    'an old one stays where it says more');

-- both foreign keys, as older versions of check_model left them
INSERT INTO users VALUES ('ann');
ALTER TABLE owned ADD CONSTRAINT old_fkey FOREIGN KEY (plain_id) REFERENCES plain;
SELECT matches(pg_temp.said($$SELECT create_owned('ann', plain_id => 99)$$),
    '^23503\n[^\n]*plain_id: referenced row does not exist\n\[\{[^{}]*\}\]$', 'a dead reference is told once');
SELECT matches(pg_temp.said($$SELECT create_owneds('ann', '[{"plain_id": 98}, {}, {"plain_id": 99}]')$$),
    '^23503\n[^\n]* 2 errors, [^\n]*\n\[\{"loc": \[0, [^{}]*\}, \{"loc": \[2, [^{}]*\}\]$', 'once for each row');
SELECT bag_eq($$SELECT finding FROM todo_orm.check_model('owned')$$, ARRAY['foreign key "old_fkey" says what one that holds the owner says, too'], 'and the old foreign key is found');
SELECT pg_temp.mend('{owned}');
SELECT is_empty($$SELECT * FROM todo_orm.check_model('owned')$$, 'it went');

-- a column that no payload may set, and that must have a value
CREATE TABLE stamped (LIKE todo_orm.owned INCLUDING ALL, LIKE todo_orm.timestamps INCLUDING ALL, a text NOT NULL, b text NOT NULL, c text NOT NULL DEFAULT 'c', d text,
    PRIMARY KEY (user_id, id));
SELECT count(*) FROM todo_orm.register_model('stamped', '{"readonly": ["a", "b", "c", "d", "!id"], "rls": false}') \g /dev/null
SELECT bag_eq($$SELECT finding FROM todo_orm.check_model('stamped')$$,
    ARRAY['column "a" is readonly, and nothing gives it a value: no row can be created', 'column "b" is readonly, and nothing gives it a value: no row can be created'],
    'readonly, and must be given');
SELECT bag_eq($$SELECT ddl FROM todo_orm.check_model('stamped')$$,
    ARRAY[$$SELECT todo_orm.register_model('shapes.stamped', '{"readonly": ["b", "c", "d", "!id"]}');$$, $$SELECT todo_orm.register_model('shapes.stamped', '{"readonly": ["a", "c", "d", "!id"]}');$$],
    'each can be set again');
CREATE FUNCTION stamp() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN NEW.a := 'a'; NEW.b := 'b'; RETURN NEW; END$$;
CREATE TRIGGER stamp BEFORE INSERT ON stamped FOR EACH ROW EXECUTE FUNCTION stamp();
SELECT is_empty($$SELECT finding FROM todo_orm.check_model('stamped')$$, 'a trigger may give the value');
SELECT is((SELECT a || b || c FROM create_stamped('ann', 5)), 'abc', 'as it does');
DROP TRIGGER stamp ON stamped;
SELECT count(*) FROM todo_orm.register_model('stamped', '{"functions": ["read", "update"]}') \g /dev/null
SELECT is_empty($$SELECT finding FROM todo_orm.check_model('stamped')$$, 'where nothing is created, nothing is amiss');

SELECT * FROM finish();
ROLLBACK;
