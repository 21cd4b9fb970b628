-- register_model: options, refusals, again, neighbours, views, rights (SPEC 5)
BEGIN;
SELECT * FROM no_plan();

CREATE ROLE regress_owner;
CREATE ROLE regress_member IN ROLE regress_owner;
CREATE ROLE regress_app;
CREATE ROLE regress_stranger;
CREATE SCHEMA regress_reg AUTHORIZATION regress_owner;
CREATE SCHEMA regress_api AUTHORIZATION regress_owner;
GRANT USAGE ON SCHEMA regress_reg TO PUBLIC;
SET LOCAL search_path = regress_reg, tap;
SET ROLE regress_owner;

-- The names of the functions of a model, functions of the row left out.
CREATE FUNCTION pg_temp.names(relation regclass) RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(p.proname, ',' ORDER BY p.proname COLLATE "C") FROM todo_orm.functions f JOIN pg_proc p ON p.oid = f.function
     WHERE f.model = relation AND f.operation <> 'related'
$$;
-- SQLSTATE of a call and whether it carries a hint.
CREATE FUNCTION pg_temp.failure(call text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    state text; hint text;
BEGIN
    EXECUTE call;
    RETURN 'no error';
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, hint = PG_EXCEPTION_HINT;
    RETURN state || CASE WHEN hint <> '' THEN ' with hint' ELSE '' END;
END
$$;

CREATE TABLE project (
    LIKE todo_orm.owned INCLUDING ALL,
    LIKE todo_orm.timestamps INCLUDING ALL,
    name text NOT NULL,
    PRIMARY KEY (user_id, id)
);
CREATE TABLE ticket (
    LIKE todo_orm.owned INCLUDING ALL,
    LIKE todo_orm.timestamps INCLUDING ALL,
    LIKE todo_orm.soft_delete INCLUDING ALL,
    LIKE todo_orm.versioned INCLUDING ALL,
    title      text NOT NULL,
    done       boolean NOT NULL DEFAULT false,
    secret     text,
    request    text,
    project_id bigint,
    PRIMARY KEY (user_id, id),
    UNIQUE (user_id, request),
    FOREIGN KEY (user_id, project_id) REFERENCES project (user_id, id)
);

----------------------------------------------------------------------
-- the plain case, by a role that is no superuser
----------------------------------------------------------------------

CREATE TEMP TABLE made AS SELECT s FROM todo_orm.register_model('ticket') s;
SELECT is(pg_temp.names('ticket'),
          'aggregate_tickets,count_tickets,create_ticket,create_tickets,delete_ticket,delete_tickets,find_tickets,first_ticket,get_ticket,list_tickets,load_ticket,load_tickets,one_ticket,page_tickets,patch_tickets,'
          'purge_tickets,restore_ticket,soft_delete_ticket,soft_delete_tickets,update_ticket,update_tickets,upsert_ticket,validate_ticket',
          'all functions that apply');
SELECT ok(EXISTS (SELECT FROM made WHERE s LIKE '%create\_ticket(user\_id text, title text%'), 'the signatures are answered');
SELECT is((SELECT title FROM create_ticket('ann', 'x')), 'x', 'they work');
SELECT is_empty($$ SELECT * FROM todo_orm.register_model('ticket') $$, 'called again: nothing to do');
SELECT results_eq($$ SELECT name::text, plural::text, owner::text, created_at::text, updated_at::text, deleted_at::text, version::text FROM todo_orm.models WHERE model = 'ticket'::regclass $$,
                  $$ VALUES ('ticket', 'tickets', 'user_id', 'created_at', 'updated_at', 'deleted_at', 'version') $$, 'the view models');
SELECT ok((SELECT bool_and(signature <> '' AND returns <> '' AND comment <> '' AND example <> '') FROM todo_orm.functions WHERE model = 'ticket'::regclass), 'the view functions');
SELECT is((SELECT array_agg(pg_get_userbyid(proowner)::text) FROM pg_proc WHERE oid = 'create_ticket'::regproc), '{regress_owner}', 'the functions are the owner''s');
SELECT is_empty($$ SELECT FROM pg_proc p JOIN pg_language l ON l.oid = prolang WHERE lanname = 'todo_orm' AND has_function_privilege('public', p.oid, 'EXECUTE') $$,
                'none is PUBLIC''s');

----------------------------------------------------------------------
-- relationships: the order of registering does not matter
----------------------------------------------------------------------

SELECT is((SELECT count(*) FROM todo_orm.relationships WHERE model = 'ticket'::regclass AND EXISTS (SELECT FROM pg_proc WHERE proname = 'project')), 0::bigint,
          'no function leads to a table that is not registered');
SELECT count(*) FROM todo_orm.register_model('project') \g /dev/null
SELECT results_eq($$ SELECT model::text, relationship::text, target::text, kind FROM todo_orm.relationships WHERE model IN ('ticket'::regclass, 'project'::regclass) ORDER BY 1 $$,
                  $$ VALUES ('project', 'tickets', 'ticket', 'one_to_many'), ('ticket', 'project', 'project', 'many_to_one') $$, 'the view relationships');
SELECT count(*) FROM create_project('ann', 'p') \g /dev/null
SELECT is((SELECT p.name FROM create_ticket('ann', 'of p', project_id => 1) t, project(t) p), 'p', 'to one');
SELECT is((SELECT t.title FROM project p, tickets(p) t), 'of p', 'to many');
SELECT todo_orm.unregister_model('project') \g /dev/null
SELECT is((SELECT count(*) FROM pg_proc WHERE pronamespace = 'regress_reg'::regnamespace AND proname IN ('project', 'tickets', 'get_project')), 0::bigint,
          'unregister takes its functions, and those that lead to it');
SELECT is((SELECT count(*) FROM project), 1::bigint, 'not its rows');
SELECT is((SELECT count(*) FROM todo_orm.models WHERE model = 'project'::regclass), 0::bigint, 'it is no model any more');
SELECT is((SELECT count(*) FROM list_tickets('ann')), 2::bigint, 'its neighbour is one');
SELECT todo_orm.unregister_model('ticket') \g /dev/null
SELECT count(*) FROM todo_orm.register_model('project') \g /dev/null
SELECT count(*) FROM todo_orm.register_model('ticket') \g /dev/null
SELECT is((SELECT p.name FROM list_tickets('ann', take => 1) t, project(t) p), 'p', 'the other order: to one');
SELECT is((SELECT t.title FROM project p, tickets(p) t), 'of p', 'the other order: to many');

----------------------------------------------------------------------
-- options
----------------------------------------------------------------------

-- scopes, sort, immutable, readonly, idempotency, touch
SELECT count(*) FROM todo_orm.register_model('ticket', '{
    "scopes": {"open": {"done": false}, "unassigned": {"project_id": null, "done": false}},
    "sort": "title desc, id", "immutable": ["title"], "idempotency": "request", "touch": ["project"]}') \g /dev/null
SELECT id AS first FROM create_ticket('ann', 'zebra', request => 'r1', project_id => 1) \gset
SELECT is((SELECT array_agg(title) FROM list_tickets('ann')), '{zebra,x,"of p"}', 'sort');
SELECT is((SELECT array_agg(title) FROM list_tickets('ann', 'unassigned')), '{x}', 'scopes: two conditions, null');
SELECT is(count_tickets('ann', 'open'), 3::bigint, 'scopes: one condition');
SELECT throws_ok(format($$ SELECT update_ticket('ann', %s, '{"title": "y"}') $$, :first), '22023', NULL, 'immutable');
SELECT is((SELECT done FROM update_ticket('ann', :first, '{"done": true}')), true, 'others can be patched');
SELECT is((SELECT id FROM create_ticket('ann', 'again', request => 'r1')), :first::bigint, 'idempotency');
UPDATE project SET updated_at = '2020-01-01 00:00:00+00';
SELECT id AS another FROM create_ticket('ann', 'touching', project_id => 1) \gset
SELECT ok((SELECT updated_at > '2020-01-01 00:00:00+00' FROM project), 'touch');
UPDATE project SET updated_at = '2020-01-01 00:00:00+00';
SELECT soft_delete_ticket('ann', :another) \g /dev/null
SELECT ok((SELECT updated_at > '2020-01-01 00:00:00+00' FROM project), 'touch: soft delete');
SELECT is((SELECT options ->> 'sort' FROM todo_orm.models WHERE model = 'ticket'::regclass), 'title desc, id', 'the options are in the view');

SELECT count(*) FROM todo_orm.register_model('ticket', '{"sort": "-title", "readonly": ["secret", "!id"], "immutable": [], "scopes": {}, "touch": []}') \g /dev/null
SELECT is((SELECT array_agg(title) FROM list_tickets('ann')), '{zebra,x,"of p"}', 'sort: -column');
SELECT throws_ok($$ SELECT create_tickets('ann', '{"title": "x", "secret": "s"}') $$, '22023', NULL, 'readonly adds to the default');
SELECT throws_ok($$ SELECT create_tickets('ann', '{"title": "x", "created_at": null}') $$, '22023', NULL, 'which stays');
SELECT is((SELECT id FROM create_tickets('ann', '{"title": "with id", "id": 777}')), 777::bigint, '"!id" removes one');
SELECT throws_ok($$ SELECT update_ticket('ann', 777, '{"id": 778}') $$, '22023', NULL, 'the key is immutable all the same');
SELECT ok((SELECT 'id' = ANY (proargnames) FROM pg_proc WHERE oid = 'create_ticket'::regproc), 'it has an argument now');

-- hidden
SELECT count(*) FROM todo_orm.register_model('ticket', '{"readonly": [], "hidden": ["secret"]}') \g /dev/null
SELECT count(*) FROM create_tickets('bob', '{"title": "t", "secret": "hush"}') \g /dev/null
SELECT is(page_tickets('bob')::jsonb -> 'items' -> 0 ? 'secret', false, 'hidden: not in JSON');
SELECT is(page_tickets('bob') -> 'items' -> 0 ->> 'title', 't', 'hidden: the others are');
SELECT throws_ok($$ SELECT todo_orm.register_model('ticket', '{"sort": "secret"}') $$, '22023', NULL, 'hidden: not in a sort');
CREATE FUNCTION pg_temp.texts(call text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    message text; detail text; hint text;
BEGIN
    EXECUTE call;
    RETURN 'no error';
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
    RETURN message || detail || hint;
END
$$;
SELECT unalike(pg_temp.texts($$ SELECT create_tickets('bob', '{"title": "t", "secret": 4711}') $$), '%4711%', 'hidden: its value is in no error text');
SELECT unalike(pg_temp.texts($$ SELECT create_tickets('bob', '{"title": "t", "nope": 1}') $$), '%secret%', 'hidden: its name is in no hint');

-- extra
SELECT count(*) FROM todo_orm.register_model('ticket', '{"hidden": [], "extra": "ignore"}') \g /dev/null
SELECT is((SELECT title FROM create_tickets('ann', '{"title": "t", "nope": 1}')), 't', 'extra: ignore');
SELECT throws_ok($$ SELECT create_tickets('ann', '{"title": "t", "id": 1}') $$, '22023', NULL, 'extra: read-only columns are no unknown keys');
SELECT count(*) FROM todo_orm.register_model('ticket', '{"extra": "forbid"}') \g /dev/null
SELECT throws_ok($$ SELECT create_tickets('ann', '{"title": "t", "nope": 1}') $$, '22023', NULL, 'extra: forbid');

-- functions
SELECT count(*) FROM todo_orm.register_model('ticket', '{"functions": "read"}') \g /dev/null
SELECT is(pg_temp.names('ticket'), 'aggregate_tickets,count_tickets,find_tickets,first_ticket,get_ticket,list_tickets,load_ticket,load_tickets,one_ticket,page_tickets', 'functions: read');
SELECT count(*) FROM todo_orm.register_model('ticket', '{"functions": "core"}') \g /dev/null
SELECT is(pg_temp.names('ticket'), 'create_ticket,delete_ticket,get_ticket,list_tickets,page_tickets,update_ticket', 'functions: core');
SELECT count(*) FROM todo_orm.register_model('ticket', '{"functions": "write"}') \g /dev/null
SELECT is(pg_temp.names('ticket'), 'create_ticket,create_tickets,delete_ticket,delete_tickets,patch_tickets,purge_tickets,restore_ticket,soft_delete_ticket,soft_delete_tickets,update_ticket,update_tickets,upsert_ticket,validate_ticket', 'functions: write');
SELECT count(*) FROM todo_orm.register_model('ticket', '{"functions": ["read", "create"]}') \g /dev/null
SELECT is(pg_temp.names('ticket'), 'aggregate_tickets,count_tickets,create_ticket,find_tickets,first_ticket,get_ticket,list_tickets,load_ticket,load_tickets,one_ticket,page_tickets', 'functions: a list');
SELECT count(*) FROM todo_orm.register_model('ticket', '{"functions": "all"}') \g /dev/null
SELECT is(array_length(string_to_array(pg_temp.names('ticket'), ','), 1), 23, 'functions: all: ten that read, thirteen to write with');

-- name, plural, schema
SELECT count(*) FROM todo_orm.register_model('ticket', '{"name": "case", "plural": "cases"}') \g /dev/null
SELECT is(pg_temp.names('ticket'), 'aggregate_cases,count_cases,create_case,create_cases,delete_case,delete_cases,find_cases,first_case,get_case,list_cases,load_case,load_cases,one_case,page_cases,patch_cases,'
                                   'purge_cases,restore_case,soft_delete_case,soft_delete_cases,update_case,update_cases,upsert_case,validate_case', 'name and plural');
SELECT count(*) FROM todo_orm.register_model('ticket', '{"name": "ticket", "plural": "tickets", "schema": "regress_api"}') \g /dev/null
SELECT is((SELECT count(*) FROM regress_api.list_tickets('bob')), 1::bigint, 'schema: the functions are there');
SELECT is(to_regproc('regress_reg.list_tickets'), NULL, 'schema: and no longer here');
SELECT ok(to_regprocedure('regress_reg.project(regress_reg.ticket)') IS NOT NULL, 'schema: functions of the row stay with the table');
SELECT todo_orm.unregister_model('ticket') \g /dev/null
SELECT is((SELECT count(*) FROM pg_proc WHERE pronamespace = 'regress_api'::regnamespace), 0::bigint, 'unregister finds them there too');

-- lifecycle columns of other names, or none
CREATE TABLE memo (
    owner_id int NOT NULL, nr int, made timestamptz NOT NULL DEFAULT now(), changed timestamptz, gone timestamptz, deleted_at text, body text,
    PRIMARY KEY (owner_id, nr)
);
SELECT count(*) FROM todo_orm.register_model('memo', '{"owner": "owner_id", "created_at": "made", "updated_at": "changed", "deleted_at": "gone"}') \g /dev/null
SELECT is((SELECT proargnames[1:4] FROM pg_proc WHERE oid = 'create_memo'::regproc), '{owner_id,nr,deleted_at,body}', 'lifecycle columns of other names: not among the arguments');
SELECT count(*) FROM create_memo(1, 5, body => 'x') \g /dev/null
SELECT is((SELECT changed FROM update_memo(1, 5, '{"body": "y"}')), now(), 'updated_at: another column');
UPDATE memo SET changed = '2020-01-01 00:00:00+00';
UPDATE memo SET body = 'z';
SELECT is((SELECT changed FROM memo), now(), 'the trigger follows');
SELECT is(soft_delete_memo(1, 5), true, 'deleted_at: another column');
SELECT is((SELECT gone FROM memo), now(), 'it is set');
SELECT is_empty($$ SELECT * FROM get_memo(2, 5) $$, 'an owner of type int');
SELECT count(*) FROM todo_orm.register_model('memo', '{"deleted_at": null, "updated_at": null}') \g /dev/null
SELECT unalike(pg_temp.names('memo'), '%soft_delete%', 'null: no such column');
UPDATE memo SET changed = '2020-01-01 00:00:00+00';
UPDATE memo SET body = 'zz';
SELECT is((SELECT changed FROM memo), '2020-01-01 00:00:00+00', 'null: the trigger is gone');

-- a model without owner
CREATE TABLE country (code text PRIMARY KEY, name text NOT NULL);
SELECT is(pg_temp.failure($$ SELECT todo_orm.register_model('country') $$), '22023 with hint', 'no owner column: refused');
SELECT count(*) FROM todo_orm.register_model('country', '{"owner": null}') \g /dev/null
SELECT is((SELECT name FROM create_country('nl', 'Netherlands')), 'Netherlands', 'owner null: create');
SELECT is((SELECT name FROM get_country('nl')), 'Netherlands', 'owner null: get');
SELECT is((SELECT count(*) FROM list_countries()), 1::bigint, 'owner null: list, in English');
SELECT is(json_array_length(page_countries() -> 'items'), 1, 'owner null: page');
SELECT is((SELECT name FROM update_country('nl', '{"name": "Nederland"}')), 'Nederland', 'owner null: update');
SELECT is((SELECT array_agg(code) FROM find_countries('{de,nl}')), '{nl}', 'owner null: find');
SELECT is(count_countries(), 1::bigint, 'owner null: count');
SELECT is(delete_country('nl'), true, 'owner null: delete');

-- a composite key
CREATE TABLE seat (user_id text NOT NULL, hall int, nr text, taken bool NOT NULL DEFAULT false, PRIMARY KEY (user_id, hall, nr));
SELECT count(*) FROM todo_orm.register_model('seat') \g /dev/null
SELECT is((SELECT taken FROM create_seat('ann', 1, 'a')), false, 'composite key: create');
SELECT is((SELECT taken FROM update_seat('ann', 1, 'a', '{"taken": true}')), true, 'composite key: update');
SELECT count(*) FROM create_seats('ann', '[{"hall": 1, "nr": "b"}, {"hall": 2, "nr": "a"}]') \g /dev/null
SELECT results_eq($$ SELECT hall, nr FROM find_seats('ann', '[{"hall": 2, "nr": "a"}, {"hall": 9, "nr": "a"}, {"nr": "a", "hall": 1}]') $$,
                  $$ VALUES (2, 'a'), (1, 'a') $$, 'composite key: find takes objects');
SELECT throws_ok($$ SELECT * FROM find_seats('ann', '[{"hall": 2}]') $$, '22023', NULL, 'composite key: half a key');
SELECT is((SELECT array_agg(hall || nr) FROM list_seats('ann')), '{1a,1b,2a}', 'no created_at: by key, ascending');
SELECT is(delete_seat('ann', 1, 'a'), true, 'composite key: delete');

-- the owner as the whole key
CREATE TABLE profile (user_id text PRIMARY KEY, bio text);
SELECT count(*) FROM todo_orm.register_model('profile') \g /dev/null
SELECT is((SELECT bio FROM create_profile('ann', 'b')), 'b', 'the owner is the key: create');
SELECT is((SELECT bio FROM get_profile('ann')), 'b', 'the owner is the key: get');
SELECT throws_ok($$ SELECT create_profile('ann', 'c') $$, '23505', NULL, 'the owner is the key: one each');
SELECT is((SELECT bio FROM update_profile('ann', '{"bio": null}')), NULL, 'the owner is the key: update');
SELECT is(delete_profile('ann'), true, 'the owner is the key: delete');

-- explicit names of relationships
SELECT count(*) FROM todo_orm.register_model('ticket', '{"relationships": {"project": "belongs_to"}}') \g /dev/null
SELECT is((SELECT p.name FROM list_tickets('ann') t, belongs_to(t) p WHERE t.title = 'of p'), 'p', 'relationships: another name');
SELECT is((SELECT relationship::text FROM todo_orm.relationships WHERE model = 'ticket'::regclass), 'belongs_to', 'relationships: in the view');

-- row level security
SELECT count(*) FROM todo_orm.register_model('ticket', '{"rls": true}') \g /dev/null
SELECT is((SELECT (relrowsecurity, relforcerowsecurity)::text FROM pg_class WHERE oid = 'ticket'::regclass), '(t,f)', 'rls: true');
SELECT count(*) FROM todo_orm.register_model('ticket', '{"rls": "force"}') \g /dev/null
SELECT is((SELECT (relrowsecurity, relforcerowsecurity)::text FROM pg_class WHERE oid = 'ticket'::regclass), '(t,t)', 'rls: force');
SELECT set_config('todo_orm.user_id', 'ann', true) \g /dev/null
SELECT ok(count_tickets('ann') > 0, 'rls: force, with an identity');
SELECT set_config('todo_orm.user_id', '', true) \g /dev/null
SELECT count(*) FROM todo_orm.register_model('ticket', '{"rls": false}') \g /dev/null
SELECT is((SELECT (relrowsecurity, relforcerowsecurity)::text FROM pg_class WHERE oid = 'ticket'::regclass), '(f,f)', 'rls: false');
SELECT is((SELECT relrowsecurity FROM pg_class WHERE oid = 'project'::regclass), false, 'rls: off unless asked for');

----------------------------------------------------------------------
-- refused options
----------------------------------------------------------------------

CREATE TEMP TABLE state AS SELECT oid, xmin::text AS x FROM pg_proc WHERE pronamespace = 'regress_reg'::regnamespace;
SELECT is(pg_temp.failure(format('SELECT todo_orm.register_model(''ticket'', %L)', o)), '22023 with hint', 'refused: ' || o)
  FROM unnest(ARRAY['{"nope": 1}', '{"Owner": "user_id"}', '{"owner": 7}', '{"owner": "nope"}', '{"name": ""}', '{"plural": 3}', '{"schema": false}',
      '{"functions": "nope"}', '{"functions": 1}', '{"created_at": true}', '{"updated_at": "nope"}', '{"deleted_at": []}', '{"version": "nope"}',
      '{"readonly": {}}', '{"readonly": ["nope"]}', '{"readonly": [1]}', '{"immutable": "nope"}', '{"hidden": ["nope"]}', '{"extra": "maybe"}', '{"extra": true}',
      '{"scopes": []}', '{"scopes": {"x": 1}}', '{"scopes": {"x": {"nope": 1}}}', '{"scopes": {"all": {"done": true}}}', '{"scopes": {"deleted": {"done": true}}}',
      '{"scopes": {"x": {"done": "maybe"}}}', '{"sort": ""}', '{"sort": "nope"}', '{"sort": "title sideways"}', '{"sort": 1}', '{"touch": ["nope"]}', '{"touch": 5}',
      '{"idempotency": "nope"}', '{"idempotency": "title"}', '{"idempotency": []}', '{"relationships": []}', '{"relationships": {"project": 1}}',
      '{"changes": 1}', '{"rls": "maybe"}', '{"rls": 1}', '{"key": 1}']) AS o;
SELECT is(pg_temp.failure(format('SELECT todo_orm.register_model(''ticket'', %L)', o)) ~ '^22023', true, 'refused: ' || o) FROM unnest(ARRAY['[]', 'null', '7', '"x"']) AS o;
SELECT set_eq($$ SELECT oid, xmin::text AS x FROM pg_proc WHERE pronamespace = 'regress_reg'::regnamespace $$, $$ SELECT oid, x FROM state $$, 'all or nothing: no function was touched');
SELECT alike(pg_temp.texts($$ SELECT todo_orm.register_model('ticket', '{"nope": 1}') $$), '%owner_setting%idempotency%', 'the hint names the options');
SELECT throws_ok($$ SELECT todo_orm.register_model(NULL) $$, '22004', NULL, 'no model');
SELECT throws_ok($$ SELECT todo_orm.register_model('nowhere') $$, '42P01', NULL, 'no such table');
CREATE TABLE keyless (user_id text NOT NULL, x int);
SELECT is(pg_temp.failure($$ SELECT todo_orm.register_model('keyless') $$), '22023 with hint', 'a table without primary key');
CREATE TABLE news (LIKE todo_orm.owned INCLUDING ALL, PRIMARY KEY (user_id, id));
SELECT is(pg_temp.failure($$ SELECT todo_orm.register_model('news') $$), '22023 with hint', 'equal names for one and many');
SELECT lives_ok($$ SELECT todo_orm.register_model('news', '{"name": "news_item"}') $$, 'with a name it will do');
-- a function of the user's own is never replaced
CREATE TABLE clash (LIKE todo_orm.owned INCLUDING ALL, PRIMARY KEY (user_id, id));
CREATE FUNCTION get_clash(user_id text, id bigint) RETURNS text LANGUAGE sql AS $$ SELECT 'mine' $$;
SELECT alike(pg_temp.failure($$ SELECT todo_orm.register_model('clash') $$), '% with hint', 'a clash with a user''s function');
SELECT is(get_clash('ann', 1), 'mine', 'which is as it was');
SELECT is((SELECT count(*) FROM todo_orm.models WHERE model = 'clash'::regclass), 0::bigint, 'and nothing was made');

----------------------------------------------------------------------
-- again after ALTER: privileges and comments stay
----------------------------------------------------------------------

SELECT todo_orm.grant_access('project', 'regress_app') \g /dev/null
COMMENT ON FUNCTION create_project(text, text) IS 'my own words';
ALTER TABLE project ADD COLUMN budget int;
SELECT lives_ok($$ SELECT create_project('ann', 'before') $$, 'a column that is nullable does not disturb');
SELECT lives_ok($$ SELECT create_projects('ann', '{"name": "j", "budget": 3}') $$, 'the jsonb forms know it at once');
SELECT is((SELECT count(*) FROM todo_orm.register_model('project')), 1::bigint, 'registered again: the changed signature is made again');
SELECT is((SELECT budget FROM create_project('ann', 'x', budget => 5)), 5, 'it has the new argument');
SELECT is(to_regprocedure('create_project(text,text)'), NULL, 'the old one is gone');
SELECT is(obj_description('create_project(text,text,integer)'::regprocedure, 'pg_proc'), 'my own words', 'the comment is carried over');
SELECT ok(has_function_privilege('regress_app', 'create_project(text,text,integer)', 'EXECUTE'), 'the privilege too');
SELECT ok(NOT has_function_privilege('public', 'create_project(text,text,integer)', 'EXECUTE'), 'and it is not PUBLIC''s');
SELECT ok(has_function_privilege('regress_app', 'list_projects(text,text,jsonb,text,integer,integer,text)', 'EXECUTE'), 'those that did not change keep theirs');
-- a column that is gone: 55000 with the call that mends it
ALTER TABLE project DROP COLUMN budget;
SELECT is(pg_temp.failure($$ SELECT create_project('ann', 'x', budget => 5) $$), '55000 with hint', 'an argument whose column is gone');
SELECT lives_ok($$ SELECT * FROM list_projects('ann') $$, 'all others keep working');
SELECT count(*) FROM todo_orm.register_model('project') \g /dev/null
SELECT lives_ok($$ SELECT create_project('ann', 'x') $$, 'registered again it is well');
-- a user's object that depends on a function that would change
ALTER TABLE project ADD COLUMN colour text;
CREATE VIEW uses AS SELECT (create_project('ann', 'x')).id;
SELECT alike(pg_temp.failure($$ SELECT todo_orm.register_model('project') $$), '% with hint', 'refused when something depends on it');
SELECT lives_ok($$ SELECT create_project('ann', 'x') $$, 'nothing was done');
DROP VIEW uses;
SELECT lives_ok($$ SELECT todo_orm.register_model('project') $$, 'without it, it works');
-- rename
ALTER TABLE project RENAME TO venture;
SELECT lives_ok($$ SELECT * FROM list_projects('ann') $$, 'a renamed table: the functions keep working');
SELECT count(*) FROM todo_orm.register_model('venture') \g /dev/null
SELECT alike(pg_temp.names('venture'), '%create_venture,%', 'registered again they have its name');
SELECT is(to_regproc('list_projects'), NULL, 'and the old names are gone');

-- DROP TABLE CASCADE takes every function
CREATE TABLE brief (LIKE todo_orm.owned INCLUDING ALL, PRIMARY KEY (user_id, id));
SELECT count(*) FROM todo_orm.register_model('brief') \g /dev/null
SELECT throws_ok('DROP TABLE brief', '2BP01', NULL, 'DROP TABLE is refused while functions exist');
SET LOCAL client_min_messages = warning;
DROP TABLE brief CASCADE;
SELECT is((SELECT count(*) FROM pg_proc WHERE pronamespace = 'regress_reg'::regnamespace AND proname ~ 'brief'), 0::bigint, 'DROP TABLE CASCADE takes them');
RESET client_min_messages;

----------------------------------------------------------------------
-- names of relationships, and which are made
----------------------------------------------------------------------

CREATE TABLE worker (LIKE todo_orm.owned INCLUDING ALL, name text, PRIMARY KEY (user_id, id));
CREATE TABLE planet (code text PRIMARY KEY);
CREATE TABLE job (
    LIKE todo_orm.owned INCLUDING ALL,
    assignee_id bigint,
    reviewer_id bigint,
    parent_id   bigint,
    planet_id   text REFERENCES planet,
    loose_id    bigint,
    PRIMARY KEY (user_id, id),
    FOREIGN KEY (user_id, assignee_id) REFERENCES worker (user_id, id),
    FOREIGN KEY (user_id, reviewer_id) REFERENCES worker (user_id, id),
    FOREIGN KEY (user_id, parent_id) REFERENCES job (user_id, id)
);
ALTER TABLE worker ADD UNIQUE (id);
ALTER TABLE job ADD FOREIGN KEY (loose_id) REFERENCES worker (id);
SELECT count(*) FROM (VALUES ('worker', '{}'), ('planet', '{"owner": null}'), ('job', '{}')) AS v(t, o), todo_orm.register_model(t::regclass, o::jsonb) \g /dev/null
SELECT set_eq($$ SELECT model::text || '.' || relationship FROM todo_orm.relationships WHERE model IN ('worker'::regclass, 'planet'::regclass, 'job'::regclass) $$,
              ARRAY['job.reviewer', 'job.assignee', 'job.parent', 'job.planet', 'worker.jobs', 'worker.jobs_reviewer', 'job.jobs'],
              'to-one by the column without _id; to-many by the plural, the second with its column; to the row''s own owner or to no owner only');
SELECT count(*) FROM create_workers('ann', '[{"name": "reviewer"}, {"name": "assignee"}]') \g /dev/null
SELECT count(*) FROM create_planet('mars') \g /dev/null
SELECT count(*) FROM create_jobs('ann', '[{"reviewer_id": 1, "assignee_id": 2}, {"reviewer_id": 1, "parent_id": 1, "planet_id": "mars"}]') \g /dev/null
SELECT is((SELECT w.name FROM get_job('ann', 1) j, assignee(j) w), 'assignee', 'to one: assignee');
SELECT is((SELECT w.name FROM get_job('ann', 1) j, reviewer(j) w), 'reviewer', 'to one: reviewer');
SELECT is((SELECT array_agg(j.id ORDER BY j.id) FROM get_worker('ann', 2) w, jobs(w) j), '{1}', 'to many: the first foreign key');
SELECT is((SELECT array_agg(j.id ORDER BY j.id) FROM get_worker('ann', 1) w, jobs_reviewer(w) j), '{1,2}', 'to many: the second');
SELECT is((SELECT p.id FROM get_job('ann', 2) j, parent(j) p), 1::bigint, 'to itself: one');
SELECT is((SELECT c.id FROM get_job('ann', 1) j, jobs(j) c), 2::bigint, 'to itself: many');
SELECT is((SELECT p.code FROM get_job('ann', 2) j, planet(j) p), 'mars', 'to a model without owner');
SELECT throws_ok($$ SELECT create_job('ann', planet_id => 'pluto') $$, '23503', NULL, 'a reference to a model without owner is checked too');

----------------------------------------------------------------------
-- a view as a model
----------------------------------------------------------------------

CREATE VIEW finished AS SELECT id, user_id, title, done, deleted_at FROM ticket WHERE done;
SELECT is(pg_temp.failure($$ SELECT todo_orm.register_model('finished', '{"name": "finish", "plural": "finishes"}') $$), '22023 with hint', 'a view needs its key named');
SELECT count(*) FROM todo_orm.register_model('finished', '{"name": "finish", "plural": "finishes", "key": ["id"]}') \g /dev/null
SELECT is((SELECT array_agg(title) FROM list_finishes('ann')), '{zebra}', 'a view: list');
SELECT is((SELECT title FROM get_finish('ann', :first)), 'zebra', 'a view: get');
SELECT is_empty(format($$ SELECT * FROM get_finish('bob', %s) $$, :first), 'a view: not for another');
SELECT is(count_finishes('ann'), 1::bigint, 'a view: count');
SELECT is((SELECT title FROM update_finish('ann', :first, '{"title": "zebra crossing"}')), 'zebra crossing', 'a view that is updatable: update');
SELECT is((SELECT title FROM ticket WHERE id = :first), 'zebra crossing', 'reaches the table');
CREATE VIEW counted AS SELECT user_id, count(*) AS id FROM ticket GROUP BY user_id;
SELECT count(*) FROM todo_orm.register_model('counted', '{"key": ["id"], "name": "tally", "plural": "tallies"}') \g /dev/null
SELECT unalike(pg_temp.names('counted'), '%create%', 'a view that is not updatable: reads only');
SELECT is((SELECT count(*) FROM list_tallies('bob')), 1::bigint, 'which work');
SET LOCAL client_min_messages = warning;
DROP VIEW counted CASCADE;
RESET client_min_messages;

----------------------------------------------------------------------
-- who may
----------------------------------------------------------------------

GRANT CREATE ON SCHEMA regress_reg TO regress_stranger;
GRANT ALL ON ticket TO regress_stranger;
SET ROLE regress_stranger;
SELECT throws_ok($$ SELECT todo_orm.register_model('ticket') $$, '42501', NULL, 'another role may not register');
SELECT throws_ok($$ SELECT todo_orm.adopt_model('ticket') $$, '42501', NULL, 'nor adopt');
SELECT throws_ok($$ SELECT todo_orm.unregister_model('ticket') $$, '42501', NULL, 'nor unregister');
SELECT throws_ok($$ SELECT todo_orm.add_function('ticket', 'f', 'append', 'project') $$, '42501', NULL, 'nor add a function');
SELECT throws_ok($$ SELECT todo_orm.grant_access('ticket', 'regress_stranger') $$, '42501', NULL, 'nor grant itself access');
SELECT throws_ok($$ SELECT todo_orm.revoke_access('ticket', 'regress_app') $$, '42501', NULL, 'nor revoke that of others');
SELECT is((SELECT count(*) FROM todo_orm.models WHERE model = 'ticket'::regclass), 1::bigint, 'everybody sees the views');
SET ROLE regress_member;
SELECT count(*) FROM todo_orm.register_model('ticket', '{"name": "card", "plural": "cards"}') \g /dev/null
SELECT is((SELECT DISTINCT pg_get_userbyid(proowner)::text FROM pg_proc WHERE proname IN ('get_card', 'list_cards')), 'regress_owner', 'a member of the owner may, for the owner');
RESET ROLE;
SELECT count(*) FROM todo_orm.register_model('regress_reg.ticket', '{"name": "ticket", "plural": "tickets"}') \g /dev/null
SELECT is((SELECT DISTINCT pg_get_userbyid(proowner)::text FROM pg_proc WHERE proname IN ('get_ticket', 'list_tickets')), 'regress_owner', 'a superuser too');
SELECT ok(has_schema_privilege('public', 'todo_orm', 'USAGE') AND NOT has_schema_privilege('public', 'todo_orm', 'CREATE'), 'the schema is PUBLIC''s to use, not to fill');
SELECT ok(has_table_privilege('public', 'todo_orm.' || t, 'SELECT') AND NOT has_table_privilege('public', 'todo_orm.' || t, 'INSERT'), 'the mixin ' || t)
  FROM unnest('{owned,timestamps,soft_delete,versioned}'::text[]) t;

-- code belongs to the extension, data to the user
SELECT throws_ok('DROP EXTENSION todo_orm', '2BP01', NULL, 'DROP EXTENSION is refused while there are models');
SELECT count(*) AS tickets FROM ticket \gset
SET LOCAL client_min_messages = warning;
DROP EXTENSION todo_orm CASCADE;
SELECT is((SELECT count(*) FROM pg_proc WHERE pronamespace = 'regress_reg'::regnamespace AND proname ~ 'ticket'), 0::bigint, 'with CASCADE it takes the functions');
SELECT is((SELECT count(*) FROM ticket), :tickets::bigint, 'and not one row');

SELECT * FROM finish();
ROLLBACK;
