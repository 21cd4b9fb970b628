-- create_all: tables, keys, indexes, comments; again, elsewhere, adoption, refusal (SPEC 3, 4)
BEGIN;
SELECT * FROM no_plan();

CREATE TEMP TABLE signatures AS SELECT s FROM todo_orm.create_all() s;

----------------------------------------------------------------------
-- the tables
----------------------------------------------------------------------

-- The columns of a table, as DDL writes them.
CREATE FUNCTION pg_temp.columns(relation regclass) RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(concat_ws(' ', a.attname, format_type(a.atttypid, a.atttypmod),
                                CASE WHEN a.attcollation <> t.typcollation THEN 'COLLATE ' || c.collname END,
                                CASE WHEN a.attnotnull THEN 'NOT NULL' END,
                                CASE a.attidentity WHEN 'd' THEN 'IDENTITY' END,
                                'DEFAULT ' || pg_get_expr(d.adbin, d.adrelid)), E'\n' ORDER BY a.attnum)
      FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
      LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
      LEFT JOIN pg_collation c ON c.oid = a.attcollation
     WHERE a.attrelid = relation AND a.attnum > 0 AND NOT a.attisdropped
$$;
SELECT is(pg_temp.columns('conversation'),
'id bigint NOT NULL IDENTITY
user_id text COLLATE C NOT NULL
title text
created_at timestamp with time zone NOT NULL DEFAULT now()
updated_at timestamp with time zone
deleted_at timestamp with time zone', 'columns of conversation');
SELECT is(pg_temp.columns('message'),
'id bigint NOT NULL IDENTITY
user_id text COLLATE C NOT NULL
conversation_id bigint NOT NULL
role text NOT NULL
content text NOT NULL
data jsonb
client_key text
status text NOT NULL DEFAULT ''complete''::text
created_at timestamp with time zone NOT NULL DEFAULT now()', 'columns of message');
SELECT is(pg_temp.columns('task'),
'id bigint NOT NULL IDENTITY
user_id text COLLATE C NOT NULL
title text NOT NULL
description text
completed boolean NOT NULL DEFAULT false
conversation_id bigint
created_at timestamp with time zone NOT NULL DEFAULT now()
updated_at timestamp with time zone
deleted_at timestamp with time zone', 'columns of task');

SELECT col_is_pk(t, ARRAY['user_id', 'id'], 'primary key of ' || t) FROM unnest('{conversation,message,task}'::name[]) t;
SELECT is((SELECT array_agg(indexrelid::regclass::text) FROM pg_index WHERE indrelid IN ('task'::regclass, 'message'::regclass, 'conversation'::regclass)
              AND indisunique AND NOT (SELECT attnum FROM pg_attribute WHERE attrelid = indrelid AND attname = 'user_id') = ANY (indkey)),
          NULL, 'every unique key contains the owner');
SELECT results_eq($$ SELECT conrelid::regclass::text, pg_get_constraintdef(oid) FROM pg_constraint
                      WHERE contype = 'f' AND conrelid IN ('task'::regclass, 'message'::regclass, 'conversation'::regclass) ORDER BY 1 $$,
                  $$ VALUES ('message', 'FOREIGN KEY (user_id, conversation_id) REFERENCES conversation(user_id, id) ON DELETE CASCADE'),
                            ('task', 'FOREIGN KEY (user_id, conversation_id) REFERENCES conversation(user_id, id) ON DELETE SET NULL (conversation_id)') $$,
                  'foreign keys contain the owner');
SELECT is((SELECT count(*) FROM pg_index i JOIN pg_attribute a ON a.attrelid = indrelid AND a.attnum = ANY (indkey)
            WHERE indrelid IN ('task'::regclass, 'message'::regclass, 'conversation'::regclass) AND attname = 'updated_at'), 0::bigint,
          'no index holds updated_at');
SELECT is((SELECT count(*) FROM pg_index i WHERE indrelid IN ('task'::regclass, 'message'::regclass, 'conversation'::regclass)
              AND indkey[0] <> (SELECT attnum FROM pg_attribute WHERE attrelid = indrelid AND attname = 'user_id')), 0::bigint,
          'every index begins with the owner');
SELECT throws_ok($$ INSERT INTO conversation (user_id) VALUES ('') $$, '23514', NULL, 'conversation: empty owner');
SELECT throws_ok($$ INSERT INTO task (user_id, title) VALUES ('', 'x') $$, '23514', NULL, 'task: empty owner');
SELECT throws_ok($$ INSERT INTO task (user_id, title) VALUES (NULL, 'x') $$, '23502', NULL, 'task: owner null');
INSERT INTO conversation (id, user_id) VALUES (100, 'ann');
SELECT throws_ok($$ INSERT INTO message (user_id, conversation_id, role, content) VALUES ('bob', 100, 'user', 'x') $$, '23503', NULL,
                 'the storage refuses a message in somebody else''s conversation');
SELECT throws_ok($$ INSERT INTO message (user_id, conversation_id, role, content) VALUES ('', 100, 'user', 'x') $$, '23514', NULL, 'message: empty owner');
SELECT lives_ok($$ INSERT INTO message (user_id, conversation_id, role, content) VALUES ('ann', 100, 'user', 'x') $$, 'in one''s own it will do');
SELECT ok((SELECT bool_and(obj_description(t, 'pg_class') <> '') FROM unnest('{conversation,message,task}'::regclass[]) t), 'the tables have comments');
SELECT ok((SELECT bool_and(relrowsecurity AND NOT relforcerowsecurity) FROM pg_class WHERE oid IN ('task'::regclass, 'message'::regclass, 'conversation'::regclass)),
          'row level security is on, for others than the owner');

----------------------------------------------------------------------
-- the functions
----------------------------------------------------------------------

SELECT set_eq($$ SELECT proname::text || CASE WHEN proargnames[1] = 'user_id' THEN '' ELSE '(' || (proargtypes[0]::regtype) || ')' END
                   FROM pg_proc p JOIN pg_language l ON l.oid = prolang WHERE lanname = 'todo_orm' $$,
    $$ SELECT unnest('{create_conversation,create_conversations,get_conversation,find_conversations,list_conversations,page_conversations,count_conversations,
                       first_conversation,one_conversation,aggregate_conversations,upsert_conversation,update_conversations,patch_conversations,delete_conversations,soft_delete_conversations,
                       update_conversation,delete_conversation,soft_delete_conversation,restore_conversation,purge_conversations,get_conversation_with_messages,
                       create_message,create_messages,get_message,find_messages,list_messages,page_messages,count_messages,update_message,delete_message,
                       first_message,one_message,aggregate_messages,upsert_message,update_messages,patch_messages,delete_messages,append_message,append_messages,
                       begin_message,continue_message,finish_message,abort_message,abort_stale_messages,chat_context,
                       validate_conversation,validate_message,validate_task,load_conversation,load_conversations,load_message,load_messages,load_task,load_tasks,messages_of_conversations,tasks_of_conversations,
                       create_task,create_tasks,get_task,find_tasks,list_tasks,page_tasks,count_tasks,update_task,delete_task,soft_delete_task,restore_task,purge_tasks,
                       first_task,one_task,aggregate_tasks,upsert_task,update_tasks,patch_tasks,delete_tasks,soft_delete_tasks,
                       conversation(message),conversation(task),messages(conversation),tasks(conversation)}'::text[]) $$,
    'every function of the three models, no other');
SELECT is((SELECT count(*) FROM signatures), (SELECT count(*) FROM todo_orm.functions), 'create_all answers the signatures that it made');
SELECT is((SELECT count(DISTINCT s) FROM signatures), (SELECT count(*) FROM signatures), 'each once');
SELECT ok((SELECT bool_and(prosecdef AND proacl IS NOT NULL AND NOT has_function_privilege('public', p.oid, 'EXECUTE')
                           AND obj_description(p.oid, 'pg_proc') <> '')
             FROM pg_proc p JOIN pg_language l ON l.oid = prolang WHERE lanname = 'todo_orm'),
          'every one is SECURITY DEFINER, not PUBLIC''s, and has a comment');
SELECT is((SELECT prorows FROM pg_proc WHERE oid = f::regprocedure), n::real, 'ROWS of ' || f)
  FROM (VALUES ('get_task(text,bigint)', 1), ('list_tasks(text,text,jsonb,text,integer,integer,text)', 50), ('first_task(text,jsonb,text,text)', 1), ('conversation(task)', 1)) AS v(f, n);
SELECT is((SELECT array_agg(proname ORDER BY proname COLLATE "C") FROM pg_proc p JOIN pg_language l ON l.oid = prolang
            WHERE lanname = 'todo_orm' AND provolatile = 'v' AND proname ~ '^(get|find|list|page|count|first|one|aggregate|conversation|messages|tasks|chat_context)'), NULL,
          'what reads is not volatile');
SELECT ok((SELECT bool_and(provolatile = 'v' AND proparallel = 'u') FROM pg_proc p JOIN pg_language l ON l.oid = prolang
            WHERE lanname = 'todo_orm' AND proname ~ '^(create|append|begin|continue|finish|abort|upsert|update|patch|delete|soft_delete|restore|purge)'), 'what writes is, and runs in no parallel worker');

----------------------------------------------------------------------
-- again
----------------------------------------------------------------------

CREATE FUNCTION pg_temp.state() RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(x, ';' ORDER BY x) FROM (
        SELECT concat(oid, relname, relacl, relrowsecurity, xmin) FROM pg_class WHERE relnamespace = 'public'::regnamespace
        UNION ALL SELECT concat(oid, proname, proacl, xmin, cmin) FROM pg_proc WHERE pronamespace = 'public'::regnamespace
        UNION ALL SELECT concat(oid, tgname) FROM pg_trigger UNION ALL SELECT concat(oid, polname) FROM pg_policy) s(x)
$$;
SELECT pg_temp.state() AS state \gset
SELECT is_empty($$ SELECT * FROM todo_orm.create_all() $$, 'called again it makes nothing');
SELECT is_empty($$ SELECT * FROM todo_orm.create_all('public') $$, 'nor with the schema named');
SELECT is(pg_temp.state(), :'state', 'and changes nothing');
ALTER TABLE task ADD COLUMN priority int;
SELECT is_empty($$ SELECT * FROM todo_orm.create_all() $$, 'a column of one''s own is none of its business');
SELECT has_column('task'::name, 'priority'::name);

----------------------------------------------------------------------
-- another schema, whose name needs quoting
----------------------------------------------------------------------

CREATE SCHEMA "My ""Schema""; DROP";
SELECT is((SELECT count(*) FROM todo_orm.create_all('"My ""Schema""; DROP"')), (SELECT count(*) FROM signatures), 'in a schema with a quoted name');
SELECT is((SELECT title FROM "My ""Schema""; DROP".create_task('ann', 'here')), 'here', 'its functions work on its tables');
SELECT is((SELECT count(*) FROM list_tasks('ann')), 0::bigint, 'not on those of another schema');
SELECT is((SELECT conversation_id FROM "My ""Schema""; DROP".append_message('ann', NULL, 'user', 'x')), 1::bigint, 'the chat too');
SELECT is_empty($$ SELECT * FROM todo_orm.create_all('"My ""Schema""; DROP"') $$, 'again: nothing');
SELECT throws_ok($$ SELECT * FROM todo_orm.create_all('nowhere') $$, '3F000', NULL, 'a schema that is not there');
SELECT throws_ok($$ SELECT * FROM todo_orm.create_all(NULL) $$, '3F000', NULL, 'no schema');
CREATE SCHEMA elsewhere;
SET LOCAL search_path = elsewhere, tap;
SELECT is((SELECT count(*) FROM todo_orm.create_all()), (SELECT count(*) FROM signatures), 'the current schema is the default');
SELECT has_table('elsewhere'::name, 'task'::name);
SELECT is(current_setting('search_path'), 'elsewhere, tap', 'the caller''s search_path is as it was');
-- a temporary table is nobody's model
CREATE SCHEMA third;
SET LOCAL search_path = third, tap;
CREATE TEMP TABLE task (nonsense int);
SELECT lives_ok($$ SELECT * FROM todo_orm.create_all('third') $$, 'a temporary table of the same name is not in the way');
SELECT is((SELECT title FROM third.create_task('ann', 'x')), 'x', 'nor afterwards');
DROP TABLE pg_temp.task;

----------------------------------------------------------------------
-- adoption: the tables that SQLModel makes
----------------------------------------------------------------------

CREATE SCHEMA sqlmodel;
SET LOCAL search_path = sqlmodel, tap;
CREATE TABLE conversation (
    id serial NOT NULL, user_id varchar NOT NULL,
    created_at timestamp NOT NULL, updated_at timestamp NOT NULL,
    PRIMARY KEY (id)
);
CREATE INDEX ix_conversation_user_id ON conversation (user_id);
CREATE TABLE message (
    id serial NOT NULL, user_id varchar NOT NULL,
    conversation_id integer NOT NULL REFERENCES conversation (id),
    role varchar(20) NOT NULL, content varchar NOT NULL, created_at timestamp NOT NULL,
    PRIMARY KEY (id)
);
CREATE TABLE task (
    id serial NOT NULL, user_id varchar NOT NULL, title varchar(200) NOT NULL,
    description varchar, completed boolean NOT NULL,
    created_at timestamp NOT NULL, updated_at timestamp NOT NULL,
    PRIMARY KEY (id)
);
INSERT INTO task (user_id, title, completed, created_at, updated_at) VALUES ('ann', 'old', false, '2024-01-01', '2024-01-01');
INSERT INTO conversation (user_id, created_at, updated_at) VALUES ('ann', '2024-01-01', '2024-01-01'), ('bob', '2024-01-01', '2024-01-01');
INSERT INTO message (user_id, conversation_id, role, content, created_at) VALUES ('ann', 1, 'user', 'old', '2024-01-01');

-- All that there is to a table.
CREATE FUNCTION pg_temp.shape() RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(x, E'\n' ORDER BY x) FROM (
        SELECT concat(relname, relkind, relrowsecurity, relforcerowsecurity, relacl, reloptions) FROM pg_class WHERE relnamespace = 'sqlmodel'::regnamespace AND relkind <> 'c'
        UNION ALL SELECT relname || ': ' || pg_temp.columns(oid) FROM pg_class WHERE relnamespace = 'sqlmodel'::regnamespace AND relkind = 'r'
        UNION ALL SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE connamespace = 'sqlmodel'::regnamespace
        UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'sqlmodel'
        UNION ALL SELECT pg_get_triggerdef(g.oid) FROM pg_trigger g JOIN pg_class c ON c.oid = tgrelid WHERE relnamespace = 'sqlmodel'::regnamespace AND NOT tgisinternal
        UNION ALL SELECT polname FROM pg_policy JOIN pg_class c ON c.oid = polrelid WHERE relnamespace = 'sqlmodel'::regnamespace
        UNION ALL SELECT description FROM pg_description JOIN pg_class c ON c.oid = objoid WHERE relnamespace = 'sqlmodel'::regnamespace) s(x)
$$;
SELECT pg_temp.shape() AS shape \gset
SELECT ok((SELECT count(*) FROM todo_orm.create_all()) > 20, 'SQLModel''s tables are adopted');
SELECT is(pg_temp.shape(), :'shape', 'nothing in them is changed');
SELECT is_empty($$ SELECT * FROM todo_orm.create_all() $$, 'again: nothing');
SELECT is(pg_temp.shape(), :'shape', 'still nothing is changed');
SELECT is((SELECT title FROM get_task('ann', 1)), 'old', 'adopted: get');
SELECT is((SELECT title FROM create_task('ann', 'new', completed => true)), 'new', 'adopted: create, times without a default are set by the engine');
SELECT isnt((SELECT created_at FROM get_task('ann', 2)), NULL, 'adopted: created_at');
SELECT is((SELECT count(*) FROM create_tasks('ann', '[{"title": "a", "completed": false}, {"title": "b", "completed": true}]')), 2::bigint, 'adopted: create many');
SELECT is((SELECT array_agg(title ORDER BY id) FROM list_tasks('ann', 'completed')), '{new,b}', 'adopted: scopes');
SELECT ok((SELECT updated_at > '2024-01-01' FROM update_task('ann', 1, '{"completed": true}')), 'adopted: update moves updated_at');
SELECT is(page_tasks('ann', with_total => true) ->> 'total', '4', 'adopted: page');
SELECT is(count_tasks('ann'), 4::bigint, 'adopted: count');
SELECT is((SELECT array_agg(title) FROM find_tasks('ann', '{2,1}')), '{new,old}', 'adopted: find');
SELECT is(delete_task('ann', 2), true, 'adopted: delete');
SELECT is_empty($$ SELECT * FROM get_task('bob', 1) $$, 'adopted: foreign rows are not there');
SELECT throws_ok($$ SELECT create_task('ann', repeat('x', 201), completed => true) $$, '22023', NULL, 'adopted: a title that is too long');
SELECT hasnt_function('sqlmodel'::name, 'soft_delete_task'::name, 'adopted: no soft delete without deleted_at');
SELECT is((SELECT count(*) FROM list_messages('ann')), 1::bigint, 'adopted: messages');
SELECT is((SELECT count(*) FROM list_conversations('ann')), 1::bigint, 'adopted: conversations');
SELECT throws_ok($$ SELECT get_task('', 1) $$, '22004', NULL, 'adopted: owner empty');

-- one table that is there, two that are not
CREATE SCHEMA partly;
SET LOCAL search_path = partly, tap;
CREATE TABLE task (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), user_id uuid NOT NULL, title text NOT NULL, description text,
                   completed bool NOT NULL DEFAULT false, created_at timestamptz NOT NULL DEFAULT now(), updated_at timestamptz, extra int);
SELECT lives_ok($$ SELECT * FROM todo_orm.create_all() $$, 'any key, any owner type; the others are made');
SELECT is((SELECT count(*) FROM append_message('ann', NULL, 'user', 'x')), 1::bigint, 'the chat that was made works');
SELECT is((SELECT title FROM create_task('a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', 'x', extra => 7)), 'x', 'the table that was there, too');

----------------------------------------------------------------------
-- refusal
----------------------------------------------------------------------

CREATE SCHEMA other;
SET LOCAL search_path = other, tap;
CREATE TABLE task (id bigint PRIMARY KEY, user_id text, title int, completed boolean, created_at timestamptz);
CREATE TABLE message (id bigint PRIMARY KEY, user_id text, conversation_id bigint, role text, body text, created_at date);
CREATE FUNCTION pg_temp.refusal(target text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    state text; detail text;
BEGIN
    PERFORM todo_orm.create_all(target::regnamespace);
    RETURN 'no error';
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, detail = PG_EXCEPTION_DETAIL;
    RETURN state || E'\n' || detail;
END
$$;
SELECT is(pg_temp.refusal('other'),
'42P16
Column "content" of other.message is missing.
Column "created_at" of other.message has not the type of a time.
Column "title" of other.task has not the type of a text.
Column "description" of other.task is missing.
Column "updated_at" of other.task is missing.', 'another shape is refused, with every difference');
SELECT hasnt_table('other'::name, 'conversation'::name, 'and nothing was done');
SELECT is((SELECT count(*) FROM pg_proc WHERE pronamespace = 'other'::regnamespace), 0::bigint, 'no function was made');
CREATE SCHEMA viewed;
CREATE VIEW viewed.task AS SELECT 1 AS one;
SELECT alike(pg_temp.refusal('viewed'), '42P16%"user_id"%', 'a view of another shape too');

SELECT * FROM finish();
ROLLBACK;
